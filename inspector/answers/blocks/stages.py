"""Blocks in a row: which of them are one block together, and which make a stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from inspector.answers.blocks.kinds import Kinds
from inspector.answers.blocks.parts import Part
from inspector.answers.blocks.wiring import Wiring

_PERIOD = 4  # regions in one block: an encoder has two, a decoder three


def rows(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """The parts with blocks that stand next to each other together."""
    row: list[Part] = []
    for part in parts:
        if row and not (part.family and row[0].family):
            yield row
            row = []
        row.append(part)
    if row:
        yield row


def merged(wiring: Wiring, kinds: Kinds, row: Sequence[Part]) -> list[Part]:
    """A row in which different blocks take turns, with each turn as one block.

    Attention and a perceptron by turns are the encoder blocks of a transformer. Blocks of one
    family by turns are not: a projection before each identity begins a stage.
    """
    numbers = [kinds.of(wiring, part.nodes).exact for part in row]
    for period in range(2, _PERIOD + 1):
        for start in range(period):
            count = _turns(numbers, start, period)
            turn = row[start : start + period]
            if count > 1 and _differ(wiring, turn):
                end = start + count * period
                made = [_one(row[at : at + period]) for at in range(start, end, period)]
                return [*row[:start], *made, *merged(wiring, kinds, row[end:])]
    return list(row)


def _differ(wiring: Wiring, turn: Sequence[Part]) -> bool:
    """Whether parts are of different families; cells that join as many tensors may be as well."""
    if len({part.family for part in turn}) > 1:
        return True
    return turn[0].module and {_most(wiring, part) for part in turn} == {2}


def _turns(numbers: Sequence[int], start: int, period: int) -> int:
    """How often the `period` numbers from `start` on come in a row."""
    first, count = list(numbers[start : start + period]), 0
    if len(first) < period or len(set(first)) == 1:
        return 0
    while list(numbers[start + count * period : start + (count + 1) * period]) == first:
        count += 1
    return count


def _one(turn: Sequence[Part]) -> Part:
    return Part(
        nodes=tuple(at for part in turn for at in part.nodes),
        family=" + ".join(part.family for part in turn),
        join=turn[-1].join,
        identity=turn[-1].identity,
        sums=turn[-1].sums,
    )


def stages(wiring: Wiring, row: Sequence[Part], axis: int) -> Iterator[list[Part]]:
    """A row of blocks in stages: of one family, and of one number of channels.

    Where every block has channels of its own, as in DenseNet, and where most chains have, as in
    VGG, they make no stage. Modules
    of many branches share no skeleton: they make one while as many branches meet at their ends.
    """

    def family(part: Part) -> object:
        return _most(wiring, part) if part.module else part.family

    coarse = list(_split(row, family))
    if row[0].module and 2 * len(coarse) > len(row):
        coarse = [list(row)]
    for group in coarse:
        if group[0].module:
            yield group
            continue
        fine = list(_split(group, lambda part: _channels(wiring, part, axis)))
        few = len(group) - 1 if group[0].sums else len(group) // 2
        yield from fine if len(fine) <= few else [group]


def _split(row: Sequence[Part], key: Any) -> Iterator[list[Part]]:
    group: list[Part] = []
    for part in row:
        if group and key(part) != key(group[-1]):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _channels(wiring: Wiring, part: Part, axis: int) -> Any:
    shape = wiring.shape(part.nodes[-1])
    return shape[axis] if shape and len(shape) > 1 else None


def _most(wiring: Wiring, part: Part) -> int:
    """How many branches meet at the end of a module."""
    return max(len(wiring.before[at]) for at in part.nodes)
