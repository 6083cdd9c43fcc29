"""Version 1 B-trees: the members of a group as Keras writes it, and the chunks of a dataset."""

from __future__ import annotations

from inspector.readers.hdf5.errors import Hdf5Error
from inspector.readers.hdf5.heap import LocalHeap, read_local_heap
from inspector.readers.hdf5.image import Cursor, Image, Read, gather

_GROUP, _CHUNKS = 0, 1
_FEW = 8  # entries that the first look at a node holds
_SYMBOL = "LOI4xI12x"  # name offset, header address, what is cached, of that the first number

Entry = tuple[int, int]  # what the key holds that matters, and the child's address
_Entry = tuple[int, int, int, int]  # one entry as it stands there, see _SYMBOL
Symbol = tuple[bytes, int, bytes | None]  # name, header address, target of a soft link


def read_symbols(image: Image, message: bytes) -> Read[list[Symbol]]:
    """The members that a symbol table message leads to (sections III.A.1, III.B to III.D)."""
    tree, heap_address = Cursor(image, message, "symbol table").unpack("OO")
    names: Read[LocalHeap | list[_Entry]] = read_local_heap(image, heap_address)
    heap, tables = yield from gather((names, _tables(image, tree)))
    if not isinstance(heap, LocalHeap) or not isinstance(tables, list):
        raise next(each for each in (heap, tables) if isinstance(each, Hdf5Error))
    return [
        (heap.name(name), header, heap.name(target) if cached == 2 else None)
        for name, header, cached, target in tables
    ]


def _tables(image: Image, tree: int) -> Read[list[_Entry]]:
    """What all symbol table nodes below a B-tree hold, in order."""
    leaves = (yield from _leaves(image, tree, _GROUP, key="L")) or []
    size = image.layout(_SYMBOL).size
    blobs = yield [(address, 8 + _FEW * size) for _, address in leaves]
    symbols: list[_Entry] = []
    for (_, address), data in zip(leaves, blobs, strict=True):
        cursor = Cursor(image, data, "symbol table node")
        cursor.expect(b"SNOD", 1)
        (count,) = cursor.unpack("xH")
        if count > _FEW:
            (all_of_it,) = yield [(address, 8 + count * size)]
            cursor = Cursor(image, all_of_it, "symbol table node", 8)
        symbols += [cursor.unpack(_SYMBOL) for _ in range(count)]
    return symbols


def read_chunk_bytes(image: Image, address: int, rank: int) -> Read[int | None]:
    """What all chunks of a dataset take; None where there are too many to ask.

    `rank` counts the dimension of an element's bytes.
    """
    key = f"I4x{8 * rank}x"
    leaves = yield from _leaves(image, address, _CHUNKS, key, image.limits.chunk_nodes)
    return None if leaves is None else sum(size for size, _ in leaves)


def _leaves(
    image: Image, root: int, kind: int, key: str, most: int | None = None
) -> Read[list[Entry] | None]:
    """The entries of all leaf nodes, in order, read level by level; None for over `most` nodes."""
    addresses, seen = [root], {root}
    above: int | None = None
    while True:
        blobs = yield from _nodes(image, addresses, key)
        entries: list[Entry] = []
        level = above - 1 if above is not None else blobs[0][5] if len(blobs[0]) > 5 else 0
        for data in blobs:
            entries += _entries(Cursor(image, data, "B-tree"), kind, level, key)
        if level == 0 or not entries:
            return entries
        above, addresses = level, [child for _, child in entries]
        before = len(seen)
        seen.update(addresses)
        if len(seen) != before + len(addresses):
            raise image.error("has a B-tree that reaches a node twice")
        if most is not None and len(seen) > most:
            return None


def _nodes(image: Image, addresses: list[int], key: str) -> Read[list[bytes]]:
    """The bytes of some nodes, as far as they are used."""
    start = 8 + 2 * image.offset
    step = image.layout(key + "O").size
    first = start + (_FEW + 1) * step
    blobs = yield [(address, first) for address in addresses]
    counts = [int.from_bytes(data[6:8], "little") for data in blobs]
    long = [(a, start + (n + 1) * step) for a, n in zip(addresses, counts, strict=True) if n > _FEW]
    if not long:
        return blobs
    rest = iter((yield long))
    return [next(rest) if n > _FEW else data for data, n in zip(blobs, counts, strict=True)]


def _entries(cursor: Cursor, kind: int, level: int, key: str) -> list[Entry]:
    """The entries of a node: the key before each child, and the child (section III.A.1)."""
    if cursor.take(4) != b"TREE":
        raise cursor.error("has no B-tree where one should be")
    own, height, count = cursor.unpack("BBHOO")[:3]
    if (own, height) != (kind, level):
        raise cursor.error("has a B-tree whose nodes do not fit together", f"{own}, {height}")
    record = key + "O"
    return [(size, child) for size, child in (cursor.unpack(record) for _ in range(count))]
