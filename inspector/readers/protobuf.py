"""Protocol Buffers' wire format: the fields of a message, one after the other, within limits.

A message is a run of fields; each has a number and one of four kinds. Nothing says what a number
means: the caller knows. Messages inside messages are handed out as bytes, so nothing here nests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from inspector.errors import LimitError, ReadError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
MAX_FIELDS = 1_000_000  # NASNetMobile, of 774 layers, has 130,000
_FEW_FIELDS = 1_000  # that any file may have
_BYTES = 4  # a field, at least: the shortest in real files take 7 on average
_MAX_HEADER = 20  # bytes of a tag and of the length behind it
_CUT_OFF = "was the file cut off in a download?"
_NOT_WRITTEN = "no TensorFlow writes this: the file is damaged or hostile"


class ProtobufError(ReadError):
    """Bytes that are no protobuf message, or not the one expected here."""


def most_fields(size: int) -> int:
    """How many fields a file of `size` bytes may have: one that says anything takes a few.

    >>> most_fields(0), most_fields(1 << 20), most_fields(1 << 30)
    (1000, 263144, 1000000)
    """
    return min(MAX_FIELDS, _FEW_FIELDS + size // _BYTES)


class Field(NamedTuple):
    """One field: its number, its kind, and its value; strings and messages are bytes."""

    number: int
    kind: int
    value: int | memoryview


@dataclass(frozen=True, slots=True)
class Span:
    """A message that is still in the file: where it begins and how long it is."""

    start: int
    size: int


def varint(data: memoryview, position: int, where: str) -> tuple[int, int]:
    """A number of 7 bits a byte, and the position behind it.

    >>> varint(memoryview(bytes([0xAC, 0x02])), 0, "a.pb")
    (300, 2)

    Raises:
        ProtobufError: it runs out of the data, or over 64 bits.
    """
    if position < len(data) and data[position] < 0x80:
        return data[position], position + 1
    value = 0
    for shift, byte in enumerate(data[position : position + 10]):
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            if value >> 64:
                break
            return value, position + shift + 1
    if len(data) - position < 10:
        raise ProtobufError(where, "ends inside a number", hint=_CUT_OFF)
    raise ProtobufError(where, "holds a number of more than 64 bits", hint=_NOT_WRITTEN)


def signed(value: int) -> int:
    """A varint as the int64 that it stands for.

    >>> signed(2**64 - 1)
    -1
    """
    return value - (1 << 64) if value >> 63 else value


class Messages:
    """Reads the messages of one file, and keeps count of their fields."""

    def __init__(self, where: str, limit: int = MAX_FIELDS) -> None:
        self.where = where
        self._limit = self._left = limit

    def fields(self, message: memoryview) -> Iterator[Field]:
        """The fields of a message, in file order.

        Raises:
            ProtobufError: it is cut off, or holds a group.
            LimitError: the file has more fields than any model.
        """
        position = 0
        while position < len(message):
            self._count()
            tag, position = varint(message, position, self.where)
            number, kind = self._tag(tag)
            value, position = self._value(message, position, kind)
            yield Field(number, kind, value)

    def numbered(self, message: memoryview, number: int) -> Iterator[Field]:
        """The fields of one number."""
        return (field for field in self.fields(message) if field.number == number)

    def spans(self, stream: BinaryIO, span: Span, number: int) -> Iterator[Span]:
        """The messages of one number inside a message that is read nowhere else.

        Raises:
            ProtobufError: it is cut off, or holds a group.
            LimitError: the file has more fields than any model.
        """
        position, end = span.start, span.start + span.size
        while position < end:
            self._count()
            stream.seek(position)
            head = memoryview(stream.read(min(_MAX_HEADER, end - position)))
            tag, used = varint(head, 0, self.where)
            found, kind = self._tag(tag)
            start, size = self._extent(head, used, kind)
            start += position
            if size > end - start:
                raise ProtobufError(self.where, "ends inside a field", hint=_CUT_OFF)
            if found == number:
                if kind != BYTES:
                    raise self._unexpected(found, kind)
                yield Span(start, size)
            position = start + size

    def message(self, field: Field) -> memoryview:
        """The bytes of a field that must be a message."""
        if isinstance(field.value, memoryview):
            return field.value
        raise self._unexpected(field.number, field.kind)

    def text(self, field: Field) -> str:
        """The text of a field that must be a string."""
        try:
            return str(self.message(field), "utf-8")
        except UnicodeDecodeError as error:
            raise ProtobufError(
                self.where, "holds a string that is no UTF-8", hint=_NOT_WRITTEN
            ) from error

    def number(self, field: Field) -> int:
        """The value of a field that must be a number or a flag."""
        if field.kind == VARINT and isinstance(field.value, int):
            return field.value
        raise self._unexpected(field.number, field.kind)

    # --- inside ---------------------------------------------------------------------------------

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise LimitError(
                self.where,
                f"holds more than {self._limit:,} fields",
                hint="no Keras model does: the file is damaged or hostile",
            )

    def _tag(self, tag: int) -> tuple[int, int]:
        number, kind = tag >> 3, tag & 7
        if kind in {3, 4}:
            raise ProtobufError(self.where, "holds a protobuf group", hint=_NOT_WRITTEN)
        if kind > FIXED32 or not 0 < number < 1 << 29:
            raise ProtobufError(
                self.where,
                "is no protobuf message",
                received=f"field {number} of kind {kind}",
                hint="the file is damaged, or of another kind",
            )
        return number, kind

    def _extent(self, data: memoryview, position: int, kind: int) -> tuple[int, int]:
        """Where a value begins, and how many bytes it takes."""
        if kind == BYTES:
            size, position = varint(data, position, self.where)
            return position, size
        if kind == VARINT:
            return position, varint(data, position, self.where)[1] - position
        return position, 8 if kind == FIXED64 else 4

    def _value(self, data: memoryview, position: int, kind: int) -> tuple[int | memoryview, int]:
        if kind == VARINT:
            return varint(data, position, self.where)
        start, size = self._extent(data, position, kind)
        if size > len(data) - start:
            raise ProtobufError(self.where, "ends inside a field", hint=_CUT_OFF)
        value = data[start : start + size]
        return (value if kind == BYTES else int.from_bytes(value, "little")), start + size

    def _unexpected(self, number: int, kind: int) -> ProtobufError:
        return ProtobufError(
            self.where,
            f"its field {number} is of another kind than TensorFlow writes",
            received=f"kind {kind}",
            hint="the file is damaged, or of another kind",
        )
