"""Cards: rows of layers as rectangles and text, measured before they are placed.

Points throughout. A card knows its size once its columns are measured; painting adds the place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from inspector.render.drawing.canvas import Box, Group, Item, Words
from inspector.render.drawing.entries import Entry
from inspector.render.drawing.metrics import shortened, width
from inspector.render.drawing.palette import Theme
from inspector.render.drawing.route import Size

NAME, SMALL, TITLE = 8.5, 7.5, 10.5
LINE, SECOND = 13.0, 11.5  # heights of the two lines of a row
_LEFT, _RIGHT, _ROOM = 10.0, 7.0, 3.0
_STRIP = 3.5
_GAP, _COLUMNS = 4.0, 12.0
CHIP = 11.5
_LINES, _NEXT, _WIDE = 4, 9.5, 16  # of a pill: how many, how far apart, signs in one line


class Card(NamedTuple):
    """Layers in a plain chain, one row each; `prefix` is left out of their names."""

    entries: tuple[Entry, ...]
    prefix: str = ""
    highlight: str = ""  # "frozen", "params" or nothing

    @property
    def state(self) -> str:
        """The state of its rows that have weights, which is one where it is highlighted."""
        return next((entry.state for entry in self.entries if entry.state), "")


def card_size(card: Card, least: float = 0) -> Size:
    """The width of its widest row, and the height of all."""
    across = max(_row_width(entry, card.prefix) for entry in card.entries)
    along = sum(LINE + (SECOND if entry.tall else 0) for entry in card.entries) + 2 * _ROOM
    return Size(max(across, least), along)


def paint_card(card: Card, x: float, y: float, size: Size, theme: Theme) -> Iterator[Item]:
    """The frame, then each row as a group of its own."""
    yield _frame(card, x, y, size, theme)
    top = y + _ROOM
    for entry in card.entries:
        height = LINE + (SECOND if entry.tall else 0)
        yield Group(
            tuple(_row(entry, card, Box(x, top, size.across, height), theme)),
            (("layer", entry.path),) if not entry.call else (("call", entry.key),),
            _spoken(entry),
        )
        top += height


def shown_name(entry: Entry, prefix: str) -> str:
    """Its name without what all names around it begin with, its middle left out when long."""
    name = entry.name.removeprefix(prefix) or entry.name
    return shortened(name)


def _spoken(entry: Entry) -> str:
    number = f", {entry.number} parameters" if entry.number else ""
    shape = f", output {entry.shape}" if entry.shape else ""
    return f"{entry.name}, {entry.what}{shape}{number}"


def _row_width(entry: Entry, prefix: str) -> float:
    name, what, right = shown_name(entry, prefix), entry.what, _right(entry)
    first = width(name, NAME, entry.tall) + _GAP + width(shortened(what, 44), SMALL)
    if entry.inside:
        first += CHIP + _GAP
    first += width(right[0], right[1], right[2])
    second = 0.0
    if entry.tall:
        second = width(_formula(entry), SMALL) + width(entry.shape, SMALL)
    return max(first, second) + _LEFT + _COLUMNS + _RIGHT


def _formula(entry: Entry) -> str:
    return shortened(entry.formula, 40)


def _right(entry: Entry) -> tuple[str, float, bool]:
    """What stands at the right of the first line, its size, and whether it is bold."""
    if entry.number and entry.number != "shared":
        return entry.number, NAME, entry.tall
    return (entry.number or entry.shape), SMALL, False


def _frame(card: Card | Pill, x: float, y: float, size: Size, theme: Theme) -> Box:
    look = theme.frame(card.state if card.highlight == "frozen" else "")
    return Box(x, y, size.across, size.along, look.fill, look.stroke, look.thick, 3, look.dash)


def _row(entry: Entry, card: Card, place: Box, theme: Theme) -> Iterator[Item]:
    """Strip, share, name and class, number; below them formula and shape."""
    yield from _colours(entry, card.highlight, place, theme)
    base = place.y + LINE - 3.6
    left, right = place.x + _LEFT, place.x + place.w - _RIGHT
    name = shown_name(entry, card.prefix)
    yield Words(left, base, name, NAME, theme.ink, entry.tall)
    left += width(name, NAME, entry.tall) + _GAP
    yield Words(left, base, shortened(entry.what, 44), SMALL, theme.soft)
    if entry.inside:
        left += width(shortened(entry.what, 44), SMALL) + _GAP
        yield from chip(entry.inside, left, place.y + 0.9, theme)
    text, size, bold = _right(entry)
    if text:
        ink = theme.ink if size == NAME else theme.soft
        yield Words(right, base, text, size, ink, bold, "end")
    if entry.tall:
        base += SECOND - 0.6
        yield Words(place.x + _LEFT, base, _formula(entry), SMALL, theme.soft)
        if entry.shape:
            yield Words(right, base, entry.shape, SMALL, theme.soft, anchor="end")


def _colours(entry: Entry, highlight: str, place: Box, theme: Theme) -> Iterator[Item]:
    """The strip of its kind and the shade of its share, or what is highlighted instead."""
    if highlight == "params":
        yield from _share(entry, place, theme.heat, 0.45, theme)
    elif highlight != "frozen":
        yield from _share(entry, place, theme.kinds[entry.kind], theme.tint, theme)
        yield from strip(entry.kind, place.x, place.y, place.h, theme)


def _share(entry: Entry, place: Box, colour: str, tint: float, theme: Theme) -> Iterator[Item]:
    """The part of the row that is shaded: its share of the parameters."""
    room = place.w - _STRIP - 0.4
    wide = room * min(entry.share, 1)
    if theme.name == "print":
        colour = "#000000"
    if wide >= 0.3:
        yield Box(place.x + _STRIP, place.y, wide, place.h, colour, opacity=tint)


def strip(kind: str, x: float, y: float, height: float, theme: Theme) -> Iterator[Item]:
    """The colour of a kind at the left of a row."""
    colour = theme.kinds[kind]
    if kind not in theme.outlined:
        yield Box(x, y, _STRIP, height, colour)
        return
    yield Box(x + 0.2, y + 0.4, _STRIP - 0.4, height - 0.8, colour, theme.ink, 0.4)
    if kind == "unknown":
        for place in range(1, int(height / 3)):
            yield Box(x + 0.2, y + 3 * place, _STRIP - 0.4, 0.6, theme.ink)


def chip(letter: str, x: float, y: float, theme: Theme) -> Iterator[Item]:
    """A letter on a dark square, which names a kind of block."""
    wide = chip_width(letter)
    yield Box(x, y, wide, CHIP, theme.ink, radius=2.2)
    yield Words(x + wide / 2, y + 8.6, letter, 8, theme.page, True, "middle")


def chip_width(letter: str) -> float:
    """The width of a chip."""
    return max(CHIP, width(letter, 8, True) + 5)


class Run(NamedTuple):
    """Blocks of one kind that follow one another: `B ×2 block2 – block3  2 · 71,552`."""

    letter: str
    times: int
    members: str
    number: str
    state: str = ""


class Stage(NamedTuple):
    """A folded stretch of the model, with the runs of blocks that it is made of."""

    title: str
    shape: str
    params: int | None
    number: str
    share: float
    runs: tuple[Run, ...]
    kind: str = "convolution"  # what most of its parameters are in
    state: str = ""
    bar: bool = True
    highlight: str = ""
    labels: tuple[str, ...] = ()  # the names of each of its outputs in Python

    @property
    def slim(self) -> bool:
        """Whether one line says it all: a single block, with its letter in front."""
        return not self.bar and len(self.runs) == 1 and self.runs[0].times == 1


_ROW = 12.5


def stage_size(stage: Stage, least: float = 0) -> Size:
    """As wide as its widest line."""
    first = width(stage.title, TITLE, True) + 6 + width(stage.shape, SMALL) + _COLUMNS
    first += width(stage.number, NAME, True) + 8 + width("58.5 %", SMALL)
    runs = max((_run_width(run) for run in stage.runs), default=0)
    along = 17.0 + (8 if stage.bar else 0) + (0 if stage.slim else _ROW * len(stage.runs)) + 3.5
    if stage.slim:
        first += chip_width(stage.runs[0].letter) + 5
    return Size(max(first, runs, least - 14) + 14, along)


def _run_width(run: Run) -> float:
    return (
        chip_width(run.letter) + 5 + 20 + width(run.members, SMALL) + _COLUMNS
        + width(run.number, NAME)
    )  # fmt: skip


def paint_stage(stage: Stage, x: float, y: float, size: Size, theme: Theme) -> Iterator[Item]:
    """Title, shape, number and share; a bar of the share; a line for each run."""
    look = theme.frame(stage.state if stage.highlight == "frozen" else "")
    yield Box(x, y, size.across, size.along, look.fill, look.stroke, look.thick, 3, look.dash)
    left, right, base = x + 7, x + size.across - 7, y + 13
    if stage.slim:
        yield from chip(stage.runs[0].letter, left, y + 4.2, theme)
        left += chip_width(stage.runs[0].letter) + 5
    yield Words(left, base, stage.title, TITLE, theme.ink, True)
    after = left + width(stage.title, TITLE, True) + 6
    if stage.shape:
        yield Words(after, base, stage.shape, SMALL, theme.soft)
    yield Words(right, base, percent(stage.share), SMALL, theme.soft, anchor="end")
    number = right - width("58.5 %", SMALL) - 5
    yield Words(number, base, stage.number, NAME, theme.ink, True, "end")
    top = y + 17
    if stage.bar:
        room = size.across - 14
        yield Box(left, top + 1.5, room, 4.5, theme.track)
        if stage.share:
            colour = theme.heat if stage.highlight == "params" else theme.kinds[stage.kind]
            yield Box(left, top + 1.5, max(room * stage.share, 0.6), 4.5, colour)
        top += 8
    for run in () if stage.slim else stage.runs:
        if stage.highlight == "frozen" and run.state != stage.state:
            look = theme.frame(run.state)
            yield Box(left - 3, top + 0.7, right - left + 6, _ROW - 0.9, look.fill, look.stroke,
                      0.7, 2, look.dash)  # fmt: skip
        yield from _run(run, left, right, top + 1, theme)
        top += _ROW


def _run(run: Run, left: float, right: float, top: float, theme: Theme) -> Iterator[Item]:
    yield from chip(run.letter, left, top, theme)
    base = top + 8.8
    after = left + chip_width(run.letter) + 5
    yield Words(after, base, f"×{run.times}", NAME, theme.ink, True)
    yield Words(after + 20, base, run.members, SMALL, theme.soft)
    yield Words(right, base, run.number, NAME, theme.ink, anchor="end")


def percent(part: float) -> str:
    """A share as it is written beside a bar.

    >>> percent(0.585), percent(0.0002), percent(0)
    ('58.5 %', '<0.1 %', '0 %')
    """
    if 0 < part < 0.001:
        return "<0.1 %"
    return f"{part * 100:.1f} %" if part else "0 %"


class Pill(NamedTuple):
    """A chain in one box: class and parameters, where rows would take too much room."""

    entries: tuple[Entry, ...]
    highlight: str = ""

    @property
    def state(self) -> str:
        """The state of its rows that have weights, which is one where it is highlighted."""
        return next((entry.state for entry in self.entries if entry.state), "")

    @property
    def lines(self) -> tuple[str, ...]:
        """What it is, by its kernels, alike ones together; else by its first layer."""
        kernels = [entry for entry in self.entries if entry.tall] or list(self.entries[:1])
        counted = Counter(entry.what for entry in kernels)
        texts = [f"{what} ×{n}" if n > 1 else what for what, n in counted.items()]
        if len(texts) == 1 and len(texts[0]) > _WIDE:
            texts = texts[0].split(" ", 1)
        if len(texts) > _LINES:
            texts = [*texts[: _LINES - 1], f"and {len(texts) - _LINES + 1} more"]
        return tuple(shortened(text, 28) for text in texts)

    @property
    def number(self) -> str:
        """The parameters of all; empty where there are none."""
        if any(entry.params is None for entry in self.entries):
            return "?"
        total = sum(entry.params or 0 for entry in self.entries)
        return f"{total:,}" if total else ""


def pill_size(pill: Pill) -> Size:
    """A line for each kind of kernel, and one for the parameters where it has any."""
    across = max(*(width(line, SMALL) for line in pill.lines), width(pill.number, NAME, True))
    along = 2 * _ROOM + LINE + _NEXT * (len(pill.lines) - 1) + (SECOND if pill.number else 0)
    return Size(across + _LEFT + _RIGHT, along)


def paint_pill(pill: Pill, x: float, y: float, size: Size, theme: Theme) -> Iterator[Item]:
    """A card of few lines for the whole chain."""
    lead = next((entry for entry in pill.entries if entry.tall), pill.entries[0])
    parts: list[Item] = [_frame(pill, x, y, size, theme)]
    share = lead._replace(share=sum(entry.share for entry in pill.entries))
    place = Box(x, y + _ROOM, size.across, size.along - 2 * _ROOM)
    parts.extend(_colours(share, pill.highlight, place, theme))
    ink = theme.soft if pill.number else theme.ink
    base = y + _ROOM + LINE - 3.6
    for line in pill.lines:
        parts.append(Words(x + _LEFT, base, line, SMALL, ink))
        base += _NEXT
    if pill.number:
        base += SECOND - _NEXT - 0.6
        parts.append(Words(x + _LEFT, base, pill.number, NAME, theme.ink, True))
    spoken = "; ".join(map(_spoken, pill.entries))
    yield Group(tuple(parts), (("chain", pill.entries[0].path),), spoken)


class Tag(NamedTuple):
    """Words without a box: where data enters an inset."""

    text: str


def tag_size(tag: Tag) -> Size:
    """The size of its line."""
    return Size(width(tag.text, SMALL), 10.5)


def paint_tag(tag: Tag, x: float, y: float, size: Size, theme: Theme) -> Iterator[Item]:
    """The words, in the middle."""
    yield Words(x + size.across / 2, y + 7.5, tag.text, SMALL, theme.soft, anchor="middle")


Shape = Card | Stage | Pill | Tag


def size_of(shape: Shape, least: float = 0) -> Size:
    """The size of anything that is placed."""
    if isinstance(shape, Card):
        return card_size(shape, least)
    if isinstance(shape, Stage):
        return stage_size(shape, least)
    return pill_size(shape) if isinstance(shape, Pill) else tag_size(shape)


def paint(shape: Shape, x: float, y: float, size: Size, theme: Theme) -> Iterator[Item]:
    """What anything that is placed looks like."""
    if isinstance(shape, Card):
        return paint_card(shape, x, y, size, theme)
    if isinstance(shape, Stage):
        return paint_stage(shape, x, y, size, theme)
    if isinstance(shape, Pill):
        return paint_pill(shape, x, y, size, theme)
    return paint_tag(shape, x, y, size, theme)


def chains(count: int, wires: Sequence[tuple[int, int]], alone: Sequence[bool]) -> list[list[int]]:
    """Numbers in plain chains: each feeds the next and nothing else, which takes nothing else.

    >>> chains(4, [(0, 1), (1, 2), (1, 3)], [False] * 4)
    [[0, 1], [2], [3]]
    """
    after: list[list[int]] = [[] for _ in range(count)]
    before: list[list[int]] = [[] for _ in range(count)]
    for source, target in wires:
        after[source].append(target)
        before[target].append(source)
    of: dict[int, list[int]] = {}
    made: list[list[int]] = []
    for number in range(count):
        source = before[number][0] if len(before[number]) == 1 else -1
        joins = source >= 0 and len(after[source]) == 1
        if joins and not alone[number] and not alone[source]:
            of[number] = of[source]
            of[source].append(number)
        else:
            of[number] = [number]
            made.append(of[number])
    return made
