"""From a URL to its file or folder, through fsspec; every failure becomes a `ReadError`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from inspector.errors import InspectError, LimitError, ReadError
from inspector.readers.hdf5.source import Range
from inspector.readers.remote import progress
from inspector.readers.remote.address import hidden, refuse_scripts, without_secrets
from inspector.readers.remote.http import LONGEST, NoRanges, Refused, settings
from inspector.readers.remote.source import FIRST, RemoteFile

WHOLE = 32 << 20  # bytes that are read from a server that gives whole files only
_PATIENCE = 600.0  # seconds for all that is read of one URL
_TOGETHER = 32  # requests under way at once
_PIECE = 1 << 20
_INSTALL = "pip install 'graphinspect[remote]'"
_DOWNLOAD = "download the file and name the copy"


class Folder:
    """A folder behind a URL, of which single files are copied."""

    def __init__(self, place: _Place) -> None:
        self._place = place

    @contextmanager
    def copied(self, limit: int, *names: str) -> Iterator[Path]:
        """A temporary folder with those of the files that are there; errors name the URL.

        Raises:
            ReadError: none of them is there.
            LimitError: one is larger than `limit`.
        """
        with tempfile.TemporaryDirectory(prefix="graphinspect-") as name:
            made = Path(name)
            found = [self._place.beside(each).copy(made / each, limit) for each in names]
            if not any(found):
                where = self._place.where
                raise ReadError(where, "is a folder without " + names[0], hint="name the file")
            try:
                yield made
            except InspectError as error:
                above = self._place.where.removesuffix("?…").rstrip("/")
                where = error.where.replace(str(made), above)
                raise type(error)(
                    where, error.problem, received=error.received, hint=error.hint
                ) from error


def reached(url: str, of_folders: str) -> RemoteFile | Folder:
    """The file that a URL names, its first bytes read; or its folder.

    Args:
        of_folders: the name of a file that stands for the folder it is in.

    Raises:
        ReadError: it names a script, it cannot be reached, or fsspec is not installed.
        LimitError: its server gives whole files only, and this one is large.
    """
    where = hidden(url)
    refuse_scripts(url, where)
    place = _Place.of(url, where)
    if place.path.rstrip("/").endswith("/" + of_folders):
        return Folder(place.above())
    if place.path.endswith("/"):
        return Folder(place)
    info = place.asked("info")
    if info.get("type") == "directory":
        return Folder(place)
    if info.get("type") != "file":
        raise ReadError(where, "is no regular file", hint=_DOWNLOAD)
    return place.opened(info.get("size"))


class _Reference(NamedTuple):
    """What the user wrote, and until when there is time to read it."""

    url: str
    query: str  # of a web address; it goes with every file of a folder, as its token
    deadline: float


class _Place:
    """A path in one of fsspec's filesystems, and the URL it came from."""

    def __init__(self, files: Any, path: str, where: str, reference: _Reference) -> None:
        self.files = files
        self.path = path
        self.where = where
        self._reference = reference
        self._address = path + reference.query

    @classmethod
    def of(cls, url: str, where: str) -> _Place:
        """The place that a URL names."""
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - only for URLs
        except ImportError as error:
            raise ReadError(where, "needs fsspec, which is not installed", hint=_INSTALL) from error
        protocols = {part.partition("://")[0].lower() for part in url.split("::")}
        deadline = time.monotonic() + _PATIENCE
        try:
            web = {name: settings() for name in protocols & {"http", "https"}}
        except ImportError as error:
            raise ReadError(
                where, "needs aiohttp, which is not installed", hint=_INSTALL
            ) from error
        with _failures(url, where):
            files, path = url_to_fs(url, **web)
        query = ""
        if url.partition("://")[0].lower() in web:
            path, mark, rest = path.partition("#")[0].partition("?")
            query = mark + rest
        return cls(files, path, where, _Reference(url, query, deadline))

    def above(self) -> _Place:
        """The folder that it is in."""
        parent = self.path.rstrip("/").rpartition("/")[0] + "/"
        where = self.where.removesuffix("?…").rstrip("/").rpartition("/")[0]
        return _Place(self.files, parent, where, self._reference)

    def beside(self, name: str) -> _Place:
        """A file in it, by its path from here."""
        above = self.where.removesuffix("?…").rstrip("/")
        path = f"{self.path.rstrip('/')}/{name}"
        return _Place(self.files, path, f"{above}/{name}", self._reference)

    def asked(self, method: str, *arguments: Any, **options: Any) -> Any:
        """What a method of the filesystem answers for this file, within the time that is left."""
        left = self._reference.deadline - time.monotonic()
        if left <= 0:
            raise LimitError(self.where, "takes too long to read", hint=_DOWNLOAD)
        if getattr(self.files, "async_impl", False):
            options["timeout"] = min(left, LONGEST + 1)
        with _failures(self._reference.url, self.where):
            return getattr(self.files, method)(*(arguments or (self._address,)), **options)

    def opened(self, size: int | None) -> RemoteFile:
        """The file here, its first bytes read."""
        if size is None:
            whole = self._whole()
            return RemoteFile(whole, len(whole), self._fetch, self.where)
        try:
            (head,) = self._fetch([(0, min(FIRST, size))]) if size else (b"",)
        except NoRanges:
            if size > WHOLE:
                raise self._too_large(f"{size >> 20} MiB") from None
            head = self._whole()
            size = len(head)
        return RemoteFile(head, size, self._fetch, self.where)

    def copy(self, target: Path, limit: int) -> bool:
        """Copy the file to disk; whether there is one."""
        try:
            info = self.asked("info")
        except ReadError as error:
            if isinstance(error.__cause__, FileNotFoundError) and not isinstance(
                error.__cause__.__cause__, TimeoutError
            ):
                return False
            raise
        if (info.get("size") or 0) > limit:
            raise LimitError(self.where, f"is larger than {limit >> 20} MiB", hint=_DOWNLOAD)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self._whole(limit))
        return True

    def _fetch(self, ranges: list[Range]) -> list[bytes]:
        starts = [start for start, _ in ranges]
        ends = [start + length for start, length in ranges]
        options: dict[str, Any] = {"on_error": "raise"}
        if getattr(self.files, "async_impl", False):
            options["batch_size"] = _TOGETHER
        paths = [self._address] * len(ranges)
        blobs: list[bytes] = self.asked("cat_ranges", paths, starts, ends, **options)
        progress.came(sum(map(len, blobs)))
        return blobs

    def _whole(self, limit: int = WHOLE) -> bytes:
        """All of the file, where it has no more bytes than `limit`."""
        data = bytearray()
        with (
            _failures(self._reference.url, self.where),
            self.files.open(self._address, block_size=0) as stream,
        ):
            while piece := stream.read(_PIECE):
                data += piece
                progress.came(len(piece))
                if len(data) > limit:
                    raise self._too_large(f"more than {limit >> 20} MiB")
                if time.monotonic() > self._reference.deadline:
                    raise LimitError(self.where, "takes too long to read", hint=_DOWNLOAD)
        return bytes(data)

    def _too_large(self, size: str) -> LimitError:
        problem = "cannot be read in parts: its server gives whole files only"
        return LimitError(self.where, problem, received=size, hint=_DOWNLOAD)


