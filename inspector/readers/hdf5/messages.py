"""The small messages of an object header: extent, layout, filters, and where links are."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from inspector.readers.hdf5.image import Cursor, Image, decoded

Extent = tuple[int, ...] | None  # None: no elements and no shape at all

_MAX_RANK = 32
_FILTERS = {1: "deflate", 2: "shuffle", 3: "fletcher32", 4: "szip", 5: "nbit", 6: "scaleoffset"}


class Filter(NamedTuple):
    """One step of a filter pipeline; `name` is what the file or the format calls it."""

    id: int
    name: str


class Layout(NamedTuple):
    """How a dataset is stored; `index` and what follows describe where chunks are listed."""

    kind: str  # compact, contiguous, chunked, virtual
    size: int | None = None  # bytes stored; None: ask the index
    by: int = 0  # 0: version 1 B-tree, else the chunk indexing type
    address: int = 0
    chunk: tuple[int, ...] = ()  # dims of a chunk; the last one is the element size
    entry: int = 0  # of a virtual one: which object of the global heap at `address` it is


class Indexed(NamedTuple):
    """Where dense links or attributes are: heap, index by name, and whether order is tracked."""

    heap: int
    names: int
    ordered: bool


def read_extent(image: Image, data: bytes) -> Extent:
    """The shape that a dataspace message gives (section IV.A.2.b)."""
    cursor = Cursor(image, data, "dataspace")
    version, rank, flags, kind = cursor.unpack("BBBB")
    if version not in {1, 2} or rank > _MAX_RANK:
        raise cursor.error("has a dataspace of an unknown kind", f"{version}, {rank}")
    if version == 1:
        cursor.take(4)
    elif kind == 2:
        return None
    dims = cursor.unpack(f"{rank}L")
    if flags & 1:
        cursor.unpack(f"{rank}L")
    return dims


def read_filters(image: Image, data: bytes) -> tuple[Filter, ...]:
    """The filter pipeline (section IV.A.2.l)."""
    cursor = Cursor(image, data, "filter pipeline")
    version, count = cursor.unpack("BB")
    if version not in {1, 2}:
        raise cursor.error("has a filter pipeline of an unknown version", str(version))
    if version == 1:
        cursor.take(6)
    return tuple(_filter(cursor, version) for _ in range(count))


def _filter(cursor: Cursor, version: int) -> Filter:
    (number,) = cursor.unpack("H")
    named = version == 1 or number >= 256
    length = cursor.unpack("H")[0] if named else 0
    _, values = cursor.unpack("HH")
    name = decoded(cursor.take(length).split(b"\0", 1)[0])
    cursor.take(4 * values + (4 if version == 1 and values % 2 else 0))
    return Filter(number, _FILTERS.get(number) or name)


def read_layout(image: Image, data: bytes, extent: Extent, size: int) -> Layout:
    """The layout of a dataset of `extent`, its elements of `size` bytes (IV.A.2.i)."""
    cursor = Cursor(image, data, "data layout")
    (version,) = cursor.unpack("B")
    if version in {1, 2}:
        return _old_layout(cursor, prod(extent or (0,)) * size)
    if version not in {3, 4, 5}:
        raise cursor.error("has a data layout of an unknown version", str(version))
    (kind,) = cursor.unpack("B")
    if kind == 0:
        return Layout("compact", cursor.unpack("H")[0])
    if kind == 1:
        address, length = cursor.unpack("OL")
        return Layout("contiguous", length if image.defined(address) else 0)
    if kind == 3 and version > 3:
        address, entry = cursor.unpack("OI")
        return Layout("virtual", 0, address=address, entry=entry)
    if kind != 2:
        raise cursor.error("has a data layout of an unknown class", str(kind))
    if version > 3:
        return _indexed_chunks(cursor)
    (rank,) = cursor.unpack("B")
    (address,) = cursor.unpack("O")
    return _chunks(cursor, 0, address, cursor.unpack(f"{_rank(cursor, rank)}I"))


def _old_layout(cursor: Cursor, declared: int) -> Layout:
    """Versions 1 and 2, which say nothing of the size of contiguous data."""
    rank, kind = cursor.unpack("BB5x")
    _rank(cursor, rank)
    if kind == 0:
        cursor.unpack(f"{rank}I")
        return Layout("compact", cursor.unpack("I")[0])
    (address,) = cursor.unpack("O")
    if kind == 1:
        return Layout("contiguous", declared if cursor.image.defined(address) else 0)
    if kind != 2:
        raise cursor.error("has a data layout of an unknown class", str(kind))
    return _chunks(cursor, 0, address, cursor.unpack(f"{rank}I"))


def _indexed_chunks(cursor: Cursor) -> Layout:
    """Chunks of version 4 and 5: dims, and one of five kinds of index."""
    flags, rank, width = cursor.unpack("BBB")
    chunk = tuple(cursor.number(width) for _ in range(_rank(cursor, rank)))
    (index,) = cursor.unpack("B")
    if index == 1 and flags & 2:
        stored, _ = cursor.unpack("LI")
        (address,) = cursor.unpack("O")
        return Layout("chunked", stored if cursor.image.defined(address) else 0, index)
    information = {1: 0, 2: 0, 3: 1, 4: 5, 5: 6}
    if index not in information:
        raise cursor.error("has chunks indexed in an unknown way", str(index))
    cursor.take(information[index])
    return _chunks(cursor, index, cursor.unpack("O")[0], chunk)


def _chunks(cursor: Cursor, index: int, address: int, chunk: tuple[int, ...]) -> Layout:
    if not cursor.image.defined(address):
        return Layout("chunked", 0, index, address, chunk)
    size = prod(chunk) if index == 1 else None
    return Layout("chunked", size, index, address, chunk)


def _rank(cursor: Cursor, rank: int) -> int:
    if rank > _MAX_RANK + 1:  # the size of an element counts as one
        raise cursor.error("has a data layout of too many dimensions", str(rank))
    return rank


def read_link_info(image: Image, data: bytes) -> Indexed:
    """Where the links of a group are, and whether it tracks their order (IV.A.2.c)."""
    return _indexed(Cursor(image, data, "link info"), "Q")


def read_attribute_info(image: Image, data: bytes) -> Indexed:
    """Where dense attributes are (IV.A.2.v)."""
    return _indexed(Cursor(image, data, "attribute info"), "H")


def _indexed(cursor: Cursor, highest: str) -> Indexed:
    version, flags = cursor.unpack("BB")
    if version:
        raise cursor.error(f"has {cursor.what} of an unknown version", str(version))
    if flags & 1:
        cursor.unpack(highest)
    heap, names = cursor.unpack("OO")
    return Indexed(heap, names, bool(flags & 1))
