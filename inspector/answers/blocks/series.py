"""Where a graph can be cut: chains, and regions that fork and join.

A node that every path passes is a cut. Between two cuts lies nothing, or a region that has one
entry and one exit. In an order that can be run, a node is a cut when no edge leaps over it; so
one pass finds them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from inspector.answers.blocks.wiring import Wiring

_BESIDE = 3  # parts beside a part beside a part … are cut so often; the rest stays as it is

_STARTS = 3  # inputs that the main path may begin at


class Segment(NamedTuple):
    """One node, or a region: what lies before a cut, with the cut as its end."""

    nodes: tuple[int, ...]  # in call order
    fork: int = -1  # of a region: the node that its branches leave from

    @property
    def end(self) -> int:
        """The last node, which in a region joins the branches."""
        return self.nodes[-1]

    @property
    def region(self) -> bool:
        return len(self.nodes) > 1


def series(wiring: Wiring, nodes: Sequence[int]) -> list[Segment]:
    """The segments of a part of a graph, in an order that can be run.

    What does not come from the main input (a mask, a constant, a second tower) stands before the
    main path, what does not lead to the main output after it: neither can close a cycle.
    """
    found: list[Segment] = []
    rest = [(0, list(nodes))] if nodes else []
    while rest:
        beside, part = rest.pop()
        if beside > _BESIDE:
            found.extend(Segment((at,)) for at in part)
            continue
        sides, main, tail = _main(wiring, part)
        if sides or tail:
            parts = ((beside + 1, tail), (beside, main), (beside + 1, sides))
            rest.extend(part for part in parts if part[1])
        else:
            found.extend(_cut(wiring, main))
    return found


def _main(wiring: Wiring, nodes: list[int]) -> tuple[list[int], list[int], list[int]]:
    """A part in three: what leads into the main path, the main path, and what leads off it."""
    inside = set(nodes)
    ends = [at for at in nodes if not any(user in inside for user in wiring.after[at])]
    starts = [at for at in nodes if not any(source in inside for source in wiring.before[at])]
    if len(ends) == len(starts) == 1:
        return [], nodes, []
    end = _farthest(ends, nodes, wiring.before, reverse=True)[0]
    above = _reached(end, inside, wiring.before)
    leading = [at for at in starts if at in above]
    ways = [
        _from(wiring, nodes, start, above)
        for start in _farthest(leading, nodes, wiring.after, reverse=False)[:_STARTS]
    ]
    sides, main = max(ways, key=lambda way: _cuts(wiring, way)) if len(ways) > 1 else ways[0]
    return sides, main, [at for at in nodes if at not in above]


def _from(
    wiring: Wiring, nodes: Sequence[int], start: int, above: set[int]
) -> tuple[list[int], list[int]]:
    """What leads to the end without and with a start."""
    below = _reached(start, above, wiring.after)
    sides = [at for at in nodes if at in above and at not in below]
    return sides, [at for at in nodes if at in below]


def _cuts(wiring: Wiring, way: tuple[list[int], list[int]]) -> int:
    """How many segments come of a way to tell the main path from what leads into it.

    In a translator, the encoder leads into the decoder at every block, so that only a path from
    the decoder's own input can be cut.
    """
    sides, main = way
    return len(_cut(wiring, main)) + len(_cut(wiring, sides))


def _farthest(
    ends: list[int], nodes: Sequence[int], edges: Sequence[Sequence[int]], *, reverse: bool
) -> list[int]:
    """The ends, those with the longest path to them first, the earliest where several have."""
    if len(ends) == 1:
        return ends
    order = nodes if reverse else list(reversed(nodes))
    length: dict[int, int] = {}
    for at in order:
        length[at] = 1 + max((length.get(near, 0) for near in edges[at]), default=0)
    return sorted(ends, key=lambda at: (-length[at], at))


def _reached(start: int, inside: set[int], edges: Sequence[Sequence[int]]) -> set[int]:
    """All nodes of a part that edges lead to from one of them, itself among them."""
    seen = {start}
    stack = [start]
    while stack:
        for near in edges[stack.pop()]:
            if near in inside and near not in seen:
                seen.add(near)
                stack.append(near)
    return seen


def _cut(wiring: Wiring, nodes: list[int]) -> list[Segment]:
    """The segments of a part with one start and one end."""
    place = {at: index for index, at in enumerate(nodes)}
    found: list[Segment] = []
    reach = begin = 0
    fork = -1
    for index, at in enumerate(nodes):
        if reach <= index:
            found.append(Segment(tuple(nodes[begin : index + 1]), fork))
            begin, fork = index + 1, at
        leaps = (place[user] for user in wiring.after[at] if user in place)
        reach = max(reach, max(leaps, default=0))
    return found


def branches(wiring: Wiring, nodes: Iterable[int]) -> list[list[int]]:
    """Nodes in parts that no edge connects, in order of their first node."""
    left = dict.fromkeys(nodes)
    found: list[list[int]] = []
    for at in list(left):
        if at not in left:
            continue
        del left[at]
        part, stack = [at], [at]
        while stack:
            current = stack.pop()
            for near in (*wiring.before[current], *wiring.after[current]):
                if near in left:
                    del left[near]
                    part.append(near)
                    stack.append(near)
        found.append(sorted(part))
    return found


def layers_between(
    wiring: Wiring, nodes: Sequence[int], pivots: Sequence[int]
) -> list[list[int]] | None:
    """A part in layers, each with all that leads to one pivot and not to the one before it.

    No edge goes back to an earlier layer, so that folding them makes no cycle. `None` when a
    pivot does not lead to the next one. What leads to no pivot comes last.
    """
    left = set(nodes)
    found: list[list[int]] = []
    last = -1
    for pivot in pivots:
        layer, stack, follows = [pivot], [pivot], last < 0
        left.discard(pivot)
        while stack:
            for source in wiring.before[stack.pop()]:
                follows = follows or source == last
                if source in left:
                    left.discard(source)
                    layer.append(source)
                    stack.append(source)
        if not follows:
            return None
        found.append(sorted(layer))
        last = pivot
    return [*found, sorted(left)]
