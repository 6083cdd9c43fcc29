"""The walk through a file or folder: every container level, every part, each with its rules.

Content decides what a part is. Nothing is unpacked to disk, followed, imported or decoded.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from inspector.errors import InspectError, ReadError, shown
from inspector.readers import archive, containers
from inspector.readers import hdf5 as reader
from inspector.readers.text import MAX_BYTES
from inspector.security import hdf5, kinds, zips
from inspector.security.configs import walk, walk_text
from inspector.security.findings import Audit, Hit, Report, inside
from inspector.security.joined import whole_model
from inspector.security.values import odd_name

_HEAD = 4096
_MAX_MEMBER = 256 << 20  # bytes of a member that is unpacked to be looked into
_MAX_UNPACKED = 512 << 20  # of all of them together
_MAX_LEVELS = 5  # archives inside one another
_MAX_FILES = 10_000  # of a folder
_MODEL_KEYS = frozenset({"class_name", "modelTopology"})
_ATTRIBUTES = ("model_config", "training_config")


def audit_path(path: Path, source: str) -> Audit:
    """All that the rules say of a file or folder.

    Raises:
        ReadError: it cannot be opened, or is of a kind that is looked at elsewhere.
    """
    report = Report()
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            _folder(path, report)
            return report.audit(source, "folder")
        if not stat.S_ISREG(mode):
            raise ReadError(source, "is no regular file", hint="copy it to a file first")
        containers.refuse_by_name(path.name, source)
        with path.open("rb") as stream:
            return _Walk(report).top(stream, path.name, source)
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "check that it exists and that you may read it"
        raise ReadError(source, f"cannot be read: {reason}", hint=hint) from error


def audit_bytes(data: bytes, source: str) -> Audit:
    """The same for bytes that were piped in."""
    return _Walk(Report()).top(io.BytesIO(data), "", source)


def audit_url(url: str, source: str) -> Audit:
    """The same for what a URL names; an archive or HDF5 file is read by ranges.

    Args:
        source: how the audit calls it: the URL without secrets.
    """
    from inspector.readers import remote  # noqa: PLC0415 - few files are behind a URL

    name = source.removesuffix("?…").rpartition("/")[2]
    containers.refuse_by_name(name, source)
    with remote.reading(source):
        found = remote.reached(url, of_folders=containers.SAVED_MODEL[0])
        if isinstance(found, remote.RemoteFile):
            return _Walk(Report()).top(cast("BinaryIO", found.stream()), name, source)
        with found.copied(archive.MAX_UNPACKED, *containers.SAVED_MODEL) as folder:
            return audit_path(folder, source)


class _Walk:
    """One file and all that is inside it, with a budget for what is unpacked."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._left = _MAX_UNPACKED

    def top(self, stream: BinaryIO, name: str, source: str) -> Audit:
        """The file itself."""
        kind = self.part(stream, "", 0, name)
        for hit in (*kinds.misnamed(name, kind), *odd_name(name)):
            self.report.add(hit, "")
        return self.report.audit(source, kinds.FORMATS.get(kind, kind))

    def part(self, stream: BinaryIO, part: str, level: int, name: str) -> str:
        """A file, or a member of one, as what its bytes are; what that is.

        Args:
            part: the way to it inside the file; empty for the file itself.
            name: its own name, for the files of a SavedModel, which have no signature.
        """
        head = stream.read(_HEAD)
        size = stream.seek(0, 2)
        kind = kinds.kind_of(head, name)
        if part:
            self.report.open(part)
        if kind == "zip" or (zips.directory_size(stream) > 0 and kinds.is_archive(stream)):
            kind = self._as_archive(stream, part, level, kind)
        if kind != "zip" and kinds.hdf5_behind(size, stream) is not None:
            kind = "hdf5"
        stream.seek(0)
        if kind == "hdf5":
            self._hdf5(stream, part)
        elif kind == "unknown":
            what = f"is no model file: it begins {shown(head[:12])}" if size else "is empty"
            self.report.lose(Hit("KI040", "low", what), part)
        else:
            self._flat(stream, part, kind)
        return kind

    def _as_archive(self, stream: BinaryIO, part: str, level: int, kind: str) -> str:
        """What can be read as an archive, whatever else it is too; what else that is."""
        if kind in kinds.CALLED and kind != "zip":
            message = f"is {kinds.CALLED[kind]} and a zip archive at once: both were looked at"
            self.report.add(Hit("KI022", "high", message), part)
        self._archive(stream, part, level)
        return "zip" if kind == "unknown" else kind

    def _flat(self, stream: BinaryIO, part: str, kind: str) -> None:
        """A part without parts of its own."""
        if kind == "json":
            self._json(self._bytes(stream, part), part)
        elif kind == "pickle":
            self.report.add(Hit("KI007", "high", "begins as a pickle does"), part)
        elif kind != "zip":
            from inspector.security import programs  # noqa: PLC0415 - few files are SavedModels

            if kind == "program":
                programs.walk_program(stream, part, self.report)
            else:
                programs.walk_metadata(self._bytes(stream, part), part, self.report)

    # --- JSON -------------------------------------------------------------------------------

    def _bytes(self, stream: BinaryIO, part: str) -> bytes:
        data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            self.report.lose(Hit("KI042", "medium", "is too long to be a config"), part)
            return b"{}"
        return data

    def _json(self, data: bytes | str, part: str) -> None:
        value = walk_text(data, part, self.report)
        for hit in _of_model(value, part):
            self.report.add(hit, part)

    # --- HDF5 -------------------------------------------------------------------------------

    def _hdf5(self, stream: BinaryIO, part: str, source: reader.Source | None = None) -> None:
        try:
            source = source or _source(stream)
            with reader.open_file(source, part) as file:
                if file.user_block:
                    self._user_block(source, file.user_block, part)
                texts = hdf5.walk(file, part, self.report)
        except InspectError as error:
            self.report.lose(hdf5.unreadable(error), part)
            return
        for path, attributes in texts.items():
            for name, text in attributes.items():
                place = inside(part, f"{path.rstrip('/')}@{name}")
                if path == "/" and (name in _ATTRIBUTES or name.endswith("_config")):
                    self.report.open(place)
                    self._json(text, place)
                else:
                    walk(text, place, self.report)

    def _user_block(self, source: reader.Source, size: int, part: str) -> None:
        (block,) = source.read([(0, min(size, 1 << 16))])
        if block.strip(b"\0"):
            message = f"{size:,} bytes of something else stand before the HDF5 file"
            self.report.add(Hit("KI022", "low", message), part)

    # --- archives ---------------------------------------------------------------------------

    def _archive(self, stream: BinaryIO, part: str, level: int) -> None:
        """A zip archive: its directory, and every member that may hold a model."""
        size = zips.directory_size(stream)
        if size > zips.MAX_DIRECTORY:
            self.report.lose(Hit("KI042", "medium", f"lists members in {size:,} bytes"), part)
            return
        try:
            archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OSError) as error:
            message = f"is not a whole zip archive: {error}"
            self.report.lose(Hit("KI040", "medium", message), part)
            return
        directory = zips.directory_of(archive, stream)
        for directory_rule in zips.DIRECTORY_RULES:
            for hit in directory_rule(directory):
                self.report.add(hit, part)
        looked: set[tuple[str, int]] = set()
        for info in directory.members:
            place = inside(part, info.filename)
            self._met(info, place)
            if (info.filename, info.header_offset) not in looked:
                looked.add((info.filename, info.header_offset))
                self._member(archive, stream, info, place, level)

    def _met(self, info: zipfile.ZipInfo, place: str) -> None:
        for rule in zips.MEMBER_RULES:
            for hit in rule(info):
                self.report.add(hit, place)

    def _member(
        self,
        archive: zipfile.ZipFile,
        stream: BinaryIO,
        info: zipfile.ZipInfo,
        place: str,
        level: int,
    ) -> None:
        """One member, looked into where it may hold more than data."""
        if not kinds.is_looked_into(info) or info.is_dir():  # is_dir fails on an empty name
            return
        if any(zips.method(info)):  # which the rules have said
            self.report.miss(place)
            return
        if level >= _MAX_LEVELS:
            self.report.lose(Hit("KI042", "medium", "stands too deep to be looked into"), place)
            return
        window = _stored_hdf5(stream, info)
        if window is not None:
            self.report.open(place)
            self._hdf5(stream, place, window)
            return
        data = self._unpacked(archive, info, place)
        if data is not None:
            self.part(io.BytesIO(data), place, level + 1, PurePosixPath(info.filename).name)

    def _unpacked(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: str
    ) -> bytes | None:
        """The bytes of a member, within what is left of the budget."""
        limit = min(self._left, MAX_BYTES if place.endswith(".json") else _MAX_MEMBER)
        if info.file_size > limit:
            self.report.miss(place)
            if not any(zips.bomb(info)):
                message = f"is {info.file_size:,} bytes: not looked into"
                self.report.add(Hit("KI042", "medium", message), place)
            return None
        try:
            with archive.open(info) as member:
                data = member.read(limit + 1)
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, zlib.error) as error:
            self.report.lose(Hit("KI040", "medium", f"cannot be unpacked: {error}"), place)
            return None
        self._left -= len(data)
        return data


