"""Messages kept once for many objects: committed datatypes, and the shared message table."""

from __future__ import annotations

from inspector.readers.hdf5.fractal import Heap, read_heap, read_objects
from inspector.readers.hdf5.header import Kind, read_header
from inspector.readers.hdf5.image import Cursor, Image, Read

_IN_HEAP = 1


def read_shared(image: Image, body: bytes, kind: int) -> Read[bytes]:
    """The message of a `kind` that a shared message's `body` points to (section IV.A.2)."""
    cursor = Cursor(image, body, "shared message")
    version, where = cursor.unpack("BB")
    if version not in {1, 2, 3}:
        raise cursor.error("has a shared message of an unknown version", str(version))
    if version == 3 and where == _IN_HEAP:
        heap = yield from _heap(image, kind)
        (data,) = yield from read_objects(heap, [cursor.take(8)])
        return data
    if version == 1:
        cursor.take(6)
    header = yield from read_header(image, cursor.unpack("O")[0])
    message = header.first(kind)
    if message is None or message.shared:
        raise cursor.error("shares a message that is not there")
    return message.body


def read_shared_attributes(image: Image, ids: list[bytes]) -> Read[list[bytes]]:
    """The attribute messages that are kept in the shared message table."""
    heap = yield from _heap(image, Kind.ATTRIBUTE)
    return (yield from read_objects(heap, ids))


def _heap(image: Image, kind: int) -> Read[Heap]:
    """The heap of the shared message table for a kind (section III.I)."""
    if image.extension is None:
        raise image.error("shares messages without a table of them")
    address, count = yield from _table(image, image.extension)
    entry = 14 + 2 * image.offset
    (data,) = yield [(address, 4 + count * entry)]
    cursor = Cursor(image, data, "shared message table")
    if cursor.take(4) != b"SMTB":
        raise cursor.error("has no shared message table where one should be")
    for _ in range(count):
        flags, _, _, _, _, _, heap = cursor.unpack("xxHIHHHOO")
        if flags >> kind & 1:
            return (yield from read_heap(image, heap))
    raise cursor.error("shares a message of a kind that its table does not hold", str(kind))


def _table(image: Image, extension: int) -> Read[tuple[int, int]]:
    """Where the table is, and how many indexes it has (section IV.A.2.p)."""
    header = yield from read_header(image, extension)
    message = header.first(Kind.SHARED_TABLE)
    if message is None:
        raise image.error("shares messages without a table of them")
    _, address, count = Cursor(image, message.body, "shared message table").unpack("BOB")
    return address, count
