"""Trunk and insets on one page: the map on the left, each kind of block once on the right.

What fits is found by trying: first every kind in little detail, then as many as there is room for
in full, those that hold most parameters first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from inspector.errors import LimitError
from inspector.render.drawing.canvas import Box, Item, Words, moved
from inspector.render.drawing.cards import CHIP, Stage, chip, chip_width, size_of
from inspector.render.drawing.folded import Inset
from inspector.render.drawing.metrics import shortened, width
from inspector.render.drawing.palette import Theme
from inspector.render.drawing.parts import Arranged, Boxes, arranged, boxes

WIDE = 541.0  # of A4, between its margins
_APART, _BETWEEN, _PAD = 14.0, 9.0, 10.0
_TITLE, _SMALL = 10.0, 7.5
_SCALES = (1.0, 0.92, 0.84)  # smaller than this, text is hard to read
_SMALLEST = 0.7  # for a wide one, which would need a place of its own
_MOST = 10  # insets on one page
_ITEMS = 300  # in an inset that is drawn
_COLUMN = 330.0  # wider than this, a trunk leaves no room for insets beside it


class Look(NamedTuple):
    """How an inset is drawn: in how much detail, and how small."""

    compact: bool
    scale: float


class Page(NamedTuple):
    """The drawing, and the letters of the kinds that found no room on it."""

    body: Arranged
    left_out: tuple[str, ...]


@dataclass
class Layouts:
    """What insets look like inside; each is laid out when it is first asked for."""

    theme: Theme
    highlight: str = ""
    wrap: bool = False
    made: dict[tuple[str, bool], Arranged] = field(default_factory=dict)

    def inner(self, inset: Inset, compact: bool) -> Arranged:
        """The inset's drawing, in little detail or in full."""
        key = inset.mark, compact
        if key not in self.made:
            found = boxes(inset.part, compact=compact, highlight=self.highlight)
            apart = 10 if compact else 16
            self.made[key] = arranged(found, self.theme, apart=apart, wrap=self.wrap)
        return self.made[key]


def page(
    trunk: Boxes, spare: Boxes, insets: Sequence[Inset], layouts: Layouts, room: float
) -> Page:
    """Trunk and insets, in a height of `room` where that can be done.

    Args:
        spare: the trunk in little detail, for one that is too wide or too high.
    """
    columns = _columns(trunk, spare, layouts.theme)
    column = next(columns)
    drawable = (inset for inset in insets if len(inset.part.items) <= _ITEMS)
    ranked = sorted(drawable, key=lambda inset: (-inset.times, -inset.weight))[:_MOST]
    looks = {inset.mark: Look(True, 1.0) for inset in ranked}
    while not _settled(column, insets, looks, layouts, room):
        leaner = next(columns, None)
        if leaner is not None:
            column = leaner
            room = max(room, column.height)
        elif len(looks) < 2:
            break
        else:
            looks.pop(list(looks)[-1])
    for mark in list(looks):
        _upgrade(mark, column, insets, looks, layouts, room)
    body = _fitted(_composed(column, insets, looks, layouts), room)
    return Page(body, tuple(inset.mark for inset in insets if inset.mark not in looks))


def _columns(trunk: Boxes, spare: Boxes, theme: Theme) -> Iterator[Arranged]:
    """The trunk in less and less detail, as long as that helps."""
    full = _column(trunk, theme)
    if full.width > _COLUMN:
        yield _column(_slim(spare), theme, 14)
        return
    yield full
    slim = _column(_slim(trunk), theme, 14)
    if slim.height < full.height:
        yield slim


def _fitted(body: Arranged, room: float) -> Arranged:
    """The body, a little smaller where that makes it fit."""
    scale = max(min(room / body.height, WIDE / body.width), _SMALLEST)
    if scale >= 1:
        return body
    left = max(WIDE - body.width * scale, 0) / 2
    items = tuple(moved(item, left, 0, scale) for item in body.items)
    return Arranged(items, max(WIDE, body.width * scale), body.height * scale)


