"""Object headers: the messages that say what an object is, in however many pieces they lie."""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import NamedTuple

from inspector.readers.hdf5.image import Cursor, Image, Read

_FIRST = 320  # holds the whole header of a dataset as Keras writes it
_SHARED = 0x02  # message flag: the body says where the message is


class Kind(IntEnum):
    """Message types of section IV.A.2."""

    DATASPACE = 0x01
    LINK_INFO = 0x02
    DATATYPE = 0x03
    LINK = 0x06
    EXTERNAL_FILES = 0x07
    LAYOUT = 0x08
    FILTERS = 0x0B
    ATTRIBUTE = 0x0C
    SHARED_TABLE = 0x0F
    CONTINUATION = 0x10
    SYMBOL_TABLE = 0x11
    ATTRIBUTE_INFO = 0x15


_CONTINUATION = int(Kind.CONTINUATION)
_WANTED = frozenset(int(kind) for kind in Kind)  # the others are of no use here


_PREFIX = struct.Struct("<HHB3x")  # of a version 1 message: type, size, flags


class Message(NamedTuple):
    """One header message; a shared one holds only where its content is."""

    kind: int
    shared: bool
    body: bytes
    order: int = 0  # when an attribute was created, where that is tracked


class Header(NamedTuple):
    """All messages of one object."""

    address: int
    messages: list[Message]
    ordered: bool = False  # whether attributes remember the order of their creation

    def all(self, kind: int) -> list[Message]:
        """The messages of a kind."""
        return [message for message in self.messages if message.kind == kind]

    def first(self, kind: int) -> Message | None:
        """The first message of a kind."""
        for message in self.messages:
            if message.kind == kind:
                return message
        return None


class _Pieces:
    """The pieces of one header still to be read; none may come twice."""

    def __init__(self, image: Image) -> None:
        self._image = image
        self._seen: set[int] = set()
        self._total = 0
        self.waiting: list[tuple[int, int]] = []

    def note(self, size: int) -> None:
        self._total += size
        if self._total > self._image.limits.header_bytes:
            raise self._image.budget.over("has an object header of unusual size")

    def add(self, body: bytes) -> None:
        """Queue the piece that a continuation message points to (IV.A.2.q)."""
        address, length = Cursor(self._image, body, "continuation").unpack("OL")
        if address in self._seen:
            raise self._image.error("has an object header that continues in itself")
        self._seen.add(address)
        self.note(length)
        self.waiting.append((address, length))


def read_header(image: Image, address: int) -> Read[Header]:
    """The header at `address` (sections IV.A.1.a and IV.A.1.b)."""
    (data,) = yield [(address, _FIRST)]
    if data.startswith(b"OHDR"):
        return (yield from _version2(image, address, data))
    return (yield from _version1(image, address, data))


def _version1(image: Image, address: int, data: bytes) -> Read[Header]:
    cursor = Cursor(image, data, "object header")
    version, _, _, size = cursor.unpack("BxHII")
    if version != 1:
        raise image.error("has no object header where one should be", f"{data[:4]!r}")
    pieces = _Pieces(image)
    pieces.note(size)
    if 16 + size > len(data):
        (data,) = yield [(address, 16 + size)]
    messages: list[Message] = []
    _parse1(pieces, Cursor(image, data[16 : 16 + size], "object header"), size, messages)
    while pieces.waiting:
        now, pieces.waiting = pieces.waiting, []
        for (_, length), blob in zip(now, (yield now), strict=True):
            _parse1(pieces, Cursor(image, blob, "object header"), length, messages)
    return Header(address, messages)


def _parse1(pieces: _Pieces, cursor: Cursor, size: int, messages: list[Message]) -> None:
    """Add the messages of one piece: type, size, flags, and three bytes of nothing."""
    data, position = cursor.data, 0
    if len(data) < size:
        raise cursor.cut()
    while position + 8 <= size:
        kind, length, flags = _PREFIX.unpack_from(data, position)
        start, position = position + 8, position + 8 + length
        if position > size:
            raise cursor.cut()
        if kind == _CONTINUATION:
            pieces.add(data[start:position])
        elif kind in _WANTED:
            messages.append(Message(kind, bool(flags & _SHARED), data[start:position]))


def _version2(image: Image, address: int, data: bytes) -> Read[Header]:
    cursor = Cursor(image, data, "object header")
    cursor.expect(b"OHDR", 2)
    (flags,) = cursor.unpack("B")
    cursor.take((16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0))
    size = cursor.number(1 << (flags & 3))
    pieces = _Pieces(image)
    pieces.note(size)
    start = cursor.position
    if start + size > len(data):
        (data,) = yield [(address, start + size)]
    messages: list[Message] = []
    ordered = bool(flags & 0x04)
    piece = Cursor(image, data[start : start + size], "object header")
    _parse2(pieces, piece, size, ordered, messages)
    while pieces.waiting:
        now, pieces.waiting = pieces.waiting, []
        for (_, length), blob in zip(now, (yield now), strict=True):
            piece = Cursor(image, blob, "object header continuation")
            if piece.take(4) != b"OCHK":
                raise image.error("has no object header continuation where one should be")
            _parse2(pieces, piece, length - 4, ordered, messages)  # a checksum ends it
    return Header(address, messages, ordered)


def _parse2(
    pieces: _Pieces, cursor: Cursor, size: int, ordered: bool, messages: list[Message]
) -> None:
    """Add the messages of one piece; fewer bytes than a message needs are a gap."""
    least = 6 if ordered else 4
    while cursor.position + least <= size:
        kind, length, flags = cursor.unpack("BHB")
        order = cursor.unpack("H")[0] if ordered else 0
        body = cursor.take(length)
        if kind == _CONTINUATION:
            pieces.add(body)
        elif kind in _WANTED:
            messages.append(Message(kind, bool(flags & _SHARED), body, order))
