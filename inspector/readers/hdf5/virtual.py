"""Which files a virtual dataset is put together from; none of them is opened."""

from __future__ import annotations

from inspector.readers.hdf5.heap import GlobalHeap
from inspector.readers.hdf5.image import Cursor, Image, Read, decoded

_MAX_SOURCES = 100_000
_NONE, _POINTS, _HYPERSLAB, _ALL = range(4)


def read_sources(image: Image, address: int, index: int) -> Read[tuple[str, ...] | None]:
    """The files of a mapping, `.` for this one; `None` where it is written in an unknown way.

    Section III.E of the specification places the mapping in a global heap; VII.C lays it out.
    """
    if not image.defined(address):
        return ()
    (data,) = yield from GlobalHeap(image).read([(address, index)])
    cursor = Cursor(image, data, "virtual dataset")
    version, count = cursor.unpack("BL")
    if version or count > _MAX_SOURCES:
        return None
    files = []
    for _ in range(count):
        files.append(decoded(cursor.text()))
        cursor.text()
        if not (_step_over(cursor) and _step_over(cursor)):
            return None
    return tuple(files)


def _step_over(cursor: Cursor) -> bool:
    """Step over one selection; whether it is of a known kind."""
    kind, version = cursor.unpack("II")
    if kind in {_NONE, _ALL}:
        cursor.take(8)
    elif kind in {_POINTS, _HYPERSLAB} and version == 1:
        cursor.take(cursor.unpack("4xI")[0])
    elif kind == _HYPERSLAB and version == 2:
        cursor.take(cursor.unpack("xI")[0])
    elif kind == _HYPERSLAB and version == 3:
        flags, width, rank = cursor.unpack("BBI")
        numbers = 4 * rank if flags & 1 else 2 * rank * cursor.number(width)
        cursor.take(numbers * width)
    elif kind == _POINTS and version == 2:
        width, rank = cursor.unpack("BI")
        cursor.take(cursor.number(width) * rank * width)
    else:
        return False
    return True
