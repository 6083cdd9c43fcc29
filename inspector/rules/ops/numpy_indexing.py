"""Rules for `keras.ops.numpy`: indexed, chosen, counted, made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspector.dims import Dim, Shape, plus, times
from inspector.rules.ops.core import (
    common,
    demand,
    flat,
    inserted,
    normal,
    normals,
    operand,
    reduced,
    replaced,
)
from inspector.rules.ops.numpy_shapes import swapped
from inspector.rules.rule import Spec, operation

# --- indexed and chosen -------------------------------------------------------------------------


@operation("GetItem")
def get_item(x: Shape, key: Any) -> Spec:
    """What `x[key]` is.

    >>> get_item((None, 4, 6), [slice(None), None, slice(0, 3)]).outputs
    ((None, 1, 3, 6),)
    >>> get_item((None, 4, 6), [..., 0]).outputs
    ((None, 4),)
    """
    keys = list(key) if isinstance(key, list) else [key]
    # Compared by identity: `==` would ask a slice or a number about `...`.
    dots = [place for place, item in enumerate(keys) if item is ...]
    demand(len(dots) < 2, "... may stand once", x)
    if not dots:
        dots, keys = [len(keys)], [*keys, ...]
    named = sum(item is not None for item in keys) - 1
    demand(named <= len(x), f"{named} indices are too many", x)
    fill = [slice(None)] * (len(x) - named)
    keys[dots[0] : dots[0] + 1] = fill
    sizes = iter(x)
    picked = [(1,) if item is None else _picked(next(sizes), item) for item in keys]
    return Spec((tuple(size for sizes in picked for size in sizes),))


def _picked(size: Dim, item: Any) -> Shape:
    """What an index or a slice leaves of one axis."""
    if isinstance(item, slice):
        return (size if size is None else len(range(*item.indices(size))),)
    if not isinstance(item, int):
        raise ValueError(f"{item} is no index that Keras takes")
    if size is not None and not -size <= item < size:
        raise ValueError(f"index {item} of an axis of {size}")
    return ()


@operation("Take")
def take(x: Shape, indices: Any, *, axis: int | None = None) -> Spec:
    """What stands at some indices of an axis; they may have axes of their own."""
    if axis is None:
        return Spec((operand(indices),))
    return Spec((replaced(x, axis, *operand(indices)),))


@operation("TakeAlongAxis")
def take_along_axis(x: Shape, indices: Any, *, axis: int | None = None) -> Spec:
    """What stands at an index of an axis, another one at each place."""
    places = operand(indices)
    line, along = (flat(x), 0) if axis is None else (x, normal(axis, len(x)))
    demand(len(line) == len(places), "both need as many axes", line, places)
    return Spec((common([replaced(line, along, places[along]), places]),))


@operation("Where")
def where(condition: Any, x1: Any = None, x2: Any = None) -> Spec:
    """One of two, number by number."""
    return Spec((common([operand(condition), operand(x1), operand(x2)]),))


@operation("Select")
def select(condlist: Any, choicelist: Sequence[Any]) -> Spec:  # noqa: ARG001
    """One of several, number by number; Keras 3.15 takes the shape of the first choice."""
    return Spec((operand(choicelist[0]),))


@operation("Diag")
def diag(x: Shape, *, k: int = 0) -> Spec:
    """A vector as a diagonal, or the diagonal of a matrix."""
    demand(len(x) in (1, 2), "1 or 2 axes are needed", x)
    if len(x) == 2:
        return Spec(((_diagonal(x[0], x[1], k),),))
    return Spec(((plus((x[0], abs(k))),) * 2,))


@operation("Diagflat")
def diagflat(x: Shape, *, k: int = 0) -> Spec:
    """All numbers as a diagonal."""
    return Spec(((plus((times(x), abs(k))),) * 2,))


@operation("Diagonal")
def diagonal(x: Shape, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Spec:
    """The diagonal of two axes, as the last one."""
    demand(len(x) >= 2, "2 axes or more are needed", x)
    along = _diagonal(x[axis1], x[axis2], offset)
    return Spec(((*reduced(x, [axis1, axis2]), along),))


def _diagonal(rows: Dim, columns: Dim, offset: int) -> Dim:
    if rows is None or columns is None:
        return None
    left = columns - offset if offset > 0 else rows + offset
    return max(0, min(left, rows, columns))


@operation("Trace")
def trace(x: Shape, *, axis1: int = 0, axis2: int = 1) -> Spec:
    """The sum of a diagonal of two axes."""
    first, second = normals([axis1, axis2], len(x))
    demand(first != second, "two different axes are needed", x)
    return Spec((reduced(x, [first, second]),))


@operation("Diff")
def diff(a: Shape, *, n: int = 1, axis: int = -1) -> Spec:
    """Differences of neighbors, `n` times over."""
    size = a[normal(axis, len(a))]
    return Spec((replaced(a, axis, None if size is None else max(size - n, 0)),))


@operation("Trapezoid")
def trapezoid(y: Shape, *, axis: int | None = -1) -> Spec:
    """An integral along an axis."""
    if axis is None or not y:
        return Spec((y,))
    return Spec((reduced(y, axis % len(y)),))


# --- counted, looked up, made -------------------------------------------------------------------


@operation("Nonzero")
def nonzero(x: Shape) -> Spec:
    """Where numbers are not zero, axis by axis; how many are is unknown."""
    return Spec(((None,),) * len(x))


@operation("Bincount")
def bincount(x: Shape) -> Spec:
    """How often each whole number stands there."""
    return Spec(((*x[:-1], None),))


@operation("Histogram")
def histogram(*, bins: int = 10) -> Spec:
    """How many numbers lie in each bin, and the bins' edges."""
    return Spec(((bins,), (bins + 1,)))


@operation("Unique")
def unique(
    x: Shape,
    *,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
) -> Spec:
    """Each number once, or each slice of an axis; how many that are is unknown unless told."""
    values = (size,) if axis is None else replaced(x, axis, size)
    inverse = x if axis is None else (x[axis],)
    index = [(size,)] if return_index else []
    counts = [(size,)] if return_counts else []
    return Spec((values, *index, *([inverse] if return_inverse else []), *counts))


@operation("UnravelIndex")
def unravel_index(indices: Any, *, shape: Any) -> Spec:
    """Where a place in one line lies along each axis of a shape."""
    if None in shape:
        return Spec(((None,),) * len(shape))
    return Spec((operand(indices),) * len(shape))


@operation("Full")
def full(*, shape: Any) -> Spec:
    """One number everywhere."""
    return Spec(((shape,) if isinstance(shape, int) else tuple(shape),))


@operation("Geomspace", "Linspace", "Logspace")
def linspace(start: Any, stop: Any, *, num: int = 50, axis: int = 0) -> Spec:
    """Numbers from one end to the other, along a new axis."""
    return Spec((inserted(common([operand(start), operand(stop)]), axis, num),))


@operation("Meshgrid")
def meshgrid(*x: Any, indexing: str = "xy") -> Spec:
    """Coordinates of every point of a grid; the first two change places unless told."""
    sizes = tuple(times(operand(each)) for each in x)
    if indexing == "xy":
        sizes = swapped(sizes, 0, 1)
    return Spec((sizes,) * len(x))


@operation("Vander")
def vander(x: Shape, *, N: int | None = None) -> Spec:  # noqa: N803 - Keras' name
    """The powers of each number."""
    demand(len(x) == 1, "1 axis is needed", x)
    return Spec(((*x, x[0] if N is None else N),))
