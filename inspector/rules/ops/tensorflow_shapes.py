"""Functions of TensorFlow: the same numbers in another shape, joined, split, repeated, made."""

from __future__ import annotations

from typing import Any

from inspector.dims import Dim, Shape, plus, times
from inspector.errors import Unknown
from inspector.rules.ops import numpy_shapes
from inspector.rules.ops.core import common, demand, inserted, normal, operand, reduced, replaced
from inspector.rules.ops.known import Known, number, numbers, scalar, vector
from inspector.rules.rule import Spec, tf_function

# --- shapes as numbers --------------------------------------------------------------------------


@tf_function("shape", "shape_v2", "int_shape")
def shape(input: Any, out_type: Any = "int32") -> Spec:  # noqa: A002 - TensorFlow's name
    """The sizes of a tensor, as numbers."""
    sizes = operand(input)
    return Spec((vector(sizes) if out_type in ("int32", None) else (len(sizes),),))


def sizes_of(value: Any) -> Shape:
    """The sizes that an argument stands for: numbers, tensors of them, or one of both.

    Raises:
        Unknown: not even their count is known.
    """
    found = numbers(value)
    if found is None:
        raise Unknown("the shape it is given is computed while the model runs")
    return found


@tf_function("reshape")
def reshape(tensor: Any, shape: Any) -> Spec:
    """The numbers laid out anew; the one size that is missing is what is left.

    >>> reshape((None, 6), shape=[-1, 3]).outputs, reshape((4, 6), shape=[-1, 3]).outputs
    (((None, 3),), ((8, 3),))
    """
    x = operand(tensor)
    wanted = [None if size == -1 else size for size in sizes_of(shape)]
    if None in x or wanted.count(None) > 1:
        return Spec((tuple(wanted),))
    return numpy_shapes.reshape(x, newshape=[-1 if size is None else size for size in wanted])


@tf_function("batch_flatten")
def batch_flatten(x: Any) -> Spec:
    """Every example as one row, whose length Keras 2 does not work out."""
    demand(bool(operand(x)), "an axis is needed", operand(x))
    return Spec(((None, None),))


@tf_function("ensure_shape")
def ensure_shape(x: Any, shape: Any) -> Spec:
    """The same numbers, said to have a shape."""
    given = operand(x)
    if shape is None:
        return Spec((given,))
    pairs = zip(given, shape, strict=True)
    return Spec((tuple(ours if told is None else told for ours, told in pairs),))


@tf_function("expand_dims")
def expand_dims(input: Any, axis: Any = None, dim: Any = None) -> Spec:  # noqa: A002
    """One more axis of size 1."""
    place = dim if axis is None else axis
    result = inserted(operand(input), 0 if place is None else place, 1)
    return Spec((Known(result, input.numbers) if _is_scalar(input) else result,))


def _is_scalar(value: Any) -> bool:
    return isinstance(value, Known) and not value


@tf_function("squeeze")
def squeeze(input: Any, axis: Any = None, squeeze_dims: Any = None) -> Spec:  # noqa: A002
    """Without axes of size 1: the ones named, or all."""
    x, gone = operand(input), squeeze_dims if axis is None else axis
    if gone is None or gone == []:
        if None in x:  # any unknown axis may turn out to be of size 1
            return Spec((None,))
        return Spec((tuple(size for size in x if size != 1),))
    places = [gone] if isinstance(gone, int) else gone
    demand(all(x[place] in (1, None) for place in places), f"axis {gone} must be of size 1", x)
    return Spec((reduced(x, gone),))


@tf_function("transpose", "permute_dimensions")
def transpose(a: Any, perm: Any = None) -> Spec:
    """Axes in another order, backwards when none is given."""
    return numpy_shapes.transpose(operand(a), axes=perm)


@tf_function("matrix_transpose", "adjoint")
def matrix_transpose(a: Any) -> Spec:
    """The last two axes in each other's place."""
    return numpy_shapes.swapaxes(operand(a), axis1=-1, axis2=-2)


