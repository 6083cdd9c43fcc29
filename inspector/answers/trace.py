"""Which name means which node, line by line: the program as the graph sees it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from inspector.answers.lint.finding import Finding
from inspector.errors import InspectError
from inspector.model import Model
from inspector.scripts import model_in_run, outermost
from inspector.shown import Shown
from inspector.symbolic.outside import Binding, Found, Frame, Problem, Run, Taken

Key = tuple[int, int, int]


class Named(NamedTuple):
    """A name with the number that tells its bindings apart; None where it has but one."""

    name: str
    number: int | None


class Call(NamedTuple):
    """What a name is bound to, in single-assignment form: a call, and what it takes."""

    function: str
    takes: tuple[Named | Call, ...]


class Row(NamedTuple):
    """One binding; or a run of them: calls of one function, or the layers that a loop takes."""

    first: Binding
    last: Binding
    names: tuple[Named, ...]
    value: Call | Named | None  # None: a second name for what has one in this call already
    same: bool = False  # it is the very tensor that `value` names
    outer: bool = False  # `value` is a name of the caller
    calls: int = 0  # of functions of the program, 0 for a layer
    layers: int = 0  # that these calls made
    rounds: int = 0  # of a loop, each as the one above; `names` are the first and the last of them


class Section(NamedTuple):
    """One function, opened for one of its calls."""

    frame: Frame
    times: int  # how often it was called
    rows: tuple[Row, ...]


class Meaning(NamedTuple):
    """How often a name was bound, and to how many different tensors."""

    name: str
    bound: int
    tensors: int
    alone: int  # tensors that no name has that was counted before this one


@dataclass(frozen=True, slots=True)
class TracedModel:
    """A model that the program made."""

    found: Found = field(repr=False)
    model: Model = field(repr=False)


@dataclass(frozen=True, slots=True)
class Trace(Shown):
    """Every binding of a name to a tensor, a layer or a model, in order."""

    run: Run = field(repr=False)
    sections: tuple[Section, ...] = field(repr=False)
    meanings: tuple[Meaning, ...]
    models: tuple[TracedModel, ...]
    unnamed: int | None  # nodes of the one model that no name means; None: there is no one model
    problems: tuple[Problem, ...]
    findings: tuple[Finding, ...] = ()  # of `lint`

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """Every binding, in the order in which they were made."""
        return self.run.bindings

    @property
    def model(self) -> TracedModel | None:
        """The one model of the program, where there is one."""
        held = outermost(self.run)
        if len(held) != 1:
            return None
        return next((model for model in self.models if model.found is held[0]), None)


def trace(run: Run, *, opened: bool = False) -> Trace:
    """What a run tells of its names.

    Args:
        opened: open every call of a function, and not only the first one of each.
    """
    models, problems = _models(run)
    only = outermost(run)
    meanings = _meanings(run.bindings)
    return Trace(
        run=run,
        sections=tuple(_sections(run, opened)),
        meanings=meanings,
        models=models,
        unnamed=_unnamed(run, only[0]) if len(only) == 1 else None,
        problems=(*run.problems, *problems),
    )


def scope(run: Run, frame: int) -> str:
    """The functions that a call stands in, from the outermost: `ResNet50/identity_block`."""
    names = []
    while frame > 0:
        names.append(run.frames[frame].function)
        frame = run.frames[frame].parent
    return "/".join(reversed(names))


def _models(run: Run) -> tuple[tuple[TracedModel, ...], tuple[Problem, ...]]:
    made, problems = [], []
    for found in run.models:
        only = _only(run, found)
        try:
            made.append(TracedModel(found, model_in_run(only, "")))
        except InspectError as error:
            problems.append(Problem(found.line, f"{found.graph.name}: {error}"))
    return tuple(made), tuple(problems)


def _only(run: Run, found: Found) -> Run:
    return run._replace(models=(found._replace(inside=frozenset()),))


def _meanings(bindings: Sequence[Binding]) -> tuple[Meaning, ...]:
    bound: Counter[str] = Counter()
    keys: dict[str, set[Key]] = {}
    for binding in bindings:
        if binding.kind == "tensor" and binding.version:
            bound[binding.variable] += 1
            keys.setdefault(binding.variable, set()).add(binding.key)
    seen: set[Key] = set()
    meanings = []
    for name in sorted(keys, key=lambda name: -len(keys[name])):
        meanings.append(Meaning(name, bound[name], len(keys[name]), len(keys[name] - seen)))
        seen |= keys[name]
    return tuple(meanings)


def _unnamed(run: Run, found: Found) -> int:
    """The calls of a model that no name means."""
    named = {(str(b.serial), b.node) for b in run.bindings if b.kind == "tensor"}
    return sum((node.layer.identity, node.call) not in named for node in found.graph.nodes)


# --- sections -----------------------------------------------------------------------------------


def _sections(run: Run, opened: bool) -> list[Section]:
    frames = _Frames(run)
    times = Counter(frame.function for frame in run.frames[1:])
    done: set[str] = set()
    sections = []
    for frame in run.frames:
        if frame.number not in frames.bindings or (not opened and frame.function in done):
            continue
        done.add(frame.function)
        rows = _Rows(frames, frame).rows()
        if not opened:
            rows = _without_rounds(rows)
        if rows:
            sections.append(Section(frame, times[frame.function], tuple(rows)))
    return sections


class _Frames:
    """The calls of functions: what was bound in each, and what was called from it."""

    def __init__(self, run: Run) -> None:
        self.bindings: dict[int, list[Binding]] = {}
        for binding in run.bindings:
            self.bindings.setdefault(binding.frame, []).append(binding)
        self.called: dict[int, dict[tuple[str, int], list[Frame]]] = {}
        for frame in run.frames:
            at = self.called.setdefault(frame.parent, {})
            at.setdefault((frame.function, frame.line), []).append(frame)
        self.names: dict[int, dict[Key, Named]] = {}

    def named(self, number: int, key: Key) -> Named | None:
        """The last name that a tensor was given in a call."""
        if number not in self.names:
            bindings = self.bindings.get(number, ())
            counts = Counter(one.variable for one in bindings)
            self.names[number] = {
                one.key: Named(one.variable, one.version if counts[one.variable] > 1 else None)
                for one in bindings
            }
        return self.names[number].get(key)


class _Rows:
    """The rows of one call of a function."""

    def __init__(self, frames: _Frames, frame: Frame) -> None:
        self.frames, self.frame = frames, frame
        self.bindings = frames.bindings[frame.number]
        counts = Counter(b.variable for b in self.bindings)
        self.numbered = {name for name, count in counts.items() if count > 1}
        self.means: dict[Key, list[Named]] = {}  # what has names by now
        self.children = frames.called.get(frame.number, {})
        self.bound: Counter[int] = Counter()  # names by now, by line

    def rows(self) -> list[Row]:
        made: list[Row] = []
        for binding in self.bindings:
            row = self._row(binding)
            if made and _run_on(made[-1], row):
                made[-1] = _joined(made[-1], row)
            else:
                made.append(row)
            self.means.setdefault(binding.key, []).append(self._named(binding))
            self.bound[binding.line] += 1
        return made

    def _known(self, key: Key, code: str) -> Named | None:
        """The name by which a line means a tensor: the last that it writes, or the first of all."""
        names = self.means.get(key)
        if not names:
            return None
        words = set(re.findall(r"[\w.]+", code.partition("=")[2]))
        return next((named for named in reversed(names) if named.name in words), names[0])

    def _named(self, binding: Binding) -> Named:
        number = binding.version if binding.variable in self.numbered else None
        return Named(binding.variable, number)

    def _row(self, binding: Binding) -> Row:
        name = (self._named(binding),)
        known = self._known(binding.key, binding.code)
        if binding.kind != "tensor":
            return Row(binding, binding, name, None)
        if known is not None:
            return Row(binding, binding, name, known, same=True)
        if not binding.version:
            outer = self.frames.named(self.frame.parent, binding.key)
            if outer is not None:
                return Row(binding, binding, name, outer, outer=True)
        child = self._child(binding)
        if child is not None:
            takes = tuple(self._arguments(child, binding.code))
            value = Call(child.function, takes)
            return Row(binding, binding, name, value, calls=1, layers=child.made)
        takes = tuple(self._taken(taken, binding.code) for taken in binding.inputs)
        return Row(binding, binding, name, Call(binding.class_name, takes))

    def _child(self, binding: Binding) -> Frame | None:
        """The call of a function of the program that gave what is bound; in a loop its latest."""
        for line in range(binding.line, binding.end + 1):
            calls = self.children.get((binding.callee, line))
            if calls:
                return calls[min(self.bound[binding.line], len(calls) - 1)]
        return None

    def _arguments(self, child: Frame, code: str) -> list[Named | Call]:
        """The tensors that a call of a function was given, by their names here."""
        given = [b for b in self.frames.bindings.get(child.number, ()) if not b.version]
        return [
            self._known(b.key, code) or Named(b.variable, None) for b in given if b.kind == "tensor"
        ]

    def _taken(self, taken: Taken, code: str) -> Named | Call:
        known = self._known(taken.key, code)
        if known is not None:
            return known
        if taken.inputs:
            return Call(taken.class_name, tuple(self._taken(inner, code) for inner in taken.inputs))
        return Named(taken.layer, None)


def _run_on(before: Row, row: Row) -> bool:
    """Whether two rows are calls of one function, or layers that one loop takes, in a row."""
    if before.first.kind == row.first.kind == "layer":
        alike = before.first.line == row.first.line
        return alike and before.names[0].name == row.names[0].name
    if not (before.calls and row.calls):
        return False
    if not (isinstance(before.value, Call) and isinstance(row.value, Call)):
        return False
    alike = (
        before.value.function == row.value.function and before.names[0].name == row.names[0].name
    )
    return alike and before.last.shape == row.last.shape


def _joined(before: Row, row: Row) -> Row:
    return Row(
        before.first,
        row.last,
        (*before.names, *row.names),
        before.value,
        calls=before.calls + row.calls,
        layers=before.layers + row.layers,
    )


# --- the rounds of a loop -----------------------------------------------------------------------

_FEWEST = 2  # rounds like the one above that become one row


def _without_rounds(rows: Sequence[Row]) -> list[Row]:
    """The rows, with one for all rounds of a loop that do what its first did, to equal shapes."""
    signs = [_sign(row) for row in rows]
    again: dict[int, int] = {}  # from each row to the next of its kind
    latest: dict[tuple[object, ...], int] = {}
    for place in reversed(range(len(signs))):
        if signs[place] in latest:
            again[place] = latest[signs[place]]
        latest[signs[place]] = place
    kept: list[Row] = []
    place = 0
    while place < len(rows):
        size = again.get(place, place) - place
        end = _end_of_rounds(signs, place, size) if size > 1 else place
        rounds = (end - place) // size - 1 if size > 1 else 0
        if rounds < _FEWEST:
            kept.append(rows[place])
            place += 1
            continue
        kept.extend(rows[place : place + size])
        first, last = rows[place + size], rows[end - 1]
        names = (*first.names[:1], *last.names[-1:])
        kept.append(Row(first.first, last.last, names, None, rounds=rounds))
        place = end
    return kept


def _end_of_rounds(signs: Sequence[object], start: int, size: int) -> int:
    """Where the rows end that repeat the first `size` of them, whole rounds only."""
    place = start + size
    while place < len(signs) and signs[place] == signs[place - size]:
        place += 1
    return place - (place - start) % size


def _sign(row: Row) -> tuple[object, ...]:
    """What a row has in common with the same line in another round."""
    function = row.value.function if isinstance(row.value, Call) else type(row.value).__name__
    names = tuple(named.name for named in row.names)
    return row.first.line, names, function, row.last.shape, row.same, row.first.kind, row.calls
