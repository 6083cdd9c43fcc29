"""Any graph in one column of signs a tensor, as `git log --graph` has one a branch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from inspector.graph import Node

_Call = tuple[str, int]


def lanes(nodes: Sequence[Node]) -> Iterator[str]:
    """The gutter of each call, in an order that can be run: every edge can be followed by eye.

    A lane holds what one call gives until its last use. A line goes from each lane that a call
    takes from to the lane of the call; lanes that it only passes stay whole.
    """
    left = Counter(source for node in nodes for source in _sources(node))
    active: list[_Call | None] = []
    for node in nodes:
        sources = _sources(node)
        for source in sources:
            left[source] -= 1
        taken = [active.index(source) for source in sources]
        ended = [lane for lane in taken if not left[active[lane] or ("", 0)]]
        place = min(ended, default=-1)
        if place < 0:
            place = active.index(None) if None in active else len(active)
        if place == len(active):
            active.append(None)
        sign = "○" if not sources else "⊕" if len(sources) > 1 else "●"
        if not left[node.layer.name, node.call]:
            sign = "◆"  # nothing below takes it
        yield _gutter(active, place, taken, ended, sign)
        for lane in ended:
            active[lane] = None
        call = (node.layer.name, node.call)
        active[place] = call if left[call] else None
        while active and active[-1] is None:
            active.pop()


def _sources(node: Node) -> list[_Call]:
    return list(dict.fromkeys((ref.layer, ref.call) for ref in node.inputs))


def _gutter(
    active: Sequence[_Call | None],
    place: int,
    taken: Sequence[int],
    ended: Sequence[int],
    own: str,
) -> str:
    low, high = min([place, *taken]), max([place, *taken])
    signs = []
    for lane, call in enumerate(active):
        inside = low < lane < high
        if lane == place:
            sign = own
        elif lane in taken:
            sign = _meeting(lane in ended, lane == low, lane == high)
        elif call is not None:
            sign = "│"
        else:
            sign = "─" if inside else " "
        signs.append(sign)
        signs.append("─" if low <= lane < high else " ")
    return "".join(signs).rstrip()


def _meeting(ends: bool, leftmost: bool, rightmost: bool) -> str:
    """Where a lane meets the line to the call that takes from it."""
    if leftmost:
        return "╰" if ends else "├"
    if rightmost:
        return "╯" if ends else "┤"
    return "┴" if ends else "┼"