# --- joined and split ---------------------------------------------------------------------------


@tf_function("concat", "concat_v2")
def concat(values: Any, axis: Any = 0) -> Spec:
    """One after the other along an axis; off it, any known size holds.

    >>> concat([(None, None, 6), (None, 4, 6)], axis=-1).outputs
    ((None, 4, 12),)
    """
    if not isinstance(values, list):
        return Spec((operand(values),))
    shapes = [operand(value) for value in values]
    place = number(axis)
    if place is None:
        raise Unknown("the axis is a tensor, whose number is not known")
    place = normal(place, len(shapes[0]))
    rest = common([_but(each, place) for each in shapes])
    joined = (*rest[:place], plus(each[place] for each in shapes), *rest[place:])
    if any(isinstance(value, Known) for value in values) and len(joined) == 1:
        found = numbers(values)
        return Spec((joined if found is None else vector(found),))
    return Spec((joined,))


def _but(x: Shape, place: int) -> Shape:
    return (*x[:place], *x[place + 1 :])


@tf_function("stack", "parallel_stack", "pack")
def stack(values: Any, axis: Any = 0) -> Spec:
    """Several along a new axis."""
    listed = values if isinstance(values, list) else [values]
    shapes = [operand(value) for value in listed]
    result = inserted(common(shapes), axis, len(shapes))
    if any(map(_is_scalar, listed)):
        return Spec((vector([number(value) for value in listed]),))
    return Spec((result,))


@tf_function("unstack", "unpack")
def unstack(value: Any, num: Any = None, axis: Any = 0) -> Spec:
    """One tensor for each index along an axis."""
    x = operand(value)
    count = x[normal(axis, len(x))] if num is None else num
    if count is None:
        raise ValueError(f"how many to unstack is not known from {x}")
    if isinstance(value, Known):
        return Spec(tuple(scalar(each) for each in value.numbers))
    return Spec((reduced(x, axis),) * count)


@tf_function("split", "split_v")
def split(
    value: Any, num_or_size_splits: Any, axis: Any = 0, num: Any = None, split_dim: Any = None
) -> Spec:
    """Pieces along an axis: as many of one size, or of the sizes told; -1 is what is left."""
    x, place = operand(value), axis if split_dim is None else split_dim
    size = x[normal(place, len(x))]
    if isinstance(num_or_size_splits, int):
        return numpy_shapes.split(x, indices_or_sections=num_or_size_splits, axis=place)
    sizes = list(sizes_of(num_or_size_splits)) if num is None else [None] * num
    left = plus((size, *(-each for each in sizes if each not in (None, -1))))
    cuts = [left if each == -1 else each for each in sizes]
    return Spec(tuple(replaced(x, place, cut) for cut in cuts))


@tf_function("meshgrid")
def meshgrid(*x: Any) -> Spec:  # noqa: ARG001 - Keras 2 writes the first one only
    """Coordinates of every point of a grid."""
    raise Unknown("Keras 2 does not write down what stands behind the first tensor")


# --- more of the same ---------------------------------------------------------------------------


@tf_function("tile")
def tile(input: Any, multiples: Any) -> Spec:  # noqa: A002 - TensorFlow's name
    """The whole, several times along each axis."""
    pairs = zip(operand(input), sizes_of(multiples), strict=True)
    return Spec((tuple(times(pair) for pair in pairs),))


@tf_function("repeat")
def repeat(input: Any, repeats: Any, axis: Any = None) -> Spec:  # noqa: A002
    """Each index of an axis several times, in one line when no axis is given."""
    x = operand(input)
    line, place = ((times(x),), 0) if axis is None else (x, normal(axis, len(x)))
    counts = sizes_of(repeats)
    if len(counts) == 1:
        return Spec((replaced(line, place, times((line[place], counts[0]))),))
    return Spec((replaced(line, place, plus(counts)),))


