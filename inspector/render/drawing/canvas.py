"""A drawing as data: rectangles, lines of text and curves, in points, y downwards.

Every medium writes the same few shapes, so a picture looks the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

Point = tuple[float, float]
Step = tuple[float, ...]  # (x, y) of a line, or (x1, y1, x2, y2, x, y) of a cubic curve


class Box(NamedTuple):
    """A rectangle; without `fill` or `stroke` it is not filled, or has no outline."""

    x: float
    y: float
    w: float
    h: float
    fill: str = ""
    stroke: str = ""
    thick: float = 0.75
    radius: float = 0
    dash: tuple[float, ...] = ()
    opacity: float = 1  # of the fill


class Words(NamedTuple):
    """One line of text; `y` is its baseline, `x` where its `anchor` lies."""

    x: float
    y: float
    text: str
    size: float
    fill: str
    bold: bool = False
    anchor: str = "start"  # start, middle, end


class Curve(NamedTuple):
    """A line of straight and cubic steps; filled and closed where it has a `fill`."""

    start: Point
    steps: tuple[Step, ...]
    stroke: str = ""
    thick: float = 1
    fill: str = ""
    dash: tuple[float, ...] = ()


class Group(NamedTuple):
    """Shapes that belong together: one layer, one edge. `data` and `title` are for the reader."""

    items: tuple[Item, ...]
    data: tuple[tuple[str, str], ...] = ()
    title: str = ""


Item = Box | Words | Curve | Group


class Drawing(NamedTuple):
    """A whole picture; `title` and `description` are what a screen reader says."""

    width: float
    height: float
    items: tuple[Item, ...]
    background: str
    title: str = ""
    description: str = ""


def flat(items: Iterable[Item]) -> Iterator[Box | Words | Curve]:
    """The shapes alone, in the order in which they are painted."""
    for item in items:
        if isinstance(item, Group):
            yield from flat(item.items)
        else:
            yield item


def moved(item: Item, dx: float, dy: float, scale: float = 1) -> Item:
    """The item scaled about the origin, then moved."""
    if isinstance(item, Group):
        return item._replace(items=tuple(moved(each, dx, dy, scale) for each in item.items))
    if isinstance(item, Box):
        return item._replace(
            x=item.x * scale + dx,
            y=item.y * scale + dy,
            w=item.w * scale,
            h=item.h * scale,
            radius=item.radius * scale,
        )
    if isinstance(item, Words):
        return item._replace(x=item.x * scale + dx, y=item.y * scale + dy, size=item.size * scale)
    return item._replace(
        start=(item.start[0] * scale + dx, item.start[1] * scale + dy),
        steps=tuple(
            tuple(value * scale + (dy if place % 2 else dx) for place, value in enumerate(step))
            for step in item.steps
        ),
    )
