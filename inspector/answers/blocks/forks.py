"""The inside of a block as it is drawn: steps in a row, and forks that join again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from inspector.answers.blocks.tree import Block, Item, Step
from inspector.graph import Node, TensorRef


class Fork(NamedTuple):
    """Branches that leave one tensor, and the item where they meet."""

    branches: tuple[tuple[Item, ...], ...]  # that with the most items last
    join: Item
    identity: bool  # whether the tensor itself goes there as well


def node_of(item: Item) -> Node:
    """The call that a step is, or that a model inside is.

    Raises:
        ValueError: the item is a stage or a block, which is no call.
    """
    if item.node is None:
        raise ValueError("a stage or a block is no call")
    return item.node


def calls(items: Sequence[Item]) -> list[Item]:
    """Stages and blocks opened, models not: the calls of one graph."""
    found: list[Item] = []
    stack = list(reversed(items))
    while stack:
        item = stack.pop()
        if isinstance(item, Block) and item.kind != "model":
            stack.extend(reversed(item.items))
        else:
            found.append(item)
    return found


def forks(items: Sequence[Item]) -> list[Step | Block | Fork]:
    """Calls of one graph in a row, with what lies between two cuts as forks.

    What the first of them takes is where branches may leave from; other tensors from outside
    come in on the way and fork nothing.
    """
    if not items:
        return []
    entry = set(node_of(items[0]).inputs)
    places = {_call(item): place for place, item in enumerate(items)}
    users: list[list[int]] = [[] for _ in range(len(items) + 1)]  # the last: of the entry
    for place, item in enumerate(items):
        for ref in dict.fromkeys(node_of(item).inputs):
            source = places.get((ref.layer, ref.call), -1)
            if source >= 0 or ref in entry:
                users[source].append(place)
    found: list[Step | Block | Fork] = []
    start, fork, reach = 0, -1, max(users[-1], default=0)
    for place, item in enumerate(items):
        if reach <= place:
            whole = range(start, place)
            if whole:
                taken = entry if fork < 0 else _outputs(items[fork])
                found.append(_fork(items, users, whole, taken))
            else:
                found.append(item)
            start, fork = place + 1, place
        reach = max(reach, max(users[place], default=0))
    return [*found, *items[start:]]


def _call(item: Item) -> tuple[str, int]:
    node = node_of(item)
    return node.layer.name, node.call


def _outputs(item: Item) -> set[TensorRef]:
    name, call = _call(item)
    return {TensorRef(name, call)}


def _fork(
    items: Sequence[Item], users: Sequence[Sequence[int]], inside: range, taken: set[TensorRef]
) -> Fork:
    """The items of `inside` in branches that no edge connects; the next one joins them."""
    root = list(range(len(items)))

    def branch(place: int) -> int:
        while root[place] != place:
            root[place] = root[root[place]]
            place = root[place]
        return place

    for place in inside:
        for user in users[place]:
            if user in inside:
                root[branch(user)] = branch(place)
    branches: dict[int, list[Item]] = {}
    for place in inside:
        branches.setdefault(branch(place), []).append(items[place])
    join = items[inside.stop]
    return Fork(
        tuple(sorted(map(tuple, branches.values()), key=len)),
        join,
        not taken.isdisjoint(node_of(join).inputs),
    )
