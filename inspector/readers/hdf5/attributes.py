"""Attribute messages, wherever they are kept, and the plain values they hold."""

from __future__ import annotations

from typing import NamedTuple

from inspector.readers.hdf5.btree2 import read_records
from inspector.readers.hdf5.fractal import read_heap, read_objects
from inspector.readers.hdf5.header import Header, Kind
from inspector.readers.hdf5.image import Cursor, Image, Read, decoded
from inspector.readers.hdf5.messages import read_attribute_info
from inspector.readers.hdf5.shared import read_shared, read_shared_attributes


class Attribute(NamedTuple):
    """One attribute, not decoded yet."""

    name: str
    datatype: bytes
    extent: bytes
    data: bytes
    shared: tuple[bool, bool] = (False, False)  # whether type and extent are kept elsewhere


def read_attributes(image: Image, header: Header) -> Read[dict[str, Attribute]]:
    """The attributes of an object: by order of creation where that is tracked, else by name."""
    bodies: list[tuple[int, bytes]] = []
    for message in header.all(Kind.ATTRIBUTE):
        body = message.body
        if message.shared:
            body = yield from read_shared(image, body, Kind.ATTRIBUTE)
        bodies.append((message.order, body))
    info = header.first(Kind.ATTRIBUTE_INFO)
    if info is not None:
        bodies += yield from _dense(image, info.body)
    found = [(order, _attribute(Cursor(image, body, "attribute"))) for order, body in bodies]
    found.sort(key=lambda each: (each[0], b"") if header.ordered else (0, each[1][0]))
    attributes: dict[str, Attribute] = {}
    for _, (_, attribute) in found:
        if attribute.name in attributes:
            raise image.error("has two attributes of one name", repr(attribute.name[:60]))
        attributes[attribute.name] = attribute
    return attributes


def _dense(image: Image, info: bytes) -> Read[list[tuple[int, bytes]]]:
    """Attributes kept in a fractal heap: order of creation and message (records of type 8)."""
    where = read_attribute_info(image, info)
    if not image.defined(where.names):
        return []
    indexed = yield from read_records(image, where.names, (8,))
    records = [
        Cursor(image, record, "attribute index").unpack("8sBI")
        for record in (indexed[1] if indexed else ())
    ]
    orders = [order for _, _, order in records]
    own = [each for each, flags, _ in records if not flags & 2]
    elsewhere = [each for each, flags, _ in records if flags & 2]
    heap = yield from read_heap(image, where.heap)
    kept = iter((yield from read_objects(heap, own)))
    shared = iter((yield from read_shared_attributes(image, elsewhere)) if elsewhere else [])
    bodies = [next(shared if flags & 2 else kept) for _, flags, _ in records]
    return list(zip(orders, bodies, strict=True))


def _attribute(cursor: Cursor) -> tuple[bytes, Attribute]:
    """An attribute message of version 1, 2 or 3 (section IV.A.2.m), and its raw name."""
    version, flags, name_size, type_size, extent_size = cursor.unpack("BBHHH")
    if version not in {1, 2, 3}:
        raise cursor.error("has an attribute of an unknown version", str(version))
    if version == 3:
        cursor.take(1)  # the character set of the name: bytes that are UTF-8 are shown as such
    step = 8 if version == 1 else 1
    parts = []
    for size in (name_size, type_size, extent_size):
        parts.append(cursor.take(size))
        cursor.take(-size % step)
    raw = parts[0].split(b"\0", 1)[0]
    shared = (version > 1 and bool(flags & 1), version > 1 and bool(flags & 2))
    return raw, Attribute(decoded(raw), parts[1], parts[2], cursor.rest(), shared)
