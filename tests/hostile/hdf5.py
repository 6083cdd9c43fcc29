"""HDF5 files that no program writes, made of bytes: every way we know to trouble a reader.

Nothing here needs h5py. Each file is a superblock of version 2, a root group, and what is wrong.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import accumulate

UNDEFINED = (1 << 64) - 1
_START = 48  # the superblock ends here


def superblock(root: int, size: int) -> bytes:
    head = b"\x89HDF\r\n\x1a\n" + bytes([2, 8, 8, 0])
    return head + struct.pack("<QQQQI", 0, UNDEFINED, size, root, 0)


def message(kind: int, body: bytes, flags: int = 0) -> bytes:
    return struct.pack("<BHB", kind, len(body), flags) + body


def header(*messages: bytes) -> bytes:
    body = b"".join(messages)
    return b"OHDR" + bytes([2, 2]) + struct.pack("<I", len(body)) + body + bytes(4)


def header1(*messages: tuple[int, bytes]) -> bytes:
    body = b"".join(struct.pack("<HHB3x", kind, len(data), 0) + data for kind, data in messages)
    return struct.pack("<BxHII4x", 1, len(messages), 1, len(body)) + body


def link(name: bytes, address: int) -> bytes:
    return message(6, bytes([1, 0, len(name)]) + name + struct.pack("<Q", address))


def links(heap: int = UNDEFINED, names: int = UNDEFINED) -> bytes:
    return message(2, struct.pack("<BBQQ", 0, 0, heap, names))


def attributes(heap: int, names: int) -> bytes:
    return message(0x15, struct.pack("<BBQQ", 0, 0, heap, names))


def extent(*dims: int) -> bytes:
    return struct.pack(f"<BBBB{len(dims)}Q", 2, len(dims), 0, 1 if dims else 0, *dims)


FLOAT = struct.pack("<BBBBIHHBBBBI", 0x11, 0x20, 31, 0, 4, 0, 32, 23, 8, 0, 23, 127)
BYTE = struct.pack("<BBBBIHH", 0x10, 0, 0, 0, 1, 0, 8)
TEXT = struct.pack("<BBBBI", 0x19, 0x01, 1, 0, 16) + struct.pack("<BBBBIHH", 0x10, 0, 0, 0, 1, 0, 8)


def attribute(name: bytes, datatype: bytes, space: bytes, data: bytes) -> bytes:
    sizes = struct.pack("<HHH", len(name) + 1, len(datatype), len(space))
    return message(0x0C, bytes([3, 0]) + sizes + b"\0" + name + b"\0" + datatype + space + data)


def file(*parts: bytes | Callable[[list[int]], bytes]) -> bytes:
    """A file of these parts, the first of which is the root; a function is given all addresses."""
    nowhere = [0] * (len(parts) + 1)
    sizes = [len(part if isinstance(part, bytes) else part(nowhere)) for part in parts]
    places = list(accumulate(sizes, initial=_START))
    body = b"".join(part if isinstance(part, bytes) else part(places) for part in parts)
    return superblock(_START, places[-1]) + body


def btree1(level: int, children: list[int]) -> bytes:
    head = b"TREE" + struct.pack("<BBHQQ", 0, level, len(children), UNDEFINED, UNDEFINED)
    return head + b"".join(struct.pack("<QQ", 0, child) for child in children) + bytes(8)


def local_heap(size: int, place: int) -> bytes:
    return b"HEAP" + struct.pack("<B3xQQQ", 0, size, 1, place)


def btree2(kind: int, node: int, record: int, depth: int, root: int, count: int) -> bytes:
    shape = struct.pack("<BBIHHBB", 0, kind, node, record, depth, 98, 40)
    return b"BTHD" + shape + struct.pack("<QHQ", root, count, 9) + bytes(4)


def fractal(root: int, rows: int, width: int = 4, start: int = 512, largest: int = 65536) -> bytes:
    return (
        b"FRHP" + struct.pack("<BHHBI", 0, 8, 0, 0, 4096) + struct.pack("<QQQQ", 0, UNDEFINED, 0, 0)
        + bytes(64) + struct.pack("<HQQHHQH", width, start, largest, 40, 1, root, rows) + bytes(4)
    )  # fmt: skip


def collection(*objects: tuple[int, int, bytes]) -> bytes:
    """A global heap; each object says what size it has, whatever its bytes are."""
    body = b"".join(
        struct.pack("<HHIQ", index, 1, 0, size) + data + bytes(-len(data) % 8)
        for index, size, data in objects
    )
    return b"GCOL" + struct.pack("<B3xQ", 1, 16 + len(body)) + body


def texts(count: int, length: int, place: int) -> bytes:
    return attribute(b"t", TEXT, extent(count), struct.pack("<IQI", length, place, 1) * count)


def _deep(levels: int) -> bytes:
    return file(*(_down(number) for number in range(1, levels)), header(links()))


def _down(number: int) -> Callable[[list[int]], bytes]:
    return lambda at: header(links(), link(b"d", at[min(number, len(at) - 1)]))


def _ladder(levels: int) -> bytes:
    """Each group holds the next one twice: 2 to the power of `levels` paths."""

    def step(number: int) -> Callable[[list[int]], bytes]:
        return lambda at: header(links(), link(b"a", at[number]), link(b"b", at[number]))

    return file(*(step(number) for number in range(1, levels)), header(links()))


def _fan(count: int) -> bytes:
    return file(header(links(), *(link(b"%06d" % number, _START) for number in range(count))))


CASES: dict[str, bytes] = {
    "nothing": b"",
    "signature alone": b"\x89HDF\r\n\x1a\n",
    "sizes of zero": superblock(48, 48)[:9] + b"\0\0" + superblock(48, 48)[11:] + bytes(64),
    "sizes of sixteen": superblock(48, 48)[:9] + b"\x10\x10" + superblock(48, 48)[11:] + bytes(64),
    "root outside": superblock(1 << 40, 48),
    "root nowhere": superblock(UNDEFINED, 48),
    "root is the superblock": superblock(0, 48),
    "longer than it is": superblock(48, 1 << 50) + header(links()),
    "root is a dataset": file(header(message(1, extent(2)), message(3, FLOAT))),
    "root is empty": file(header()),
    "header of four gigabytes": superblock(48, 58) + b"OHDR" + bytes([2, 2]) + b"\xff" * 4,
    "old header of four gigabytes": superblock(48, 64)
    + struct.pack("<BxHII4x", 1, 1, 1, 2**32 - 8),
    "message longer than its header": file(header(message(6, b"")[:1] + b"\xff\xff\0")),
    "header that continues in itself": file(
        header(message(0x10, struct.pack("<QQ", 48, 1 << 62))), b"OCHK"
    ),
    "old header that continues in itself": file(
        lambda at: header1((0x10, struct.pack("<QQ", at[0] + 16, 24)))
    ),
    "headers that continue in one another": file(
        lambda at: header1((0x10, struct.pack("<QQ", at[1], 24))),
        lambda at: struct.pack("<HHB3x", 0x10, 16, 0) + struct.pack("<QQ", at[1], 24),
    ),
    "tree that is its own child": file(
        lambda at: header1((0x11, struct.pack("<QQ", at[1], at[2]))),
        lambda at: btree1(1, [at[1]]),
        lambda at: local_heap(8, at[2]),
    ),
    "tree whose level grows": file(
        lambda at: header1((0x11, struct.pack("<QQ", at[1], at[2]))),
        lambda at: btree1(1, [at[3]]),
        lambda at: local_heap(8, at[2]),
        lambda at: btree1(7, [at[1]]),
    ),
    "tree with one child many times": file(
        lambda at: header1((0x11, struct.pack("<QQ", at[1], at[2]))),
        lambda at: btree1(1, [at[3]] * 500),
        lambda at: local_heap(8, at[2]),
        lambda at: btree1(0, []),
    ),
    "tree with 65,535 entries and no bytes": file(
        lambda at: header1((0x11, struct.pack("<QQ", at[1], at[2]))),
        lambda at: b"TREE" + struct.pack("<BBHQQ", 0, 0, 65535, 0, 0),
        lambda at: local_heap(8, at[2]),
    ),
    "heap of an exabyte": file(
        lambda at: header1((0x11, struct.pack("<QQ", at[1], at[2]))),
        lambda at: btree1(0, []),
        lambda at: local_heap(1 << 60, at[2]),
    ),
    "name without an end": file(
        lambda at: header1((0x11, struct.pack("<QQ", at[1], at[2]))),
        lambda at: btree1(0, [at[3]]),
        lambda at: local_heap(8, at[4]),
        b"SNOD" + struct.pack("<BxH", 1, 1) + struct.pack("<QQII16x", 0, 48, 0, 0),
        b"x" * 8,
    ),
    "names of one group twice": file(header(links(), link(b"a", 48), link(b"a", 48))),
    "name with a slash": file(header(links(), link(b"a/b", 48))),
    "name with a null": file(header(links(), link(b"a\0b", 48))),
    "name of no letters": file(header(links(), link(b"", 48))),
    "link to the middle of something": file(header(links(), link(b"a", 51))),
    "version 2 tree that is its own child": file(
        lambda at: header(links(at[2], at[1])),
        lambda at: btree2(5, 512, 11, 2, at[3], 1),
        lambda at: fractal(UNDEFINED, 0),
        lambda at: b"BTIN" + bytes([0, 5]) + bytes(11)
        + (struct.pack("<Q", at[3]) + b"\1\0\1") * 2 + bytes(500),
    ),
    "version 2 tree of depth 65,535": file(
        lambda at: header(links(at[1], at[1])), lambda at: btree2(5, 512, 11, 65535, at[1], 1)
    ),
    "version 2 tree of records without bytes": file(
        lambda at: header(links(at[1], at[1])), lambda at: btree2(5, 512, 0, 0, at[1], 65535)
    ),
    "version 2 tree of heap IDs without bytes": file(
        lambda at: header(links(at[2], at[1])),
        lambda at: btree2(5, 512, 4, 0, at[3], 3),
        lambda at: fractal(UNDEFINED, 0),
        b"BTLF" + bytes([0, 5]) + bytes(600),
    ),
    "version 2 tree with nodes of four gigabytes": file(
        lambda at: header(links(at[2], at[1])),
        lambda at: btree2(5, 2**32 - 1, 11, 0, at[1], 65535),
        lambda at: fractal(UNDEFINED, 0),
    ),
    "fractal heap of 65,535 rows": file(
        lambda at: header(links(at[2], at[1])),
        lambda at: btree2(5, 512, 11, 0, at[3], 0),
        lambda at: fractal(at[2], 65535),
        b"BTLF" + bytes([0, 5]) + bytes(600),
    ),
    "fractal heap of width 0": file(
        lambda at: header(links(at[2], at[1])),
        lambda at: btree2(5, 512, 11, 0, at[3], 0),
        lambda at: fractal(at[2], 1, width=0),
        b"BTLF" + bytes([0, 5]) + bytes(600),
    ),
    "fractal heap in itself": file(
        lambda at: header(links(at[2], at[1])),
        lambda at: btree2(5, 512, 11, 0, at[4], 0),
        lambda at: fractal(at[3], 9, width=1, largest=512),
        lambda at: b"FHIB" + bytes(14) + struct.pack("<Q", at[3]) * 9,
        b"BTLF" + bytes([0, 5]) + bytes(600),
    ),
    "attribute of an exabyte": file(
        header(links(), attribute(b"a", BYTE, extent(1 << 31, 1 << 29), b""))
    ),
    "attribute of a million numbers": file(
        header(links(), attribute(b"a", BYTE, extent(1_000_000), b""))
    ),
    "attribute type inside itself": file(
        header(links(), attribute(b"a", bytes([0x19, 0, 0, 0, 16, 0, 0, 0]) * 99, extent(), b""))
    ),
    "attributes of one name twice": file(
        header(links(), *[attribute(b"a", BYTE, extent(), b"\1")] * 2)
    ),
    "type that is shared in a circle": file(
        lambda at: header(
            links(), message(0x0C, bytes([3, 1]) + struct.pack("<HHHB", 2, 10, 4, 0) + b"a\0"
            + struct.pack("<BBQ", 3, 2, at[1]) + extent() + b"\1")
        ),
        lambda at: header(message(3, struct.pack("<BBQ", 3, 2, at[1]), flags=2)),
    ),
    "strings without a heap": file(header(links(), texts(1, 5, 0))),
    "string longer than its heap object": file(
        lambda at: header(links(), texts(1, 2**32 - 1, at[1])), collection((1, 4, b"abcd"))
    ),
    "heap object longer than its heap": file(
        lambda at: header(links(), texts(1, 8, at[1])), collection((1, 2**63, b"abcd"))
    ),
    "heap objects of no size": file(
        lambda at: header(links(), texts(1, 8, at[1])), collection(*[(2, 0, b"")] * 2_000)
    ),
    "many strings that are the same one": file(
        lambda at: header(links(), texts(4_000, 60_000, at[1])),
        collection((1, 60_000, b"x" * 60_000)),
    ),
    "dense attributes without a heap": file(
        lambda at: header(links(), attributes(UNDEFINED, at[1])),
        lambda at: btree2(8, 512, 17, 0, UNDEFINED, 0),
    ),
    "groups 3,000 deep": _deep(3_000),
    "a ladder of 64 steps": _ladder(64),
    "one group under 5,000 names": _fan(5_000),
    "dataset of 2 to the power of 99": file(
        lambda at: header(links(), link(b"d", at[1])),
        header(message(1, extent(1 << 60, 1 << 39)), message(3, FLOAT)),
    ),
    "dataset of 33 dimensions": file(
        lambda at: header(links(), link(b"d", at[1])),
        header(message(1, extent(*[1] * 33)), message(3, FLOAT)),
    ),
}  # fmt: skip
# Those that are valid, if strange; all others end in an error.
WELL = {
    "attribute of an exabyte",
    "a ladder of 64 steps",
    "one group under 5,000 names",
    "dataset of 2 to the power of 99",
}
# Those that are valid too, but unfold to more than any reader should grant.
LIMITED = {"groups 3,000 deep", "many strings that are the same one"}
