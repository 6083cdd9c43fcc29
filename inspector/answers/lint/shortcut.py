"""GI101: a saved shortcut that nothing reads, because a later line reads the wrong name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

from inspector.answers.lint.evidence import called_on, otherwise, stops
from inspector.answers.lint.finding import Finding, Mark
from inspector.answers.lint.record import Names, Wires
from inspector.answers.lint.source import Scope, names_read
from inspector.symbolic.outside import Binding
from inspector.symbolic.wiring import Key

_ABOVE = 3  # lines by which a call may begin above the list that it is given


class _Case(NamedTuple):
    """One call of a function in which it happens."""

    saved: Binding  # what nothing reads
    read: Binding  # what the wrong name means
    wrong: ast.Name  # the wrong name
    merge: ast.expr | None  # where both meet again
    made: Binding | None  # what overwrites it; None: it stays, and is not read

    @property
    def lines(self) -> tuple[int, int, str]:
        return self.saved.line, self.wrong.lineno, self.saved.variable


def shortcut(wires: Wires, names: Names) -> Iterator[Finding]:
    """A branch is saved under a name of its own, and what should read it reads another name."""
    cases: dict[tuple[int, int, str], list[_Case]] = {}
    for saved in names.run.bindings:
        if saved.kind != "tensor" or not saved.version or names.is_read(saved):
            continue
        case = _overwritten(saved, wires, names) or _forgotten(saved, wires, names)
        if case is not None:
            cases.setdefault(case.lines, []).append(case)
    for alike in cases.values():
        yield _finding(alike, wires, names)


def _overwritten(saved: Binding, wires: Wires, names: Names) -> _Case | None:
    """`shortcut = f(X)` where `shortcut = f(shortcut)` is meant; both meet in a merge later."""
    made = names.following(saved)
    scope = names.scope(saved.frame)
    statement = scope.binding(made.line, made.variable) if made is not None else None
    if made is None or made.kind != "tensor" or not isinstance(statement, ast.Assign):
        return None
    merge = _meeting(scope, made, wires, names)
    if merge is None:
        return None
    for wrong in names_read(statement.value):
        read = names.before(wrong.id, made)
        if read is not None and _went_on(saved, read, wires):
            return _Case(saved, read, wrong, merge, made)
    return None


def _forgotten(saved: Binding, wires: Wires, names: Names) -> _Case | None:
    """`Add()([X, X])` where `Add()([X, shortcut])` is meant."""
    if names.following(saved) is not None:
        return None
    scope = names.scope(saved.frame)
    for call in wires.doubled:
        if call.frame != saved.frame or call.line <= saved.line:
            continue
        found = _twice(scope, call.line)
        if found is None:
            continue
        merge, wrong = found
        read = _meaning(names, saved.frame, wrong.id, call.inputs)
        if read is not None and _went_on(saved, read, wires):
            return _Case(saved, read, wrong, merge, None)
    return None


def _twice(scope: Scope, line: int) -> tuple[ast.expr, ast.Name] | None:
    """The expression on a line that names one thing twice, and the second of the names."""
    statement = scope.holding(line)
    for node in ast.walk(statement) if statement is not None else ():
        if not isinstance(node, ast.List | ast.Tuple | ast.BinOp):
            continue
        read = names_read(node)
        if len(read) > 1 and len({one.id for one in read}) == 1:
            return node, read[-1]
    return None


def _meaning(names: Names, frame: int, name: str, keys: tuple[Key, ...]) -> Binding | None:
    """The binding by which a name means one of these tensors."""
    for number in names.by_name.get((frame, name), ()):
        binding = names.run.bindings[number]
        if binding.key in keys:
            return binding
    return None


def _went_on(saved: Binding, read: Binding, wires: Wires) -> bool:
    """Whether what is read lies further down a path that begins where the saved tensor is.

    A path that begins there: at the saved tensor itself, or beside it, where the saved one is the
    first step of a branch.
    """
    if read.kind != "tensor" or read.key == saved.key or read.variable == saved.variable:
        return False
    behind = wires.behind(read.key[:2])
    if saved.key[:2] in behind:
        return True
    call = wires.at.get(saved.key[:2])
    forks = {key[:2] for key in call.inputs} if call is not None else set()
    here = read.key[:2] in forks  # the branch begins at what is read: then it is no mistake
    return not here and bool(forks & behind)


def _meeting(scope: Scope, made: Binding, wires: Wires, names: Names) -> ast.expr | None:
    """Where the overwritten name and another tensor are put together, later in the function."""
    for statement in scope.statements:
        if statement.lineno <= made.end:
            continue
        for node in ast.walk(statement):
            if not isinstance(node, ast.List | ast.Tuple | ast.BinOp | ast.Call):
                continue
            read = _direct(node)
            others = [other for other in read if (made.frame, other) in names.by_name]
            if made.variable in read and len(others) > 1 and _is_joined(node, made, wires, names):
                return node
    return None


def _direct(node: ast.expr) -> set[str]:
    """The names that stand in an expression itself; of a call, those that it is given."""
    if isinstance(node, ast.Call):
        return {one.id for one in node.args if isinstance(one, ast.Name)}
    return {one.id for one in names_read(node)}


def _is_joined(node: ast.expr, made: Binding, wires: Wires, names: Names) -> bool:
    """Whether a layer took several tensors there, or could not: a list alone joins nothing."""
    last = node.end_lineno or node.lineno
    tried = ((call.inputs, call.frame, call.line) for call in wires.calls)
    failed = ((call.inputs, call.frame, call.line) for call in wires.wiring.failures)
    for inputs, number, place in chain(tried, failed):
        if len(inputs) < 2:
            continue
        frame = names.run.frames[number]
        line = frame.line if frame.parent == made.frame else 0
        line = place if number == made.frame else line
        if node.lineno - _ABOVE <= line <= last:
            return True
    return False


# --- what is said of it -------------------------------------------------------------------------


def _finding(alike: list[_Case], wires: Wires, names: Names) -> Finding:
    case = next((one for one in alike if one.made is not None), alike[0])
    saved, wrong = case.saved, case.wrong
    name = saved.variable
    frames = frozenset(one.saved.frame for one in alike)
    read = f"{names.named(case.read)}, the output of {case.read.layer}"
    title = "the shortcut starts from the end of the main path"
    if case.made is None:
        title = "the main path is merged with itself, and the shortcut is not used"
    numbers = (otherwise(one.saved, one.read, one.made, wires, names) for one in alike)
    stopping = (stops(frame, wires, names) for frame in sorted(frames))
    notes = [note for groups in (numbers, stopping) for note in _first(groups)]
    return Finding(
        code="GI101",
        severity="error",
        title=title,
        message=f"{title}: {name}, saved on line {saved.line}, is never read; line "
        f"{wrong.lineno} reads {read}",
        hint=f"a shortcut carries the input of its block past the main path; line {saved.line} "
        f"saves it as {name}, and line {wrong.lineno} is where it is to be read",
        line=wrong.lineno,
        column=wrong.col_offset + 1,
        path=case.made.layer if case.made is not None else "",
        variable=name,
        within=called_on(saved.frame, names),
        marks=_marks(case, names),
        notes=tuple(notes),
        frames=frames,
    )


def _first(groups: Iterable[Iterable[str]]) -> Iterator[str]:
    """The first of all notes, where there is one."""
    yield from islice(chain.from_iterable(groups), 1)


def _marks(case: _Case, names: Names) -> tuple[Mark, ...]:
    saved, read, source = case.saved, case.read, names.source
    scope = names.scope(saved.frame)
    text = f"saves {_what(saved, names)}; nothing reads it"
    marks = [source.name_mark(scope, saved.line, saved.variable, text)]
    here = f"here {read.variable} is {names.named(read)}, the output of {read.layer}"
    if read.line != case.wrong.lineno:
        here += f" (line {read.line})"
    if case.made is None:
        text = f"{here}, both times"
        return (*marks, source.mark(case.wrong, text, cause=True))
    marks.append(source.mark(case.wrong, here, cause=True))
    if case.merge is not None:
        marks.append(source.mark(case.merge, f"so both inputs come from {read.layer}"))
    return tuple(marks)


def _what(saved: Binding, names: Names) -> str:
    """What a name was given: an argument, or what a layer gives."""
    statement = names.scope(saved.frame).binding(saved.line, saved.variable)
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Name):
        meant = names.before(value.id, saved)
        if meant is not None:
            argument = not meant.version and bool(saved.frame)
            what = "the input of the block" if argument else f"the output of {meant.layer}"
            return f"{names.named(meant)}, {what}"
    return f"the output of {saved.layer}"
