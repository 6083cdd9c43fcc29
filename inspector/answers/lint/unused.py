"""GI104, GI105, GI106, GI110: what a program wires and no model takes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from inspector.answers.lint.evidence import called_on
from inspector.answers.lint.finding import Finding, Mark
from inspector.answers.lint.record import Names, Place, Wires
from inspector.symbolic.outside import Binding
from inspector.symbolic.wiring import Wired

ACTIVATIONS = frozenset(
    ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "ThresholdedReLU")
)


def unused(wires: Wires, names: Names) -> Iterator[Finding]:
    """GI104, GI105, GI110: a branch off a model that ends nowhere; told of its last layer."""
    models = {model.serial for model in wires.wiring.models}
    touching = _touching(wires)
    told: set[int] = set()
    for call in wires.calls:
        place = call[:2]
        ends = place not in wires.kept and place in touching and place not in wires.takers
        if not ends or call.serial in models or not _is_layer(call) or call.line in told:
            continue
        found = _dropped(call, names) or _unread(call, wires, names)
        if found is not None:
            told.add(call.line)
            yield found


def _touching(wires: Wires) -> set[Place]:
    """The calls that take something of a model, directly or not."""
    found: set[Place] = set()
    for call in wires.calls:
        if any(key[:2] in wires.kept or key[:2] in found for key in call.inputs):
            found.add(call[:2])
    return found


def _is_layer(call: Wired) -> bool:
    """Whether it is a layer, and neither a function, as losses are, nor something unknown."""
    layer = call.layer
    return not layer.operation and not layer.module.startswith("unknown")


def _dropped(call: Wired, names: Names) -> Finding | None:
    """`Activation("relu")(X)` as a statement: nothing takes what it gives."""
    if call[:2] in names.by_place:
        return None
    scope = names.scope(call.frame)
    statement = scope.holding(call.line)
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    function = statement.value.func
    layer = isinstance(function, ast.Name) and any(
        one.kind == "layer" and one.variable == function.id and one.serial == call.serial
        for one in names.run.bindings
    )
    if not isinstance(function, ast.Call) and not layer:
        return None
    title, code = _title(call, f"what {call.layer.class_name} gives is dropped")
    text = f"what {call.layer.name} gives is bound to no name"
    return Finding(
        code=code,
        severity="error",
        title=title,
        message=f"{title}: {text}, and no model takes it",
        hint="a layer changes no tensor: it gives a new one, which needs a name to go on with; "
        f"line {call.line} gives it none",
        line=call.line,
        path=call.layer.name,
        within=called_on(call.frame, names),
        marks=(names.source.mark(statement.value, text, cause=True),),
        frames=frozenset((call.frame,)),
    )


def _title(call: Wired, otherwise: str) -> tuple[str, str]:
    if call.layer.class_name in ACTIVATIONS:
        return "the activation is lost", "GI110"
    return otherwise, "GI104"


def _unread(call: Wired, wires: Wires, names: Names) -> Finding | None:
    """Names hold what the layer gives, and nothing reads them while they do."""
    bindings = names.by_place.get(call[:2], [])
    if not bindings or any(names.is_read(one, returned=False) for one in bindings):
        return None
    last = [one for one in bindings if not _handed_on(one, bindings, names)]
    if not last or any(names.is_read(one) for one in last):
        return None
    following = names.following(last[0])
    if following is not None and following.kind == "tensor":
        return _overwritten(call, last[0], following, wires, names)
    return _never(call, last[0], wires, names)


def _handed_on(binding: Binding, bindings: list[Binding], names: Names) -> bool:
    """Whether a function returns it, and the caller has a name for it."""
    parent = names.run.frames[binding.frame].parent
    return any(one.frame == parent for one in bindings if one is not binding)


def _overwritten(
    call: Wired, binding: Binding, following: Binding, wires: Wires, names: Names
) -> Finding:
    scope, name = names.scope(binding.frame), binding.variable
    title, code = _title(call, "a tensor is overwritten before anything reads it")
    code = "GI105" if code == "GI104" else code
    first = f"{names.named(binding)} is the output of {call.layer.name}; nothing reads it"
    second = f"{name} is bound anew, and does not come from it"
    return Finding(
        code=code,
        severity="warning",
        title=title,
        message=f"{title}: {name}, the output of {call.layer.name} on line {binding.line}, is "
        f"bound anew on line {following.line}",
        hint="a layer takes part only where what it gives is taken on; "
        f"see which name line {following.line} reads",
        line=following.line,
        path=call.layer.name,
        variable=name,
        within=called_on(binding.frame, names),
        marks=(
            names.source.name_mark(scope, binding.line, name, first),
            names.source.name_mark(scope, following.line, name, second, cause=True),
        ),
        notes=_with_it(call, wires),
        frames=frozenset((binding.frame, call.frame)),
    )


def _never(call: Wired, binding: Binding, wires: Wires, names: Names) -> Finding:
    scope, name = names.scope(binding.frame), binding.variable
    title, code = _title(call, "a layer is called, and leads to no output")
    text = f"the output of {call.layer.name}; nothing reads it"
    return Finding(
        code=code,
        severity="warning",
        title=title,
        message=f"{title}: {call.layer.name}, bound to {name} on line {binding.line}",
        hint="a model holds only what its outputs are computed from; "
        f"{name} of line {binding.line} is none of it",
        line=binding.line,
        path=call.layer.name,
        variable=name,
        within=called_on(binding.frame, names),
        marks=(names.source.name_mark(scope, binding.line, name, text, cause=True),),
        notes=_with_it(call, wires),
        frames=frozenset((binding.frame, call.frame)),
    )


def _with_it(call: Wired, wires: Wires) -> tuple[str, ...]:
    """The layers before it that lead nowhere else, as a note."""
    lost: list[str] = []
    before = wires.feeding(call)
    while before is not None and before[:2] not in wires.kept:
        if len(wires.takers.get(before[:2], ())) > 1 or not before.inputs:
            break
        lost.append(before.layer.name)
        before = wires.feeding(before)
    return (f"with it are lost: {', '.join(reversed(lost))}",) if lost else ()


# --- inputs -------------------------------------------------------------------------------------


def unused_inputs(wires: Wires, names: Names | None) -> Iterator[Finding]:
    """GI106: an input that no output is computed from."""
    told: set[Place] = set()
    for model in wires.wiring.models:
        taken = {
            key[:2] for place in model.kept if place in wires.at for key in wires.at[place].inputs
        }
        taken |= {key[:2] for key in model.outputs}
        for key in model.inputs:
            call = wires.at.get(key[:2])
            if call is None or call[:2] in taken or call[:2] in told:
                continue
            told.add(call[:2])
            yield _input(call, f"no output of {model.name} is computed from it", names)
    if names is not None and wires.kept and not names.run.problems:  # else it is not finished
        yield from _loose_inputs(wires, names)


def _loose_inputs(wires: Wires, names: Names) -> Iterator[Finding]:
    """Inputs that are made, and that neither a layer nor a model takes."""
    given = {key[:2] for model in wires.wiring.models for key in model.inputs}
    for call in wires.calls:
        if call.inputs or call[:2] in wires.takers or call[:2] in given:
            continue
        bindings = names.by_place.get(call[:2], [])
        if not bindings or any(names.is_read(one) or names.following(one) for one in bindings):
            continue
        if call.layer.class_name == "InputLayer":
            yield _input(call, "no layer and no model takes it", names)


def _input(call: Wired, why: str, names: Names | None) -> Finding:
    title = "an input is not used"
    marks: tuple[Mark, ...] = ()
    if names is not None and call.line:
        scope = names.scope(call.frame)
        marks = (
            names.source.call_mark(
                scope, call.line, "Input", f"{call.layer.name}: {why}", cause=True
            ),
        )
    return Finding(
        code="GI106",
        severity="warning",
        title=title,
        message=f"{title}: {call.layer.name}; {why}",
        hint="what a model is fed must reach an output; follow the input to the layer that "
        "should take it",
        line=call.line or None,
        path=call.layer.name,
        within=called_on(call.frame, names) if names else "",
        marks=marks,
    )