# --- failures -----------------------------------------------------------------------------------


@contextmanager
def _failures(url: str, where: str) -> Iterator[None]:
    """Turn whatever a filesystem raises into one error that names the URL without secrets."""
    try:
        yield
    except (InspectError, NoRanges):
        raise
    except ImportError as error:
        text = _first_line(error, url)
        hint = "install with pip the package that fsspec needs for such URLs"
        raise ReadError(where, f"cannot be reached: {text}", hint=hint) from error
    except Exception as error:  # filesystems of many makers raise what they like
        hint = "check the address, and that you may read it"
        raise ReadError(where, f"cannot be read: {_reason(error, url)}", hint=hint) from error


def _reason(error: BaseException, url: str) -> str:
    """What went wrong, in few words: of the first cause, where there is one."""
    while error.__cause__ is not None and not isinstance(error, Refused):
        error = error.__cause__
    status = getattr(error, "status", None)
    if isinstance(status, int):
        return f"the server answers with status {status}"
    named: tuple[tuple[type[BaseException], str], ...] = (
        (TimeoutError, "the server does not answer in time"),
        (FileNotFoundError, "no such file"),
        (PermissionError, "access is denied"),
    )
    for kind, words in named:
        if isinstance(error, kind):
            return words
    return _first_line(error, url)


def _first_line(error: BaseException, url: str) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return without_secrets(str(text).splitlines()[0], url)[:300]
