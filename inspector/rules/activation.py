"""Rules for `keras.layers` of the folder activation."""

from __future__ import annotations

from inspector.dims import Ints, Product, Shape
from inspector.graph import Weight
from inspector.rules.rule import Spec, rule, weightless


@weightless("Activation", "ELU", "LeakyReLU", "ReLU", "Softmax", "ThresholdedReLU")
def activation(inputs: Shape) -> Spec:
    """A function of each number, or along one axis."""
    return Spec((inputs,))


@rule("PReLU")
def prelu(inputs: Shape, *, shared_axes: Ints | None = None) -> Spec:
    """A rectifier that learns its slope; along shared axes there is one slope for all.

    >>> prelu((None, 32, 32, 8), shared_axes=[1, 2]).arithmetic
    '1·1·8'
    """
    sizes = list(inputs[1:])
    symbols = [f"n_{place}" for place in range(1, len(inputs))]
    shared = (shared_axes,) if isinstance(shared_axes, int) else shared_axes or ()
    for place in shared:
        sizes[place - 1], symbols[place - 1] = 1, "1"
    return Spec((inputs,), (Weight("alpha", Product(tuple(symbols), tuple(sizes))),))
