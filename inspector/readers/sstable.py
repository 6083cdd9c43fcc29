"""Sorted tables of LevelDB, as TensorFlow writes `variables.index`: keys in order, with values.

The last 48 bytes name the index block; its values name the data blocks. In a block, a key repeats
only what differs from the key before it. Checksums are not checked: a damaged table fails because
its keys or its blocks stand out of order, or goes unnoticed as a changed bit would anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterator

from inspector.errors import LimitError, ReadError
from inspector.readers.protobuf import ProtobufError, varint

MAGIC = (0xDB4775248B80FB57).to_bytes(8, "little")
MAX_BYTES = 64 << 20  # 300,000 variables and their optimizer
MAX_KEY = 16 << 10
MAX_KEYS = 16 << 20  # bytes of all keys, written out
_FOOTER = 48
_TRAILER = 5  # the kind of compression, and a checksum
_COMPRESSIONS = {1: "snappy", 2: "zstd"}
_DAMAGED = "was the file cut off in a download? compare its size with the original"


class TableError(ReadError):
    """Bytes that are no sorted table."""


def entries(data: bytes, where: str) -> Iterator[tuple[bytes, memoryview]]:
    """Each key of a table with its value, in order.

    Raises:
        TableError: it is cut off, damaged, compressed, or no table at all.
        LimitError: it is larger than any index of variables, or unfolds to more.
    """
    if len(data) > MAX_BYTES:
        raise LimitError(where, f"is larger than {MAX_BYTES >> 20} MiB", hint=_DAMAGED)
    if len(data) < _FOOTER or not data.endswith(MAGIC):
        raise TableError(where, "is no index of variables, or is cut off", hint=_DAMAGED)
    view = memoryview(data)
    try:
        _, _, position = _handle(view[-_FOOTER:-8], 0, where)
        start, size, _ = _handle(view[-_FOOTER:-8], position, where)
        yield from _in_order(view[: len(data) - _FOOTER], _block(view, start, size, where), where)
    except ProtobufError as error:
        raise TableError(where, f"is damaged: it {error.problem}", hint=_DAMAGED) from error


def _handle(data: memoryview, position: int, where: str) -> tuple[int, int, int]:
    """Where a block begins, its size, and the position behind the two numbers."""
    start, position = varint(data, position, where)
    size, position = varint(data, position, where)
    return start, size, position


def _block(data: memoryview, start: int, size: int, where: str) -> memoryview:
    """The entries of a block, without its trailer and the array of its restarts."""
    end = start + size
    if end + _TRAILER > len(data) or size < 4:
        raise TableError(where, "names a block that is not in it", hint=_DAMAGED)
    if data[end]:
        kind = _COMPRESSIONS.get(data[end], f"method {data[end]}")
        raise TableError(
            where,
            "holds a compressed block",
            received=kind,
            hint="TensorFlow writes its index uncompressed; was it rewritten, or is it damaged?",
        )
    restarts = int.from_bytes(data[end - 4 : end], "little")
    if 4 * restarts + 4 > size:
        raise TableError(where, "holds a damaged block", hint=_DAMAGED)
    return data[start : end - 4 - 4 * restarts]


def _in_order(
    data: memoryview, index: memoryview, where: str
) -> Iterator[tuple[bytes, memoryview]]:
    """The entries of all blocks; each block and each key must come after the one before."""
    done, last, written = 0, b"", 0
    first = True
    for _, place in _entries(index, where):
        start, size, _ = _handle(place, 0, where)
        if start < done:
            raise TableError(where, "names its blocks out of order", hint=_DAMAGED)
        done = start + size
        for key, value in _entries(_block(data, start, size, where), where):
            if key <= last and not first:
                raise TableError(where, "holds its keys out of order", hint=_DAMAGED)
            last, first = key, False
            written += len(key)
            if written > MAX_KEYS:
                raise LimitError(where, "unfolds to more names than any model has", hint=_DAMAGED)
            yield key, value


def _entries(block: memoryview, where: str) -> Iterator[tuple[bytes, memoryview]]:
    key, position = b"", 0
    while position < len(block):
        shared, position = varint(block, position, where)
        added, position = varint(block, position, where)
        size, position = varint(block, position, where)
        if shared > len(key) or added + size > len(block) - position:
            raise TableError(where, "holds a damaged entry", hint=_DAMAGED)
        if shared + added > MAX_KEY:
            raise LimitError(where, f"holds a name of more than {MAX_KEY:,} bytes", hint=_DAMAGED)
        key = key[:shared] + bytes(block[position : position + added])
        position += added
        yield key, block[position : position + size]
        position += size
