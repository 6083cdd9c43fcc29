"""The links of a group, however it keeps them: who is in it, and where each leads."""

from __future__ import annotations

from typing import NamedTuple

from inspector.readers.hdf5.btree1 import read_symbols
from inspector.readers.hdf5.btree2 import read_records
from inspector.readers.hdf5.fractal import read_heap, read_objects
from inspector.readers.hdf5.header import Header, Kind
from inspector.readers.hdf5.image import Cursor, Image, Read, decoded
from inspector.readers.hdf5.messages import read_link_info

_HARD, _SOFT, _EXTERNAL = 0, 1, 64


class Link(NamedTuple):
    """One name in a group; an address, or where a link that is not followed says it leads."""

    name: bytes
    address: int | None
    targets: tuple[str, ...] = ()  # of a soft link: a path; of an external one: a file, a path
    order: int = 0


def read_links(image: Image, header: Header) -> Read[list[Link]]:
    """The links of a group: by order of creation where that is tracked, else by name."""
    ordered = False
    table = header.first(Kind.SYMBOL_TABLE)
    if table is not None:
        symbols = yield from read_symbols(image, table.body)
        links = [_symbol(*symbol) for symbol in symbols]
    else:
        links, ordered = yield from _messages(image, header)
    links.sort(key=lambda link: (link.order, b"") if ordered else (0, link.name))
    return links


def _symbol(name: bytes, address: int, soft: bytes | None) -> Link:
    return Link(name, address) if soft is None else Link(name, None, (decoded(soft),))


def _messages(image: Image, header: Header) -> Read[tuple[list[Link], bool]]:
    """The links that are messages, in the header or in a fractal heap."""
    bodies = [message.body for message in header.all(Kind.LINK)]
    ordered = False
    message = header.first(Kind.LINK_INFO)
    if message is not None:
        info = read_link_info(image, message.body)
        ordered = info.ordered
        if image.defined(info.names):
            indexed = yield from read_records(image, info.names, (5,))
            heap = yield from read_heap(image, info.heap)
            ids = [record[4:] for record in (indexed[1] if indexed else ())]
            bodies += yield from read_objects(heap, ids)
    return [_link(Cursor(image, body, "link")) for body in bodies], ordered


def _link(cursor: Cursor) -> Link:
    """A link message (section IV.A.2.g)."""
    version, flags = cursor.unpack("BB")
    if version != 1:
        raise cursor.error("has a link of an unknown version", str(version))
    kind = cursor.unpack("B")[0] if flags & 0x08 else _HARD
    order = cursor.unpack("Q")[0] if flags & 0x04 else 0
    cursor.take(1 if flags & 0x10 else 0)
    name = cursor.take(cursor.number(1 << (flags & 3)))
    if kind == _HARD:
        return Link(name, cursor.unpack("O")[0], order=order)
    data = cursor.take(cursor.unpack("H")[0])
    if kind == _SOFT:
        return Link(name, None, (decoded(data),), order)
    if kind == _EXTERNAL:
        outside = Cursor(cursor.image, data, "external link", 1)
        return Link(name, None, (decoded(outside.text()), decoded(outside.text())), order)
    return Link(name, None, (), order)  # of a kind that some program made up