# --- folders ------------------------------------------------------------------------------------


def _folder(path: Path, report: Report) -> None:
    """A folder: a SavedModel, or an unpacked archive; links in it are named and not followed."""
    walk = _Walk(report)
    known = 0
    for place, found in _files(path, report):
        name = str(place)
        for hit in odd_name(name):
            report.add(hit, name)
        if found.is_symlink():
            report.add(Hit("KI021", "high", "is a link that leads elsewhere"), name)
        elif not found.is_file():
            report.add(Hit("KI040", "low", "is neither file nor folder"), name)
        elif _is_part(place):
            known += 1
            with found.open("rb") as stream:
                walk.part(stream, name, 0, place.name)
        elif place.name.lower().endswith((".npz", ".pkl", ".pickle", ".joblib")):
            report.add(Hit("KI007", "high", "is a kind of file that programs unpickle"), name)
    if not known:
        raise ReadError(
            str(path),
            "is a folder without a model",
            hint="name a SavedModel folder, or the model file inside this one",
        )


def _files(path: Path, report: Report) -> Iterator[tuple[PurePosixPath, Path]]:
    """The files below a folder, in order."""
    waiting, seen = [(PurePosixPath(), path)], 0
    while waiting:
        prefix, folder = waiting.pop()
        for found in sorted(folder.iterdir()):
            seen += 1
            if seen > _MAX_FILES:
                message = f"holds more than {_MAX_FILES:,} files: the rest was not looked at"
                report.lose(Hit("KI042", "medium", message), str(prefix))
                return
            if found.is_dir() and not found.is_symlink():
                waiting.append((prefix / found.name, found))
            else:
                yield prefix / found.name, found


