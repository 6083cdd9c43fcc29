"""A model as a tree of regions: what `blocks` finds, and how it is said in one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from inspector.graph import Node, TensorRef
from inspector.model import Model
from inspector.shown import Shown


class Step(NamedTuple):
    """One call of a layer that is no model, where it stands in a region."""

    path: str  # of the layer, as in `LayerRow.path`
    node: Node


class Block(NamedTuple):
    """A part of a graph that can be folded into one box without making a cycle.

    Its items stand in an order that can be run, as those of the whole tree do.
    """

    kind: str  # "stage": blocks in a row; "block": a repeated unit; "model": a call of a model;
    # "part": calls that follow one another, where there are too many to look at (`coarse`)
    title: str  # what the names of its layers begin with; of a block else the name of its end
    items: tuple[Item, ...]
    inputs: tuple[TensorRef, ...]  # tensors of its graph that flow in
    outputs: tuple[TensorRef, ...]  # tensors of its graph that others, or the model, take out
    params: int | None  # of its distinct layers; None: nobody knows those of one of them
    mark: str = ""  # of a block: the same letter and primes for the same graph, sizes apart
    word: str = ""  # what the field calls such a block: "bottleneck"
    join: str = ""  # class of the layer where its branches meet at its end: Add, Concatenate …
    identity: bool = False  # whether its input reaches that layer unchanged
    path: str = ""  # of a model: of the layer that it is
    node: Node | None = None  # of a model: its call

    @property
    def residual(self) -> bool:
        """Whether what flows in is added to what its layers make of it."""
        return bool(self.join) and self.join != "Concatenate"

    @property
    def calls(self) -> int:
        """How many layers are called inside, models opened."""
        return sum(1 for _ in self.steps())

    def steps(self) -> Iterator[Step]:
        """Every call of a layer inside, models opened."""
        return steps(self.items)


Item = Step | Block


class Run(NamedTuple):
    """Equal blocks in a row."""

    mark: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Blocks(Shown):
    """A model folded: `items` hold every call of every layer exactly once."""

    model: Model = field(repr=False)
    items: tuple[Item, ...]

    @property
    def units(self) -> tuple[Block, ...]:
        """The innermost repeated blocks in order; those of a model called twice stand twice."""
        return tuple(innermost(self.items))

    @property
    def count(self) -> int | None:
        """How many repeated blocks there are, those of a model called twice once; None: not two."""
        seen: set[tuple[str, ...]] = set()
        for unit in self.units:
            seen.add(tuple(step.path for step in unit.steps()))
        return len(seen) if len(seen) > 1 else None

    @property
    def kinds(self) -> dict[str, Block]:
        """The first block of each kind, by its mark, in the order of appearance."""
        kinds: dict[str, Block] = {}
        for block in walk(self.items):
            if block.kind == "block":
                kinds.setdefault(block.mark, block)
        return kinds

    @property
    def signature(self) -> str:
        """The blocks in one line: `stem + (A + 2·B) + (A + 3·B) + head`; empty without any."""
        return signature(self.items)

    @property
    def stages(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """How many blocks stand in each stage, under the word for them: 3, 4, 6, 3 bottlenecks."""
        found: list[tuple[str, int]] = []
        for item in _spread(self.items):
            if isinstance(item, Block) and item.kind != "model":
                units = list(innermost((item,)))
                found.append((units[0].word, len(units)))
        return tuple(
            (word, tuple(size for _, size in group))
            for word, group in groupby(found, key=lambda one: one[0])
        )


def steps(items: tuple[Item, ...]) -> Iterator[Step]:
    """Every call of a layer in a region, blocks and models opened."""
    stack = list(reversed(items))
    while stack:
        item = stack.pop()
        if isinstance(item, Step):
            yield item
        else:
            stack.extend(reversed(item.items))


def walk(items: tuple[Item, ...]) -> Iterator[Block]:
    """Every block in a region, outer ones first."""
    stack = list(reversed(items))
    while stack:
        item = stack.pop()
        if isinstance(item, Block):
            yield item
            stack.extend(reversed(item.items))


def innermost(items: tuple[Item, ...]) -> Iterator[Block]:
    """The blocks of kind "block" that hold no other such block."""
    order = list(walk(items))
    holding: set[int] = set()
    for block in reversed(order):
        inside = any(isinstance(item, Block) and _holds(item, holding) for item in block.items)
        if inside:
            holding.add(id(block))
    return (block for block in order if block.kind == "block" and id(block) not in holding)


def _holds(block: Block, holding: set[int]) -> bool:
    return block.kind == "block" or id(block) in holding


def runs(blocks: tuple[Item, ...]) -> Iterator[Run]:
    """Equal blocks in a row, folded."""
    found = (block for block in blocks if isinstance(block, Block))
    for mark, group in groupby(found, key=lambda block: block.mark):
        yield Run(mark, tuple(group))


def signature(items: tuple[Item, ...]) -> str:
    """A region in one line, such as `stem + (A + 2·B) + 3·C + head`; empty without a block."""
    parts = [said for item in _spread(items) if (said := _said(item))]
    if not parts:
        return ""
    first, final = _ends(items)
    return " + ".join([*["stem"] * first, *parts, *["head"] * final])


def _said(item: Item) -> str:
    if isinstance(item, Step):
        return ""
    if item.kind == "block":
        return item.mark
    terms = [_times(len(run.blocks), run.mark) for run in runs(item.items)]
    return f"({' + '.join(terms)})" if len(terms) > 1 else "".join(terms)


def _times(count: int, mark: str) -> str:
    return f"{count}·{mark}" if count > 1 else mark


def _spread(items: tuple[Item, ...]) -> Iterator[Item]:
    """Items with models opened that hold blocks."""
    stack = list(reversed(items))
    while stack:
        item = stack.pop()
        if isinstance(item, Block) and item.kind == "model" and next(innermost(item.items), None):
            stack.extend(reversed(item.items))
        else:
            yield item


def _ends(items: tuple[Item, ...]) -> tuple[bool, bool]:
    """Whether layers other than inputs stand before the first block, and after the last."""
    spread = [_loose(item) for item in _spread(items)]
    return spread[0] is True or _before(spread), spread[-1] is True


def _before(spread: list[bool | None]) -> bool:
    for loose in spread:
        if loose is False:
            return False
        if loose:
            return True
    return False


def _loose(item: Item) -> bool | None:
    """True: a layer outside of blocks; False: a block; None: an input, which is nothing yet."""
    if isinstance(item, Block):
        return item.kind == "model"
    return None if item.node.layer.class_name == "InputLayer" else True
