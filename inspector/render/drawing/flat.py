"""A graph as a part to draw: every call of every layer once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inspector.graph import Node
from inspector.render.drawing.known import Known, path_in
from inspector.render.drawing.parts import Link, Part


def flat_part(
    found: Known, prefix: str = "", nodes: Iterable[Node] | None = None, whole: int | None = None
) -> Part:
    """The calls of a graph, or some of them, as rows.

    Args:
        prefix: of the model inside whose graph it is; empty for the outermost.
        nodes: by default all.
        whole: the parameters that shares are parts of; by default those of the model.
    """
    total = found.total if whole is None else whole
    chosen = found.nodes(prefix) if nodes is None else nodes
    drawn = [node for node in chosen if path_in(prefix, node) in found.rows]
    entries = tuple(found.entry(path_in(prefix, node), node, total) for node in drawn)
    return Part(entries, tuple(_links(drawn)))


def _links(nodes: Sequence[Node]) -> Iterable[Link]:
    place = {(node.layer.name, node.call): number for number, node in enumerate(nodes)}
    for number, node in enumerate(nodes):
        for ref in node.inputs:
            source = place.get((ref.layer, ref.call))
            if source is not None:
                yield Link(source, ref.output, number)
