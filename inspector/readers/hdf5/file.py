"""An open file: its root group, and a walk through everything in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import TracebackType

from inspector.readers.hdf5.errors import Hdf5Error, LimitError
from inspector.readers.hdf5.image import Image
from inspector.readers.hdf5.limits import Limits, chosen
from inspector.readers.hdf5.objects import Again, Dataset, Group, Link, NamedType
from inspector.readers.hdf5.source import LocalFile, Source
from inspector.readers.hdf5.store import Store
from inspector.readers.hdf5.superblock import read_superblock

_BLOCK = 1024
_MAX_PATH = 1 << 16


def open_file(
    source: Source | str | os.PathLike[str],
    where: str | None = None,
    limits: Limits | None = None,
    *,
    block: int = _BLOCK,
) -> File:
    """The HDF5 file in `source`; only its superblock is read until something is asked for.

    Args:
        source: a path, or anything that gives ranges of bytes.
        where: what to call the file in errors.
        limits: what reading it may cost; by default what `raised` allows.
        block: how many bytes are read at once, at least.

    Raises:
        Hdf5Error: it is no HDF5 file, or is cut off.
    """
    if isinstance(source, str | os.PathLike):
        where = where or os.fspath(source)
        source = LocalFile(source, where)
    return File(source, where or "HDF5 file", limits or chosen(), block)


class File:
    """An HDF5 file that is read as far as it is asked about; nothing outside it is opened."""

    def __init__(self, source: Source, where: str, limits: Limits, block: int = _BLOCK) -> None:
        self._source = source
        self._image = Image(source, where, limits, block)
        self._store = Store(self._image)
        try:
            self._root, self._image.extension = self._image.run(read_superblock(self._image))
        except (Hdf5Error, LimitError):
            self.close()
            raise

    def __enter__(self) -> File:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; what has been read stays."""
        if isinstance(self._source, LocalFile):
            self._source.close()

    @property
    def root(self) -> Group:
        """The group that everything is in.

        Raises:
            Hdf5Error: it is damaged.
        """
        root = self._store.object(self._root)
        if not isinstance(root, Group):
            raise self._image.error("has a root that is no group")
        return root

    @property
    def user_block(self) -> int:
        """How many bytes come before the HDF5 part."""
        return self._image.base

    @property
    def bytes_read(self) -> int:
        """How many bytes of the file have been read so far."""
        return self._image.blocks.bytes_read

    @property
    def requests(self) -> tuple[int, int]:
        """How many ranges have been asked for, and in how many round trips."""
        return self._image.blocks.ranges_read, self._image.blocks.rounds

    def walk(self) -> Iterator[tuple[str, Link | Again]]:
        """Every object and link with its path, a group before its members; `/` comes first.

        Members come in h5py's order: by name, or as created where the group tracks that. What a
        second hard link leads to is not entered again. All headers are read before the first step.

        Raises:
            Hdf5Error: an object is damaged.
            LimitError: the groups are nested deeper than the limits allow.
        """
        root = self.root
        self._store.read_ahead(root)
        paths = {root.address: "/"}
        yield "/", root
        stack = [("/", iter(root.members.items()))]
        while stack:
            above, members = stack[-1]
            name, link = next(members, ("", None))
            if link is None:
                stack.pop()
                continue
            path = above + name
            self._check_path(path, len(stack))
            again = _again(paths, path, link)
            yield path, again or link
            if isinstance(link, Group) and again is None:
                stack.append((path + "/", iter(link.members.items())))

    def _check_path(self, path: str, depth: int) -> None:
        if depth > self._image.limits.depth or len(path) > _MAX_PATH:
            raise self._image.budget.over("has groups nested too deep", f"{depth:,} levels")
        self._image.budget.path(len(path))


def _again(paths: dict[int, str], path: str, link: Link) -> Again | None:
    """The path under which an object came before, if it did; else its path is noted."""
    if not isinstance(link, Group | Dataset | NamedType):
        return None
    before = paths.setdefault(link.address, path)
    return None if before is path else Again(before)
