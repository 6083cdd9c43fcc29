"""Datasets from their headers, and how much the file keeps for them."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from inspector.readers.hdf5.btree1 import read_chunk_bytes
from inspector.readers.hdf5.btree2 import read_records
from inspector.readers.hdf5.datatype import read_datatype
from inspector.readers.hdf5.header import Header, Kind
from inspector.readers.hdf5.heap import read_local_heap
from inspector.readers.hdf5.image import Cursor, Image, Read, decoded
from inspector.readers.hdf5.messages import (
    Filter,
    Layout,
    read_extent,
    read_filters,
    read_layout,
)
from inspector.readers.hdf5.objects import Dataset, NamedType
from inspector.readers.hdf5.shared import read_shared
from inspector.readers.hdf5.values import Value
from inspector.readers.hdf5.virtual import read_sources

_FIXED_ARRAY, _TREE2 = 3, 5


def read_dataset(image: Image, header: Header, attributes: Mapping[str, Value]) -> Read[Dataset]:
    """The dataset that a header describes."""
    extent = read_extent(image, (yield from _body(image, header, Kind.DATASPACE)))
    dtype = read_datatype(image, (yield from _body(image, header, Kind.DATATYPE)))
    filters: tuple[Filter, ...] = ()
    if header.first(Kind.FILTERS) is not None:
        filters = read_filters(image, (yield from _body(image, header, Kind.FILTERS)))
    layout = Layout("none", 0)
    if header.first(Kind.LAYOUT) is not None:
        body = yield from _body(image, header, Kind.LAYOUT)
        layout = read_layout(image, body, extent, dtype.size)
    external = yield from _external(image, header)
    return Dataset(
        header.address,
        extent,
        dtype,
        "external" if external else layout.kind,
        filters,
        external,
        attributes,
        lambda: image.run(_stored(image, layout, filtered=bool(filters))),
        lambda: (
            image.run(read_sources(image, layout.address, layout.entry))
            if layout.kind == "virtual"
            else ()
        ),
    )


def read_named_type(
    image: Image, header: Header, attributes: Mapping[str, Value]
) -> Read[NamedType]:
    """The committed datatype that a header describes."""
    body = yield from _body(image, header, Kind.DATATYPE)
    return NamedType(header.address, read_datatype(image, body), attributes)


def _body(image: Image, header: Header, kind: Kind) -> Read[bytes]:
    message = header.first(kind)
    if message is None:
        raise image.error(f"has a dataset without {kind.name.lower()}")
    if not message.shared:
        return message.body
    return (yield from read_shared(image, message.body, kind))


def _external(image: Image, header: Header) -> Read[tuple[str, ...]]:
    """The files that hold the data of a dataset, none of which is opened (IV.A.2.h)."""
    message = header.first(Kind.EXTERNAL_FILES)
    if message is None:
        return ()
    cursor = Cursor(image, message.body, "list of external files")
    version, _, used, address = cursor.unpack("B3xHHO")
    if version != 1:
        raise cursor.error("has a list of external files of an unknown version", str(version))
    heap = yield from read_local_heap(image, address)
    return tuple(decoded(heap.name(cursor.unpack("LLL")[0])) for _ in range(used))


def _stored(image: Image, layout: Layout, filtered: bool) -> Read[int | None]:
    """The bytes that the file keeps for a dataset; chunks are counted by their index."""
    if layout.size is not None:
        return layout.size
    if layout.by == 0:
        return (yield from read_chunk_bytes(image, layout.address, len(layout.chunk)))
    if layout.by == _TREE2:
        return (yield from _tree_of_chunks(image, layout))
    if layout.by == _FIXED_ARRAY:
        return (yield from _array_of_chunks(image, layout, filtered))
    return None


def _tree_of_chunks(image: Image, layout: Layout) -> Read[int | None]:
    """Chunks in a version 2 B-tree: records of type 10, or 11 where chunks are filtered."""
    found = yield from read_records(image, layout.address, (10, 11), image.limits.chunk_nodes)
    if found is None:
        return None
    kind, records = found
    if kind == 10:
        return len(records) * prod(layout.chunk)
    width = len(records[0]) - image.offset - 4 - 8 * (len(layout.chunk) - 1) if records else 0
    if width < 0:
        raise image.error("has an index of chunks that does not fit them")
    start = image.offset
    return sum(int.from_bytes(record[start : start + width], "little") for record in records)


def _array_of_chunks(image: Image, layout: Layout, filtered: bool) -> Read[int | None]:
    """Chunks in a fixed array without pages (section VIII.C of the specification)."""
    (data,) = yield [(layout.address, 8 + image.length + image.offset)]
    cursor = Cursor(image, data, "fixed array")
    cursor.expect(b"FAHD", 0)
    client, size, pages = cursor.unpack("BBB")
    count, address = cursor.unpack("LO")
    if bool(client) != filtered or size < image.offset:
        raise cursor.error("has an index of chunks that does not fit them")
    if count > 1 << pages or count > image.limits.chunk_nodes:
        return None
    if not image.defined(address):
        return 0
    start = 6 + image.offset
    (data,) = yield [(address, start + count * size)]
    cursor = Cursor(image, data, "fixed array", start)
    total = 0
    for _ in range(count):
        record = Cursor(image, cursor.take(size), "fixed array")
        if image.defined(record.unpack("O")[0]):
            width = size - image.offset - 4
            total += record.number(width) if filtered else prod(layout.chunk)
    return total
