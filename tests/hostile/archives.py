"""Zip archives written field by field, so that any of them may lie; and hostile `.keras` files."""

from __future__ import annotations

import bz2
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from hostile import stores
from hostile.case import ANSWERS, EITHER, REFUSED, Case, Trap
from hostile.models import GOOD, Config, computed, entry, layer, sequential, text

STORED, DEFLATED, BZIP2 = 0, 8, 12
_LOCAL, _ENTRY, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), "<4s4H2IH"
_MIB = 1 << 20


class Member(NamedTuple):
    """A member of an archive, and what the archive says of it."""

    name: str | bytes
    data: bytes = b""
    method: int = STORED
    declared: int | None = None  # bytes that it says to unpack to
    checksum: int | None = None
    flags: int = 0
    mode: int = 0o100644

    @property
    def label(self) -> bytes:
        """The name as it is written."""
        return self.name if isinstance(self.name, bytes) else self.name.encode()

    @property
    def told(self) -> tuple[int, int, int]:
        """Checksum, size here and size unpacked; the last two as far as 32 bits go."""
        checksum = zlib.crc32(self.data) if self.checksum is None else self.checksum
        declared = len(self.data) if self.declared is None else self.declared
        return checksum, len(self.data), min(declared, 0xFFFFFFFF)


def deflated(name: str, data: bytes, **told: int) -> Member:
    """A member that is deflated as it should be."""
    return Member(name, squeezed(data), DEFLATED, len(data), zlib.crc32(data))._replace(**told)


def squeezed(data: bytes) -> bytes:
    """Deflated bytes without a header."""
    made = zlib.compressobj(9, zlib.DEFLATED, -15)
    return made.compress(data) + made.flush()


def zeros(mebibytes: int) -> bytes:
    """Deflated zeros, made by repeating what one mebibyte of them comes to."""
    made = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = made.compress(bytes(_MIB)) + made.flush(zlib.Z_FULL_FLUSH)
    return piece * mebibytes + made.flush()


def archive(*members: Member, front: bytes = b"", repeat: int = 1) -> bytes:
    """A zip archive; `front` is not listed in it, its last member is listed `repeat` times."""
    body, entries = bytearray(front), []
    for member in members:
        wide = (member.declared or 0) > 0xFFFFFFFE
        extra = struct.pack("<2HQ", 1, 8, member.declared) if wide else b""
        fields = (member.flags, member.method, 0, 0x5821, *member.told, len(member.label))
        start = len(body)
        body += _LOCAL.pack(b"PK\3\4", 45, *fields, len(extra)) + member.label + extra + member.data
        listed = (b"PK\1\2", 0x032D, 45, *fields, len(extra), 0, 0, 0, member.mode << 16, start)
        entries.append(_ENTRY.pack(*listed) + member.label + extra)
    entries += entries[-1:] * (repeat - 1)
    directory, count = b"".join(entries), len(entries) & 0xFFFF
    end = struct.pack(_END, b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body) + directory + end


METADATA = Member("metadata.json", text({"keras_version": "3.8.0", "date_saved": "2024-01-01"}))
WEIGHTS = Member("model.weights.h5", stores.weights())


def config_of(config: Config | bytes) -> Member:
    """The member that holds a model."""
    return Member("config.json", config if isinstance(config, bytes) else text(config))


def keras(config: Config | bytes, *more: Member, weights: Member | None = WEIGHTS) -> bytes:
    """A `.keras` archive, and what else is put into it."""
    return archive(METADATA, config_of(config), *([weights] if weights else []), *more)


def cases(trap: Trap) -> Iterator[Case]:
    """Archives that unpack to more than they should, or mean two things."""
    yield from _bombs()
    yield from _ambiguous(trap)
    yield from _names(trap)
    yield from _weights(trap)
    yield from _broken()


def _bombs() -> Iterator[Case]:
    base = (METADATA, WEIGHTS)
    gib = 1 << 30
    bz = Member("config.json", bz2.compress(bytes(_MIB)), BZIP2, 10 * gib)
    yield Case(
        "bomb_bzip2.keras",
        "config of 10 GiB in bzip2",
        archive(*base, bz),
        REFUSED,
        "high",
        "KI020",
    )
    big = Member("config.json", zeros(1024), DEFLATED, gib)
    yield Case(
        "bomb_deflate.keras",
        "config of 1 GiB, deflated",
        archive(*base, big),
        REFUSED,
        "high",
        "KI020",
    )
    lying = big._replace(declared=500)
    yield Case(
        "bomb_that_lies.keras",
        "1 GiB that says it is 500 bytes",
        archive(*base, lying),
        REFUSED,
        "medium",
        "KI020",
    )
    spaces = text(GOOD) + b" " * (48 * _MIB)
    blank = deflated("config.json", spaces)
    yield Case(
        "bomb_of_spaces.keras",
        "a config and 48 MiB of spaces",
        archive(*base, blank),
        REFUSED,
        "medium",
        "KI020",
    )
    asset = deflated("assets/a", bytes(_MIB))
    lapped = archive(*base, config_of(GOOD), asset, repeat=3_000)
    yield Case(
        "bomb_that_overlaps.keras", "3,000 members that are one", lapped, ANSWERS, "medium", "KI020"
    )
    held = Member("model.weights.h5", zeros(1024), DEFLATED, gib)
    yield Case(
        "bomb_in_weights.keras",
        "weights of 1 GiB of zeros",
        keras(GOOD, held, weights=None),
        ANSWERS,
        "high",
        "KI020",
    )


