"""What an HDF5 file is made of: groups, datasets, named types, and links that are not followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import NamedTuple, TypeAlias

from inspector.readers.hdf5.datatype import Datatype
from inspector.readers.hdf5.messages import Filter
from inspector.readers.hdf5.values import Value


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Named members and attributes; both are read when they are first asked for."""

    address: int
    attributes: Mapping[str, Value]
    members: Mapping[str, Link]


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """An array that is described but never read."""

    address: int
    shape: tuple[int, ...] | None  # (): a single element; None: no elements and no shape
    dtype: Datatype
    layout: str  # compact, contiguous, chunked, virtual, external
    filters: tuple[Filter, ...]
    external: tuple[str, ...]  # the files outside that hold its data
    attributes: Mapping[str, Value]
    _stored: Callable[[], int | None] = field(repr=False)
    _sources: Callable[[], tuple[str, ...] | None] = field(repr=False)

    @property
    def sources(self) -> tuple[str, ...] | None:
        """The files a virtual one is put together from, `.` for this one; None: written oddly."""
        return self._sources()

    @property
    def storage_size(self) -> int | None:
        """How many bytes the file keeps for it; None where only reading a long index would tell."""
        return self._stored()

    @property
    def declared_size(self) -> int:
        """How many bytes its elements would take, as far as shape and type say."""
        return 0 if self.shape is None else prod(self.shape) * self.dtype.size


@dataclass(frozen=True, slots=True, eq=False)
class NamedType:
    """A datatype that has a name of its own in the file."""

    address: int
    dtype: Datatype
    attributes: Mapping[str, Value]


class SoftLink(NamedTuple):
    """A name for a path in the same file; not followed."""

    target: str


class ExternalLink(NamedTuple):
    """A name for an object in another file; not followed."""

    file: str
    target: str


@dataclass(frozen=True, slots=True)
class UnknownLink:
    """A link of a kind that only the program that wrote it understands."""


class Again(NamedTuple):
    """In a walk: one more hard link to an object that came before, under `path`."""

    path: str


Object: TypeAlias = Group | Dataset | NamedType
Link: TypeAlias = Object | SoftLink | ExternalLink | UnknownLink
