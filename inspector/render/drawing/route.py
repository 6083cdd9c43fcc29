"""Wires as curves: vertical through a rank, bent only between two of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from inspector.render.drawing.canvas import Curve, Point, Step
from inspector.render.drawing.layout import Places, Wire, way

HEAD = 6.0  # length of an arrowhead
_PORTS = 8.0  # between the tensors that arrive at one box
_LEAST, _MOST = 17.0, 44.0  # between two ranks


class Size(NamedTuple):
    """The size of a box, across and along."""

    across: float
    along: float


class Plan(NamedTuple):
    """Where everything is: corners of boxes, the way of each wire, and the size of it all."""

    corners: list[Point]
    wires: list[tuple[Point, ...]]  # of each wire: start, ends of its bends, end
    size: Size
    ends: list[float]  # of each rank: where it ends, and wires begin to bend


def planned(
    sizes: Sequence[Size],
    wires: Sequence[Wire],
    places: Places,
    least: float = _LEAST,
    most: float = _MOST,
) -> Plan:
    """Corners and wires, from what stands where across."""
    ranks = places.ranks
    heights = [0.0] * (max(ranks.of, default=-1) + 1)
    for box, rank in enumerate(ranks.of):
        heights[rank] = max(heights[rank], sizes[box].along)
    ways = [way(wire, ranks) for wire in wires]
    ports = _ports(sizes, wires, ways, places.across)
    lines = [_line(path, port, places.across) for path, port in zip(ways, ports, strict=True)]
    steps = _steps(len(heights), wires, lines, places)
    tops = _tops(heights, [min(max(least, 14 + 0.13 * step), max(most, least)) for step in steps])
    left = min((x - s.across / 2 for x, s in zip(places.across, sizes, strict=False)), default=0)
    left = min([left, *(x - 2 for line in lines for x in line)])
    corners = []
    for box, size in enumerate(sizes):
        rank = ranks.of[box]
        y = tops[rank] + (heights[rank] - size.along) / 2
        corners.append((places.across[box] - size.across / 2 - left, y))
    drawn = []
    for wire, line in zip(wires, lines, strict=True):
        first = ranks.of[wire.source]
        points = [(line[0] - left, corners[wire.source][1] + sizes[wire.source].along)]
        for place, x in enumerate(line[:-1]):
            rank = first + place
            points.append((x - left, tops[rank] + heights[rank]))
            points.append((line[place + 1] - left, tops[rank + 1]))
        points.append((line[-1] - left, corners[wire.target][1]))
        drawn.append(tuple(points))
    right = max((x + s.across for (x, _), s in zip(corners, sizes, strict=True)), default=0)
    right = max([right, *(x - left + 2 for line in lines for x in line)])
    height = tops[-1] + heights[-1] if heights else 0
    ends = [top + high for top, high in zip(tops, heights, strict=True)]
    return Plan(corners, drawn, Size(right, height), ends)


def _line(path: list[int], ports: tuple[float, float], across: Sequence[float]) -> list[float]:
    """Where a wire is across, in each rank that it touches."""
    line = [across[item] for item in path]
    line[0] += ports[0]
    line[-1] += ports[1]
    return line


def _steps(
    count: int, wires: Sequence[Wire], lines: Sequence[Sequence[float]], places: Places
) -> list[float]:
    """How far wires go to the side between each rank and the next."""
    widest = [0.0] * max(count - 1, 0)
    for wire, line in zip(wires, lines, strict=True):
        first = places.ranks.of[wire.source]
        for place, (one, other) in enumerate(pairwise(line)):
            widest[first + place] = max(widest[first + place], abs(one - other))
    return widest


def _tops(heights: Sequence[float], gaps: Sequence[float]) -> list[float]:
    tops, y = [], 0.0
    for rank, height in enumerate(heights):
        tops.append(y)
        y += height + (gaps[rank] if rank < len(gaps) else 0)
    return tops


def _ports(
    sizes: Sequence[Size],
    wires: Sequence[Wire],
    ways: Sequence[list[int]],
    across: Sequence[float],
) -> list[tuple[float, float]]:
    """How far from the middle each wire leaves and arrives.

    A tensor leaves from one point. Different tensors arrive at different points, the straightest
    in the middle, so that two wires into an `Add` never look like one.
    """
    leaving: dict[int, set[int]] = defaultdict(set)
    arriving: dict[int, list[int]] = defaultdict(list)
    for number, wire in enumerate(wires):
        leaving[wire.source].add(wire.output)
        arriving[wire.target].append(number)
    starts = [_start(wire, sorted(leaving[wire.source])) for wire in wires]
    ends = [0.0] * len(wires)
    for target, numbers in arriving.items():
        room = max(sizes[target].across / 2 - 8, 0)
        came = {n: across[ways[n][-2]] + (starts[n] if len(ways[n]) == 2 else 0) for n in numbers}
        offsets = {n: came[n] - across[target] for n in numbers}
        for number, end in _spread(offsets, room).items():
            ends[number] = end
    return list(zip(starts, ends, strict=True))


def _start(wire: Wire, outputs: Sequence[int]) -> float:
    return (outputs.index(wire.output) - (len(outputs) - 1) / 2) * _PORTS


def _spread(offsets: dict[int, float], room: float) -> dict[int, float]:
    """Where each wire arrives, by where it comes from; both as distances from the middle."""
    order = sorted(offsets, key=lambda number: offsets[number])
    if len(order) == 1:
        (number,) = order
        return {number: offsets[number] if abs(offsets[number]) <= min(room, 40) else 0.0}
    apart = min(_PORTS, 2 * room / (len(order) - 1))
    middle = min(range(len(order)), key=lambda place: abs(offsets[order[place]]))
    astray = abs(offsets[order[middle]]) > 3
    start = -(len(order) - 1) / 2 if astray else -float(middle)
    ends = {number: (start + place) * apart for place, number in enumerate(order)}
    over = max(max(map(abs, ends.values())) - room, 0)
    if over and start + (len(order) - 1) / 2:
        ends = _spread({n: offsets[n] + 1000 for n in order}, room)
    return ends


def curve(points: Sequence[Point], colour: str, sideways: bool = False) -> tuple[Curve, Curve]:
    """A wire and its arrowhead, for points as `Plan` has them.

    Args:
        sideways: the data goes from left to right, not downwards.
    """
    steps: list[Step] = []
    *most, (x, y) = points
    ends = (*most, (x, y - HEAD + 1))
    for place in range(1, len(ends)):
        (x0, y0), (x1, y1) = ends[place - 1], ends[place]
        if abs(x0 - x1) < 0.05:
            if abs(y0 - y1) > 0.05:
                steps.append((x1, y1))
        else:
            half = (y0 + min(y1, y - HEAD)) / 2
            steps.append((x0, half, x1, half, x1, min(y1, y - HEAD)))
    head = ((x - 2.7, y - HEAD), (x + 2.7, y - HEAD), (x, y))
    line = Curve(ends[0], _merged(ends[0], steps), stroke=colour)
    arrow = Curve(head[0], head[1:], fill=colour)
    if not sideways:
        return line, arrow
    return transposed(line), transposed(arrow)


def transposed(line: Curve) -> Curve:
    """The curve with across and along exchanged."""
    steps = tuple(
        tuple(value for place in range(0, len(step), 2) for value in (step[place + 1], step[place]))
        for step in line.steps
    )
    return line._replace(start=(line.start[1], line.start[0]), steps=steps)


def _merged(start: Point, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps with straight ones that follow one another made one."""
    made: list[Step] = []
    at = start
    for step in steps:
        if len(step) == 2 and made and len(made[-1]) == 2 and at[0] == step[0]:
            made[-1] = step
        else:
            made.append(step)
        at = (step[-2], step[-1])
    return tuple(made)