def _settled(
    column: Arranged,
    insets: Sequence[Inset],
    looks: dict[str, Look],
    layouts: Layouts,
    room: float,
) -> bool:
    """Make all of them as large as the page allows; whether there is such a size."""
    for scale in _SCALES:
        for mark in looks:
            looks[mark] = Look(True, scale)
        if _rows(column, insets, looks, layouts).height <= room:
            return True
    return False


def _upgrade(
    mark: str,
    column: Arranged,
    insets: Sequence[Inset],
    looks: dict[str, Look],
    layouts: Layouts,
    room: float,
) -> None:
    """Draw one inset in full, where the page still holds it."""
    before = looks[mark]
    inset = next(one for one in insets if one.mark == mark)
    if len(inset.part.items) > 120:
        return
    for scale in _SCALES:
        looks[mark] = Look(False, scale)
        try:
            rows = _rows(column, insets, looks, layouts)
        except LimitError:
            break
        small = any(p.look.scale < scale for p in rows.panels if p.inset.mark == mark)
        if rows.height <= room and not small:
            return
    looks[mark] = before


def _slim(trunk: Boxes) -> Boxes:
    """The trunk with stages of one line less."""
    shapes = (s._replace(bar=False) if isinstance(s, Stage) else s for s in trunk.shapes)
    return trunk._replace(shapes=tuple(shapes))


def _column(trunk: Boxes, theme: Theme, gap: float = 17) -> Arranged:
    """The trunk; its boxes of one width where they stand one below the other."""
    staged = any(isinstance(shape, Stage) for shape in trunk.shapes)
    targets = [wire.target for wire in trunk.wires if wire.target == wire.source + 1]
    single = len(set(targets)) >= len(trunk.shapes) - 1
    widest = max((size_of(shape).across for shape in trunk.shapes), default=0)
    return arranged(trunk, theme, least=widest if staged and single else 0, gaps=(gap, gap + 8))


class Panel(NamedTuple):
    """An inset with its frame: the corner of it, and what is inside."""

    inset: Inset
    look: Look
    frame: Box
    lines: tuple[str, ...]  # of small text below the title


class Rows(NamedTuple):
    """Panels in their places, and how high trunk and panels are together."""

    panels: tuple[Panel, ...]
    height: float


def _rows(
    column: Arranged, insets: Sequence[Inset], looks: dict[str, Look], layouts: Layouts
) -> Rows:
    """Panels beside the trunk, two in a row where they are narrow; the wide ones below it."""
    beside = WIDE - column.width - _APART
    chosen = [inset for inset in insets if inset.mark in looks]
    panels = [_panel(inset, looks[inset.mark], layouts, beside) for inset in chosen]
    narrow = [panel for panel in panels if panel.frame.w <= beside]
    wide = [panel for panel in panels if panel.frame.w > beside]
    placed, low = _flow(narrow, column.width + _APART, 0, beside)
    low = max(low - _BETWEEN, column.height)
    below, end = _flow(wide, 0, low + _APART, WIDE)
    height = end - _BETWEEN if below else low
    return Rows((*placed, *below), height)


def _flow(panels: Sequence[Panel], x: float, y: float, room: float) -> tuple[list[Panel], float]:
    """Panels in rows of one or two, each as wide as the room allows; and where the next begins."""
    half = (room - _BETWEEN) / 2
    placed: list[Panel] = []
    place = 0
    while place < len(panels):
        row = list(panels[place : place + 1])
        if all(panel.frame.w <= half for panel in panels[place : place + 2]):
            row = list(panels[place : place + 2])
        each = room if len(row) == 1 else half
        high = max(panel.frame.h for panel in row)
        for number, panel in enumerate(row):
            frame = Box(x + number * (half + _BETWEEN), y, each, high)
            placed.append(panel._replace(frame=frame))
        y += high + _BETWEEN
        place += len(row)
    return placed, y


