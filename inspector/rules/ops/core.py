"""Rules for `keras.ops` of the file core, and the words that all rules for operations share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

from inspector.dims import Dim, Ints, Product, Shape, product, times
from inspector.rules.rule import Spec, operation

# --- shared words -------------------------------------------------------------------------------


def operand(value: Any) -> Shape:
    """The shape of what an operation meets: a tensor, a constant array, or a number.

    >>> operand((None, 4)), operand([[1, 2, 3], [4, 5, 6]]), operand(0.5)
    ((None, 4), (2, 3), ())
    """
    if isinstance(value, tuple):
        return value
    if not isinstance(value, list):
        return ()
    return (len(value), *(operand(value[0]) if value else ()))


def common(shapes: Iterable[Shape]) -> Shape:
    """What operands broadcast to, as Keras' operations have it: a known size beats an unknown one.

    Merging layers differ: there, unknown stays unknown (`dims.broadcast`).

    >>> common([(None, 4, 6), (6,)]), common([(None, 1), (3, 5)]), common([(None,), (1,)])
    ((None, 4, 6), (3, 5), (None,))
    """
    columns = zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1)
    return tuple(_stretched(sizes) for sizes in columns)[::-1]


def _stretched(sizes: Sequence[Dim]) -> Dim:
    known = {size for size in sizes if size not in (None, 1)}
    if len(known) > 1:
        raise ValueError(f"sizes {', '.join(map(str, sizes))} do not broadcast")
    return known.pop() if known else None if None in sizes else 1


def normal(axis: int, rank: int) -> int:
    """`axis` counted from the front.

    >>> normal(-1, rank=3)
    2

    Raises:
        ValueError: there is no such axis.
    """
    if not -rank <= axis < rank:
        raise ValueError(f"axis {axis} of {rank} axes")
    return axis % rank


def normals(axis: Ints | None, rank: int) -> tuple[int, ...]:
    """Several axes, or one, counted from the front; `None` means all of them."""
    if axis is None:
        return tuple(range(rank))
    listed = [axis] if isinstance(axis, int) else axis
    return tuple(normal(each, rank) for each in listed)


def reduced(x: Shape, axis: Ints | None, keepdims: bool = False) -> Shape:
    """What is left of `x` when `axis` is summed over.

    >>> reduced((None, 4, 6), -1), reduced((None, 4, 6), [1, 2], keepdims=True)
    ((None, 4), (None, 1, 1))
    """
    gone = normals(axis, len(x))
    if keepdims:
        return tuple(1 if place in gone else size for place, size in enumerate(x))
    return tuple(size for place, size in enumerate(x) if place not in gone)


def replaced(x: Shape, axis: int, *sizes: Dim) -> Shape:
    """`x` with `sizes` in the place of one axis.

    >>> replaced((None, 4, 6), -1, 2, 3)
    (None, 4, 2, 3)
    """
    place = normal(axis, len(x))
    return (*x[:place], *sizes, *x[place + 1 :])


def inserted(x: Shape, axis: int, size: Dim) -> Shape:
    """`x` with one axis more, which `axis` counts among the new ones."""
    place = normal(axis, len(x) + 1)
    return (*x[:place], size, *x[place:])


def flat(x: Shape) -> Shape:
    """`x` with all its axes in one."""
    return (times(x),)


def agree(first: Shape, second: Shape) -> bool:
    """Whether two shapes can be the same one; unknown agrees with everything."""
    return len(first) == len(second) and all(
        None in pair or pair[0] == pair[1] for pair in zip(first, second, strict=True)
    )


def demand(fits: bool, wanted: str, *shapes: Shape) -> None:
    """Refuse shapes that Keras refuses too.

    Raises:
        ValueError: they do not fit.
    """
    if not fits:
        raise ValueError(f"{wanted}, not {' and '.join(map(str, shapes))}")


def per_example(first: Shape, result: Shape, summed: Shape) -> tuple[Product, ...] | None:
    """The multiply-adds of a matrix product for one example; `None` where the batch is not known.

    An operation has no batch axis by itself: it is the unknown first axis of its first operand.

    Args:
        first: the first operand.
        result: what comes out.
        summed: the axes that are summed over, which the result lacks.
    """
    if not first or first[0] is not None or None not in (*result, *summed):
        return None
    # Which of several unknown axes is left out does not matter: the product is unknown anyway.
    if None in result:
        return (product(results=times(_but_one_unknown(result)), terms=times(summed)),)
    return (product(results=times(result), terms=times(_but_one_unknown(summed))),)


def _but_one_unknown(sizes: Shape) -> Shape:
    place = sizes.index(None)
    return (*sizes[:place], *sizes[place + 1 :])


# --- rules --------------------------------------------------------------------------------------


@operation("Cast", "ConvertToTensor", "SaturateCast")
def cast(x: Any) -> Spec:
    """Another type, the same shape."""
    return Spec((operand(x),))


@operation("StopGradient")
def stop_gradient(variable: Shape) -> Spec:
    """The same numbers."""
    return Spec((variable,))


@operation("Scatter")
def scatter(*, shape: list[Any]) -> Spec:
    """Values put into zeros of a given shape."""
    return Spec((tuple(shape),))


@operation("ScatterUpdate", "SliceUpdate")
def update(inputs: Shape) -> Spec:
    """`inputs` with some numbers replaced."""
    return Spec((inputs,))


@operation("Slice")
def slice_(inputs: Shape, start_indices: Any, *, shape: list[Any]) -> Spec:
    """A block of a given shape; -1 means the rest of that axis."""
    demand(len(inputs) == len(shape), f"the slice {list(shape)} needs as many axes", inputs)
    # Where the start is a tensor, its numbers are not known.
    starts = start_indices if isinstance(start_indices, list) else [None] * len(inputs)
    demand(len(starts) == len(inputs), f"{len(starts)} starts need as many axes", inputs)
    rest = (
        None if size is None or start is None else size - start
        for size, start in zip(inputs, starts, strict=True)
    )
    sizes = zip(shape, rest, strict=True)
    return Spec((tuple(left if size == -1 else size for size, left in sizes),))


@operation("Unstack")
def unstack(x: Shape, *, num: int | None = None, axis: int = 0) -> Spec:
    """One tensor for each index along an axis."""
    count = x[normal(axis, len(x))] if num is None else num
    if count is None:
        raise ValueError(f"how many to unstack is not known from {x}")
    return Spec((reduced(x, axis),) * count)
