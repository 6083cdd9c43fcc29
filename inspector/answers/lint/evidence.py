"""Numbers that show what a mistake does: what is built, what would have been, where it stops."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from inspector.answers.lint.record import Names, Wires
from inspector.dims import Shape
from inspector.errors import RuleError, Unknown
from inspector.graph import Layer
from inspector.infer import call_spec
from inspector.rules.rule import Spec
from inspector.symbolic.outside import Binding
from inspector.symbolic.wiring import Failure, Wired


def sizes(shape: Shape | None) -> str:
    """A shape without the batch, as `Input(shape=…)` takes it."""
    return (
        "?"
        if shape is None
        else str(tuple("?" if s is None else s for s in shape[1:])).replace("'", "")
    )


def called_on(frame: int, names: Names) -> str:
    """The function that a call is of, and where it was called."""
    found = names.run.frames[frame]
    if not frame:
        return ""
    return f"in {found.function}" + (f", as called on line {found.line}" if found.line else "")


def otherwise(
    saved: Binding, read: Binding, made: Binding | None, wires: Wires, names: Names
) -> Iterator[str]:
    """The parameters of a layer on what it is given, and on what it should be given."""
    call = _taking(read, made, wires, names) if made is not None else None
    if call is None:
        return
    wrong = _spec(call.layer, wires.shape(read.key))
    right = _spec(call.layer, wires.shape(saved.key))
    if wrong is None or right is None or not wrong.weights:
        return
    if wrong.params == right.params:
        yield (
            f"{call.layer.name} has {_sum(wrong)} parameters either way: neither the number nor "
            "the shapes show the mistake"
        )
        return
    line = names.run.frames[saved.frame].line
    built = f"called on line {line} it builds: " if saved.frame and line else ""
    yield (
        f"{built}{call.layer.name} has {_sum(wrong)} parameters; wired to "
        f"{origin(saved, names)} it would have {_sum(right)}"
    )


def origin(saved: Binding, names: Names) -> str:
    """The name that a saved tensor had before; its own where a layer has just given it."""
    value = getattr(names.scope(saved.frame).binding(saved.line, saved.variable), "value", None)
    meant = names.before(value.id, saved) if isinstance(value, ast.Name) else None
    return names.named(saved if meant is None else meant)


def _taking(read: Binding, made: Binding, wires: Wires, names: Names) -> Wired | None:
    """The first layer of a statement that takes a tensor, in a function it calls or itself."""
    for call in wires.takers.get(read.key[:2], ()):
        if call.frame == made.frame and made.line <= call.line <= made.end:
            return call
        frame = names.run.frames[call.frame]
        if frame.parent == made.frame and made.line <= frame.line <= made.end:
            return call
    return None


def _spec(layer: Layer, shape: Shape | None) -> Spec | None:
    if shape is None:
        return None
    try:
        return call_spec(layer, [shape])
    except (Unknown, RuleError):
        return None


def _sum(spec: Spec) -> str:
    return f"{spec.arithmetic} = {spec.params:,}" if spec.arithmetic else f"{spec.params:,}"


def stops(frame: int, wires: Wires, names: Names) -> Iterator[str]:
    """What could not be built in one call of a function, as a consequence."""
    for failure in wires.wiring.failures:
        if failure.frame != frame:
            continue
        line = names.run.frames[frame].line
        called = f"called on line {line} it stops" if frame and line else "it stops"
        given = " and ".join(
            f"{sizes(wires.shape(key))} from {wires.name(key)}" for key in failure.inputs
        )
        yield f"{called} at line {failure.line}: {failure.layer.class_name} gets {given}"


def reason(failure: Failure) -> str:
    """What a rule says against a call, without the place."""
    return failure.message.rpartition("do not fit: ")[2]
