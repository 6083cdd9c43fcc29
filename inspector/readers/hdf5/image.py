"""The open file as its parsers see it: requests for bytes, and a cursor that cannot run off."""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from inspector.readers.hdf5.errors import Hdf5Error
from inspector.readers.hdf5.limits import Budget, Limits
from inspector.readers.hdf5.source import Blocks, Range, Source

if TYPE_CHECKING:
    from inspector.readers.hdf5.datatype import Datatype

T = TypeVar("T")

# A parser asks for ranges and is sent their bytes: many parsers advance in one round trip.
Read = Generator[list[Range], list[bytes], T]

_LETTERS = {2: "H", 4: "I", 8: "Q"}
_DAMAGED = "the file is damaged, or was cut off in a download"


class Image:
    """One HDF5 file: its bytes, counted from the base address, its sizes, and its budget.

    `offset` and `length` are the sizes of addresses and of lengths (section II.A).
    """

    def __init__(self, source: Source, where: str, limits: Limits, block: int) -> None:
        self.where = where
        self.limits = limits
        self.blocks = Blocks(source, where, block)
        self.budget = Budget(limits, source.size, where)
        self.base = 0
        self.offset = self.length = 8
        self.undefined = (1 << 64) - 1
        self.extension: int | None = None  # the address of the superblock extension
        self.structs: dict[str, struct.Struct] = {}
        self.types: dict[bytes, Datatype] = {}  # by the bytes that describe them

    def set_sizes(self, offset: int, length: int) -> None:
        """Take over the sizes that the superblock names."""
        if offset not in _LETTERS or length not in _LETTERS:
            raise self.error("has addresses of a size no program writes", f"{offset}, {length}")
        self.offset, self.length = offset, length
        self.undefined = (1 << 8 * offset) - 1
        self.structs.clear()

    def layout(self, fields: str) -> struct.Struct:
        """A little-endian record: letters as in `struct`, and `O` and `L` for this file's sizes."""
        found = self.structs.get(fields)
        if found is None:
            letters = fields.replace("O", _LETTERS[self.offset]).replace("L", _LETTERS[self.length])
            found = self.structs[fields] = struct.Struct("<" + letters)
        return found

    def defined(self, address: int) -> bool:
        """Whether an address leads anywhere."""
        return address != self.undefined

    def error(self, problem: str, received: str = "", hint: str = _DAMAGED) -> Hdf5Error:
        """The error for this file."""
        return Hdf5Error(self.where, problem, received=received, hint=hint)

    def fetch(self, needs: list[Range]) -> list[bytes]:
        """The bytes of each range, in one round trip; shorter where the file ends."""
        base, size = self.base, self.blocks.size
        ranges = []
        for address, length in needs:
            start = min(base + address, size)
            ranges.append((start, min(length, size - start)))
        self.budget.read(sum(length for _, length in ranges))
        return self.blocks.read(ranges)

    def run(self, task: Read[T]) -> T:
        """The result of one parser."""
        try:
            needs = next(task)
            while True:
                needs = task.send(self.fetch(needs))
        except StopIteration as done:
            result: T = done.value
            return result


def gather(tasks: Iterable[Read[T]]) -> Read[list[T | Hdf5Error]]:
    """All results, or what each failed with; the parsers advance together."""
    waiting = list(tasks)
    results: list[Any] = [None] * len(waiting)
    active: list[tuple[int, Read[T], list[bytes] | None]]
    active = [(number, task, None) for number, task in enumerate(waiting)]
    while active:
        asking: list[tuple[int, Read[T], list[Range]]] = []
        for number, task, blobs in active:
            try:
                asking.append((number, task, task.send(blobs)))  # type: ignore[arg-type]
            except StopIteration as done:
                results[number] = done.value
            except Hdf5Error as error:
                results[number] = error
        if not asking:
            break
        data = yield [need for _, _, needs in asking for need in needs]
        active, position = [], 0
        for number, task, needs in asking:
            active.append((number, task, data[position : position + len(needs)]))
            position += len(needs)
    return results


class Cursor:
    """A place in some bytes of a file; going past their end is an error of the file."""

    __slots__ = ("data", "image", "position", "what")

    def __init__(self, image: Image, data: bytes, what: str, position: int = 0) -> None:
        self.image = image
        self.data = data
        self.what = what
        self.position = position

    def unpack(self, fields: str) -> tuple[Any, ...]:
        """The next values, see `Image.layout`."""
        record = self.image.structs.get(fields) or self.image.layout(fields)
        start = self.position
        self.position = end = start + record.size
        if end > len(self.data):
            raise self.cut()
        return record.unpack_from(self.data, start)

    def number(self, size: int) -> int:
        """The next unsigned number of `size` bytes."""
        return int.from_bytes(self.take(size), "little")

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        start = self.position
        self.position = end = start + size
        if end > len(self.data):
            raise self.cut()
        return self.data[start:end]

    def rest(self) -> bytes:
        """All bytes that are left."""
        return self.data[self.position :]

    def expect(self, signature: bytes, *versions: int) -> int:
        """Step over a signature and a version, which is returned."""
        found = self.take(len(signature))
        if found != signature:
            raise self.error(f"is no {self.what} where one should be", repr(found))
        version = self.take(1)[0]
        if version not in versions:
            raise self.error(f"has a {self.what} of an unknown version", str(version))
        return version

    def text(self, end: bytes = b"\0") -> bytes:
        """The bytes up to the next `end`, which is stepped over."""
        found = self.data.find(end, self.position)
        if found < 0:
            raise self.cut()
        start, self.position = self.position, found + len(end)
        return self.data[start:found]

    def align(self, size: int = 8, origin: int = 0) -> None:
        """Step to the next multiple of `size`."""
        self.position += (origin - self.position) % size

    def error(self, problem: str, received: str = "") -> Hdf5Error:
        """An error at this place."""
        return self.image.error(problem, received)

    def cut(self) -> Hdf5Error:
        """The error for bytes that are not there."""
        return self.image.error(f"has a {self.what} that is cut off")


def decoded(data: bytes) -> str:
    r"""Text from the file; bytes that are no UTF-8 stay visible.

    >>> decoded(b"a\xff")
    'a\\xff'
    """
    return data.decode("utf-8", "backslashreplace")
