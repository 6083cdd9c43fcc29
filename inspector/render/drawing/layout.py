"""Where boxes stand: ranks by longest path, order within a rank by Graphviz, heights by us.

A wire that crosses ranks goes through a lane, a narrow box of its own in each of them, so that no
wire ever runs over a card. Wires of the same tensor share a lane.

Coordinates are `(across, along)`: along is the way the data goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from inspector.errors import LimitError
from inspector.render.drawing import engine

LANE = 8.0
APART = 16.0  # between neighbours of a rank
_BRISK = ("-Gnslimit=1", "-Gnslimit1=1", "-Gmclimit=0.3")


class Wire(NamedTuple):
    """A tensor on its way: output number `output` of box `source` flows into box `target`."""

    source: int
    output: int
    target: int


class Ranks(NamedTuple):
    """Boxes and lanes in ranks; a lane is known by its tensor and its rank."""

    of: list[int]
    lanes: dict[tuple[int, int, int], int]  # (source, output, rank) to its number


class Places(NamedTuple):
    """The middle of every box across, its rank, and the middle of every lane."""

    across: list[float]
    ranks: Ranks


def ranked(count: int, wires: Sequence[Wire]) -> Ranks:
    """Each box one rank further than the furthest that flows into it; inputs as late as can be.

    Boxes are numbered in an order in which the data can flow.
    """
    of = [0] * count
    fed = [False] * count
    for wire in sorted(wires, key=lambda wire: wire.target):
        of[wire.target] = max(of[wire.target], of[wire.source] + 1)
        fed[wire.target] = True
    first: dict[int, int] = {}
    for wire in wires:
        first[wire.source] = min(first.get(wire.source, of[wire.target]), of[wire.target])
    for box, rank in first.items():
        if not fed[box]:
            of[box] = rank - 1
    last: dict[tuple[int, int], int] = {}
    for wire in wires:
        tensor = wire.source, wire.output
        last[tensor] = max(last.get(tensor, 0), of[wire.target])
    lanes: dict[tuple[int, int, int], int] = {}
    for (source, output), end in last.items():
        for rank in range(of[source] + 1, end):
            lanes[source, output, rank] = count + len(lanes)
    return Ranks(of, lanes)


def placed(
    widths: Sequence[float], wires: Sequence[Wire], apart: float = APART, *, quick: bool = False
) -> Places:
    """The places of boxes of these widths.

    Args:
        quick: side by side in the order in which they come, without Graphviz.

    Raises:
        LimitError: Graphviz finds no layout in time.
        ReadError: there is no Graphviz.
    """
    ranks = ranked(len(widths), wires)
    steps = _steps(wires, ranks)
    if not ranks.lanes and len(set(ranks.of)) == len(widths):
        return Places([0.0] * len(widths), ranks)
    if quick:
        return Places(_in_order(widths, ranks, apart), ranks)
    across = _across([*widths, *[LANE] * len(ranks.lanes)], steps, apart)
    _centre_merges(across, widths, wires, ranks)
    return Places(across, ranks)


def _in_order(widths: Sequence[float], ranks: Ranks, apart: float) -> list[float]:
    """Each rank from left to right, in the order of its boxes, lanes last."""
    across = [0.0] * (len(widths) + len(ranks.lanes))
    end: dict[int, float] = defaultdict(float)
    lanes = [(lane, rank, LANE) for (_, _, rank), lane in ranks.lanes.items()]
    for number, rank, wide in (*zip(range(len(widths)), ranks.of, widths, strict=True), *lanes):
        across[number] = end[rank] + wide / 2
        end[rank] += wide + apart
    return across


def way(wire: Wire, ranks: Ranks) -> list[int]:
    """The boxes and lanes that a wire goes through, its ends included."""
    between = range(ranks.of[wire.source] + 1, ranks.of[wire.target])
    lanes = [ranks.lanes[wire.source, wire.output, rank] for rank in between]
    return [wire.source, *lanes, wire.target]


def _steps(wires: Sequence[Wire], ranks: Ranks) -> dict[tuple[int, int], int]:
    """Every pair of neighbours along a wire, with how straight it should be."""
    steps: dict[tuple[int, int], int] = {}
    boxes = len(ranks.of)
    for wire in wires:
        path = way(wire, ranks)
        for one, other in pairwise(path):
            steps[one, other] = 5 if one < boxes and other < boxes else 1
            if one >= boxes and other >= boxes:
                steps[one, other] = 3
    return steps


def _across(
    widths: Sequence[float], steps: dict[tuple[int, int], int], apart: float
) -> list[float]:
    import graphviz  # noqa: PLC0415 - only for what is no chain

    dot = graphviz.Digraph(
        graph_attr={"nodesep": f"{apart / 72:.4f}", "ranksep": "0.3"},
        node_attr={"shape": "box", "fixedsize": "true", "height": "0.2", "label": ""},
    )
    for number, width in enumerate(widths):
        dot.node(str(number), width=f"{width / 72:.4f}")
    for (one, other), weight in steps.items():
        dot.edge(f"{one}:s", f"{other}:n", weight=str(weight))
    try:
        answer = engine.ran(["-Kdot", "-Tplain"], dot.source, 20)
    except LimitError:
        answer = engine.ran(["-Kdot", "-Tplain", *_BRISK], dot.source, 10)
    across = [0.0] * len(widths)
    for line in answer.decode().splitlines():
        words = line.split(maxsplit=4)
        if words[0] == "node":
            across[int(words[1])] = float(words[2]) * 72
    return across


def _centre_merges(
    across: list[float], widths: Sequence[float], wires: Sequence[Wire], ranks: Ranks
) -> None:
    """Put a box with three inputs or more over their middle, where nothing stands in the way."""
    feeding: dict[int, list[int]] = defaultdict(list)
    for wire in wires:
        feeding[wire.target].append(way(wire, ranks)[-2])
    beside: dict[int, list[int]] = defaultdict(list)
    for box, rank in enumerate(ranks.of):
        beside[rank].append(box)
    for (_, _, rank), lane in ranks.lanes.items():
        beside[rank].append(lane)
    for box, sources in feeding.items():
        if len(sources) < 3:
            continue
        middle = (min(across[s] for s in sources) + max(across[s] for s in sources)) / 2
        half = widths[box] / 2 + APART
        others = (other for other in beside[ranks.of[box]] if other != box)
        reach = [widths[o] / 2 if o < len(widths) else LANE / 2 for o in others]
        others = (other for other in beside[ranks.of[box]] if other != box)
        if all(abs(across[o] - middle) > half + r for o, r in zip(others, reach, strict=True)):
            across[box] = middle
