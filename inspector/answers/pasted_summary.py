"""A pasted `model.summary()` checked row by row; what it does not print is inferred."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from inspector.answers.asked import Asked
from inspector.answers.fitting import (
    Solution,
    checkable,
    expected,
    solutions,
    weightless,
    would_fit,
)
from inspector.answers.settings_that_fit import FREE
from inspector.dims import Shape
from inspector.graph import escaped
from inspector.model import LayerRow, Totals
from inspector.pasted.building import snake
from inspector.pasted.table import Table, read_table, shapes_in, taken_in
from inspector.printed import PrintedRow
from inspector.readers.keras1 import CLASSES
from inspector.rules import all_layers

MODELS = frozenset(("Functional", "Model", "Sequential"))


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row of a pasted summary, and whether it can be right.

    `fits` is `None` for a row that nobody can check: a custom class, or a model that is not opened.
    """

    printed: PrintedRow
    class_name: str
    path: str
    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape | None, ...]
    sources: tuple[int, ...]  # places of the rows that it takes its input from
    fits: bool | None
    solutions: tuple[Solution, ...] = ()
    asking: tuple[Solution, ...] = ()  # what its shapes may ask for, where the count does not fit
    would_fit: Solution | None = None  # the input for which the count would be right
    inside: int | None = None  # what the rows of the model that it is add up to

    @property
    def asked_for(self) -> Solution | None:
        """The likeliest of what its shapes ask for."""
        return self.asking[0] if self.asking else None

    @property
    def params(self) -> int | None:
        """The count that its shapes ask for; `None` where nobody can say."""
        if self.fits:
            return self.printed.params
        if self.fits is None:
            return None
        if weightless(self.class_name):
            return 0
        return self.asked_for.params if self.asked_for else self.inside


@dataclass(frozen=True, slots=True)
class CheckedSummary:
    """A pasted summary with every row checked, and its totals."""

    rows: tuple[CheckedRow, ...]
    table: Table
    added: int  # what the pasted rows add up to, those inside others left out
    totals: Totals
    suspects: tuple[int, ...]  # rows that could carry what the total has more, or less
    notes: tuple[str, ...]

    @property
    def wrong(self) -> tuple[CheckedRow, ...]:
        """The rows that cannot be right."""
        return tuple(row for row in self.rows if row.fits is False)

    @property
    def lacking(self) -> int:
        """What the pasted total has more than the pasted rows; 0 where no total was pasted."""
        total = self.table.params
        return 0 if total is None or self.shared else total - self.added

    @property
    def shared(self) -> bool:
        """Whether a layer stands in it twice, which the total counts once."""
        counts: dict[str, int] = {}
        for row in self.rows:
            counts[row.printed.name] = counts.get(row.printed.name, 0) + 1
        twice = {name for name, count in counts.items() if count > 1}
        total = self.table.params
        spare = sum(row.printed.params for row in self.rows if row.printed.name in twice)
        return bool(twice) and total is not None and 0 < self.added - total <= spare

    @property
    def split_wrong(self) -> bool:
        """Whether trainable and non-trainable do not add up to the total."""
        parts = (self.table.trainable, self.table.non_trainable)
        if self.table.params is None or None in parts:
            return False
        return sum(part for part in parts if part is not None) != self.table.params

    @property
    def agrees(self) -> bool:
        """Whether all of it can be right."""
        return not (self.wrong or self.lacking or self.split_wrong)


def checked_summary(text: str) -> CheckedSummary:
    """Check a pasted summary.

    Raises:
        ReadError: there is no table in it, or a row of it is not understood.
    """
    return checked_table(read_table(text))


def checked_table(table: Table) -> CheckedSummary:
    """The same for a table that is taken apart already."""
    rows = tuple(_with_insides([_checked(each) for each in _linked(table)]))
    added = sum(row.printed.params for row in rows if not row.printed.level)
    if table.params is not None:
        rows = tuple(_explaining(row, table.params - added) for row in rows)
    top = [row for row in rows if not row.printed.level]
    checked = CheckedSummary(rows, table, added, _totals(table, top), (), tuple(_notes(rows)))
    return replace(checked, suspects=tuple(_suspects(rows, checked.lacking)))


