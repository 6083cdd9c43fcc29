"""`.keras` archives: the graph is the member `config.json`, the version is in `metadata.json`."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from inspector.errors import LimitError, ReadError
from inspector.readers.text import MAX_BYTES, parsed

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
CONFIG = "config.json"
METADATA = "metadata.json"
MAX_METADATA = 1 << 20
MAX_RATIO = 200  # real configs deflate by 10 to 45
_SAFE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack without bounds


def read_archive(file: Path | BinaryIO, where: str) -> tuple[Any, str | None]:
    """The model object of a `.keras` archive, and the version of the Keras that wrote it.

    Raises:
        ReadError: it is no archive, is cut off, or holds no model.
        LimitError: a member unpacks to more than any model needs.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = _members(archive, where)
            if CONFIG not in members:
                raise _no_config(members, where)
            config = parsed(_member(archive, members[CONFIG], MAX_BYTES, where), _in(where, CONFIG))
            version = None
            if METADATA in members:
                text = _member(archive, members[METADATA], MAX_METADATA, where)
                version = _version(parsed(text, _in(where, METADATA)))
            return config, version
    except (zipfile.BadZipFile, EOFError, NotImplementedError, UnicodeDecodeError) as error:
        raise ReadError(
            where,
            f"is not a whole zip archive: {error}",
            hint="was the file cut off in a download? compare its size with the original",
        ) from error


def _in(where: str, member: str) -> str:
    return f"{where}: {member}"


def _members(archive: zipfile.ZipFile, where: str) -> dict[str, zipfile.ZipInfo]:
    members: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        if info.filename in members and info.filename in (CONFIG, METADATA):
            raise ReadError(
                where,
                f"holds two members named {info.filename}",
                hint="programs may each read another one: do not trust this file",
            )
        members[info.filename] = info
    return members


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int, where: str) -> bytes:
    place = _in(where, info.filename)
    if info.flag_bits & 0x1:
        raise ReadError(place, "is encrypted", hint="Keras writes no encrypted archives")
    if info.compress_type not in _SAFE_METHODS:
        raise ReadError(
            place,
            "is packed in a way that Keras does not use",
            received=f"method {info.compress_type}",
            hint="pack the archive again with deflate",
        )
    bomb = info.file_size > 1 << 20 and info.file_size > MAX_RATIO * max(info.compress_size, 1)
    if info.file_size > limit or bomb:
        raise LimitError(
            place,
            "unpacks to more than any model needs",
            received=f"{info.compress_size:,} bytes for {info.file_size:,}",
            hint="the file is broken or hostile",
        )
    try:
        with archive.open(info) as stream:
            data = stream.read(limit + 1)
    except (zipfile.BadZipFile, OSError, ValueError, archive_errors()) as error:
        raise ReadError(
            place, f"cannot be unpacked: {error}", hint="the file is damaged"
        ) from error
    if len(data) > limit:
        raise LimitError(place, "unpacks to more than it says", hint="the file is hostile")
    return data


def archive_errors() -> type[Exception]:
    """What deflate raises for damaged data; imported only where it is needed."""
    import zlib  # noqa: PLC0415 - zipfile loads it anyway once a member is deflated

    return zlib.error


def _no_config(members: dict[str, zipfile.ZipInfo], where: str) -> ReadError:
    names = ", ".join(sorted(members)[:4]) or "no members at all"
    hint = "a .keras file holds config.json; what program wrote this one?"
    if any(name.endswith("data.pkl") for name in members):
        hint = "this is a PyTorch checkpoint: look at it with torch or Netron"
    return ReadError(where, f"is a zip archive without {CONFIG}", received=names, hint=hint)


def _version(metadata: Any) -> str | None:
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    return version if isinstance(version, str) else None
