"""GI108, GI109, GI110: settings of two layers that do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inspector.answers.lint.evidence import called_on
from inspector.answers.lint.finding import Finding, Mark
from inspector.answers.lint.record import Names, Wires
from inspector.symbolic.wiring import Wired

# Layers that leave the order of the axes, and the sizes of all but the batch, as they are.
_SAME_AXES = frozenset(
    (
        *("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Dropout"),
        *("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianNoise"),
        *("GaussianDropout", "AlphaDropout", "ActivityRegularization", "Rescaling"),
        *("BatchNormalization",),
    )
)
_LINEAR = (None, "linear")
_BENDING = frozenset(("ReLU", "LeakyReLU", "PReLU", "ELU"))


def axes(wires: Wires, names: Names | None) -> Iterator[Finding]:
    """GI108: BatchNormalization over another axis than the one where the channels are."""
    told: set[tuple[int, str]] = set()
    for call in wires.calls:
        if call.layer.class_name != "BatchNormalization" or not call.inputs:
            continue
        axis, shape = _axis(call, wires)
        giver = _ordering(call, wires)
        if axis is None or giver is None or shape is None:
            continue
        order = giver.layer.config.get("data_format") or "channels_last"
        wanted = 1 if order == "channels_first" else len(shape) - 1
        place = (call.line, "" if call.line else call.layer.name)
        if axis == wanted or order not in ("channels_first", "channels_last") or place in told:
            continue
        told.add(place)
        yield _axis_finding(call, giver, (axis, wanted, order), shape, names)


def _axis(call: Wired, wires: Wires) -> tuple[int | None, tuple[int | None, ...] | None]:
    axis: Any = call.layer.config.get("axis", -1)
    if isinstance(axis, list | tuple) and len(axis) == 1:
        axis = axis[0]
    shape = wires.shape(call.inputs[0])
    if not isinstance(axis, int) or shape is None or len(shape) < 3:
        return None, None
    return axis % len(shape), shape


def _ordering(call: Wired, wires: Wires) -> Wired | None:
    """The layer before it that says where the channels are."""
    before = wires.feeding(call)
    while before is not None:
        if "data_format" in before.layer.config and before.layer.class_name != "Flatten":
            return before
        if before.layer.class_name not in _SAME_AXES:
            return None
        before = wires.feeding(before)
    return None


def _axis_finding(
    call: Wired,
    giver: Wired,
    found: tuple[int, int, str],
    shape: tuple[int | None, ...],
    names: Names | None,
) -> Finding:
    axis, wanted, order = found
    title = "BatchNormalization normalizes another axis than the channels"
    own, giving = call.layer.name, giver.layer.name
    note = (
        f"it keeps 4·{shape[axis]} numbers, four for each place along axis {axis}; over the "
        f"channels they are 4·{shape[wanted]}"
    )
    marks: list[Mark] = []
    if names is not None and call.line:
        scope, kind = names.scope(giver.frame), giver.layer.class_name
        if giver.line != call.line:
            text = f"{giving} gives {order}: the channels are axis {wanted}"
            marks.append(names.source.call_mark(scope, giver.line, kind, text))
        scope = names.scope(call.frame)
        text = f"{own} normalizes axis {axis}"
        marks.append(
            names.source.call_mark(scope, call.line, "BatchNormalization", text, cause=True)
        )
    return Finding(
        code="GI108",
        severity="error",
        title=title,
        message=f"{title}: {own} has axis {axis}, {giving} gives {order}, with the channels on "
        f"axis {wanted}",
        hint="a mean and a variance belong to a channel; axis= and data_format= are to tell the "
        "same order",
        line=call.line or None,
        path=own,
        within=called_on(call.frame, names) if names else "",
        marks=tuple(marks),
        notes=(note,),
    )


# --- activations --------------------------------------------------------------------------------


def softmaxes(wires: Wires, names: Names | None) -> Iterator[Finding]:
    """GI109: softmax of a softmax."""
    told: set[tuple[int, str]] = set()
    for call in wires.calls:
        before = wires.feeding(call)
        if before is None or not _only_softmax(call) or not _gives_softmax(before):
            continue
        if _softmax_axis(before) != _softmax_axis(call):
            continue
        place = (call.line, "" if call.line else call.layer.name)
        if place not in told:
            told.add(place)
            yield _pair(
                (before, call),
                (
                    f"{before.layer.name} gives a softmax",
                    f"{call.layer.name} takes the softmax of it",
                ),
                names,
                at=call,
                code="GI109",
                title="softmax of a softmax",
                note="probabilities are between 0 and 1, so the second softmax of two classes "
                "stays between 0.27 and 0.73, and none is ever sure",
                hint="softmax turns scores into probabilities, once, at the end of the model",
            )


def _only_softmax(call: Wired) -> bool:
    """Whether a call is a softmax and nothing else."""
    layer = call.layer
    if layer.class_name == "Activation":
        return bool(layer.config.get("activation") == "softmax")
    return layer.class_name == "Softmax"


def _gives_softmax(call: Wired) -> bool:
    kind = call.layer.class_name
    ends = kind in ("Activation", "Dense", "EinsumDense") or kind.startswith("Conv")
    return kind == "Softmax" or (ends and call.layer.config.get("activation") == "softmax")


def _softmax_axis(call: Wired) -> int:
    axis = call.layer.config.get("axis", -1) if call.layer.class_name == "Softmax" else -1
    rank = len(call.outputs[0]) if call.outputs and call.outputs[0] is not None else 0
    return axis % rank if isinstance(axis, int) and rank else -1


def collapsing(wires: Wires, names: Names | None) -> Iterator[Finding]:
    """GI110: two Dense without anything between them, where one could do all that they do."""
    told: set[tuple[int, str]] = set()
    bent = _bends(wires)
    for call in wires.calls:
        before = _dense_before(call, wires) if bent else None
        if before is None:
            continue
        place = (before.line, "" if before.line else before.layer.name)
        taken = wires.shape(before.inputs[0])
        middle, last = before.layer.config.get("units"), call.layer.config.get("units")
        sizes = (taken[-1] if taken else None, middle, last)
        if place in told or not all(isinstance(size, int) for size in sizes):
            continue
        first, middle, last = (int(size) for size in sizes)  # type: ignore[arg-type]
        if middle < min(first, last):
            continue  # a bottleneck: the product of two thin matrices, which is meant
        told.add(place)
        one = first * last + last
        both = first * middle + middle + middle * last + last
        yield _pair(
            (before, call),
            (f"{before.layer.name} has no activation", f"{call.layer.name} takes what it gives"),
            names,
            at=before,
            code="GI110",
            title="two Dense layers without an activation between them",
            note=f"together they compute what one Dense({last}) computes: {first}·{last} + {last} "
            f"= {one:,} parameters in place of {both:,}",
            hint="the product of two matrices is a matrix: without an activation between them, a "
            "second layer adds nothing",
        )


def _bends(wires: Wires) -> bool:
    """Whether any hidden layer has an activation: where none has, none was lost."""
    for call in wires.calls:
        name = call.layer.config.get("activation")
        bent = name not in (*_LINEAR, "softmax", "sigmoid") and isinstance(name, str)
        if (bent or call.layer.class_name in _BENDING) and call[:2] in wires.takers:
            return True
    return False


def _dense_before(call: Wired, wires: Wires) -> Wired | None:
    """The linear Dense that feeds a Dense, and nothing else."""
    before = wires.feeding(call)
    while before is not None and before.layer.class_name == "Dropout":
        before = wires.feeding(before) if _alone(before, wires) else None
    if before is None or not (_is_dense(call) and _is_dense(before)) or len(before.inputs) != 1:
        return None
    linear = before.layer.config.get("activation", None) in _LINEAR
    plain = all(one.layer.config.get("use_bias", True) is True for one in (before, call))
    regular = before.layer.config.get("activity_regularizer") is None
    return before if linear and plain and regular and _alone(before, wires) else None


def _is_dense(call: Wired) -> bool:
    return call.layer.class_name == "Dense" and call.layer.module != "script"


def _alone(call: Wired, wires: Wires) -> bool:
    """Whether one call alone takes what a call gives, and no model gives it out."""
    return len(wires.takers.get(call[:2], ())) == 1 and call[:2] not in wires.given


def _pair(
    calls: tuple[Wired, Wired],
    texts: tuple[str, str],
    names: Names | None,
    *,
    at: Wired,
    code: str,
    title: str,
    note: str,
    hint: str,
) -> Finding:
    marks: list[Mark] = []
    if names is not None and at.line:
        for one, text in zip(calls, texts, strict=True):
            cause = one is at
            if one.line != at.line or cause:
                scope, kind = names.scope(one.frame), one.layer.class_name
                marks.append(names.source.call_mark(scope, one.line, kind, text, cause=cause))
    return Finding(
        code=code,
        severity="warning",
        title=title,
        message=f"{title}: {texts[0]}, {texts[1]}",
        hint=hint,
        line=at.line or None,
        path=at.layer.name,
        within=called_on(at.frame, names) if names else "",
        marks=tuple(marks),
        notes=(note,),
    )