def _explaining(row: CheckedRow, lacking: int) -> CheckedRow:
    """The row with that first, of what its shapes may ask for, which the total asks for as well."""
    asking = sorted(row.asking, key=lambda each: each.params - row.printed.params != lacking)
    return replace(row, asking=tuple(asking)) if asking else row


def row_of(row: CheckedRow) -> LayerRow:
    """The row as every document shows a layer."""
    best = row.solutions[0] if row.solutions else row.asked_for
    spec = best.spec if best and row.fits is not None else None
    return LayerRow(
        path=row.path,
        name=row.printed.name,
        class_name=row.class_name,
        operation=False,
        trainable=row.printed.trainable is not False,
        calls=1,
        outputs=(row.outputs,),
        params=row.params,
        trainable_params=None,
        non_trainable_params=None,
        formula=spec.formula if spec else None,
        arithmetic=spec.arithmetic if spec else None,
        weights=spec.weights if spec else (),
        macs=None,
        inbound=tuple((ref.layer, ref.call, ref.output) for ref in taken_in(row.printed.connected)),
        summary=row.printed.params,
    )


def _totals(table: Table, top: Sequence[CheckedRow]) -> Totals:
    counts = [row.printed.params if row.params is None else row.params for row in top]
    whole = all(row.params is not None for row in top)
    told = sum(counts) == table.params  # else its parts are those of another sum
    parts = (table.trainable, table.non_trainable) if told else (None, None)
    return Totals(sum(counts), *parts, None, complete=whole, summary=table.params)


def _notes(rows: Sequence[CheckedRow]) -> Iterator[str]:
    unknown = dict.fromkeys(
        row.class_name
        for row in rows
        if row.fits is None and row.class_name not in MODELS and row.printed.built
    )
    if unknown:
        yield f"not checked, since no rule can tell: {', '.join(unknown)}"


# --- what flows where ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Linked:
    printed: PrintedRow
    class_name: str
    path: str
    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape | None, ...]
    sources: tuple[int, ...]


def _linked(table: Table) -> Iterator[_Linked]:
    """Every row with the shapes that flow into it, as far as the table tells."""
    shapes = [shapes_in(row.output_shape) for row in table.rows]
    named = _Names(table.rows)
    parents: list[int] = []  # places of the models around a row
    before: dict[int, int | None] = {}  # by level, the row before on the same level
    for place, row in enumerate(table.rows):
        del parents[row.level :]
        # The first inside a model is an input layer, or fed from outside.
        sources = _sources(row, table, named, before.get(row.level))
        path = "/".join(escaped(table.rows[at].name) for at in (*parents, place))
        inputs = _inputs(sources, shapes)
        yield _Linked(
            row,
            _class(row, inputs),
            path,
            inputs,
            shapes[place],
            tuple(at for at, _ in sources),
        )
        before[row.level] = place
        before[row.level + 1] = None
        parents.append(place)


def _sources(
    row: PrintedRow, table: Table, named: _Names, before: int | None
) -> list[tuple[int, int]]:
    """Places and outputs that a row takes its tensors from."""
    taken = taken_in(row.connected)
    if taken:
        return [(named.place(ref.layer), ref.output) for ref in taken]
    if (table.connected and not row.level) or before is None:
        return []
    return [(before, 0)]


class _Names:
    """The rows by name; many names of a narrow table are cut off, and some of them alike."""

    def __init__(self, rows: Sequence[PrintedRow]) -> None:
        self.whole: dict[str, int] = {}
        self.cut: list[tuple[str, int]] = []
        for place, row in enumerate(rows):
            if row.name.endswith("…"):
                self.cut.append((row.name.removesuffix("…"), place))
            else:
                self.whole.setdefault(row.name, place)

    @lru_cache(maxsize=10_000)  # noqa: B019 - it lives as long as the summary is read
    def place(self, name: str) -> int:
        """The only row that a name can mean; -1 where there is none, or more than one."""
        if name in self.whole:
            return self.whole[name]
        stem = name.removesuffix("…")
        found = [at for cut, at in self.cut if stem.startswith(cut)]
        if stem != name:
            found += [at for cut, at in self.cut if cut.startswith(stem) and cut != stem]
            found += [at for other, at in self.whole.items() if other.startswith(stem)]
        return found[0] if len(found) == 1 else -1


