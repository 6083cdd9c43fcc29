"""Functions of TensorFlow: picked, cut, gathered, chosen, encoded."""

from __future__ import annotations

from typing import Any

from inspector.dims import Shape, plus
from inspector.errors import Unknown
from inspector.rules.ops import numpy_indexing
from inspector.rules.ops.core import common, demand, inserted, normal, operand
from inspector.rules.ops.known import Known, is_known, number, numbers, scalar, vector
from inspector.rules.ops.tensorflow_shapes import sizes_of
from inspector.rules.rule import Spec, tf_function


@tf_function("getitem", "slice_helper", "_slice_helper", "getitem_v2")
def getitem(tensor: Any, slice_spec: Any) -> Spec:
    """What `tensor[slice_spec]` is.

    >>> getitem((None, 4, 6), [slice(None), slice(1, None), 0]).outputs
    ((None, 3),)
    """
    x = operand(tensor)
    keys = slice_spec if isinstance(slice_spec, list) else [slice_spec]
    if isinstance(tensor, Known) and len(keys) == 1:
        return Spec((_part(tensor, keys[0]),))
    return Spec((_cut(x, keys),))


def _part(known: Known, key: Any) -> Shape:
    """One of the numbers of a shape, or several."""
    if isinstance(key, slice) and all(_is_plain(x) for x in (key.start, key.stop, key.step)):
        return vector(known.numbers[key])
    if isinstance(key, int):
        return scalar(known.numbers[key])
    return _cut(tuple(known), [key])


def _is_plain(bound: Any) -> bool:
    return bound is None or isinstance(bound, int)


def _cut(x: Shape, keys: list[Any]) -> Shape:
    """`x` with slices, whose bounds may be tensors, and with indices taken."""
    plain = [_settled(key) for key in keys]
    picked = numpy_indexing.get_item(_blurred(x, keys), plain).outputs[0]
    if picked is None:
        raise Unknown("what it picks is computed while the model runs")
    return picked


def _settled(key: Any) -> Any:
    """A key as it stands in a program, or a stand-in that leaves as many axes."""
    if isinstance(key, slice):
        bounds = [None if x is None else number(x) for x in (key.start, key.stop, key.step)]
        given = [x for x in (key.start, key.stop, key.step) if x is not None]
        known = len(given) == sum(bound is not None for bound in bounds)
        return slice(*bounds) if known else slice(None)
    return 0 if isinstance(key, tuple) else key  # a tensor as an index takes its axis away


def _blurred(x: Shape, keys: list[Any]) -> Shape:
    """`x` without the sizes of axes whose bounds nobody knows."""
    sizes = list(x)
    dots = next((place for place, key in enumerate(keys) if key is ...), len(keys))
    for keyed, step in ((keys[:dots], 1), (keys[:dots:-1], -1)):
        place = 0 if step == 1 else -1
        for key in keyed:
            if key is None:
                continue
            if _unsettled(key):
                sizes[place] = None
            place += step
    return tuple(sizes)


def _unsettled(key: Any) -> bool:
    if isinstance(key, tuple):
        return True
    given = (key.start, key.stop, key.step) if isinstance(key, slice) else ()
    return any(bound is not None and number(bound) is None for bound in given)


@tf_function("slice")
def slice_(input_: Any, begin: Any, size: Any) -> Spec:
    """A block; -1 means the rest of that axis."""
    x, starts, wanted = operand(input_), sizes_of(begin), sizes_of(size)
    demand(len(x) == len(wanted), "a slice names every axis", x)
    before = [None if start is None else -start for start in starts]
    rest = [plus(pair) for pair in zip(x, before, strict=True)]
    cut = tuple(left if n == -1 else n for n, left in zip(wanted, rest, strict=True))
    if isinstance(input_, Known) and starts[0] is not None and cut[0] is not None:
        return Spec((vector(input_.numbers[starts[0] : starts[0] + cut[0]]),))
    return Spec((cut,))


