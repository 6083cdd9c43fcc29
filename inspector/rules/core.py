"""Rules for `keras.layers` of the folder core: dense products, look-ups, and the plain ones."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from inspector.dims import Dim, Product, Shape, product, times
from inspector.graph import Weight
from inspector.rules.rule import Count, Spec, rule, weightless


@weightless("InputLayer")
def input_layer(
    *, batch_shape: list[Any] | None = None, batch_input_shape: list[Any] | None = None
) -> Spec:
    """A door for data, without weights; Keras 2 wrote its shape as `batch_input_shape`."""
    shape = batch_input_shape if batch_shape is None else batch_shape
    return Spec((None if shape is None else tuple(shape),))


@weightless("Identity", "Masking")
def unchanged(inputs: Shape) -> Spec:
    """The same numbers again; a mask travels beside them."""
    return Spec((inputs,))


@rule("Dense")
def dense(inputs: Shape, *, units: Count, use_bias: bool = True) -> Spec:
    """One matrix product over the last axis.

    >>> dense((None, 784), units=128).arithmetic
    '784·128 + 128'
    """
    if len(inputs) < 2:
        raise ValueError("expects an input with at least 2 axes, batch included")
    *rows, n_in = inputs
    n_out = product(n_out=units)
    kernel = Weight("kernel", product(n_in=n_in) * n_out)
    bias = Weight("bias", n_out)
    return Spec(
        outputs=((*rows, units),),
        weights=(kernel, bias) if use_bias else (kernel,),
        macs=(product(rows=times(rows[1:])) * kernel.axes,),
    )


class _Einsum(NamedTuple):
    """An equation taken apart, with the sizes of its letters."""

    taken: str  # letters of the input
    weighed: str  # letters of the kernel
    given: str  # letters of the output
    sizes: dict[str, Dim]
    output: Shape
    trailing: int  # axes that dots at the end stand for

    def axes(self, letters: str) -> Product:
        """The axes of these letters, named by them."""
        return Product(tuple(letters), tuple(self.sizes[letter] for letter in letters))


_EQUATION = r"(\.{3})?([a-zA-Z]+)(\.{3})?,([a-zA-Z]+)->(\.{3})?([a-zA-Z]+)(\.{3})?"


def _einsum(equation: str, inputs: Shape, output_shape: Any, dialect: int) -> _Einsum:
    found = re.fullmatch(_EQUATION, equation)
    if found is None or found[1] != found[5] or found[3] != found[7]:
        raise ValueError(f"equation {equation} is none that EinsumDense knows")
    taken, weighed, given = found[2], found[4], found[6]
    if set(given) - set(taken + weighed) or set(weighed) - set(taken + given):
        raise ValueError(f"equation {equation} has a letter that comes from nowhere")
    target = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
    elided = len(inputs) - len(taken)
    first = elided if found[1] else 0
    # Keras 3.15 puts what leading dots stand for into the shape back to front.
    leading, trailing = reversed(inputs[1:first]), inputs[first + len(taken) :]
    output = (inputs[0], *leading, *target, *trailing)
    known = dict(zip(taken, inputs[first:], strict=False))
    asked = dict(zip(given, output[first:], strict=False))
    for letter in known.keys() & asked.keys():
        if None not in (known[letter], asked[letter]) and known[letter] != asked[letter]:
            raise ValueError(f"{letter} is {known[letter]} in, but {asked[letter]} out")
    sizes = asked | {letter: size for letter, size in known.items() if size is not None}
    if dialect < 3:  # Keras 2 shows what the product itself gives
        output = (*inputs[:first], *map(sizes.get, given), *trailing)
    return _Einsum(taken, weighed, given, sizes, output, len(trailing))


@rule("EinsumDense")
def einsum_dense(
    inputs: Shape,
    *,
    equation: str,
    output_shape: Any,
    bias_axes: str | None = None,
    dialect: int = 3,
) -> Spec:
    """A product of the input and a kernel, spelled out as an equation.

    >>> einsum_dense((None, 5, 8), equation="abc,cd->abd", output_shape=(None, 6)).arithmetic
    '8·6'
    """
    sums = _einsum(equation, inputs, output_shape, dialect)
    kernel = Weight("kernel", sums.axes(sums.weighed))
    fresh = "".join(letter for letter in sums.weighed if letter not in sums.taken)
    macs = product(inputs=times(inputs[1:])) * sums.axes(fresh)
    return Spec(
        outputs=(sums.output,),
        weights=(kernel, _bias(sums, bias_axes)) if bias_axes else (kernel,),
        macs=(macs,) if set(sums.taken) <= set(sums.weighed + sums.given) else None,
    )


def _bias(sums: _Einsum, bias_axes: str) -> Weight:
    """The bias, stretched over every axis after its first that it does not name."""
    first = min(sums.given.index(letter) for letter in bias_axes)
    letters = sums.given[first:]
    symbols = [letter if letter in bias_axes else "1" for letter in letters]
    sizes = [sums.sizes[letter] if letter in bias_axes else 1 for letter in letters]
    ones = sums.trailing
    return Weight("bias", Product((*symbols, *("1",) * ones), (*sizes, *(1,) * ones)))


@rule("Embedding")
def embedding(inputs: Shape, *, input_dim: Count, output_dim: Count) -> Spec:
    """A table that is looked up, one row for each word.

    >>> embedding((None, 20), input_dim=10_000, output_dim=16).formula
    'vocabulary·dim'
    """
    table = Weight("embeddings", product(vocabulary=input_dim, dim=output_dim))
    return Spec(((*inputs, output_dim),), (table,))


@rule("ReversibleEmbedding")
def reversible_embedding(
    inputs: Shape,
    *,
    input_dim: Count,
    output_dim: Count,
    tie_weights: bool = True,
    reverse: bool = False,
) -> Spec:
    """A table that is looked up, and multiplied by on the way back to words."""
    there = embedding(inputs, input_dim=input_dim, output_dim=output_dim)
    back = product(dim=output_dim, vocabulary=input_dim)
    untied = () if tie_weights else (Weight("reverse_embeddings", back),)
    *rows, _ = inputs if reverse else (*inputs, None)
    return Spec(
        outputs=((*rows, input_dim),) if reverse else there.outputs,
        weights=there.weights + untied,
        macs=(product(rows=times(rows[1:])) * back,) if reverse else (),
    )


@weightless("Lambda")
def lambda_layer(inputs: Any, *, output_shape: Any = None, output_shape_type: str = "raw") -> Spec:
    """Code that is never looked at: its outputs are known only where its config lists them.

    >>> lambda_layer((None, 7), output_shape=[3]).outputs, lambda_layer((None, 7)).outputs
    (((None, 3),), (None,))
    """
    if not isinstance(output_shape, list | tuple) or output_shape_type != "raw":
        return Spec((None,), macs=None)  # Keras 2 also took a function that gives the shape
    batch = _batch(inputs)
    several = all(isinstance(item, list | tuple) for item in output_shape) and output_shape
    shapes = output_shape if several else [output_shape]
    return Spec(tuple((batch, *shape) for shape in shapes), macs=None)


def _batch(inputs: Any) -> Dim:
    """The first axis of the first tensor."""
    while isinstance(inputs, list | dict):
        inputs = inputs[0] if isinstance(inputs, list) else inputs[min(inputs)]
    return inputs[0] if inputs else None
