"""Rules over the directory of a zip archive; what its members hold is looked at elsewhere."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from inspector.errors import shown
from inspector.security.findings import Hit
from inspector.security.values import leads_out, odd_name

MAX_DIRECTORY = 32 << 20  # bytes of the list of members; 5,000 of them take 300 KB
MAX_RATIO = 200  # real configs deflate by 10 to 45, weights by less than 2
_READ_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MANY_MEMBERS = 2_000
_CONFIG_BYTES = 64 << 20
_LARGE = 1 << 20
_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s22xHH")
_DESCRIPTOR = 24  # bytes that may follow a member's data
_MEMORY_MEMBERS = (".json", ".txt", ".pb")  # what programs read as a whole
_PICKLES = (".pkl", ".pickle", ".joblib", ".npz", ".pt", ".pth", ".dill")


@dataclass(frozen=True, slots=True)
class Directory:
    """What an archive says of its members, and where they lie."""

    members: tuple[zipfile.ZipInfo, ...]
    gaps: tuple[int, ...]  # where members begin that the directory does not list
    before: int  # bytes in front of the first member


DirectoryRule = Callable[[Directory], Iterator[Hit]]
MemberRule = Callable[[zipfile.ZipInfo], Iterator[Hit]]


# --- of the directory ---------------------------------------------------------------------------


def twice(directory: Directory) -> Iterator[Hit]:
    """KI022: two members of one name, of which each program takes another."""
    counted = Counter(info.filename for info in directory.members)
    offsets = {info.filename: info.header_offset for info in directory.members}
    for info in directory.members:
        if counted[info.filename] > 1 and info.header_offset != offsets[info.filename]:
            yield Hit("KI022", "high", f"two members are named {shown(info.filename)}")


def overlapping(directory: Directory) -> Iterator[Hit]:
    """KI020: entries that share their bytes, as bombs do."""
    offsets = Counter(info.header_offset for info in directory.members)
    shared = sum(count for count in offsets.values() if count > 1)
    if shared:
        yield Hit("KI020", "medium", f"{shared:,} entries of the directory share their data")


def unlisted(directory: Directory) -> Iterator[Hit]:
    """KI022: members that only a program sees that does not ask the directory."""
    for place in directory.gaps:
        yield Hit("KI022", "medium", f"a member at byte {place:,} is not in the directory")


def many(directory: Directory) -> Iterator[Hit]:
    """KI042: more members than any model has."""
    if len(directory.members) > _MANY_MEMBERS:
        yield Hit("KI042", "low", f"holds {len(directory.members):,} members")


def without_config(directory: Directory) -> Iterator[Hit]:
    """KI040: an archive of Keras in which the model itself is missing."""
    names = {info.filename for info in directory.members}
    if names & {"metadata.json", "model.weights.h5"} and "config.json" not in names:
        yield Hit("KI040", "low", "holds no config.json: it tells no layers")


def unpacked_total(directory: Directory) -> Iterator[Hit]:
    """KI020: an archive that unpacks to a large multiple of what it is."""
    packed = sum(info.compress_size for info in directory.members)
    total = sum(info.file_size for info in directory.members)
    if total > (1 << 30) and total > MAX_RATIO * max(packed, 1):
        yield Hit("KI020", "high", f"unpacks {packed:,} bytes to {total:,}")


DIRECTORY_RULES: tuple[DirectoryRule, ...] = (
    twice,
    overlapping,
    unlisted,
    many,
    without_config,
    unpacked_total,
)


# --- of a member --------------------------------------------------------------------------------


def bomb(info: zipfile.ZipInfo) -> Iterator[Hit]:
    """KI020: a member that unpacks to far more than it is."""
    large, ratio = info.file_size > _LARGE, info.file_size / max(info.compress_size, 1)
    whole = info.filename.endswith(_MEMORY_MEMBERS) and info.file_size > _CONFIG_BYTES
    if (large and ratio > MAX_RATIO) or whole:
        severity = "high" if info.file_size > (512 << 20) else "medium"
        yield Hit("KI020", severity, f"unpacks {info.compress_size:,} bytes to {info.file_size:,}")


def lying(info: zipfile.ZipInfo) -> Iterator[Hit]:
    """KI020: a member that declares fewer bytes than it is packed in."""
    most = info.file_size + info.file_size // 100 + 64  # deflate adds 5 bytes to 16 KiB
    if info.compress_type == zipfile.ZIP_DEFLATED and info.compress_size > most:
        message = f"declares {info.file_size:,} bytes and is packed in {info.compress_size:,}"
        yield Hit("KI020", "high", message)


def method(info: zipfile.ZipInfo) -> Iterator[Hit]:
    """KI040: a member that is packed or locked in a way that Keras does not write."""
    if info.flag_bits & 0x1:
        yield Hit("KI040", "low", "is encrypted: nobody can tell what is in it")
    if info.compress_type not in _READ_METHODS:
        yield Hit(
            "KI040", "medium", f"is packed by method {info.compress_type}, which is not unpacked"
        )


def outside(info: zipfile.ZipInfo) -> Iterator[Hit]:
    """KI021: a member that is written elsewhere when somebody unpacks it."""
    if leads_out(info.filename):
        yield Hit("KI021", "high", f"its name {shown(info.filename)} leads out of the archive")
    if stat.S_ISLNK(info.external_attr >> 16):
        yield Hit("KI021", "high", "is a symbolic link")


def pickle(info: zipfile.ZipInfo) -> Iterator[Hit]:
    """KI007: a member that its readers unpickle."""
    if info.filename.lower().endswith(_PICKLES):
        yield Hit("KI007", "high", "is a kind of file that programs unpickle")


def named(info: zipfile.ZipInfo) -> Iterator[Hit]:
    """KI050: a member whose name acts on a terminal."""
    yield from odd_name(info.filename)


MEMBER_RULES: tuple[MemberRule, ...] = (bomb, lying, method, outside, pickle, named)


# --- facts --------------------------------------------------------------------------------------


def directory_size(stream: BinaryIO) -> int:
    """How many bytes the list of members takes, as its end says; 0 where there is no end."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - (1 << 16) - _END.size))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        return 0
    declared: int = _END.unpack_from(tail, at)[5]
    return min(declared, size)  # of a larger archive, 0xFFFFFFFF: at most the whole file


def directory_of(archive: zipfile.ZipFile, stream: BinaryIO) -> Directory:
    """The members of an archive, and what lies between them."""
    members = tuple(archive.infolist())
    starts = sorted({info.header_offset: info for info in members}.items())
    gaps, position, before = [], 0, 0
    for number, (start, info) in enumerate(starts):
        if number == 0:
            before = start
        if start > position >= 0 and _begins_member(stream, position):
            gaps.append(position)
        position = _end_of(stream, start, info)
    return Directory(members, tuple(gaps), before)


def _begins_member(stream: BinaryIO, place: int) -> bool:
    stream.seek(place)
    window = stream.read(_DESCRIPTOR + 4)
    return b"PK\x03\x04" in window


def _end_of(stream: BinaryIO, start: int, info: zipfile.ZipInfo) -> int:
    data = data_start(stream, info)
    return start if data is None else data + info.compress_size


def data_start(stream: BinaryIO, info: zipfile.ZipInfo) -> int | None:
    """Where the data of a member begins; `None` where no member is."""
    if info.header_offset < 0:
        return None
    stream.seek(info.header_offset)
    head = stream.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
        return None
    _, name, extra = _LOCAL.unpack(head)
    return info.header_offset + _LOCAL.size + int(name) + int(extra)
