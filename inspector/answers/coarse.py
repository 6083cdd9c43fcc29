"""A graph with too many parts to look at, in a few stretches of calls that follow one another.

A stretch of an order that can be run is convex: folding each into one box makes no cycle.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from inspector.answers.blocks import Block, Blocks, Item
from inspector.graph import Node, TensorRef

_NEAR = 0.25  # of a stretch: how far from its even end it may be cut
_EVEN = 8  # tensors more to be cut are as bad as a part of double the length
_CLASSES = 2  # named in the words for a stretch


def coarse(found: Blocks, count: int, most: int = 0) -> Blocks:
    """The outermost graph in at most so many parts, cut rather where few tensors flow.

    A part is a `Block` of the kind "part"; its `word` says how many calls of what it holds, and its
    inputs and outputs are those that it shares with other parts. A layer is counted in the first
    part that calls it.

    Args:
        count: of the parts.
        most: items in a part, which otherwise is parted again; 0: it never is.
    """
    return replace(found, items=_parted(found, found.items, count, most, frozenset()))


def _parted(
    found: Blocks, items: tuple[Item, ...], count: int, most: int, counted: frozenset[str]
) -> tuple[Item, ...]:
    wires = list(_wires(items))
    cuts = cut_places(range(1, len(items) + 1), _flowing(wires, len(items)), count)
    bounds = [0, *(cut + 1 for cut in cuts), len(items)]
    given, taken = _shared(wires, bounds)
    made: list[Item] = []
    for number, (start, end) in enumerate(pairwise(bounds)):
        inside = items[start:end]
        if len(inside) == 1:
            made.extend(inside)
            continue
        nodes = [node for item in inside for node in _nodes(item)]
        names = frozenset(node.layer.name for node in nodes)
        deeper = most and len(inside) > most
        part = Block(
            kind="part",
            title=f"{nodes[0].layer.name} – {nodes[-1].layer.name}",
            items=_parted(found, inside, count, most, counted) if deeper else inside,
            inputs=tuple(taken[number]),
            outputs=tuple(given[number]) or (TensorRef(nodes[-1].layer.name, nodes[-1].call),),
            params=_params(found, names - counted),
            word=_word(nodes),
        )
        counted |= names
        made.append(part)
    return tuple(made)


def cut_places(ends: Sequence[float], flowing: Sequence[int], count: int) -> list[int]:
    """After which places to cut a row of things into parts about as long as one another.

    Args:
        ends: where each thing ends.
        flowing: how many tensors cross the end of each: the fewest are cut, near an even part.
        count: of the parts.

    >>> cut_places([1, 2, 3, 4, 5, 6], [2, 2, 9, 1, 1, 0], 2)
    [3]
    """
    each = (ends[-1] if ends else 0) / count
    chosen: list[int] = []
    for number in range(1, count):
        ideal = number * each
        first = chosen[-1] + 1 if chosen else 0
        low = max(bisect_left(ends, ideal - _NEAR * each), first)
        high = min(bisect_left(ends, ideal + _NEAR * each) + 1, len(ends) - 1)
        near = range(low, high)
        if near:
            worth = {at: flowing[at] + _EVEN * abs(ends[at] - ideal) / each for at in near}
            chosen.append(min(near, key=worth.__getitem__))
    return chosen


def _nodes(item: Item) -> Iterator[Node]:
    """The calls of its graph that an item holds; a model inside is one."""
    stack = [item]
    while stack:
        one = stack.pop()
        if one.node is not None:
            yield one.node
        elif isinstance(one, Block):
            stack.extend(reversed(one.items))


def _wires(items: Sequence[Item]) -> Iterator[tuple[TensorRef, int, int]]:
    """Every tensor that flows from one item to another, with the places of both."""
    place = {
        (node.layer.name, node.call): at for at, item in enumerate(items) for node in _nodes(item)
    }
    for at, item in enumerate(items):
        for ref in dict.fromkeys(ref for node in _nodes(item) for ref in node.inputs):
            source = place.get((ref.layer, ref.call))
            if source is not None and source != at:
                yield ref, source, at


def _flowing(wires: Iterable[tuple[TensorRef, int, int]], count: int) -> list[int]:
    """How many tensors flow past the end of each item."""
    last: dict[TensorRef, tuple[int, int]] = {}
    for ref, source, target in wires:
        last[ref] = source, max(target, last.get(ref, (0, 0))[1])
    changes = [0] * (count + 1)
    for source, target in last.values():
        changes[source] += 1
        changes[target] -= 1
    return list(accumulate(changes))[:count]


def _shared(
    wires: Iterable[tuple[TensorRef, int, int]], bounds: Sequence[int]
) -> tuple[list[dict[TensorRef, None]], list[dict[TensorRef, None]]]:
    """The tensors that each part gives to others, and those that it takes from them."""
    within = [
        number for number, (start, end) in enumerate(pairwise(bounds)) for _ in range(start, end)
    ]
    given: list[dict[TensorRef, None]] = [{} for _ in bounds]
    taken: list[dict[TensorRef, None]] = [{} for _ in bounds]
    for ref, source, target in wires:
        if within[source] != within[target]:
            given[within[source]][ref] = None
            taken[within[target]][ref] = None
    return given, taken


def _params(found: Blocks, names: Iterable[str]) -> int | None:
    findings = found.model.analysis.findings
    weights = [findings[name].weights for name in names if name in findings]
    if any(each is None for each in weights):
        return None
    return sum(weight.size for each in weights for weight in each or ())


def _word(nodes: Sequence[Node]) -> str:
    """`640 calls: 420 Dense, 220 Add`."""
    classes = Counter(node.layer.class_name for node in nodes).most_common()
    named = [f"{count:,} {name}" for name, count in classes[:_CLASSES]]
    more = len(classes) - _CLASSES
    if len(classes) == 1:
        return f"{len(nodes):,} {classes[0][0]}"
    return f"{len(nodes):,} calls: {', '.join(named)}" + (
        f" and {more} more kinds" if more > 0 else ""
    )
