"""Chains that stand several times in a row, as in a VGG; where no region recurs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from inspector.answers.blocks.parts import Part
from inspector.answers.blocks.units import GLUE, Unit
from inspector.answers.blocks.wiring import MODEL, Wiring

_PERIOD = 16  # units in a repeated chain, at most


class _Group(NamedTuple):
    """Units of one sign in a row."""

    sign: str
    units: tuple[Unit, ...]


def chains(wiring: Wiring, found: Sequence[Unit]) -> Iterator[Part]:
    """The parts of a series by chains that stand in it several times in a row."""
    groups = list(_grouped(found))
    taken = _stretches(wiring, groups)
    place = 0
    for start, period, count in taken:
        yield from (Part(unit.nodes) for group in groups[place:start] for unit in group.units)
        place = start
        for _ in range(count):
            block = groups[place : place + period]
            yield _part([unit for group in block for unit in group.units], block)
            place += period
    for group in groups[place:]:
        yield from _alone(wiring, group, folded=not taken)


def _part(found: Sequence[Unit], block: Sequence[_Group]) -> Part:
    nodes = tuple(at for unit in found for at in unit.nodes)
    return Part(nodes, ", ".join(group.sign for group in block))


def _alone(wiring: Wiring, group: _Group, *, folded: bool) -> Iterator[Part]:
    """Equal units in a row are blocks where each has several layers, and nothing longer repeats."""
    several = [_several(wiring, unit) for unit in group.units]
    blocks = folded and sum(several) > 1 and _linked(wiring, [u.nodes for u in group.units])
    for unit, block in zip(group.units, several, strict=True):
        yield Part(unit.nodes, group.sign if blocks and block else "")


def _several(wiring: Wiring, unit: Unit) -> bool:
    """Whether a unit has a kernel and more layers than that."""
    if len(unit.nodes) > 1:
        return wiring.kernels(unit.nodes) > 0
    return wiring.sorts[unit.nodes[0]].role == MODEL


def _linked(wiring: Wiring, row: Sequence[tuple[int, ...]]) -> bool:
    """Whether each of some parts feeds the next one."""
    return all(
        any(user in following for at in part for user in wiring.after[at])
        for part, following in zip(row, map(set, row[1:]), strict=False)
    )


def _glued(found: Sequence[Unit]) -> Iterator[Unit]:
    """The units with every piece of glue in the unit before it."""
    last: Unit | None = None
    for unit in found:
        if last and unit.sign == GLUE:
            last = last._replace(nodes=last.nodes + unit.nodes)
            continue
        if last:
            yield last
        last = unit
    if last:
        yield last


def _grouped(found: Sequence[Unit]) -> Iterator[_Group]:
    row: list[Unit] = []
    for unit in _glued(found):
        if row and (unit.sign != row[0].sign or unit.region or not unit.sign):
            yield _Group(row[0].sign, tuple(row))
            row = []
        row.append(unit)
    if row:
        yield _Group(row[0].sign, tuple(row))


def _stretches(wiring: Wiring, groups: Sequence[_Group]) -> list[tuple[int, int, int]]:
    """Where groups repeat: start, length of the period, times; the longest stretches first."""
    signs = [group.sign for group in groups]
    works = [wiring.kernels(at for u in group.units for at in u.nodes) > 0 for group in groups]
    stretches = []
    for period in range(2, min(_PERIOD, len(signs) // 2) + 1):
        for start, length in _periodic(signs, period):
            if any(works[start : start + period]):
                stretches.append((-(length - length % period), period, start, length))
    free = [True] * len(groups)
    taken = []
    for _, period, start, length in sorted(stretches):
        begin = start + _offset(groups, start, period, length)
        count = (start + length - begin) // period
        row = [
            tuple(at for g in groups[b : b + period] for unit in g.units for at in unit.nodes)
            for b in range(begin, begin + count * period, period)
        ]
        if all(free[begin : begin + count * period]) and _linked(wiring, row):
            free[begin : begin + count * period] = [False] * (count * period)
            taken.append((begin, period, count))
    return sorted(taken)


def _periodic(signs: Sequence[str], period: int) -> Iterator[tuple[int, int]]:
    """The longest stretches in which every sign comes back after `period` more."""
    start = 0
    for place in range(period, len(signs) + 1):
        if place == len(signs) or not signs[place] or signs[place] != signs[place - period]:
            if place - start >= 2 * period:
                yield start, place - start
            start = place - period + 1


def _offset(groups: Sequence[_Group], start: int, period: int, length: int) -> int:
    """Where in a stretch the first block begins: a block does not end where tensors meet."""
    rest = length % period
    for offset in range(rest + 1):
        last = groups[start + offset + period - 1]
        if not last.sign.startswith(("Concat", "Add")):
            return offset
    return 0
