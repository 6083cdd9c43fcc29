"""Attribute values as plain Python: text, numbers, and tuples of them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

from inspector.readers.hdf5.attributes import Attribute
from inspector.readers.hdf5.datatype import Datatype, read_datatype
from inspector.readers.hdf5.header import Kind
from inspector.readers.hdf5.heap import GlobalHeap
from inspector.readers.hdf5.image import Cursor, Image, Read, decoded
from inspector.readers.hdf5.messages import Extent, read_extent
from inspector.readers.hdf5.shared import read_shared


@dataclass(frozen=True, slots=True)
class Empty:
    """The value of an attribute that has a type and no elements at all."""

    dtype: Datatype


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that is named but not decoded: references, compounds, very long arrays."""

    dtype: Datatype
    shape: tuple[int, ...]


Value: TypeAlias = "str | bytes | int | float | bool | tuple[Value, ...] | Empty | Unread"

_IEEE = {(2, 5): "e", (4, 8): "f", (8, 11): "d"}  # size and exponent bits
_WHOLE = {1: "B", 2: "H", 4: "I", 8: "Q"}


def read_value(image: Image, heap: GlobalHeap, attribute: Attribute) -> Read[Value]:
    """The value of an attribute; a tuple of tuples where it has several dimensions."""
    raw, extent_raw = attribute.datatype, attribute.extent
    if attribute.shared[0]:
        raw = yield from read_shared(image, raw, Kind.DATATYPE)
    if attribute.shared[1]:
        extent_raw = yield from read_shared(image, extent_raw, Kind.DATASPACE)
    dtype = read_datatype(image, raw)
    extent = read_extent(image, extent_raw)
    if extent is None:
        return Empty(dtype)
    count = prod(extent)
    if count > image.limits.elements or _undecoded(dtype):
        return Unread(dtype, extent)
    data = Cursor(image, attribute.data, f"value of the attribute {attribute.name[:60]!r}")
    flat = data.take(count * dtype.size)
    image.budget.value(len(flat))
    if dtype.kind == "vlen":
        texts = yield from _texts(image, heap, flat, dtype, count)
        return _shaped(texts, extent)
    return _shaped(_elements(dtype, flat, count), extent)


def _undecoded(dtype: Datatype) -> bool:
    if dtype.order == "?" or sum(dtype.bits) > 8 * dtype.size:
        return True
    if dtype.kind == "float":
        return not dtype.brain and (dtype.size, dtype.exponent) not in _IEEE
    return dtype.name in {"time", "compound", "reference", "vlen", "array", "complex"}


def _texts(
    image: Image, heap: GlobalHeap, flat: bytes, dtype: Datatype, count: int
) -> Read[list[str]]:
    """Strings of any length: each element is a length and a place in a global heap."""
    cursor = Cursor(image, flat, "string of variable length")
    references = []
    for number in range(count):
        cursor.position = number * dtype.size
        length, address, index = cursor.unpack("IOI")
        references.append((length, address, index))
    wanted = [(address, index) for length, address, index in references if length]
    found = iter((yield from heap.read(wanted)))
    texts = []
    for length, _, _ in references:
        data = next(found) if length else b""
        if length > len(data):
            raise image.error("has a string that is longer than its place", f"{length:,} bytes")
        image.budget.value(length)
        texts.append(decoded(data[:length].split(b"\0", 1)[0]))
    return texts


def _elements(dtype: Datatype, flat: bytes, count: int) -> Sequence[Any]:
    """The elements of a type of fixed size."""
    size = dtype.size
    if dtype.kind == "float":
        return _floats(dtype, flat, count)
    if dtype.kind in {"integer", "bitfield", "enum"}:
        numbers = _integers(dtype, flat, count)
        return [bool(number) for number in numbers] if dtype.boolean else numbers
    pieces = [flat[number * size : (number + 1) * size] for number in range(count)]
    if dtype.kind == "string":
        return [_text(dtype, piece) for piece in pieces]
    return pieces


def _text(dtype: Datatype, piece: bytes) -> str:
    """A string of fixed size without its padding; what follows a null is not hidden."""
    return decoded(piece.rstrip(b" " if dtype.padding == 2 else b"\0"))


def _integers(dtype: Datatype, flat: bytes, count: int) -> Sequence[int]:
    size, (offset, precision) = dtype.size, dtype.bits
    if size in _WHOLE and (offset, precision) == (0, 8 * size):
        code = _WHOLE[size].lower() if dtype.signed else _WHOLE[size]
        return struct.unpack(f"{dtype.order}{count}{code}", flat)
    order = "big" if dtype.order == ">" else "little"
    numbers = []
    for start in range(0, count * size, size):
        whole = int.from_bytes(flat[start : start + size], order)  # type: ignore[arg-type]
        number = (whole >> offset) & ((1 << precision) - 1)
        if dtype.signed and precision and number >> (precision - 1):
            number -= 1 << precision
        numbers.append(number)
    return numbers


def _floats(dtype: Datatype, flat: bytes, count: int) -> Sequence[float]:
    if dtype.brain:
        halves = struct.unpack(f"{dtype.order}{count}H", flat)
        return struct.unpack(f"<{count}f", struct.pack(f"<{count}I", *(h << 16 for h in halves)))
    code = _IEEE[dtype.size, dtype.exponent]
    return struct.unpack(f"{dtype.order}{count}{code}", flat)


def _shaped(flat: Sequence[Any], extent: Extent) -> Value:
    """The elements, nested as the extent says; a scalar alone."""
    if not extent:
        only: Value = flat[0]
        return only
    items = list(flat)
    for size in extent[:0:-1]:
        items = [tuple(items[i : i + size]) for i in range(0, len(items), size or 1)]
    return tuple(items)
