"""A file behind a URL as a source of ranges, and any source as a stream that can be sought in."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence

from inspector.readers.hdf5.source import Blocks, Range, Source

FIRST = 192 << 10  # bytes of the first read: most configs, and the metadata that HDF5 begins with
_BLOCK = 4096  # bytes that a stream reads at least: the end of most archives


class RemoteFile:
    """A file whose first bytes are here already; others come by ranges, many in one round trip."""

    def __init__(
        self, head: bytes, size: int, fetch: Callable[[list[Range]], list[bytes]], where: str
    ) -> None:
        self._head = head
        self._fetch = fetch
        self._where = where
        self.size = size
        self.bytes_read = len(head)
        self.requests = 1

    def read(self, ranges: Sequence[Range]) -> list[bytes]:
        """The bytes of each range, all of them within `size`."""
        here = len(self._head)
        missing = [(max(a, here), a + n - max(a, here)) for a, n in ranges if n and a + n > here]
        came = iter(self._fetch(missing) if missing else ())
        self.requests += len(missing)
        blobs = []
        for start, length in ranges:
            blob = self._head[start : start + length]
            if length and start + length > here:
                more = next(came)
                self.bytes_read += len(more)
                blob += more
            blobs.append(blob)
        return blobs

    def stream(self) -> Stream:
        """The same file, to be read from here to there."""
        return Stream(self, self._where)


class Stream(io.RawIOBase):
    """A source as a binary stream; it reads whole blocks, each once.

    >>> from inspector.readers.hdf5.source import Memory
    >>> stream = Stream(Memory(b"a model"), "a file")
    >>> stream.seek(2), stream.read(3), stream.tell()
    (2, b'mod', 5)
    """

    def __init__(self, source: Source, where: str) -> None:
        self.source = source
        self.name = where
        self._blocks = Blocks(source, where, _BLOCK)
        self._at = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be sought in."""
        return True

    def tell(self) -> int:
        """The place of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place, counted from the start, from here, or from the end."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.source.size}[whence]
        if base + offset < 0:
            raise ValueError("a place before the start")
        self._at = base + offset
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """The next `size` bytes, or all that are left."""
        left = max(0, self.source.size - self._at)
        length = left if size is None or size < 0 else min(size, left)
        (data,) = self._blocks.read([(self._at, length)])
        self._at += length
        return data