def _ambiguous(trap: Trap) -> Iterator[Case]:
    evil = config_of(sequential(entry(), computed(trap.bytecode("second_config"))))
    two = archive(config_of(GOOD), METADATA, WEIGHTS, evil)
    yield Case(
        "two_configs.keras", "two members named config.json", two, REFUSED, "critical", "KI001"
    )
    hidden = archive(evil)[: -22 - 57]  # the member alone, without directory and end
    yield Case(
        "unlisted_config.keras",
        "a config that the directory does not list",
        archive(METADATA, WEIGHTS, config_of(GOOD), front=hidden),
        ANSWERS,
        "medium",
        "KI022",
    )
    both = stores.legacy(text(sequential(entry(), computed(trap.bytecode("polyglot")))))
    yield Case(
        "hdf5_and_zip.keras",
        "an HDF5 file with an archive behind it",
        both + keras(GOOD),
        EITHER,
        "high",
        "KI022",
    )
    inside = keras(sequential(entry(), computed(trap.bytecode("zip_named_h5"))))
    yield Case("zip_named.h5", "an archive named .h5", inside, ANSWERS, "critical", "KI001")
    yield Case(
        "npz_weights.keras",
        "weights that are a pickle",
        keras(GOOD, Member("model.weights.npz", trap.pickled("npz")), weights=None),
        ANSWERS,
        "high",
        "KI007",
    )


def _weights(trap: Trap) -> Iterator[Case]:
    away = WEIGHTS._replace(data=stores.weights(stores.external(b"0", str(trap.store), "/secret")))
    yield Case(
        "external_dataset.keras",
        "a kernel that is a link to another file",
        keras(GOOD, weights=away),
        EITHER,
        "high",
        "KI010",
    )
    more = WEIGHTS._replace(data=stores.weights_of("dense", "dense_1", "dense_2"))
    yield Case(
        "more_weights.keras",
        "weights of more layers than the model has",
        keras(GOOD, weights=more),
    )
    odd = text(GOOD).replace(b'"class_name": "Dense"', b'"class_name": ["Dense"]')
    yield Case("class_is_list.keras", "a class that is a list", keras(odd), EITHER)
    huge = WEIGHTS._replace(data=stores.weights(kernel=stores.HUGE))
    yield Case(
        "huge_kernel.keras",
        "a kernel of 2 to the power of 58",
        keras(GOOD, weights=huge),
        ANSWERS,
        "high",
        "KI011",
    )


def _names(trap: Trap) -> Iterator[Case]:
    up = Member(f"assets/../../../../..{trap.marker('zip_slip')}", b"x")
    away = (
        up,
        Member(trap.marker("absolute"), b"x"),
        Member("C:\\x", b"x"),
        Member("..\\..\\x", b"x"),
    )
    yield Case(
        "zip_slip.keras",
        "members named outside the archive",
        keras(GOOD, *away),
        ANSWERS,
        "high",
        "KI021",
    )
    link = Member("assets/link", str(trap.canary).encode(), mode=0o120777)
    yield Case(
        "zip_link.keras",
        "a member that is a symbolic link",
        keras(GOOD, link),
        ANSWERS,
        "high",
        "KI021",
    )
    odd = Member(b"assets/\xff\xfe\x1b[2J\n", b"x")
    yield Case(
        "zip_odd_name.keras",
        "a member whose name is no text",
        keras(GOOD, odd),
        ANSWERS,
        "low",
        "KI050",
    )
    asset = layer("StringLookup", f"../../../..{trap.marker('asset')}", vocabulary=["a", "b"])
    yield Case(
        "asset_path.keras",
        "a layer named like a path",
        keras(sequential(entry(), asset)),
        EITHER,
        "high",
        "KI021",
    )
    version = Member(
        "metadata.json", b'{"keras_version": "3.8\\u001b[2J<script>", "date_saved": 5}'
    )
    yield Case(
        "odd_version.keras",
        "a version with escapes",
        archive(version, config_of(GOOD), WEIGHTS),
        ANSWERS,
        "low",
        "KI050",
    )


def _broken() -> Iterator[Case]:
    rest, good = (METADATA, WEIGHTS), config_of(GOOD)
    yield Case(
        "encrypted.keras", "an encrypted config", archive(*rest, good._replace(flags=1)), REFUSED
    )
    yield Case(
        "method_99.keras",
        "an unknown compression",
        archive(*rest, good._replace(method=99)),
        REFUSED,
    )
    yield Case(
        "checksum.keras", "a wrong checksum", archive(*rest, good._replace(checksum=7)), REFUSED
    )
    many = (Member(f"a{number}") for number in range(5_000))
    yield Case("many_members.keras", "5,000 empty members", keras(GOOD, *many))
    yield Case("no_config.keras", "weights alone", archive(*rest), EITHER)
    yield Case("empty_config.keras", "a config of no bytes", keras(b""), REFUSED)
    whole = keras(GOOD)
    yield Case("cut_off.keras", "no end of the directory", whole[:-30], REFUSED)
    far = whole[:-6] + b"\xff\xff\xff\x7f" + whole[-2:]
    yield Case("far_directory.keras", "a directory past the end", far, REFUSED)
    many_layers = sequential(entry(), *(layer("Dense", f"d{n}", units=4) for n in range(5_000)))
    yield Case(
        "many_layers.keras",
        "5,000 layers in 1 MB of JSON",
        archive(*rest, deflated("config.json", text(many_layers))),
    )
    long = deflated(
        "config.json", text(sequential(entry(), layer("Dense", "A" * 5_000_000, units=2)))
    )
    yield Case(
        "long_name.keras", "a layer name of 5 MB", archive(*rest, long), EITHER, "low", "KI050"
    )
