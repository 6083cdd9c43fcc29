"""Regions that hold most of a model, opened: U-Nets, and cells that look back two cells."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from inspector.answers.blocks.kinds import Kinds
from inspector.answers.blocks.series import Segment, branches, layers_between, series
from inspector.answers.blocks.units import Unit, units
from inspector.answers.blocks.wiring import Wiring

_DEEP = 24  # regions of regions are opened so far
_FEWEST = 3  # joins that can be the ends of cells
_DEGREES = 4  # ways to choose them


def opened(
    wiring: Wiring,
    kinds: Kinds,
    nodes: Sequence[int],
    around: frozenset[str] = frozenset(),
    deep: int = 0,
) -> list[Unit]:
    """The units of a part; a region that has no like is opened when it holds most of the part.

    What comes out of it is in an order that can be run, its branches one after the other.

    Args:
        around: signs of the units beside the regions that were opened on the way to this part.
        deep: how many regions were.
    """
    found = units(wiring, series(wiring, nodes))
    alike = Counter(unit.sign for unit in found if unit.region)
    signs = around | {*alike}
    result: list[Unit] = []
    for unit in found:
        if unit.region is None:
            result.append(unit)
        elif parts := cells(wiring, kinds, unit.nodes):
            result.extend(parts)
        elif alike[unit.sign] > 1 or unit.sign in around or not _most(unit, nodes, deep):
            result.append(unit)
        else:
            for branch in branches(wiring, unit.nodes[:-1]):
                result.extend(opened(wiring, kinds, branch, signs, deep + 1))
            result.append(_single(wiring, unit.region.end))
    return result


def _most(unit: Unit, nodes: Sequence[int], deep: int) -> bool:
    """Whether a region holds most of a part; inside another one that did, a third is enough."""
    return deep < _DEEP and (3 if deep else 2) * len(unit.nodes) > len(nodes)


def _single(wiring: Wiring, at: int) -> Unit:
    return Unit((at,), wiring.sorts[at].sign)


def cells(wiring: Wiring, kinds: Kinds, nodes: Sequence[int]) -> list[Unit]:
    """A region without cuts as a row of cells, where most of it is in cells of equal structure.

    A cell is all that leads to its end and not to the end of the cell before. The ends are joins
    of one class that lead to one another.
    """
    best: tuple[float, int, list[Unit]] = (0.5, 0, [])
    for pivots in _rows(wiring, nodes):
        layers = layers_between(wiring, nodes, pivots)
        if layers is None:
            continue
        *parts, rest = layers
        alike = Counter(kinds.of(wiring, part).exact for part in parts)
        repeated = [p for p in parts if len(p) > 1 and alike[kinds.of(wiring, p).exact] > 1]
        score = sum(map(len, repeated)) / len(nodes)
        if (score, len(parts)) > best[:2]:
            made = [_cell(wiring, part) for part in parts]
            best = (score, len(parts), [*made, *(units(wiring, series(wiring, rest)))])
    return best[2]


def _cell(wiring: Wiring, nodes: list[int]) -> Unit:
    join = wiring.class_name(nodes[-1])
    return Unit(tuple(nodes), f"module {join}", Segment(tuple(nodes)))


def _rows(wiring: Wiring, nodes: Sequence[int]) -> Iterator[list[int]]:
    """Joins that may be the ends of cells: those of one class that join the most tensors."""
    joins: dict[str, list[int]] = defaultdict(list)
    for at in nodes:
        if len(wiring.before[at]) > 1:
            joins[wiring.class_name(at)].append(at)
    for found in joins.values():
        degrees = sorted({len(wiring.before[at]) for at in found}, reverse=True)
        for degree in (*degrees[: _DEGREES - 1], *degrees[-1:]):
            row = [at for at in found if len(wiring.before[at]) >= degree]
            if len(row) >= _FEWEST:
                yield row
