"""The blocks of a series of units: regions that recur, chains like them, and repeated chains."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from inspector.answers.blocks.chains import chains
from inspector.answers.blocks.glue import with_glue
from inspector.answers.blocks.kinds import Kinds
from inspector.answers.blocks.parts import Candidate, Part
from inspector.answers.blocks.units import GLUE, Skeleton, Unit
from inspector.answers.blocks.wiring import Wiring


def parts(wiring: Wiring, kinds: Kinds, found: Sequence[Unit]) -> list[Part]:
    """The parts of a series: blocks by regions that recur, otherwise by repeated chains."""
    made = _regions(wiring, kinds, found)
    if not any(part.family for part in made):
        made = list(chains(wiring, found))
    return made


def _regions(wiring: Wiring, kinds: Kinds, found: Sequence[Unit]) -> list[Part]:
    row = with_glue(wiring, kinds, _candidates(wiring, found))
    counted = _counted(wiring, kinds, row)
    summing = {one.family for one in row if any(_sums(unit) for unit in one.units)}
    made: list[Part] = []
    for candidate in row:
        if candidate.family not in counted:
            made.extend(Part(unit.nodes) for unit in candidate.units)
            continue
        region = next((unit.region for unit in candidate.units if unit.region), None)
        join = wiring.class_name(region.end) if region else ""
        identity = any(unit.identity for unit in candidate.units)
        sums = candidate.family in summing
        made.append(Part(candidate.nodes, candidate.family, join, identity, sums))
    return made


def _counted(wiring: Wiring, kinds: Kinds, row: Sequence[Candidate]) -> set[str]:
    """The families of which two members have the same structure, or the same skeleton."""
    members: dict[str, list[Candidate]] = defaultdict(list)
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


def _candidates(wiring: Wiring, found: Sequence[Unit]) -> list[Candidate]:
    """Regions, and chains that do what the main branch of a region does, without its shortcut."""
    bodies = {unit.body for unit in found if unit.region and _sums(unit)}
    longest = sorted((body for body in bodies if len(body) > 1), key=len, reverse=True)
    row: list[Candidate] = []
    place = 0
    while place < len(found):
        unit = found[place]
        if unit.region:
            family = _family(unit.body, longest) if _sums(unit) else unit.sign
            row.append(Candidate((unit,), family, unit.body))
            place += 1
            continue
        body = next((body for body in longest if _matches(found, place, body)), None)
        if body is None:
            row.append(Candidate((unit,), ""))
            place += 1
            continue
        row.append(Candidate(tuple(found[place : place + len(body)]), _family(body, longest), body))
        place += len(body)
    return _begun(wiring, _beside(_squeezed(wiring, row)), longest)


def _squeezed(wiring: Wiring, row: list[Candidate]) -> list[Candidate]:
    """Forks without a shortcut, with the kernel before them where each of a family has the same."""
    before: dict[str, set[str]] = defaultdict(set)
    for place, candidate in enumerate(row):
        unit = candidate.units[0]
        if unit.region:
            squeeze = row[place - 1] if place else candidate
            lone = unit.identity or squeeze.family or not wiring.kernels(squeeze.nodes)
            before[candidate.family].add("" if lone else squeeze.units[0].sign)
    joined: list[Candidate] = []
    for candidate in row:
        signs = before.get(candidate.family, set()) if candidate.units[0].region else set()
        if len(signs) == 1 and signs != {GLUE}:
            candidate = candidate._replace(units=joined.pop().units + candidate.units)  # noqa: PLW2901
        joined.append(candidate)
    return joined


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


def _beside(row: list[Candidate]) -> list[Candidate]:
    """Chains count only next to a block; others are what a stem or a head happens to be."""
    kept: list[Candidate] = []
    for place, candidate in enumerate(row):
        lone = len(candidate.units) > 1 and not any(
            near.family for near in (*row[max(place - 1, 0) : place], *row[place + 1 : place + 2])
        )
        if lone:
            kept.extend(Candidate((unit,), "") for unit in candidate.units)
        else:
            kept.append(candidate)
    return kept


def _begun(wiring: Wiring, row: list[Candidate], longest: Sequence[Skeleton]) -> list[Candidate]:
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
                    Candidate(units, _family(body, longest), body),
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


def _opens(wiring: Wiring, before: Sequence[Candidate], first: Candidate) -> bool:
    """Whether a block of one kernel has a first one without shortcut, right behind the stem."""
    if len(first.body) != 1 or len(before) < 2:
        return False
    stem, opening = before[-2].units[0], before[-1].units[0]
    shapes = [wiring.shape(unit.nodes[-1]) for unit in (opening, first.units[0])]
    return stem.sign == opening.sign == first.body[0] and shapes[0] == shapes[1]
