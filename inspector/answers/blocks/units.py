"""The steps of a series: kernels with what follows them, regions, gates; and their skeletons.

A skeleton names what works in a part, in order, and leaves out what does not: of a bottleneck
it is "Conv2D 1", "Conv2D", "Conv2D 1". Parts of a model with the same skeleton are a family.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from inspector.answers.blocks.series import Segment, branches, series
from inspector.answers.blocks.wiring import KERNEL, LIGHT, MODEL, PAD, Wiring

Skeleton = tuple[str, ...]

GLUE = ""  # the sign of what does not work by itself: normalisation, activation, dropout
_DEEP = 3  # regions within regions are looked into so far
_GATES = ("multiply",)  # classes that join a gate to what it scales


class Unit(NamedTuple):
    """Nodes that stay together: a kernel with its padding before and its glue behind; a region."""

    nodes: tuple[int, ...]
    sign: str
    region: Segment | None = None  # of a region that may be a block
    body: Skeleton = ()  # of its main branch
    identity: bool = False  # whether one branch is a bare edge


def units(wiring: Wiring, segments: Sequence[Segment], deep: int = 0) -> list[Unit]:
    """The units of a series, in its order."""
    found: list[Unit] = []
    pads: list[int] = []
    working = False  # whether glue belongs to the last unit
    for segment in segments:
        sort = wiring.sorts[segment.end]
        if not segment.region and sort.role == PAD:
            pads.append(segment.end)
            continue
        unit = _unit(wiring, segment, deep)
        if unit.sign == GLUE and working and not pads:
            found[-1] = found[-1]._replace(nodes=found[-1].nodes + unit.nodes)
            continue
        working = unit.sign != GLUE and unit.region is None
        if sort.role in (KERNEL, MODEL) and not segment.region:
            unit = unit._replace(nodes=(*pads, *unit.nodes))
        else:
            working = working and segment.region
            found.extend(Unit((at,), GLUE) for at in pads)
        pads = []
        found.append(unit)
    found.extend(Unit((at,), GLUE) for at in pads)
    return found


def skeleton(found: Sequence[Unit]) -> Skeleton:
    """The signs of what works among units."""
    return tuple(unit.sign for unit in found if unit.sign != GLUE)


def _unit(wiring: Wiring, segment: Segment, deep: int) -> Unit:
    if not segment.region:
        sort = wiring.sorts[segment.end]
        if not wiring.before[segment.end]:
            return Unit(segment.nodes, f"{sort.sign} {segment.end}")  # inputs are all different
        return Unit(segment.nodes, GLUE if sort.role == LIGHT else sort.sign)
    if not wiring.kernels(segment.nodes):
        return Unit(segment.nodes, GLUE)
    join = wiring.class_name(segment.end)
    if join.lower() in _GATES:
        return Unit(segment.nodes, "gate")
    identity = segment.fork in wiring.before[segment.end]
    if len(wiring.before[segment.end]) > 2 or deep >= _DEEP:
        return Unit(segment.nodes, f"module {join}", segment, (), identity)
    main = max(branches(wiring, segment.nodes[:-1]), key=wiring.kernels)
    body = skeleton(units(wiring, series(wiring, main), deep + 1))
    return Unit(segment.nodes, f"{join} of {', '.join(body)}", segment, body, identity)
