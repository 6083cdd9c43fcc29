"""Rules for `keras.layers` of the folder merging."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.dims import Dim, Ints, Shape, broadcast, each_axis, plus, product, times
from inspector.rules.rule import Spec, weightless


@weightless("Add", "Average", "Maximum", "Minimum", "Multiply")
def merge(inputs: Sequence[Shape], *, dialect: int = 3) -> Spec:
    """Several tensors made one, number by number.

    >>> merge([(None, 4, 6), (None, 1, 6)]).outputs
    ((None, 4, 6),)
    """
    _check_several(inputs)
    batches = {shape[0] for shape in inputs} - {None}
    if len(batches) > 1:
        raise ValueError(f"batches of {' and '.join(map(str, batches))} examples")
    batch = batches.pop() if batches else None
    if dialect == 3:
        return Spec(((batch, *broadcast([shape[1:] for shape in inputs])),))
    broadcast([shape[1:] for shape in inputs])  # for what it refuses
    rank = max(map(len, inputs))
    rows = [(shape[0], *(1,) * (rank - len(shape)), *shape[1:]) for shape in inputs]
    return Spec((tuple(_met(sizes) for sizes in zip(*rows, strict=True)),))


def _met(sizes: Sequence[Dim]) -> Dim:
    """What sizes become in Keras 2, where a known one beats an unknown one."""
    known = max((size for size in sizes if size is not None), default=1)
    return known if known != 1 else None if None in sizes else 1


@weightless("Subtract")
def subtract(inputs: Sequence[Shape], *, dialect: int = 3) -> Spec:
    """One tensor less another."""
    if len(inputs) != 2:
        raise ValueError(f"it takes 2 tensors, not {len(inputs)}")
    return merge(inputs, dialect=dialect)


def _check_several(inputs: Sequence[Shape]) -> None:
    if not isinstance(inputs, list) or not inputs:
        raise ValueError("it takes a list of tensors")


@weightless("Concatenate")
def concatenate(inputs: Sequence[Shape], *, axis: int = -1, dialect: int = 3) -> Spec:
    """Tensors joined end to end along one axis.

    >>> concatenate([(None, 8, 3), (None, 8, 5)]).outputs
    ((None, 8, 8),)
    """
    _check_several(inputs)
    first = list(inputs[0])
    place = range(len(first))[axis]
    for sizes in zip(*(shape[:place] + shape[place + 1 :] for shape in inputs), strict=True):
        if len(set(sizes) - {None}) > 1:
            raise ValueError(f"sizes {', '.join(map(str, sizes))} off the axis {axis} differ")
    # Keras 3 takes the other axes from the first tensor, even where it alone knows nothing.
    if dialect < 3:
        first = [max(sizes, key=_known) for sizes in zip(*inputs, strict=True)]
    first[place] = plus(shape[place] for shape in inputs)
    return Spec((tuple(first),))


def _known(size: Dim) -> bool:
    return size is not None


@weightless("Dot")
def dot(inputs: Sequence[Shape], *, axes: Ints) -> Spec:
    """A product of two tensors, example by example, that sums over one axis of each.

    >>> dot([(None, 5, 8), (None, 8, 3)], axes=[2, 1]).outputs
    ((None, 5, 3),)
    """
    _check_several(inputs)
    a, b = map(list, inputs)
    axis_a, axis_b = each_axis(axes, rank=2)
    summed, other = a.pop(axis_a), b.pop(axis_b)
    if None not in (summed, other) and summed != other:
        raise ValueError(f"axes of {summed} and {other} numbers")
    rest = (*a, *b[1:])
    macs = product(results=times(rest[1:]), summed=summed)
    return Spec((rest if len(rest) > 1 else (*rest, 1),), macs=(macs,))