def _inputs(
    sources: Sequence[tuple[int, int]], shapes: Sequence[tuple[Shape | None, ...]]
) -> tuple[Shape | None, ...]:
    taken: list[Shape | None] = []
    for place, output in sources:
        given = shapes[place] if place >= 0 else (None,)
        taken.append(given[output] if output < len(given) else None)
    return tuple(taken)


def _class(row: PrintedRow, inputs: Sequence[Shape | None]) -> str:
    """The class of a row under its name in Keras 2 and 3, also where the table cut it off."""
    name = CLASSES.get(row.class_name, row.class_name)
    if not name.endswith("…"):
        return name
    known = all_layers()
    stem = name.removesuffix("…")
    fits = [each for each in (*known, *MODELS) if each.startswith(stem)] if stem else []
    own = re.sub(r"_\d+$", "", row.name)
    named = [each for each in fits or known if snake(each) == own]
    if len(fits) == 1 or named:
        return fits[0] if len(fits) == 1 else named[0]
    taken = inputs[0] if inputs else None  # what flows into a `…2D` has four axes
    ranked = [each for each in fits if taken and each.endswith(f"{len(taken) - 2}D")]
    return ranked[0] if len(ranked) == 1 else name


# --- rows ---------------------------------------------------------------------------------------


def _checked(row: _Linked) -> CheckedRow:
    fits, found, asks, would = _verdict(
        Asked(row.class_name, row.inputs, row.outputs, row.printed.params), row.printed.built
    )
    return CheckedRow(
        row.printed, row.class_name, row.path, row.inputs, row.outputs, row.sources,
        fits, found, asks, would,
    )  # fmt: skip


_Verdict = tuple[bool | None, tuple[Solution, ...], tuple[Solution, ...], Solution | None]


@lru_cache(maxsize=10_000)
def _verdict(asked: Asked, built: bool) -> _Verdict:
    if not built or asked.class_name in MODELS or not checkable(asked.class_name):
        return None, (), (), None
    opaque = asked.class_name in ("TimeDistributed", "Bidirectional")
    if weightless(asked.class_name) is not True and asked.outputs in ((), (None,)):
        return None, (), (), None
    found = solutions(asked)
    if found:
        return True, found, (), None
    unfed = (not asked.inputs or None in asked.inputs) and asked.class_name not in FREE
    if opaque or (unfed and not weightless(asked.class_name)):
        return None, (), (), None  # another layer inside, or another input, may come to it
    return False, (), expected(asked), would_fit(asked)


def _with_insides(rows: list[CheckedRow]) -> Iterator[CheckedRow]:
    """Models that are opened, held to what the rows inside them add up to."""
    for place, row in enumerate(rows):
        inside = _inside(rows, place)
        if row.fits is not None or not inside:
            yield row
            continue
        total = sum(
            each.printed.params for each in inside if each.printed.level == row.printed.level + 1
        )
        if any(each.fits is False for each in inside):
            yield replace(row, inside=total)
        else:
            yield replace(row, inside=total, fits=total == row.printed.params)


def _inside(rows: Sequence[CheckedRow], place: int) -> list[CheckedRow]:
    inside = []
    for each in rows[place + 1 :]:
        if each.printed.level <= rows[place].printed.level:
            break
        inside.append(each)
    return inside


# --- totals -------------------------------------------------------------------------------------


def _suspects(rows: Sequence[CheckedRow], lacking: int) -> Iterator[int]:
    """Rows that would be right, or that nobody can check, with what a sum over them has more."""
    if lacking and all(row.fits is not False for row in rows):
        yield from _carriers(rows, range(len(rows)), 0, lacking)
    for place, row in enumerate(rows):
        if row.fits is False and row.inside is not None:
            inner = range(place + 1, place + 1 + len(_inside(rows, place)))
            gap = row.printed.params - row.inside
            yield from _carriers(rows, inner, row.printed.level + 1, gap)


def _carriers(
    rows: Sequence[CheckedRow], places: Iterable[int], level: int, gap: int
) -> Iterator[int]:
    for place in places:
        row, count = rows[place], rows[place].printed.params + gap
        if row.printed.level != level or count < 0:
            continue
        if row.fits is None:
            yield place
        elif row.class_name in MODELS or weightless(row.class_name):
            continue
        elif solutions(Asked(row.class_name, row.inputs, row.outputs, count)):
            yield place
