"""Rules for the layers that `keras.applications` defines for its own models."""

from __future__ import annotations

from inspector.dims import Shape, broadcast, product
from inspector.graph import Weight
from inspector.rules.rule import Count, Spec, rule, weightless


@rule("LayerScale")
def layer_scale(x: Shape, *, projection_dim: Count) -> Spec:
    """One learned factor for each channel (ConvNeXt)."""
    return Spec((x,), (Weight("variable", product(nC=projection_dim)),))


@weightless("StochasticDepth")
def stochastic_depth(x: Shape) -> Spec:
    """A branch that is left out at random while training (ConvNeXt)."""
    return Spec((x,))


@weightless("CustomScaleLayer")
def scaled_sum(inputs: list[Shape]) -> Spec:
    """The first input plus a share of the second (InceptionResNetV2)."""
    return Spec((broadcast(inputs),))
