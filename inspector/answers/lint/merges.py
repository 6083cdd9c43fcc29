"""GI102, GI103: layers that put several tensors together, and what they are given."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.answers.lint.evidence import called_on, reason, sizes
from inspector.answers.lint.finding import Finding, Mark
from inspector.answers.lint.record import MERGES, Names, Place, Wires
from inspector.dims import Shape
from inspector.symbolic.wiring import Failure, Key, Wired

# Of one tensor, these give what a constant factor gives, the tensor itself, or zero. A product is
# a square, and a tensor joined to itself makes three channels of one: both are written on purpose.
_IDLE = {
    "Add": "it only doubles it",
    "Average": "it gives the tensor itself",
    "Maximum": "it gives the tensor itself",
    "Minimum": "it gives the tensor itself",
    "Subtract": "it gives nothing but zeros",
}
_AXES = {4: ("height", "width", "channels"), 3: ("length", "channels"), 2: ("features",)}


def doubled(wires: Wires, names: Names | None) -> Iterator[Finding]:
    """GI102: a tensor is added to itself."""
    told: set[tuple[int, str]] = set()
    for call in wires.calls:
        kind, inputs = call.layer.class_name, call.inputs
        if kind not in _IDLE or len(inputs) < 2 or len(set(inputs)) > 1:
            continue
        place = (call.line, "" if call.line else call.layer.name)
        if place in told:
            continue
        told.add(place)
        giver = wires.name(inputs[0])
        title = f"{kind} gets the same tensor {_times(len(inputs))}"
        yield Finding(
            code="GI102",
            severity="warning",
            title=title,
            message=f"{title}: {call.layer.name} takes only the output of {giver}; {_IDLE[kind]}",
            hint=f"{kind} joins branches that differ; one of the names here is another one's",
            line=call.line or None,
            path=call.layer.name,
            within=called_on(call.frame, names) if names else "",
            marks=_marks(names, call, f"takes only the output of {giver}: {_IDLE[kind]}"),
            frames=frozenset((call.frame,)),
        )


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"


def _marks(names: Names | None, call: Wired, text: str) -> tuple[Mark, ...]:
    if names is None or not call.line:
        return ()
    scope = names.scope(call.frame)
    return (names.source.call_mark(scope, call.line, call.layer.class_name, text, cause=True),)


# --- shapes that clash --------------------------------------------------------------------------


def clashing(wires: Wires, names: Names) -> Iterator[Finding]:
    """GI103: tensors that do not fit each other meet in a merge."""
    told: set[int] = set()
    for failure in wires.wiring.failures:
        known = all(wires.shape(key) is not None for key in failure.inputs)
        if failure.layer.class_name not in MERGES or failure.line in told or not known:
            continue
        pair = _clash(failure, wires)
        if pair is not None:
            told.add(failure.line)
            yield _clash_finding(failure, pair, wires, names)


def _clash(failure: Failure, wires: Wires) -> tuple[Key, Key, int] | None:
    """The first two inputs that do not fit, and the axis on which they part."""
    first = failure.inputs[0] if failure.inputs else None
    for other in failure.inputs[1:]:
        one, two = wires.shape(first), wires.shape(other)  # type: ignore[arg-type]
        if first is None or one is None or two is None:
            continue
        if len(one) != len(two):
            return first, other, 0
        for axis in _compared(failure, len(one)):
            if _differ(one[axis], two[axis], joined=failure.layer.class_name == "Concatenate"):
                return first, other, axis
    return None


def _compared(failure: Failure, rank: int) -> list[int]:
    """The axes that must fit: all but the batch, and but the one that is joined."""
    axes = list(range(1, rank))
    if failure.layer.class_name == "Concatenate":
        axis = failure.layer.config.get("axis", -1)
        place = axis % rank if isinstance(axis, int) else rank - 1
        axes = [one for one in axes if one != place]
    return axes


def _differ(one: int | None, two: int | None, *, joined: bool) -> bool:
    if one is None or two is None or one == two:
        return False
    return joined or 1 not in (one, two)


def _clash_finding(
    failure: Failure, pair: tuple[Key, Key, int], wires: Wires, names: Names
) -> Finding:
    one, two, axis = pair
    kind = failure.layer.class_name
    shapes = [sizes(wires.shape(key)) for key in (one, two)]
    title = f"the shapes that meet in {kind} do not fit"
    what = _axis_name(wires.shape(one), axis)
    scope = names.scope(failure.frame)
    text = f"gets {shapes[0]} from {wires.name(one)} and {shapes[1]} from {wires.name(two)}"
    fork = _fork(one, two, wires)
    paths = [_path(fork, key, wires) for key in (one, two)]
    steps = [_steps(path, axis, wires) for path in paths]
    marks = [names.source.call_mark(scope, failure.line, kind, text, cause=True)]
    for branch in steps:
        for call, before, after in branch[:2]:
            if call.line and call.line != failure.line:
                where = names.scope(call.frame)
                said = f"{what} from {before} to {after}"
                marks.append(names.source.call_mark(where, call.line, call.layer.class_name, said))
    return Finding(
        code="GI103",
        severity="error",
        title=title,
        message=f"{title}: {failure.layer.name} {text}; {reason(failure)}".rstrip("; "),
        hint=f"{_principle(kind)}; "
        + (
            f"compare what the branches do after {_named(fork, wires)}"
            if fork
            else "see where each begins"
        ),
        line=failure.line,
        path=failure.layer.name,
        within=called_on(failure.frame, names),
        marks=tuple(_one_a_line(marks)),
        notes=tuple(_notes(fork, paths, steps, what, wires)),
        frames=frozenset((failure.frame,)),
    )


def _principle(kind: str) -> str:
    if kind == "Concatenate":
        return "tensors that are joined agree in every axis but the joined one"
    return "tensors that are added agree in every axis"


def _axis_name(shape: Shape | None, axis: int) -> str:
    if not axis or shape is None:
        return "the number of axes"
    words = _AXES.get(len(shape))
    return words[axis - 1] if words else f"axis {axis}"


def _one_a_line(marks: list[Mark]) -> Iterator[Mark]:
    """Marks without those that say the same of a line, as calls of one function do."""
    seen: set[int] = set()
    for mark in marks:
        if mark.line not in seen:
            seen.add(mark.line)
            yield mark


def _fork(one: Key, two: Key, wires: Wires) -> Place | None:
    """The last call that both tensors are computed from."""
    common = wires.behind(one[:2]) & wires.behind(two[:2])
    return max(
        (place for place in common if place in wires.order),
        key=wires.order.__getitem__,
        default=None,
    )


def _path(fork: Place | None, key: Key, wires: Wires) -> list[Wired]:
    """The calls from the fork, left out, to the one that gives a tensor."""
    path: list[Wired] = []
    place = key[:2]
    while place != fork and place in wires.at:
        call = wires.at[place]
        path.append(call)
        before = [taken[:2] for taken in call.inputs]
        on_way = (taken for taken in before if fork is None or fork in wires.behind(taken))
        place = next(on_way, (-1, -1))
    return path[::-1]


def _steps(path: list[Wired], axis: int, wires: Wires) -> list[tuple[Wired, object, object]]:
    """The calls on a path that change the size along an axis."""
    found: list[tuple[Wired, object, object]] = []
    for call in path:
        before = wires.shape(call.inputs[0]) if call.inputs else None
        after = call.outputs[0] if call.outputs else None
        if before is None or after is None:
            continue
        if not axis and len(before) != len(after):
            found.append((call, f"{len(before) - 1}", f"{len(after) - 1}"))
        elif axis and axis < min(len(before), len(after)) and before[axis] != after[axis]:
            found.append((call, before[axis], after[axis]))
    return found


def _notes(
    fork: Place | None,
    paths: list[list[Wired]],
    steps: list[list[tuple[Wired, object, object]]],
    what: str,
    wires: Wires,
) -> Iterator[str]:
    if fork is not None:
        yield f"both branches begin at {_named(fork, wires)}: {sizes(wires.shape((*fork, 0)))}"
    for word, path, branch in zip(("first", "second"), paths, steps, strict=True):
        changes = ", ".join(
            f"{call.layer.name} ({before} to {after})" for call, before, after in branch
        )
        end = sizes(path[-1].outputs[0]) if path and path[-1].outputs else ""
        if not path:
            yield f"the {word} branch has no layer of its own"
        elif changes:
            yield f"the {word} branch changes {what} in {changes}, and ends as {end}"
        else:
            yield f"the {word} branch changes {what} nowhere, and ends as {end}"


def _named(place: Place, wires: Wires) -> str:
    call = wires.at[place]
    return call.layer.name + (f" (line {call.line})" if call.line else "")
