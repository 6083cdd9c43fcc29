"""GI107: one layer object called again where a new one was surely meant."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.answers.lint.evidence import called_on, sizes
from inspector.answers.lint.finding import Finding, Mark
from inspector.answers.lint.record import Names, Wires
from inspector.errors import RuleError, Unknown
from inspector.infer import call_spec
from inspector.symbolic.wiring import Wired

# Layers may be shared on purpose, on branches beside each other and again and again on one path.
# Surely not meant: weights that cannot fit both calls, and moving averages of two places in one.


def reused(wires: Wires, names: Names | None) -> Iterator[Finding]:
    """A layer whose weights do not fit its later call, or which would mix two places' averages."""
    calls: dict[int, list[Wired]] = {}
    for call in wires.calls:
        calls.setdefault(call.serial, []).append(call)
    for several in calls.values():
        if len(several) > 1 and not several[0].layer.operation:
            found = _other_weights(several, wires, names) or _mixed(several, wires, names)
            if found is not None:
                yield found


def _other_weights(calls: list[Wired], wires: Wires, names: Names | None) -> Finding | None:
    first = calls[0]
    weights = _weights(first, wires)
    if not weights:
        return None
    for call in calls[1:]:
        others = _weights(call, wires)
        if others is None or others == weights:
            continue
        shapes = [sizes(wires.shape(one.inputs[0])) for one in (first, call)]
        name = first.layer.name
        title = "one layer is called on tensors that need different weights"
        pair = next((a, b) for a, b in zip(weights, others, strict=False) if a != b)
        note = (
            f"its weights have the shape {pair[0]} since the first call; this one needs {pair[1]}"
        )
        said = f"{name} on {shapes[0]}, then on {shapes[1]}"
        return _finding((first, call), title, said, note, names)
    return None


def _weights(call: Wired, wires: Wires) -> list[tuple[int | None, ...]] | None:
    """The shapes of the weights that a call needs; None where nobody knows."""
    shape = wires.shape(call.inputs[0]) if len(call.inputs) == 1 else None
    layer = call.layer
    if shape is None or layer.graph is not None or layer.module == "script":
        return None
    try:
        return [weight.shape for weight in call_spec(layer, [shape]).weights]
    except (Unknown, RuleError):
        return None


def _mixed(calls: list[Wired], wires: Wires, names: Names | None) -> Finding | None:
    if calls[0].layer.class_name != "BatchNormalization":
        return None
    for place, call in enumerate(calls):
        behind = wires.behind(call[:2])
        earlier = next((one for one in calls[:place] if one[:2] in behind), None)
        if earlier is not None:
            title = "one BatchNormalization normalizes two places of one path"
            note = (
                "it keeps one moving mean and one moving variance; at prediction both places are "
                "normalized with a mix of the two"
            )
            said = f"{call.layer.name} is called on what comes from its own output"
            return _finding((earlier, call), title, said, note, names)
    return None


def _finding(
    calls: tuple[Wired, Wired], title: str, said: str, note: str, names: Names | None
) -> Finding:
    first, call = calls
    return Finding(
        code="GI107",
        severity="error",
        title=title,
        message=f"{title}: {said}",
        hint="a layer object is its weights: calling it again uses them again; a place that learns "
        "for itself needs a layer of its own",
        line=call.line or None,
        path=call.layer.name,
        within=called_on(call.frame, names) if names else "",
        marks=tuple(_marks(first, call, names)) if names else (),
        notes=(note,),
    )


def _marks(first: Wired, call: Wired, names: Names) -> Iterator[Mark]:
    if not call.line:
        return
    source, kind = names.source, call.layer.class_name
    text = f"{call.layer.name}, called again"
    if first.line != call.line:
        before = f"{call.layer.name}, called first"
        yield source.call_mark(names.scope(first.frame), first.line, kind, before)
    else:
        text = f"{call.layer.name}, called here more than once"
    yield source.call_mark(names.scope(call.frame), call.line, kind, text, cause=True)
