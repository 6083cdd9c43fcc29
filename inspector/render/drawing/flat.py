"""A graph as a part to draw: every call of every layer once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from inspector.graph import Node
from inspector.render.drawing.entries import Entry
from inspector.render.drawing.folded import Inset
from inspector.render.drawing.known import Known, path_in
from inspector.render.drawing.parts import Link, Part
from inspector.render.safe import plain


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


def model_insets(found: Known, part: Part, draw: Callable[..., Part]) -> list[Inset]:
    """The models inside, each drawn once in an inset of its own, those inside them after them."""
    made: list[Inset] = []
    waiting = _models(part, found)
    seen: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        row = found.rows[path]
        inner = draw(found, path, None, row.params or 0)
        number = "?" if row.params is None else f"{row.params:,}"
        facts = (f"{len(row.layers or ())} layers.", f"{number} parameters")
        mark = _letter(len(made))
        made.append(Inset(mark, plain(row.name), facts, inner, 1, row.params or 0, path))
        waiting.extend(_models(inner, found))
    return made


def _models(part: Part, found: Known) -> list[str]:
    return [
        item.path
        for item in part.items
        if isinstance(item, Entry) and found.rows[item.path].layers is not None
    ]


def _letter(number: int) -> str:
    """A, B … Z, AA, AB …

    >>> _letter(0), _letter(26)
    ('A', 'AA')
    """
    word = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        word = chr(65 + rest) + word
    return word
