"""Local heaps, which hold a group's names, and global heaps, which hold strings of any length."""

from __future__ import annotations

from inspector.readers.hdf5.image import Cursor, Image, Read

_COLLECTION = 4096  # the least size of a global heap collection
_KEPT = 16  # collections

Reference = tuple[int, int]  # address of a collection, index of an object in it


class LocalHeap:
    """The names of one group, found by their offset (section III.D)."""

    def __init__(self, image: Image, data: bytes) -> None:
        self._image = image
        self._data = data

    def name(self, offset: int) -> bytes:
        """The bytes at `offset` up to the next null."""
        end = self._data.find(b"\0", offset)
        if end < 0:
            raise self._image.error("has a name outside its heap", str(offset))
        self._image.budget.read(end - offset)
        return self._data[offset:end]


def read_local_heap(image: Image, address: int) -> Read[LocalHeap]:
    """The heap whose header is at `address`."""
    (data,) = yield [(address, 8 + 2 * image.length + image.offset)]
    cursor = Cursor(image, data, "local heap")
    cursor.expect(b"HEAP", 0)
    cursor.take(3)
    size, _, segment = cursor.unpack("LLO")
    if size > image.limits.heap_bytes:
        raise image.budget.over("has a group whose names take unusual space", f"{size:,} bytes")
    (data,) = yield [(segment, size)]
    return LocalHeap(image, data)


class GlobalHeap:
    """The collections of a file that were read last."""

    def __init__(self, image: Image) -> None:
        self._image = image
        self._kept: dict[int, dict[int, bytes]] = {}

    def read(self, references: list[Reference]) -> Read[list[bytes]]:
        """What each reference stands for (section III.E)."""
        values: list[bytes] = []
        for address, index in references:
            objects = self._kept.get(address)
            if objects is None:
                objects = yield from self._collection(address)
                while len(self._kept) >= _KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[address] = objects
            found = objects.get(index)
            if found is None:
                problem = "has a string that is not in its heap"
                raise self._image.error(problem, f"{index} at {address}")
            values.append(found)
        return values

    def _collection(self, address: int) -> Read[dict[int, bytes]]:
        image = self._image
        (data,) = yield [(address, _COLLECTION)]
        cursor = Cursor(image, data, "global heap")
        cursor.expect(b"GCOL", 1)
        cursor.take(3)
        (size,) = cursor.unpack("L")
        cursor.align(8)
        if size > len(data):
            start = cursor.position
            (data,) = yield [(address, size)]
            cursor = Cursor(image, data, "global heap", start)
        return _objects(cursor, size)


def _objects(cursor: Cursor, size: int) -> dict[int, bytes]:
    """The objects of a collection by index; index 0 is the space that is free."""
    objects: dict[int, bytes] = {}
    least = -(-(8 + cursor.image.length) // 8) * 8
    while cursor.position + least <= size:
        index, _, length = cursor.unpack("HHxxxxL")
        cursor.align(8)
        if index == 0:
            break
        if index not in objects:
            objects[index] = cursor.take(length)
        cursor.align(8)
    return objects
