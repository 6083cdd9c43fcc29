"""A plan of what is trained as a picture: the new head, what is frozen, the way of the gradient."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from inspector.answers.blocks import Block, Blocks, blocks
from inspector.answers.blocks.tree import walk
from inspector.answers.transfer import Transfer
from inspector.infer import analyze
from inspector.model import Model, model_of
from inspector.render.drawing.canvas import Curve, Group, Item
from inspector.render.drawing.palette import Theme, theme_named
from inspector.render.drawing.picture import Picture, Wish, picture
from inspector.render.plot import Plot
from inspector.render.safe import plain

DRAWN = ("svg", "png", "pdf")
_THICK = 1.8  # of an arrow that the gradient travels back along; others have 1


class _Reach(NamedTuple):
    """What the gradient passes, by the names that arrows have in a drawing."""

    ends: frozenset[str]
    theme: Theme


def transfer_plot(answer: Transfer, wish: Wish) -> Plot:
    """The picture of a plan; unless something else is wished for, coloured by what is frozen.

    Raises:
        ReadError: something is asked for that there is none of.
        LimitError: it would be too large.
    """
    wish = wish._replace(
        highlight=wish.highlight or "frozen", remarks=(*wish.remarks, *_remarks(answer))
    )
    model = planned(answer)
    made = picture(model, wish)
    drawn = frozenset(_keys(made.drawing.items))
    reach = _Reach(frozenset(_ends(answer, blocks(model), drawn)), theme_named(wish.theme))
    items = tuple(_traced(item, reach) for item in made.drawing.items)
    return Plot(model, wish, laid_out=Picture(made.drawing._replace(items=items), made.notes))


def planned(answer: Transfer) -> Model:
    """The model of a plan: flags set, and the head on it."""
    base = answer.base
    name = f"{base.name} + head" if answer.head else base.name
    graph = answer.whole._replace(name=name)
    return model_of(analyze(graph), source=base.source, format=base.format)


def _remarks(answer: Transfer) -> Iterator[str]:
    doors = ", ".join(plain(name) for name, _ in answer.inputs)
    yield f"The data enters at {doors}: frozen layers still compute."
    if answer.first_trained is None:
        yield "Nothing is trained: no gradient is needed."
    else:
        yield (
            "Thick arrows: the gradient travels back along them, as far as "
            f"{plain(answer.first_trained)}."
        )


def _ends(answer: Transfer, tree: Blocks, drawn: Collection[str]) -> Iterator[str]:
    """The layers that the gradient passes, with the models, stages and blocks around them.

    Where a kind of block is drawn once, and it passes one of them and not another, it is left out.
    """
    passed = {layer.path for layer in answer.layers if layer.gradient}
    kinds: dict[str, list[Block]] = {}
    for block in walk(tree.items):
        kinds.setdefault(block.mark, []).append(block)
        if any(step.path in passed for step in block.steps()):
            yield from filter(None, (block.title, block.path))
    unsaid: set[str] = set()
    for mark, found in kinds.items():
        inside = [[step.path for step in block.steps()] for block in found]
        ways = {tuple(path in passed for path in paths) for paths in inside}
        apart = any(path in drawn for path in inside[-1])
        if mark and len(ways) > 1 and not apart:
            unsaid.update(path for paths in inside for path in paths)
    yield from passed - unsaid


def _keys(items: Iterable[Item]) -> Iterator[str]:
    """The names of the layers that arrows join."""
    for item in items:
        if isinstance(item, Group):
            yield from (value for key, value in item.data if key in ("from", "to"))
            yield from _keys(item.items)


def _traced(item: Item, reach: _Reach) -> Item:
    """A shape, or an arrow in the colour of what is trained where the gradient passes both ends."""
    if not isinstance(item, Group):
        return item
    data = dict(item.data)
    if "from" not in data or "to" not in data:
        return item._replace(items=tuple(_traced(each, reach) for each in item.items))
    if not _passes((data["from"], data["to"]), reach.ends):
        return item
    return item._replace(items=tuple(_marked(each, reach.theme) for each in item.items))


def _passes(keys: Collection[str], ends: Collection[str]) -> bool:
    return all(key.partition("#")[0] in ends for key in keys)


def _marked(item: Item, theme: Theme) -> Item:
    if not isinstance(item, Curve):
        return item
    colour = theme.trained[1]
    if item.stroke:
        return item._replace(stroke=colour, thick=_THICK)
    return item._replace(fill=colour)
