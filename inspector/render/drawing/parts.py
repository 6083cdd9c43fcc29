"""Graphs to draw: boxes of rows, and the wires between them; and the same with places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from inspector.render.drawing.canvas import Group, Item, Point, Words
from inspector.render.drawing.cards import Card, Pill, Shape, Stage, chains, paint, size_of
from inspector.render.drawing.columns import Columns, columns
from inspector.render.drawing.entries import Entry
from inspector.render.drawing.layout import Wire, placed
from inspector.render.drawing.metrics import shortened, width
from inspector.render.drawing.palette import Theme
from inspector.render.drawing.route import Plan, Size, curve, planned


class Link(NamedTuple):
    """A tensor between two rows: output number `output` of `source`; the numbers are places."""

    source: int
    output: int
    target: int


class Part(NamedTuple):
    """Rows, or whole shapes in place of rows, and what flows between them, in call order."""

    items: tuple[Entry | Shape, ...]
    links: tuple[Link, ...]
    prefix: str = ""

    def key(self, place: int) -> str:
        """What the item at a place is called in `data-from` and `data-to`."""
        item = self.items[place]
        if isinstance(item, Entry):
            return item.key
        return getattr(item, "title", "") or getattr(item, "text", "")


class Boxes(NamedTuple):
    """A part with its rows gathered into cards: what is given to the layout."""

    shapes: tuple[Shape, ...]
    wires: tuple[Wire, ...]
    ends: tuple[tuple[tuple[str, str], ...], ...]  # of each wire, the rows that it joins
    inner: tuple[tuple[str, str], ...]  # the edges inside cards, which are not drawn
    labels: tuple[str, ...]  # of each wire: the name of its tensor in Python
    members: tuple[tuple[int, ...], ...]  # of each box: the places of its items in the part


def boxes(part: Part, *, compact: bool = False, highlight: str = "", apart: bool = False) -> Boxes:
    """The cards of a part.

    Args:
        compact: one small box for each chain, in place of its rows.
        apart: a card for each row, as where arrows have names.
    """
    alone = [apart or not isinstance(item, Entry) for item in part.items]
    groups = chains(len(part.items), [(link.source, link.target) for link in part.links], alone)
    if highlight == "frozen":
        groups = [piece for group in groups for piece in _by_state(part, group)]
    box = {place: number for number, group in enumerate(groups) for place in group}
    shapes = tuple(_shape(part, group, compact, highlight) for group in groups)
    wires: dict[Wire, list[tuple[str, str]]] = {}
    labels: dict[Wire, str] = {}
    inner = []
    for link in part.links:
        pair = part.key(link.source), part.key(link.target)
        wire = Wire(box[link.source], link.output, box[link.target])
        if wire.source == wire.target:
            inner.append(pair)
            continue
        wires.setdefault(wire, []).append(pair)
        item = part.items[link.source]
        if isinstance(item, Entry | Stage) and link.output < len(item.labels):
            labels[wire] = item.labels[link.output]
    order = _numbered(len(groups), wires)
    renamed = {wire: Wire(order[wire.source], wire.output, order[wire.target]) for wire in wires}
    numbers = sorted(order, key=lambda old: order[old])
    return Boxes(
        tuple(shapes[old] for old in numbers),
        tuple(renamed[wire] for wire in wires),
        tuple(tuple(pairs) for pairs in wires.values()),
        tuple(inner),
        tuple(labels.get(wire, "") for wire in wires),
        tuple(tuple(groups[old]) for old in numbers),
    )


def _numbered(count: int, wires: Mapping[Wire, object]) -> dict[int, int]:
    """Boxes numbered so that data flows upwards: a card may begin before what feeds it ends."""
    before = [0] * count
    after: list[list[int]] = [[] for _ in range(count)]
    for wire in wires:
        before[wire.target] += 1
        after[wire.source].append(wire.target)
    ready = [box for box in reversed(range(count)) if not before[box]]
    order: dict[int, int] = {}
    while ready:
        box = ready.pop()
        order[box] = len(order)
        for target in reversed(after[box]):
            before[target] -= 1
            if not before[target]:
                ready.append(target)
    return order


def _by_state(part: Part, group: Sequence[int]) -> list[list[int]]:
    """A chain cut where frozen layers end and trained ones begin."""
    pieces: list[list[int]] = [[]]
    state = ""
    for place in group:
        item = part.items[place]
        own = item.state if isinstance(item, Entry) else ""
        begins = own and state and own != state
        if begins or (own == "trained" and not state and pieces[-1]):
            pieces.append([])
        state = own or state
        pieces[-1].append(place)
    return pieces


def _shape(part: Part, group: Sequence[int], compact: bool, highlight: str) -> Shape:
    items = [part.items[place] for place in group]
    entries = tuple(item for item in items if isinstance(item, Entry))
    if not entries:
        (only,) = items
        assert not isinstance(only, Entry)  # noqa: S101 - told apart just above
        return only
    return Pill(entries, highlight) if compact else Card(entries, part.prefix, highlight)


class Arranged(NamedTuple):
    """A part as shapes on a canvas of its own, beginning at 0, 0."""

    items: tuple[Item, ...]
    width: float
    height: float


def arranged(
    found: Boxes,
    theme: Theme,
    *,
    sideways: bool = False,
    least: float = 0,
    gaps: tuple[float, float] = (17, 44),
    apart: float = 16,
    wrap: bool = False,
) -> Arranged:
    """Boxes and wires drawn where they belong.

    Args:
        sideways: from left to right, instead of downwards.
        least: the width of every box at least, for a column of boxes.
        gaps: the room between two ranks, at least and at most.
        apart: the room between neighbours in a rank.
        wrap: in columns side by side, where it is tall.

    Raises:
        LimitError: no layout is found in time.
    """
    sizes = [size_of(shape, least) for shape in found.shapes]
    turned = [Size(size.along, size.across) for size in sizes] if sideways else sizes
    places = placed([size.across for size in turned], found.wires, apart)
    labelled = any(found.labels)
    gap = max(gaps[0], 26) if labelled or sideways else gaps[0]
    plan = planned(turned, found.wires, places, gap, gaps[1])
    cut = columns(plan, found.wires, places.ranks.of, wrap)
    items = list(_wires(found, plan, cut, theme, sideways))
    for shape, size, corner in zip(found.shapes, sizes, plan.corners, strict=True):
        x, y = cut.moved(corner)
        items.extend(paint(shape, *((y, x) if sideways else (x, y)), size, theme))
    across, along = cut.size
    if labelled and not sideways:
        across += max(width(label, 9.5, True) for label in found.labels)
    return Arranged(tuple(items), *((along, across) if sideways else (across, along)))


def _wires(found: Boxes, plan: Plan, cut: Columns, theme: Theme, sideways: bool) -> list[Item]:
    """Every wire once, its further uses as groups without a shape; a tensor is named once."""
    items: list[Item] = list(() if sideways else _entering(found, plan, cut, theme))
    places = _named(found, plan.wires)
    for number, (points, pairs) in enumerate(zip(plan.wires, found.ends, strict=True)):
        drawn: tuple[Item, ...] = tuple(
            line for piece in cut.pieces(points) for line in curve(piece, theme.edge, sideways)
        )
        if number in places:
            text = shortened(found.labels[number], 24)
            ends = [cut.moved(point, points[1][1]) for point in points[1:3]]
            drawn = (*drawn, _label(text, ends, theme, sideways, places[number]))
        for place, pair in enumerate(pairs):
            items.append(Group(drawn if not place else (), _ends(pair)))
    items.extend(Group((), _ends(pair)) for pair in found.inner)
    return items


def _ends(pair: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return ("from", pair[0]), ("to", pair[1])


_AMONG = 1.0  # how far a wire may go to the side and still count as straight


def _named(found: Boxes, lines: Sequence[Sequence[Point]]) -> dict[int, str]:
    """The wire that carries the name of each tensor, the straightest, and where it stands there.

    It stands "left" or "right" of where the wire leaves, where no other wire goes, or "below" its
    end, where wires leave to both sides.
    """
    of_tensor: dict[tuple[int, int], list[int]] = {}
    aside: dict[int, list[float]] = {}  # of each box, how far its wires go to the side
    outputs: dict[int, set[int]] = {}
    met: dict[int, list[float]] = {}  # and from which side those come that end there
    for number, (wire, line) in enumerate(zip(found.wires, lines, strict=True)):
        aside.setdefault(wire.source, []).append(line[2][0] - line[1][0])
        met.setdefault(wire.target, []).append(line[-3][0] - line[-1][0])
        if found.labels[number]:
            of_tensor.setdefault((wire.source, wire.output), []).append(number)
            outputs.setdefault(wire.source, set()).add(wire.output)
    places = {}
    for (source, output), numbers in of_tensor.items():
        number = min(numbers, key=lambda one: abs(lines[one][2][0] - lines[one][1][0]))
        step = lines[number][2][0] - lines[number][1][0]
        rights = max(aside[source]) > _AMONG
        lefts = min(aside[source]) < -_AMONG
        if len(outputs[source]) > 1:
            places[number] = "right" if output == max(outputs[source]) else "left"
        elif rights and lefts and abs(step) > _AMONG:
            places[number] = "below"
        elif abs(step) <= _AMONG:
            crowded = max(met[found.wires[number].target]) > _AMONG
            places[number] = "left" if rights or (crowded and not lefts) else "right"
        else:
            places[number] = "left" if rights else "right"
    return places


def _entering(found: Boxes, plan: Plan, cut: Columns, theme: Theme) -> Iterator[Item]:
    """Above each column but the first, which layers its wires come from."""
    sources: dict[float, dict[str, float]] = {}  # of each column: by layer, where its wire is
    for points, wire in zip(plan.wires, found.wires, strict=True):
        for x, _ in cut.begins(points):
            name = _name(found.shapes[wire.source])
            sources.setdefault(x // cut.step, {}).setdefault(name, x)
    for column, names in sources.items():
        left, right = column * cut.step, column * cut.step + plan.size.across
        few = sorted(names, key=lambda name: names[name])
        text = ", ".join(shortened(name, 32) for name in few[:3])
        text = f"from {text}" + (f" and {len(few) - 3} more" if len(few) > 3 else "")
        half = width(text, 7.5) / 2
        middle = min(max(sum(names.values()) / len(names), left + half), max(right - half, left))
        yield Words(middle, 5.5, text, 7.5, theme.soft, anchor="middle")


def _name(shape: Shape) -> str:
    """Of the layer that gives what flows out of a shape."""
    if isinstance(shape, Card | Pill):
        return shape.entries[-1].name
    return shape.title if isinstance(shape, Stage) else shape.text


def _label(text: str, points: Sequence[Point], theme: Theme, sideways: bool, place: str) -> Words:
    """A name beside the first stretch of a wire."""
    (x, y0), (_, y1) = points
    y = (y0 + y1) / 2
    if sideways:
        return Words(y, x - 4, text, 9.5, theme.ink, True, "middle")
    if place == "below":
        return Words(x, y1 - 2, text, 9.5, theme.ink, True, "middle")
    if place == "left":
        return Words(x - 6, y + 3, text, 9.5, theme.ink, True, "end")
    return Words(x + 6, y + 3, text, 9.5, theme.ink, True)
