"""Where the bytes come from: a file on disk, a part of another source, memory, or a network."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from inspector.readers.hdf5.errors import Hdf5Error

Range = tuple[int, int]  # start, length

_WHOLE = 1 << 16  # from this length on a range is read as it is, not by blocks
_GAP = 2  # blocks between two runs that are read along: a request costs more
_KEPT = 64 << 20  # bytes of blocks that are kept


class Source(Protocol):
    """Bytes that can be had by ranges; each `read` may be one round trip, so it takes many."""

    @property
    def size(self) -> int:
        """How many bytes there are."""

    def read(self, ranges: Sequence[Range]) -> list[bytes]:
        """The bytes of each range; all ranges lie within `size`."""


class LocalFile:
    """A regular file on disk, read without buffering; close it when done."""

    def __init__(self, path: str | os.PathLike[str], where: str) -> None:
        self._where = where
        try:
            if not stat.S_ISREG(Path(path).stat().st_mode):
                raise Hdf5Error(where, "is no regular file", hint="copy it to a file first")
            self._stream = Path(path).open("rb", buffering=0)  # noqa: SIM115 - see close()
            self.size = os.fstat(self._stream.fileno()).st_size
        except (OSError, ValueError) as error:  # ValueError: a null byte in the path
            raise self._failed(error) from error

    def read(self, ranges: Sequence[Range]) -> list[bytes]:
        """The bytes of each range."""
        try:
            return [self._one(start, length) for start, length in ranges]
        except (OSError, ValueError) as error:  # ValueError: it has been closed
            raise self._failed(error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    def _one(self, start: int, length: int) -> bytes:
        self._stream.seek(start)
        data = self._stream.read(length)
        while len(data) < length:  # a signal may cut a raw read short
            more = self._stream.read(length - len(data))
            if not more:
                break
            data += more
        return data

    def _failed(self, error: OSError | ValueError) -> Hdf5Error:
        reason = getattr(error, "strerror", None) or error
        hint = "check that it exists and that you may read it"
        return Hdf5Error(self._where, f"cannot be read: {reason}", hint=hint)


class Memory:
    """Bytes that are in memory already.

    >>> Memory(b"model").read([(0, 1), (2, 3)])
    [b'm', b'del']
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def read(self, ranges: Sequence[Range]) -> list[bytes]:
        """The bytes of each range."""
        return [self._data[start : start + length] for start, length in ranges]


class Window:
    """A part of another source: a member that an archive stores uncompressed.

    >>> Window(Memory(b"a model"), start=2, size=5).read([(0, 1)])
    [b'm']
    """

    def __init__(self, source: Source, start: int, size: int) -> None:
        self._source = source
        self._start = start
        self.size = max(0, min(size, source.size - start))

    def read(self, ranges: Sequence[Range]) -> list[bytes]:
        """The bytes of each range, counted from the start of the part."""
        return self._source.read([(self._start + start, length) for start, length in ranges])


class Blocks:
    """A source read by whole blocks; missing ones that are near each other come in one range."""

    def __init__(self, source: Source, where: str, block: int) -> None:
        self._source = source
        self._where = where
        self._block = block
        self._kept: dict[int, bytes] = {}
        self.size = source.size
        self.bytes_read = 0
        self.ranges_read = 0
        self.rounds = 0

    def read(self, ranges: Sequence[Range]) -> list[bytes]:
        """The bytes of each range, which lies within `size`, in one round trip at most."""
        if len(self._kept) * self._block > _KEPT:
            self._kept = {}
        missing = self._missing(ranges)
        whole = [each for each in ranges if each[1] >= _WHOLE]
        if missing or whole:
            blobs = self._load([self._span(first, last) for first, last in missing] + whole)
            self._keep(missing, blobs)
            large = iter(blobs[len(missing) :])
        return [next(large) if n >= _WHOLE else self._cut(a, n) for a, n in ranges]

    def _missing(self, ranges: Sequence[Range]) -> list[Range]:
        """The blocks not yet here, as runs: first and last number."""
        block, kept = self._block, self._kept
        wanted: set[int] = set()
        for start, length in ranges:
            if 0 < length < _WHOLE:
                first, last = start // block, (start + length - 1) // block
                if first == last:
                    if first not in kept:
                        wanted.add(first)
                else:
                    wanted.update(n for n in range(first, last + 1) if n not in kept)
        # Where reading goes on from block to block, it will: one more saves a round trip.
        last = (self.size - 1) // block
        wanted.update([n + 1 for n in wanted if n - 1 in kept and n < last and n + 1 not in kept])
        runs: list[Range] = []
        for number in sorted(wanted):
            if runs and number <= runs[-1][1] + 1 + _GAP:
                runs[-1] = (runs[-1][0], number)
            else:
                runs.append((number, number))
        return runs

    def _span(self, first: int, last: int) -> Range:
        start = first * self._block
        return start, min((last + 1) * self._block, self.size) - start

    def _load(self, ranges: list[Range]) -> list[bytes]:
        blobs = self._source.read(ranges)
        if [len(blob) for blob in blobs] != [length for _, length in ranges]:
            hint = "was it changed meanwhile? try again"
            raise Hdf5Error(self._where, "gave fewer bytes than it has", hint=hint)
        self.rounds += 1
        self.ranges_read += len(ranges)
        self.bytes_read += sum(map(len, blobs))
        return blobs

    def _keep(self, runs: list[Range], blobs: list[bytes]) -> None:
        block = self._block
        for (first, last), blob in zip(runs, blobs, strict=False):
            for number in range(first, last + 1):
                start = (number - first) * block
                self._kept[number] = blob[start : start + block]

    def _cut(self, start: int, length: int) -> bytes:
        if not length:
            return b""
        block, kept = self._block, self._kept
        first, last = start // block, (start + length - 1) // block
        offset = start - first * block
        if first == last:
            return kept[first][offset : offset + length]
        joined = b"".join([kept[number] for number in range(first, last + 1)])
        return joined[offset : offset + length]