@tf_function("repeat_elements")
def repeat_elements(x: Any, rep: int, axis: int) -> Spec:
    """Each index of an axis several times."""
    return repeat(x, rep, axis)


@tf_function("pad", "pad_v2", "mirror_pad")
def pad(tensor: Any, paddings: Any) -> Spec:
    """More before and after each axis."""
    x = operand(tensor)
    if not isinstance(paddings, list):  # computed while the model runs
        return Spec(((None,) * len(x),))
    borders = [sizes_of(pair) for pair in paddings]
    return Spec((tuple(plus((n, *pair)) for n, pair in zip(x, borders, strict=True)),))


@tf_function("broadcast_to")
def broadcast_to(input: Any, shape: Any) -> Spec:  # noqa: A002 - TensorFlow's name
    """Numbers repeated to fill a shape."""
    wanted = sizes_of(shape)
    common([operand(input), wanted])
    return Spec((wanted,))


@tf_function("space_to_batch", "space_to_batch_nd")
def space_to_batch(input: Any, block_shape: Any, paddings: Any) -> Spec:  # noqa: A002
    """Blocks of space laid out as examples."""
    x, blocks = operand(input), sizes_of(block_shape)
    padded = [plus((n, *pair)) for n, pair in zip(x[1:], paddings, strict=False)]
    space = [_over(n, block) for n, block in zip(padded, blocks, strict=True)]
    return Spec(((times((x[0], *blocks)), *space, *x[len(blocks) + 1 :]),))


@tf_function("batch_to_space", "batch_to_space_nd")
def batch_to_space(input: Any, block_shape: Any, crops: Any) -> Spec:  # noqa: A002
    """Examples laid out as blocks of space."""
    x, blocks = operand(input), sizes_of(block_shape)
    edges = zip(x[1:], blocks, crops, strict=False)
    space = [plus((times((n, block)), *(-cut for cut in pair))) for n, block, pair in edges]
    return Spec(((_over(x[0], times(blocks)), *space, *x[len(blocks) + 1 :]),))


def _over(size: Dim, parts: Dim) -> Dim:
    return None if size is None or parts is None else size // parts


# --- made ---------------------------------------------------------------------------------------


@tf_function(
    *("zeros", "ones", "random.normal", "random.uniform", "random.truncated_normal"),
    *("random_normal", "random_uniform", "truncated_normal", "random.stateless_normal"),
    *("random.stateless_uniform", "random_normal_variable", "fill"),
)
def made(shape: Any) -> Spec:
    """Numbers of a given shape."""
    return Spec((sizes_of(shape),))


@tf_function("range")
def range_(start: Any, limit: Any = None, delta: Any = 1) -> Spec:
    """Numbers one after the other."""
    bounds = [number(value) for value in ((0, start) if limit is None else (start, limit))]
    step = number(delta)
    if None in bounds or not step:
        return Spec(((None,),))
    return Spec((vector(list(range(bounds[0] or 0, bounds[1] or 0, step))),))


@tf_function("linspace", "lin_space")
def linspace(start: Any, stop: Any, num: Any, axis: Any = 0) -> Spec:
    """Numbers from one end to the other, along a new axis."""
    ends = common([operand(start), operand(stop)])
    return Spec((inserted(ends, axis, number(num)),))


@tf_function("eye")
def eye(num_rows: Any, num_columns: Any = None, batch_shape: Any = None) -> Spec:
    """Ones on the diagonal."""
    columns = num_rows if num_columns is None else num_columns
    batch = () if batch_shape is None else sizes_of(batch_shape)
    return Spec(((*batch, number(num_rows), number(columns)),))


@tf_function("sequence_mask")
def sequence_mask(lengths: Any, maxlen: Any = None) -> Spec:
    """Ones for as long as each length says, zeros behind."""
    return Spec(((*operand(lengths), number(maxlen) if maxlen is not None else None),))
