"""Rules for `keras.layers` of the folder core: dense products, look-ups, and the plain ones."""

from __future__ import annotations

from typing import Any

from inspector.dims import Shape, product, times
from inspector.graph import Weight
from inspector.rules.rule import Count, Spec, rule, weightless


@weightless("InputLayer")
def input_layer(*, batch_shape: list[Any] | None = None) -> Spec:
    """A door for data, without weights."""
    return Spec((None if batch_shape is None else tuple(batch_shape),))


@rule("Dense")
def dense(inputs: Shape, *, units: Count, use_bias: bool = True) -> Spec:
    """One matrix product over the last axis.

    >>> dense((None, 784), units=128).arithmetic
    '784·128 + 128'
    """
    *rows, n_in = inputs
    n_out = product(n_out=units)
    kernel = Weight("kernel", product(n_in=n_in) * n_out)
    bias = Weight("bias", n_out)
    return Spec(
        outputs=((*rows, units),),
        weights=(kernel, bias) if use_bias else (kernel,),
        macs=(product(rows=times(rows[1:])) * kernel.axes,),
    )
