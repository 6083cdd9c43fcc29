"""Rules for `keras.layers` of the folder reshaping."""

from __future__ import annotations

from typing import Any

from inspector.dims import Dim, Shape, each_axis, plus, times
from inspector.rules.layout import layout
from inspector.rules.rule import Count, Counts, DataFormat, Spec, weightless


@weightless(Cropping1D=3, Cropping2D=4, Cropping3D=5)
def cropping(inputs: Shape, *, cropping: Any = 1, data_format: DataFormat = None) -> Spec:
    """Space with its edges cut off."""
    x = layout(inputs, data_format)
    space = [
        plus((n, -before, -after))
        for n, (before, after) in zip(x.space, _edges(cropping, len(x.space)), strict=True)
    ]
    if any(n is not None and n <= 0 for n in space):
        raise ValueError(f"cropping {cropping} leaves nothing of {x.space}")
    return Spec((x.shape(space, x.channels),))


@weightless(ZeroPadding1D=3, ZeroPadding2D=4, ZeroPadding3D=5)
def zero_padding(inputs: Shape, *, padding: Any = 1, data_format: DataFormat = None) -> Spec:
    """Space with zeros around it."""
    x = layout(inputs, data_format)
    space = [
        plus((n, before, after))
        for n, (before, after) in zip(x.space, _edges(padding, len(x.space)), strict=True)
    ]
    return Spec((x.shape(space, x.channels),))


def _edges(value: Any, rank: int) -> list[tuple[int, ...]]:
    """How much lies before and after each axis: one number for all, for each axis, or in pairs.

    >>> _edges(1, rank=2), _edges([1, [2, 3]], rank=2), _edges([1, 2], rank=1)
    ([(1, 1), (1, 1)], [(1, 1), (2, 3)], [(1, 2)])
    """
    if isinstance(value, int):
        value = (value,) * rank
    elif rank == 1 and len(value) == 2:  # Keras writes the only pair without a list around it
        value = (value,)
    if len(value) != rank:
        raise ValueError(f"{value} is not one entry for each of {rank} axes")
    edges = [each_axis(entry, rank=2) for entry in value]
    if min(map(min, edges)) < 0:
        raise ValueError(f"{value} has a negative number")
    return edges


@weightless("Flatten")
def flatten(inputs: Shape) -> Spec:
    """Every example as one row.

    >>> flatten((None, 7, 7, 512)).outputs
    ((None, 25088),)
    """
    batch, *rest = inputs
    return Spec(((batch, times(rest)),))


@weightless("Permute")
def permute(inputs: Shape, *, dims: list[Any]) -> Spec:
    """The axes in another order; 1 is the first after the batch."""
    if sorted(dims) != list(range(1, len(inputs))):
        raise ValueError(f"dims {dims} is no order of {len(inputs) - 1} axes")
    return Spec(((inputs[0], *(inputs[dim] for dim in dims)),))


@weightless(RepeatVector=2)
def repeat_vector(inputs: Shape, *, n: Count) -> Spec:
    """Each row n times over, as a sequence."""
    batch, features = inputs
    return Spec(((batch, n, features),))


@weightless("Reshape")
def reshape(inputs: Shape, *, target_shape: list[Any]) -> Spec:
    """The same numbers in another shape; -1 stands for whatever remains.

    >>> reshape((None, 3, 4), target_shape=[-1, 2]).outputs
    ((None, 6, 2),)
    """
    batch, *rest = inputs
    return Spec(((batch, *_reshaped(times(rest), target_shape)),))


def _reshaped(size: Dim, target: list[Any]) -> Shape:
    if target.count(-1) > 1 or any(dim is not None and dim < -1 for dim in target):
        raise ValueError(f"target_shape {target} is no shape")
    known = times(dim for dim in target if dim != -1)
    if size is None or known is None:
        return tuple(None if dim == -1 else dim for dim in target)
    free = -1 in target
    if (known == 0 or size % known) if free else size != known:
        raise ValueError(f"{size} numbers do not fill the shape {target}")
    return tuple(size // known if dim == -1 else dim for dim in target)


@weightless(UpSampling1D=3, UpSampling2D=4, UpSampling3D=5)
def up_sampling(
    inputs: Shape,
    *,
    size: Counts = 2,
    data_format: DataFormat = None,
    interpolation: str = "nearest",
    dialect: int = 3,
) -> Spec:
    """Every position of space several times over, or numbers drawn between positions."""
    x = layout(inputs, data_format)
    factors = each_axis(size, len(x.space))
    space = [times(pair) for pair in zip(x.space, factors, strict=True)]
    if dialect < 3 and len(space) == 2 and None in space:  # it resized both axes at once
        space = [None, None]
    return Spec((x.shape(space, x.channels),), macs=() if interpolation == "nearest" else None)