def _is_part(place: PurePosixPath) -> bool:
    return place.name in {"saved_model.pb", "keras_metadata.pb"} or place.suffix.lower() in {
        ".json", ".h5", ".hdf5", ".keras", ".zip",
    }  # fmt: skip


def _of_model(value: Any, part: str) -> Iterator[Hit]:
    """The model in a JSON value, as a whole."""
    if isinstance(value, str):
        return
    is_model = isinstance(value, dict) and value.keys() & _MODEL_KEYS
    expected = part.endswith(("config.json", "@model_config", "model.json"))
    if is_model or ((expected or not part) and value is not None):
        yield from whole_model(value, part)


def _stored_hdf5(stream: BinaryIO, info: zipfile.ZipInfo) -> reader.Source | None:
    """Weights that lie in the archive as they are: read in place, however large."""
    if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
        return None
    start = zips.data_start(stream, info)
    if start is None:
        return None
    stream.seek(start)
    found = stream.read(len(kinds.SIGNATURE)) == kinds.SIGNATURE
    return reader.Window(_source(stream), start, info.file_size) if found else None


def _source(stream: BinaryIO) -> reader.Source:
    """The bytes of a stream as the HDF5 reader takes them; of a URL, many ranges at once."""
    return getattr(stream, "source", None) or _Stream(stream)


class _Stream:
    """An open file as the HDF5 reader takes its bytes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = stream.seek(0, 2)

    def read(self, ranges: Any) -> list[bytes]:
        """The bytes of each range."""
        found = []
        for start, length in ranges:
            self._stream.seek(start)
            found.append(self._stream.read(length))
        return found
