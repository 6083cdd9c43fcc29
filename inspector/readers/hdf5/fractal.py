"""Fractal heaps: what dense links and attributes are kept in (section III.G)."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from inspector.readers.hdf5.btree2 import read_records
from inspector.readers.hdf5.image import Cursor, Image, Read
from inspector.readers.hdf5.source import Range

_MAX_ROWS = 64
_MANAGED, _HUGE, _TINY = 0, 1, 2


class _Block(NamedTuple):
    """A direct block: the heap offsets it covers, and its address."""

    start: int
    end: int
    address: int


class Heap(NamedTuple):
    """One fractal heap: its header, and all its direct blocks in order."""

    image: Image
    id_size: int
    offset_size: int
    length_size: int
    huge: int  # the address of the index of huge objects
    blocks: list[_Block]
    starts: list[int]


class _Table(NamedTuple):
    """The doubling table: how wide it is, and how large its blocks are."""

    width: int
    start: int  # bytes of the first block
    direct: int  # rows of direct blocks; below them are rows of indirect ones
    offset_size: int

    def size(self, row: int) -> int:
        """Bytes of one block in a row."""
        return self.start << max(0, row - 1)

    def rows(self, size: int) -> int:
        """Rows of the indirect block that covers `size` bytes."""
        return max(1, (size // (self.start * self.width)).bit_length())


def read_heap(image: Image, address: int) -> Read[Heap]:
    """The heap whose header is at `address`."""
    (data,) = yield [(address, 26 + 12 * image.length + 3 * image.offset)]
    cursor = Cursor(image, data, "fractal heap")
    cursor.expect(b"FRHP", 0)
    id_size, filters, _, managed = cursor.unpack("HHBI")
    if filters:
        raise cursor.error("keeps its links or attributes compressed, which no Keras does")
    _, huge = cursor.unpack("LO")
    cursor.unpack("LO8L")
    width, start, largest, bits = cursor.unpack("HLLH")
    _, root, rows = cursor.unpack("HOH")
    _check(cursor, width, start, largest, bits, rows)
    offset_size = (bits + 7) // 8
    direct = (largest // start).bit_length() + 1
    table = _Table(width, start, direct, offset_size)
    blocks: list[_Block] = []
    if image.defined(root) and rows:
        blocks = yield from _indirect(image, table, root, rows)
    elif image.defined(root):
        blocks = [_Block(0, start, root)]
    length_size = min(_bytes_for(largest), _bytes_for(managed))
    starts = [block.start for block in blocks]
    return Heap(image, id_size, offset_size, length_size, huge, blocks, starts)


def _check(cursor: Cursor, width: int, start: int, largest: int, bits: int, rows: int) -> None:
    powers = all(n and not n & (n - 1) for n in (width, start, largest))
    if not powers or largest < start or bits > 64 or rows > _MAX_ROWS:
        raise cursor.error("has a fractal heap of impossible sizes")


def _bytes_for(number: int) -> int:
    return max(1, (number.bit_length() + 7) // 8)


def _indirect(image: Image, table: _Table, root: int, rows: int) -> Read[list[_Block]]:
    """All direct blocks below an indirect one, read level by level, in heap order."""
    blocks: list[_Block] = []
    waiting, seen = [(root, 0, rows)], {root}
    while waiting:
        needs = [(a, 5 + image.offset + table.offset_size + table.width * n * image.offset)
                 for a, _, n in waiting]  # fmt: skip
        blobs = yield needs
        below: list[tuple[int, int, int]] = []
        for (_, start, count), data in zip(waiting, blobs, strict=True):
            cursor = Cursor(image, data, "fractal heap block")
            cursor.expect(b"FHIB", 0)
            cursor.take(image.offset + table.offset_size)
            _children(cursor, table, start, count, blocks, below)
        waiting = below
        before = len(seen)
        seen.update(address for address, _, _ in below)
        if len(seen) != before + len(below):
            raise image.error("has a fractal heap that reaches a block twice")
    return sorted(blocks)


def _children(
    cursor: Cursor,
    table: _Table,
    start: int,
    rows: int,
    blocks: list[_Block],
    below: list[tuple[int, int, int]],
) -> None:
    """Add the direct blocks of an indirect one, and the indirect ones in it."""
    for row in range(rows):
        size = table.size(row)
        for address in cursor.unpack(f"{table.width}O"):
            if not cursor.image.defined(address):
                pass
            elif row < table.direct:
                blocks.append(_Block(start, start + size, address))
            else:
                below.append((address, start, table.rows(size)))
            start += size


def read_objects(heap: Heap, ids: list[bytes]) -> Read[list[bytes]]:
    """What heap IDs stand for, in one round trip."""
    image = heap.image
    large: dict[int, Range] = {}
    if any(each[:1] and each[0] >> 4 == _HUGE for each in ids):
        large = yield from _large(heap)
    places = [_place(Cursor(image, each, "heap ID"), heap, large) for each in ids]
    needs = [place for place in places if not isinstance(place, bytes)]
    blobs = yield needs
    if [len(blob) for blob in blobs] != [length for _, length in needs]:
        raise image.error("has a heap object that is cut off")
    found = iter(blobs)
    return [place if isinstance(place, bytes) else next(found) for place in places]


def _place(cursor: Cursor, heap: Heap, large: dict[int, Range]) -> bytes | Range:
    """Where an object is, or a tiny one itself (section III.G, heap IDs)."""
    (first,) = cursor.unpack("B")
    if first >> 4 == _MANAGED:
        return _managed(cursor, heap)
    if first >> 4 == _TINY:
        size = first & 0x0F
        if heap.id_size > 17:
            size = size << 8 | cursor.unpack("B")[0]
        return cursor.take(size + 1)
    if first >> 4 != _HUGE:
        raise cursor.error("has a heap object of an unknown kind", str(first))
    if _direct(heap):
        address, length = cursor.unpack("OL")
        return address, length
    found = large.get(cursor.number(min(heap.id_size - 1, heap.image.length)))
    if found is None:
        raise cursor.error("has a large heap object that is not in its index")
    return found


def _managed(cursor: Cursor, heap: Heap) -> Range:
    offset = cursor.number(heap.offset_size)
    length = cursor.number(heap.length_size)
    position = bisect_right(heap.starts, offset) - 1
    if position < 0 or offset + length > heap.blocks[position].end:
        raise cursor.error("has a heap object outside its blocks", str(offset))
    block = heap.blocks[position]
    return block.address + offset - block.start, length


def _direct(heap: Heap) -> bool:
    """Whether the ID of a large object is its place."""
    return heap.id_size > heap.image.offset + heap.image.length


def _large(heap: Heap) -> Read[dict[int, Range]]:
    """The places of large objects by number: records of type 1 (section III.A.2)."""
    if _direct(heap):
        return {}
    image = heap.image
    indexed = yield from read_records(image, heap.huge, (1,))
    large: dict[int, Range] = {}
    for record in indexed[1] if indexed else ():
        address, length, number = Cursor(image, record, "large heap object").unpack("OLL")
        large[number] = address, length
    return large
