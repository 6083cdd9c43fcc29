"""What a part of a file is, by its bytes and never by its name alone."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from inspector.errors import shown
from inspector.security.findings import Hit

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PICKLE_SIGNS = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
_ENDINGS = {"keras": "zip", "h5": "hdf5", "hdf5": "hdf5", "json": "json", "zip": "zip"}
SAVED_MODEL = {"saved_model.pb": "program", "keras_metadata.pb": "metadata"}  # no signatures
MODELS = frozenset({".json", ".h5", ".hdf5", ".keras", ".zip", ".pb"})
CALLED = {
    "hdf5": "an HDF5 file",
    "json": "JSON",
    "program": "a SavedModel",
    "zip": "a zip archive",
}
FORMATS = {"hdf5": "h5", "program": "savedmodel", "metadata": "savedmodel"}


def kind_of(head: bytes, name: str) -> str:
    """What a part is by its first bytes; the two files of a SavedModel have none of their own."""
    if head.startswith(_ZIP):
        return "zip"
    if head.startswith(SIGNATURE):
        return "hdf5"
    if name in SAVED_MODEL:
        return SAVED_MODEL[name]
    if head.startswith(_PICKLE_SIGNS):
        return "pickle"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if text.startswith((b"{", b"[", b'"', b"\xff\xfe", b"\xfe\xff")):
        return "json"
    return "json" if name.endswith(".json") and text.strip(b"\0") else "unknown"


def hdf5_behind(size: int, stream: BinaryIO) -> int | None:
    """Where an HDF5 file begins behind a user block; `None` where there is none."""
    place = 512
    while place < min(size, 1 << 24):
        stream.seek(place)
        if stream.read(len(SIGNATURE)) == SIGNATURE:
            return place
        place *= 2
    return None


def is_archive(stream: BinaryIO) -> bool:
    """Whether an end of a zip directory stands where a zip reader finds it."""
    try:
        return bool(zipfile.ZipFile(stream).infolist())
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OSError):
        return False


def misnamed(name: str, kind: str) -> Iterator[Hit]:
    """KI022: a file that is something else than its name says."""
    ending = name.lower().rpartition(".")[2]
    if kind in CALLED and _ENDINGS.get(ending, kind) != kind:
        yield Hit(
            "KI022", "low", f"is {CALLED[kind]}, though its name ends in .{shown(ending)[1:-1]}"
        )


def is_looked_into(info: zipfile.ZipInfo) -> bool:
    """Whether a member may hold a model; data of other kinds is not read."""
    suffix = PurePosixPath(info.filename).suffix.lower()
    return suffix in MODELS
