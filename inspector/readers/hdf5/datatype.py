"""Datatypes: what one element is, under the name numpy users know."""

from __future__ import annotations

from typing import NamedTuple

from inspector.readers.hdf5.image import Cursor, Image

_CLASSES = (
    "integer", "float", "time", "string", "bitfield", "opaque",
    "compound", "reference", "enum", "vlen", "array", "complex",
)  # fmt: skip
_MAX_NESTING = 32
_MAX_RANK = 32


class Datatype(NamedTuple):
    """What one element of a dataset or an attribute is; `size` is in bytes.

    >>> Datatype("integer", 1, signed=True).name
    'int8'
    """

    kind: str  # the class of section IV.A.2.d
    size: int
    order: str = "<"  # "<", ">", or "?" for an order no machine of today has
    signed: bool = False
    bits: tuple[int, int] = (0, 0)  # where a number lies in its bytes: offset, precision
    exponent: int = 0  # bits, of a float
    padding: int = 0  # of a string: 0 ends at a null, 1 filled with nulls, 2 with spaces
    text: bool = False  # a vlen that is a string
    base: Datatype | None = None  # of an enum, a vlen, an array
    labels: tuple[bytes, ...] = ()  # of an enum
    dims: tuple[int, ...] = ()  # of an array

    @property
    def name(self) -> str:
        """`float32`, `uint8`, `bool`, `string`, `compound` and so on."""
        if self.kind == "integer":
            return f"{'int' if self.signed else 'uint'}{8 * self.size}"
        if self.kind == "float":
            return "bfloat16" if self.brain else f"float{8 * self.size}"
        if self.boolean:
            return "bool"
        return "string" if self.kind == "vlen" and self.text else self.kind

    @property
    def brain(self) -> bool:
        """Whether it is a bfloat16: the upper half of a float32."""
        return self.kind == "float" and self.size == 2 and self.exponent == 8

    @property
    def boolean(self) -> bool:
        """Whether it is how h5py stores bool: one byte that is FALSE or TRUE."""
        return self.kind == "enum" and self.size == 1 and self.labels == (b"FALSE", b"TRUE")

    def __str__(self) -> str:
        return self.name


def read_datatype(image: Image, data: bytes) -> Datatype:
    """The type that a datatype message describes (section IV.A.2.d)."""
    found = image.types.get(data)  # a file has thousands of arrays, of few types
    if found is None:
        found = image.types[data] = _datatype(Cursor(image, data, "datatype"), 0)
    return found


def _datatype(cursor: Cursor, depth: int) -> Datatype:
    if depth > _MAX_NESTING:
        raise cursor.error("has a datatype nested deeper than any program writes")
    first, low, middle, _, size = cursor.unpack("BBBBI")
    version, number = first >> 4, first & 0x0F
    if not 1 <= version <= 5 or number >= len(_CLASSES):
        raise cursor.error("has a datatype of an unknown kind", f"{version}, {number}")
    if not size:
        raise cursor.error("has a datatype of no size")
    kind = _CLASSES[number]
    if kind in {"integer", "bitfield", "float", "string"}:
        return _plain(cursor, kind, size, low)
    if kind == "vlen":
        base = _datatype(cursor, depth + 1)
        return Datatype(kind, size, padding=low >> 4, text=low & 0x0F == 1, base=base)
    if kind == "enum":
        return _enum(cursor, size, version, low | middle << 8, depth)
    if kind == "array":
        return _array(cursor, size, version, depth)
    return Datatype(kind, size)  # neither a compound's members nor a tag matter here


def _plain(cursor: Cursor, kind: str, size: int, low: int) -> Datatype:
    if kind == "string":
        return Datatype(kind, size, padding=low & 0x0F)
    if kind == "float":
        return _float(cursor, size, low)
    return Datatype(kind, size, "<>"[low & 1], bool(low & 8), cursor.unpack("HH"))


def _float(cursor: Cursor, size: int, low: int) -> Datatype:
    order = {0x00: "<", 0x01: ">"}.get(low & 0x41, "?")
    offset, precision, _, exponent = cursor.unpack("HHBB")
    return Datatype("float", size, order, True, (offset, precision), exponent)


def _enum(cursor: Cursor, size: int, version: int, members: int, depth: int) -> Datatype:
    base = _datatype(cursor, depth + 1)
    labels = []
    if members <= 2:  # more names are of no use here
        for _ in range(members):
            start = cursor.position
            labels.append(cursor.text())
            if version < 3:
                cursor.align(8, start)
    values = cursor.data[cursor.position : cursor.position + 2]
    known = tuple(labels) if values == b"\0\1" else ()
    return Datatype("enum", size, base.order, base.signed, base.bits, base=base, labels=known)


def _array(cursor: Cursor, size: int, version: int, depth: int) -> Datatype:
    (rank,) = cursor.unpack("B")
    if rank > _MAX_RANK:
        raise cursor.error("has an array datatype of too many dimensions", str(rank))
    if version < 3:
        cursor.take(3)
    dims = cursor.unpack(f"{rank}I")
    if version < 3:
        cursor.unpack(f"{rank}I")
    return Datatype("array", size, base=_datatype(cursor, depth + 1), dims=dims)