@tf_function("strided_slice")
def strided_slice(  # noqa: PLR0917 - TensorFlow's own arguments
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
) -> Spec:
    """What slices pick, the open ends told by bits."""
    starts, ends = sizes_of(begin), sizes_of(end)
    steps = (1,) * len(starts) if strides is None else sizes_of(strides)
    keys: list[Any] = []
    for place, (start, stop, step) in enumerate(zip(starts, ends, steps, strict=True)):
        bit = 1 << place
        if ellipsis_mask & bit:
            keys.append(...)
        elif new_axis_mask & bit:
            keys.append(None)
        elif shrink_axis_mask & bit:
            keys.append(() if start is None else start)
        else:
            open_start, open_end = begin_mask & bit, end_mask & bit
            first = None if open_start else () if start is None else start
            last = None if open_end else () if stop is None else stop
            keys.append(slice(first, last, step))
    return getitem(input_, keys)


@tf_function("gather", "gather_v2", "embedding_lookup")
def gather(  # noqa: PLR0917 - TensorFlow's own arguments
    params: Any,
    indices: Any = None,
    validate_indices: Any = None,  # noqa: ARG001
    name: Any = None,  # noqa: ARG001
    axis: Any = None,
    batch_dims: int = 0,
    ids: Any = None,
) -> Spec:
    """What stands at some indices of an axis; they may have axes of their own.

    >>> gather((None, 4, 6), (None, 5), axis=1, batch_dims=1).outputs
    ((None, 5, 6),)
    """
    x, places = operand(params), operand(ids if indices is None else indices)
    batch = batch_dims % (len(places) + 1) if batch_dims < 0 else batch_dims
    place = batch if axis is None else normal(axis, len(x))
    if isinstance(params, Known) and isinstance(indices, int):
        return Spec((scalar(params.numbers[indices]),))
    if isinstance(params, Known) and is_known(indices):
        return Spec((vector([params.numbers[place or 0] for place in numbers(indices) or ()]),))
    front = common([x[:batch], places[:batch]])
    return Spec(((*front, *x[batch:place], *places[batch:], *x[place + 1 :]),))


@tf_function("gather_nd")
def gather_nd(params: Any, indices: Any, batch_dims: int = 0) -> Spec:
    """What stands at some points, each a row of indices."""
    x, places = operand(params), operand(indices)
    depth = places[-1]
    if depth is None:
        raise Unknown("how long its rows of indices are is not known")
    front = common([x[:batch_dims], places[:batch_dims]])
    return Spec(((*front, *places[batch_dims:-1], *x[batch_dims + depth :]),))


@tf_function("boolean_mask", "boolean_mask_v2")
def boolean_mask(tensor: Any, mask: Any, axis: Any = None) -> Spec:
    """What a mask lets through: how many that are is not known."""
    x, rank = operand(tensor), len(operand(mask))
    place = normal(axis or 0, len(x))
    return Spec(((*x[:place], None, *x[place + rank :]),))


@tf_function("where", "where_v2", "switch")
def where(condition: Any, x: Any = None, y: Any = None) -> Spec:
    """One of two, number by number; alone, the places where the condition holds."""
    if x is None and y is None:
        return Spec(((None, len(operand(condition))),))
    return Spec((common([operand(condition), operand(x), operand(y)]),))


@tf_function("one_hot")
def one_hot(indices: Any, depth: Any = None, axis: Any = -1, num_classes: Any = None) -> Spec:
    """A class number as zeros and a one."""
    count = number(num_classes if depth is None else depth)
    return Spec((inserted(operand(indices), -1 if axis is None else axis, count),))


@tf_function("scatter_nd")
def scatter_nd(indices: Any, updates: Any, shape: Any) -> Spec:  # noqa: ARG001
    """Values put into zeros of a given shape."""
    return Spec((sizes_of(shape),))


@tf_function("searchsorted")
def searchsorted(sorted_sequence: Any, values: Any) -> Spec:  # noqa: ARG001
    """Where each value belongs."""
    return Spec((operand(values),))


@tf_function("unique")
def unique(x: Any) -> Spec:
    """Each number once, and which of them stands where."""
    return Spec(((None,), operand(x)))


@tf_function("property values", "property flat_values")
def flat_values(value: Any) -> Spec:
    """The numbers of a ragged tensor in one line; how many is not known."""
    return Spec(((None, *operand(value)[2:]),))


@tf_function("method to_tensor")
def to_tensor(value: Any) -> Spec:
    """A ragged tensor filled up with zeros."""
    return Spec((operand(value),))
