"""Activations behind blocks and normalisations before them: to which block they belong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from inspector.answers.blocks.kinds import Kinds
from inspector.answers.blocks.parts import Candidate
from inspector.answers.blocks.units import GLUE
from inspector.answers.blocks.wiring import Wiring


def with_glue(wiring: Wiring, kinds: Kinds, row: list[Candidate]) -> list[Candidate]:
    """Blocks with the activation behind them, or the normalisation before them, that is theirs."""
    behind = _usual(wiring, row)
    joined: list[Candidate] = []
    taken = 0
    for candidate in row:
        last = joined[-1] if joined else None
        usual = behind.get(last.family, ()) if last else ()
        if last and taken < len(usual) and _label(wiring, candidate) == usual[taken]:
            joined[-1] = last._replace(units=last.units + candidate.units)
            taken += 1
            continue
        taken = 0 if candidate.family else len(_NOTHING)
        joined.append(candidate)
    return _preceded(wiring, kinds, joined)


_NOTHING = range(1 << 30)


def _label(wiring: Wiring, candidate: Candidate) -> str:
    """The class of a piece of glue; empty for everything else."""
    if candidate.family or candidate.units[0].sign != GLUE or len(candidate.units[0].nodes) > 1:
        return ""
    return wiring.class_name(candidate.units[0].nodes[0])


def _usual(wiring: Wiring, row: list[Candidate]) -> dict[str, tuple[str, ...]]:
    """The glue that stands behind most blocks of each family."""
    seen: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    behind: tuple[str, ...] = ()
    for candidate in reversed(row):
        label = _label(wiring, candidate)
        if candidate.family:
            seen[candidate.family].append(behind)
        behind = (label, *behind) if label else ()
    return {family: _most(found) for family, found in seen.items()}


def _most(found: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The longest beginning that more than half of the sequences share."""
    usual: tuple[str, ...] = ()
    while True:
        longer = Counter(one[: len(usual) + 1] for one in found if len(one) > len(usual))
        best, count = max(longer.items(), key=lambda pair: pair[1], default=((), 0))
        if 2 * count <= len(found) or best[: len(usual)] != usual:
            return usual
        usual = best


def _preceded(wiring: Wiring, kinds: Kinds, row: list[Candidate]) -> list[Candidate]:
    """Glue left between two blocks goes to the second, and before its likes elsewhere too."""
    needed = _needed(wiring, kinds, row)
    joined: list[Candidate] = []
    for candidate in row:
        glue = needed.get(kinds.of(wiring, candidate.nodes).loose, ()) if candidate.family else ()
        start = len(joined) - len(glue)
        if glue and start >= 0 and tuple(_label(wiring, one) for one in joined[start:]) == glue:
            units = tuple(unit for one in joined[start:] for unit in one.units)
            del joined[start:]
            candidate = candidate._replace(units=units + candidate.units)  # noqa: PLW2901
        joined.append(candidate)
    return joined


def _needed(wiring: Wiring, kinds: Kinds, row: list[Candidate]) -> dict[int, tuple[str, ...]]:
    """The glue that stands alone between two blocks, by the structure of the second."""
    needed: dict[int, tuple[str, ...]] = {}
    between: list[str] | None = None
    for candidate in row:
        label = _label(wiring, candidate)
        if candidate.family:
            if between:
                needed.setdefault(kinds.of(wiring, candidate.nodes).loose, tuple(between))
            between = []
        elif label and between is not None:
            between.append(label)
        else:
            between = None
    return needed