def _panel(inset: Inset, look: Look, layouts: Layouts, beside: float) -> Panel:
    """An inset measured; its frame still without a place.

    It is made a little smaller where it then has room beside the trunk.
    """
    inner = layouts.inner(inset, look.compact)
    scale = min(look.scale, (WIDE - 2 * _PAD) / inner.width)
    fitting = (beside - 2 * _PAD) / inner.width
    if look.compact and _SMALLEST <= fitting < scale:
        scale = fitting
    wide = inner.width * scale + 2 * _PAD
    title = 8 + chip_width(inset.mark) + 6 + width(inset.title, _TITLE, True) + 8
    one = "   ".join(inset.facts)
    left = 8 + chip_width(inset.mark) + 6
    lines = (one,) if left + width(one, _SMALL) + 8 <= max(wide, title) else inset.facts
    wide = max(wide, title, left + max(width(line, _SMALL) for line in lines) + 8)
    high = inner.height * scale + _header(lines) + _PAD
    return Panel(inset, Look(look.compact, scale), Box(0, 0, min(wide, WIDE), high), lines)


def _header(lines: Sequence[str]) -> float:
    return 25.0 + 9.5 * len(lines)


def _composed(
    column: Arranged, insets: Sequence[Inset], looks: dict[str, Look], layouts: Layouts
) -> Arranged:
    rows = _rows(column, insets, looks, layouts)
    items = list(column.items)
    for panel in rows.panels:
        items.extend(_painted(panel, layouts))
    return Arranged(tuple(items), max(WIDE, column.width), rows.height)


def _painted(panel: Panel, layouts: Layouts) -> Iterator[Item]:
    """A frame with letter and title, and the block in the middle of it."""
    inset, frame, theme = panel.inset, panel.frame, layouts.theme
    yield _framed(frame, theme)
    yield from chip(inset.mark, frame.x + 8, frame.y + 7.5, theme)
    left = frame.x + 8 + chip_width(inset.mark) + 6
    yield Words(left, frame.y + 8 + CHIP - 2, shortened(inset.title, 60), _TITLE, theme.ink, True)
    one = "   ".join(inset.facts)
    fits = left - frame.x + width(one, _SMALL) + 8 <= frame.w
    for number, line in enumerate((one,) if fits else panel.lines):
        yield Words(left, frame.y + 28.5 + 9.5 * number, line, _SMALL, theme.soft)
    inner = layouts.inner(inset, panel.look.compact)
    scale = panel.look.scale
    x = frame.x + (frame.w - inner.width * scale) / 2
    for item in inner.items:
        yield moved(item, x, frame.y + _header(panel.lines), scale)


def _framed(frame: Box, theme: Theme) -> Box:
    """The frame in the colours of a panel."""
    return frame._replace(fill=theme.panel, stroke=theme.line, radius=4)


def beside(
    column: Arranged, insets: Sequence[Inset], layouts: Layouts, compact: bool = False
) -> Arranged:
    """A drawing of any size, with insets of any size one below the other at its right."""
    items = list(column.items)
    x, y, right = column.width + 2 * _APART, 0.0, column.width
    for inset in insets:
        panel = _panel(inset, Look(compact, 1.0), layouts, 0)
        inner = layouts.inner(inset, compact)
        wide = max(inner.width + 2 * _PAD, panel.frame.w)
        high = inner.height + _header(panel.lines) + _PAD
        frame = Box(x, y, wide, high)
        items.extend(_painted(panel._replace(look=Look(compact, 1.0), frame=frame), layouts))
        y += high + _BETWEEN
        right = max(right, x + wide)
    return Arranged(tuple(items), right, max(column.height, y - _BETWEEN))


def above(column: Arranged, insets: Sequence[Inset], layouts: Layouts) -> Arranged:
    """A trunk from left to right, with the insets in rows below it."""
    items = list(column.items)
    x, y, high, right = 0.0, column.height + _APART, 0.0, max(column.width, WIDE)
    for inset in insets:
        panel = _panel(inset, Look(False, 1.0), layouts, 0)
        inner = layouts.inner(inset, False)
        wide = max(inner.width + 2 * _PAD, panel.frame.w)
        if x and x + wide > right:
            x, y, high = 0.0, y + high + _BETWEEN, 0.0
        frame = Box(x, y, wide, inner.height + _header(panel.lines) + _PAD)
        items.extend(_painted(panel._replace(look=Look(False, 1.0), frame=frame), layouts))
        x, high, right = x + wide + _BETWEEN, max(high, frame.h), max(right, x + wide)
    return Arranged(tuple(items), right, y + high)
