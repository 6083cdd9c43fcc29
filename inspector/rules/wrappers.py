"""Rules for layers that hold another layer, and for those that hold another framework."""

from __future__ import annotations

from dataclasses import replace

from inspector.dims import Shape, product, times
from inspector.errors import Unknown
from inspector.graph import Layer
from inspector.rules.recurrent import one_step
from inspector.rules.rule import Apply, Spec, joined, rule


@rule("Wrapper")
def wrapper(inputs: Shape, *, layer: Layer, apply: Apply) -> Spec:
    """A layer that does nothing but hold another."""
    return apply(layer, inputs)


@rule("TimeDistributed")
def time_distributed(inputs: Shape, *, layer: Layer, apply: Apply) -> Spec:
    """One layer, applied to every step of a sequence by itself."""
    if len(inputs) < 3:
        raise ValueError("expects an input with at least 3 axes, batch included")
    spec = apply(layer, one_step(inputs))
    outputs = [None if x is None else (x[0], inputs[1], *x[1:]) for x in spec.outputs]
    steps = product(steps=inputs[1])
    macs = None if spec.macs is None else tuple(steps * macs for macs in spec.macs)
    return Spec(tuple(outputs), spec.weights, macs)


@rule("Bidirectional")
def bidirectional(
    sequences: Shape,
    *,
    layer: Layer,
    backward_layer: Layer | None = None,
    merge_mode: str | None = "concat",
    apply: Apply,
) -> Spec:
    """Two recurrent layers: one reads from the front, the other from the back."""
    # Without a layer of its own, Keras builds the second half anew from the first one's config.
    forward = apply(layer, sequences)
    backward = apply(backward_layer or replace(layer, identity=""), sequences)
    # Keras 3.15 takes every shape from the forward half, even where the other has more units.
    output, *states = forward.outputs
    if merge_mode == "concat" and output is not None:
        output = (*output[:-1], times((output[-1], 2)))
    merged = (output,) if merge_mode else (output, output)
    macs = None
    if forward.macs is not None and backward.macs is not None:
        macs = forward.macs + backward.macs
    return Spec((*merged, *states, *states), joined([forward, backward]), macs)


@rule("FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper")
def foreign(*inputs: Shape) -> Spec:  # noqa: ARG001 - whatever flows in
    """A network of another framework, which no Keras config describes."""
    raise Unknown("a network of another framework is inside; its config does not describe it")
