"""Version 2 B-trees: the index of dense links, dense attributes, large heap objects and chunks."""

from __future__ import annotations

from typing import NamedTuple

from inspector.readers.hdf5.image import Cursor, Image, Read

_OVERHEAD = 10  # signature, version, type and checksum of a node
_MAX_DEPTH = 32


class _Tree(NamedTuple):
    """What a header says (section III.A.2), and how wide the numbers in its nodes are."""

    kind: int
    node: int  # bytes of a node
    record: int  # bytes of a record
    counts: int  # bytes of the number of records of a child
    totals: list[int]  # bytes of the number of records below a child, by the child's depth


Node = tuple[int, int]  # address, number of records


def read_records(
    image: Image, address: int, kinds: tuple[int, ...], most: int | None = None
) -> Read[tuple[int, list[bytes]] | None]:
    """The type and all records of a tree, in order; None for more than `most` nodes."""
    (data,) = yield [(address, 22 + image.offset + image.length + 4)]
    cursor = Cursor(image, data, "version 2 B-tree")
    cursor.expect(b"BTHD", 0)
    kind, node, record, depth = cursor.unpack("BIHHxx")
    root, count, _ = cursor.unpack("OHL")
    if kind not in kinds or not record or depth > _MAX_DEPTH or node < _OVERHEAD + record:
        raise cursor.error("has a version 2 B-tree that does not fit its place", str(kind))
    if not image.defined(root):
        return kind, []
    tree = _Tree(kind, node, record, *_widths(image, node, record, depth))
    return (yield from _walk(image, tree, (root, count), depth, most))


def _widths(image: Image, node: int, record: int, depth: int) -> tuple[int, list[int]]:
    """How many bytes the counts in the nodes of a tree take."""
    most = (node - _OVERHEAD) // record
    counts = _bytes_for(most)
    totals, below = [0], most
    for _ in range(depth):
        pointer = image.offset + counts + totals[-1]
        own = max(0, node - _OVERHEAD - pointer) // (record + pointer)
        below = (own + 1) * below + own
        totals.append(_bytes_for(below))
    return counts, totals


def _bytes_for(number: int) -> int:
    return max(1, (number.bit_length() + 7) // 8)


def _walk(
    image: Image, tree: _Tree, root: Node, depth: int, most: int | None
) -> Read[tuple[int, list[bytes]] | None]:
    """The records of all nodes, level by level; a record between two nodes comes first."""
    nodes, seen = [root], {root[0]}
    records: list[bytes] = []
    while True:
        pointer = image.offset + tree.counts + tree.totals[depth - 1] if depth else 0
        blobs = yield [
            (address, min(tree.node, 6 + count * tree.record + (count + 1) * pointer))
            for address, count in nodes
        ]
        children: list[Node] = []
        for (_, count), data in zip(nodes, blobs, strict=True):
            cursor = Cursor(image, data, "version 2 B-tree node")
            _node(cursor, tree, count, depth, records, children)
        if not children:
            return tree.kind, records
        before = len(seen)
        seen.update(address for address, _ in children)
        if len(seen) != before + len(children):
            raise image.error("has a version 2 B-tree that reaches a node twice")
        if most is not None and len(seen) > most:
            return None
        nodes, depth = children, depth - 1


def _node(
    cursor: Cursor, tree: _Tree, count: int, depth: int, records: list[bytes], children: list[Node]
) -> None:
    """Add the records of one node, and below depth 0 its children."""
    cursor.expect(b"BTIN" if depth else b"BTLF", 0)
    if cursor.take(1)[0] != tree.kind:
        raise cursor.error("has a version 2 B-tree whose nodes do not fit together")
    records.extend(cursor.take(tree.record) for _ in range(count))
    if depth:
        for _ in range(count + 1):
            (address,) = cursor.unpack("O")
            children.append((address, cursor.number(tree.counts)))
            cursor.take(tree.totals[depth - 1])
