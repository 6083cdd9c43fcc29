"""Zip archives, bounded: `.keras`, and what web trainers pack around a model file."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, BinaryIO

from inspector.errors import LimitError, ReadError
from inspector.readers.text import MAX_BYTES, parsed

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
CONFIG = "config.json"
METADATA = "metadata.json"
WEIGHTS = "model.weights.h5"
SHARDS = "model.weights.json"  # lists the files that weights are spread over
MAX_METADATA = 1 << 20
MAX_UNPACKED = 512 << 20  # of a member that is itself a model file or its weights
MAX_RATIO = 200  # real configs deflate by 10 to 45, weights by less than 2
_SAFE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack without bounds
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_MODEL_ENDINGS = (".keras", ".h5", ".hdf5")


class Archive:
    """An open zip archive, whose members are found by name and read within limits.

    Raises:
        ReadError: it is no whole archive, or holds one of Keras' members twice.
    """

    def __init__(self, stream: BinaryIO, where: str) -> None:
        self.where = where
        self._stream = stream
        try:
            self._archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
            raise ReadError(
                where,
                f"is not a whole zip archive: {error}",
                hint="was the file cut off in a download? compare its size with the original",
            ) from error
        self.members: dict[str, zipfile.ZipInfo] = {}
        for info in self._archive.infolist():
            if info.filename in self.members and info.filename in (CONFIG, METADATA, WEIGHTS):
                raise ReadError(
                    where,
                    f"holds two members named {info.filename}",
                    hint="programs may each read another one: do not trust this file",
                )
            self.members[info.filename] = info

    def json(self, name: str, limit: int = MAX_BYTES) -> Any:
        """The value of a JSON member."""
        return parsed(self.read(name, limit), self._place(name))

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of a member.

        Raises:
            ReadError: it is encrypted, packed otherwise than Keras does, or damaged.
            LimitError: it unpacks to more than `limit`, or to a multiple of its size.
        """
        info, place = self.members[name], self._place(name)
        self._check(info, place)
        bomb = info.file_size > 1 << 20 and info.file_size > MAX_RATIO * max(info.compress_size, 1)
        if info.file_size > limit or bomb:
            raise LimitError(
                place,
                "unpacks to more than any model needs",
                received=f"{info.compress_size:,} bytes for {info.file_size:,}",
                hint="the file is broken or hostile",
            )
        try:
            with self._archive.open(info) as stream:
                data = stream.read(info.file_size + 1)  # which a lying size does not lift
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, zlib.error) as error:
            hint = "the file is damaged"
            raise ReadError(place, f"cannot be unpacked: {error}", hint=hint) from error
        return data

    def span(self, name: str) -> tuple[int, int] | None:
        """Where in the archive a member lies as it is, start and size; `None` if it is deflated."""
        info, place = self.members[name], self._place(name)
        self._check(info, place)
        if info.compress_type != zipfile.ZIP_STORED:
            return None
        self._stream.seek(info.header_offset)
        head = self._stream.read(_LOCAL_HEADER.size)
        if len(head) < _LOCAL_HEADER.size or not head.startswith(MAGIC[0]):
            raise ReadError(place, "is not where the archive says", hint="the file is damaged")
        _, name_size, extra_size = _LOCAL_HEADER.unpack(head)
        start = info.header_offset + _LOCAL_HEADER.size + name_size + extra_size
        return start, info.file_size

    def inner_model(self) -> str | None:
        """The one member that is itself a model file, where there is no `config.json`."""
        names = [name for name in self.members if not name.endswith("/")]
        for endings in (_MODEL_ENDINGS, (".json",)):
            found = [name for name in names if name.lower().endswith(endings)]
            found = [name for name in found if not name.endswith(METADATA)]
            if len(found) == 1:
                return found[0]
        return None

    def _check(self, info: zipfile.ZipInfo, place: str) -> None:
        if info.flag_bits & 0x1:
            raise ReadError(place, "is encrypted", hint="Keras writes no encrypted archives")
        if info.compress_type not in _SAFE_METHODS:
            raise ReadError(
                place,
                "is packed in a way that Keras does not use",
                received=f"method {info.compress_type}",
                hint="pack the archive again with deflate",
            )

    def _place(self, name: str) -> str:
        return f"{self.where}: {name}"


def no_model(archive: Archive) -> ReadError:
    """The error for an archive that holds none of the files a model is made of."""
    names = ", ".join(sorted(archive.members)[:4]) or "no members at all"
    hint = "a .keras file holds config.json; what program wrote this one?"
    if any(name.endswith("data.pkl") for name in archive.members):
        hint = "this is a PyTorch checkpoint: look at it with torch or Netron"
    return ReadError(archive.where, f"is a zip archive without {CONFIG}", received=names, hint=hint)


def version_of(metadata: Any) -> str | None:
    """The version of Keras that `metadata.json` names."""
    version = metadata.get("keras_version") if isinstance(metadata, Mapping) else None
    return version if isinstance(version, str) else None
