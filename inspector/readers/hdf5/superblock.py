"""The superblock: where the file starts, how long it says it is, where its root group is."""

from __future__ import annotations

from inspector.readers.hdf5.image import Cursor, Image, Read

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_LENGTH = 128  # longer than any superblock


def read_superblock(image: Image) -> Read[tuple[int, int | None]]:
    """The addresses of the root group and of the superblock extension, if there is one.

    Sections II.A (superblock) and II.C (extension).
    """
    start, data = yield from _found(image)
    image.base = start
    cursor = Cursor(image, data, "superblock")
    version = cursor.expect(SIGNATURE, 0, 1, 2, 3)
    if version < 2:
        root, base, end = _old(cursor, version)
        extension = None
    else:
        offset, length, _ = cursor.unpack("BBB")
        image.set_sizes(offset, length)
        base, extension, end, root = cursor.unpack("OOOO")
    # A user block may have been put in front later: what counts is where the signature is.
    _check_end(image, end - base + start)
    return root, extension if extension is not None and image.defined(extension) else None


def _found(image: Image) -> Read[tuple[int, bytes]]:
    """The place of the signature, 0 or 512 or 1024 and so on, and the bytes from there."""
    places = [512 << number for number in range(22)]  # no real user block is longer than 1 GiB
    for starts in ([0], [start for start in places if start < image.blocks.size]):
        blobs = yield [(start, _LENGTH) for start in starts]
        for start, data in zip(starts, blobs, strict=True):
            if data.startswith(SIGNATURE):
                return start, data
    raise image.error("is no HDF5 file", hint="its first bytes name another format, or none")


def _old(cursor: Cursor, version: int) -> tuple[int, int, int]:
    """Root, base and end of versions 0 and 1; the root is a symbol table entry (III.C)."""
    _, _, _, _, offset, length, _ = cursor.unpack("7B")
    cursor.image.set_sizes(offset, length)
    cursor.unpack("HHI")
    if version == 1:
        cursor.unpack("HH")
    base, _, end, _ = cursor.unpack("OOOO")
    _, root = cursor.unpack("LO")
    return root, base, end


def _check_end(image: Image, end: int) -> None:
    size = image.blocks.size
    if not 0 < end <= size:
        raise image.error(
            "is cut off",
            f"{size:,} bytes where it says {end:,}",
            hint="was the download interrupted? get the file again",
        )
