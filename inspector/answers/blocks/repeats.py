"""The blocks of a series of units: regions that recur, chains like them, and repeated chains."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from inspector.answers.blocks.kinds import Kinds
from inspector.answers.blocks.units import GLUE, Skeleton, Unit
from inspector.answers.blocks.wiring import Wiring

_PERIOD = 16  # units in a repeated chain, at most


class Part(NamedTuple):
    """Nodes in a row of the series: a block, or what stands between blocks."""

    nodes: tuple[int, ...]
    family: str = ""  # blocks of one family have the same skeleton; empty: no block
    join: str = ""
    identity: bool = False

    @property
    def module(self) -> bool:
        """Whether more than two branches meet at its end."""
        return self.family.startswith("module ")


def parts(wiring: Wiring, kinds: Kinds, found: Sequence[Unit]) -> list[Part]:
    """The parts of a series: blocks by regions that recur, otherwise by repeated chains."""
    made = _regions(wiring, kinds, found)
    if not any(part.family for part in made):
        made = list(_chains(wiring, found))
    return made


# --- regions ------------------------------------------------------------------------------------


class _Candidate(NamedTuple):
    units: tuple[Unit, ...]
    family: str
    body: Skeleton = ()

    @property
    def nodes(self) -> tuple[int, ...]:
        return tuple(at for unit in self.units for at in unit.nodes)


def _regions(wiring: Wiring, kinds: Kinds, found: Sequence[Unit]) -> list[Part]:
    row = _with_glue(wiring, kinds, _candidates(wiring, found))
    counted = _counted(wiring, kinds, row)
    made: list[Part] = []
    for candidate in row:
        if candidate.family not in counted:
            made.extend(Part(unit.nodes) for unit in candidate.units)
            continue
        region = next((unit.region for unit in candidate.units if unit.region), None)
        join = wiring.class_name(region.end) if region else ""
        identity = any(unit.identity for unit in candidate.units)
        made.append(Part(candidate.nodes, candidate.family, join, identity))
    return made


def _counted(wiring: Wiring, kinds: Kinds, row: Sequence[_Candidate]) -> set[str]:
    """The families of which two members have the same structure, or the same skeleton."""
    members: dict[str, list[_Candidate]] = defaultdict(list)
    for candidate in row:
        if candidate.family:
            members[candidate.family].append(candidate)
    counted = set()
    for family, group in members.items():
        if len(group) > 1 and (
            group[0].body
            or max(Counter(kinds.of(wiring, one.nodes).exact for one in group).values()) > 1
        ):
            counted.add(family)
    return counted


def _candidates(wiring: Wiring, found: Sequence[Unit]) -> list[_Candidate]:
    """Regions, and chains that do what the main branch of a region does, without its shortcut."""
    bodies = {unit.body for unit in found if unit.region and _sums(unit)}
    longest = sorted((body for body in bodies if len(body) > 1), key=len, reverse=True)
    row: list[_Candidate] = []
    place = 0
    while place < len(found):
        unit = found[place]
        if unit.region:
            family = _family(unit.body, longest) if _sums(unit) else unit.sign
            row.append(_Candidate((unit,), family, unit.body))
            place += 1
            continue
        body = next((body for body in longest if _matches(found, place, body)), None)
        if body is None:
            row.append(_Candidate((unit,), ""))
            place += 1
            continue
        row.append(
            _Candidate(tuple(found[place : place + len(body)]), _family(body, longest), body)
        )
        place += len(body)
    return _begun(wiring, _beside(row), longest)


def _sums(unit: Unit) -> bool:
    """Whether a region adds its branches up, or joins them in another way that keeps the shape."""
    return bool(unit.body) and unit.region is not None and "Concat" not in unit.sign.split(" ")[0]


def _family(body: Skeleton, longest: Sequence[Skeleton]) -> str:
    """What blocks are grouped by; a body that lacks the beginning of another goes with it."""
    whole = [known for known in longest if len(body) > 1 and _lacks_beginning(body, known)]
    return ", ".join(whole[0] if whole else body)


def _lacks_beginning(short: Skeleton, body: Skeleton) -> bool:
    return len(short) < len(body) and body[-len(short) :] == short


def _matches(found: Sequence[Unit], place: int, body: Skeleton) -> bool:
    if found[place].sign != body[0] or place + len(body) > len(found):
        return False
    window = found[place : place + len(body)]
    return all(
        unit.sign == sign and not unit.region for unit, sign in zip(window, body, strict=True)
    )


def _beside(row: list[_Candidate]) -> list[_Candidate]:
    """Chains count only next to a block; others are what a stem or a head happens to be."""
    kept: list[_Candidate] = []
    for place, candidate in enumerate(row):
        lone = len(candidate.units) > 1 and not any(
            near.family for near in (*row[max(place - 1, 0) : place], *row[place + 1 : place + 2])
        )
        if lone:
            kept.extend(_Candidate((unit,), "") for unit in candidate.units)
        else:
            kept.append(candidate)
    return kept


def _begun(wiring: Wiring, row: list[_Candidate], longest: Sequence[Skeleton]) -> list[_Candidate]:
    """The first block of a model often lacks the beginning of the others, such as expansion 1."""
    first = next((place for place, candidate in enumerate(row) if candidate.family), 0)
    before = row[:first]
    if not before:
        return row
    signs = tuple(candidate.units[0].sign for candidate in before)
    for body in longest:
        for length in range(len(body) - 1, 1, -1):
            if signs[-length:] == body[-length:]:
                units = tuple(candidate.units[0] for candidate in before[-length:])
                return [
                    *before[:-length],
                    _Candidate(units, _family(body, longest), body),
                    *row[first:],
                ]
    if _opens(wiring, before, row[first]):
        opening = before[-1]
        return [
            *before[:-1],
            opening._replace(family=row[first].family, body=row[first].body),
            *row[first:],
        ]
    return row


def _opens(wiring: Wiring, before: Sequence[_Candidate], first: _Candidate) -> bool:
    """Whether a block of one kernel has a first one without shortcut, right behind the stem."""
    if len(first.body) != 1 or len(before) < 2:
        return False
    stem, opening = before[-2].units[0], before[-1].units[0]
    shapes = [wiring.shape(unit.nodes[-1]) for unit in (opening, first.units[0])]
    return stem.sign == opening.sign == first.body[0] and shapes[0] == shapes[1]


# --- glue beside regions ------------------------------------------------------------------------


def _with_glue(wiring: Wiring, kinds: Kinds, row: list[_Candidate]) -> list[_Candidate]:
    """Blocks with the activation behind them, or the normalisation before them, that is theirs."""
    behind = _usual(wiring, row)
    joined: list[_Candidate] = []
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


def _label(wiring: Wiring, candidate: _Candidate) -> str:
    """The class of a piece of glue; empty for everything else."""
    if candidate.family or candidate.units[0].sign != GLUE or len(candidate.units[0].nodes) > 1:
        return ""
    return wiring.class_name(candidate.units[0].nodes[0])


def _usual(wiring: Wiring, row: list[_Candidate]) -> dict[str, tuple[str, ...]]:
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


def _preceded(wiring: Wiring, kinds: Kinds, row: list[_Candidate]) -> list[_Candidate]:
    """Glue left between two blocks goes to the second, and before its likes elsewhere too."""
    needed = _needed(wiring, kinds, row)
    joined: list[_Candidate] = []
    for candidate in row:
        glue = needed.get(kinds.of(wiring, candidate.nodes).loose, ()) if candidate.family else ()
        start = len(joined) - len(glue)
        if glue and start >= 0 and tuple(_label(wiring, one) for one in joined[start:]) == glue:
            units = tuple(unit for one in joined[start:] for unit in one.units)
            del joined[start:]
            candidate = candidate._replace(units=units + candidate.units)  # noqa: PLW2901
        joined.append(candidate)
    return joined


def _needed(wiring: Wiring, kinds: Kinds, row: list[_Candidate]) -> dict[int, tuple[str, ...]]:
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


# --- chains -------------------------------------------------------------------------------------


class _Group(NamedTuple):
    """Units of one sign in a row."""

    sign: str
    units: tuple[Unit, ...]


def _chains(wiring: Wiring, found: Sequence[Unit]) -> Iterator[Part]:
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
    several = len(group.units) > 1 and all(len(unit.nodes) > 1 for unit in group.units)
    works = wiring.kernels(group.units[0].nodes) > 0
    for unit in group.units:
        yield Part(unit.nodes, group.sign if folded and several and works else "")


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
        if all(free[begin : begin + count * period]):
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
