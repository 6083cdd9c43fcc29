"""Rules for `keras.ops.numpy`: the same numbers in another shape, joined or split."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from inspector.dims import Dim, Ints, Shape, plus, times
from inspector.rules.ops.core import (
    agree,
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
from inspector.rules.rule import Spec, operation

# --- the same numbers in another shape ----------------------------------------------------------


@operation("Reshape")
def reshape(x: Shape, *, newshape: Any) -> Spec:
    """The numbers laid out anew; -1 is what is left, unknown when anything else is.

    >>> reshape((None, 6), newshape=[-1, 3]).outputs, reshape((4, 6), newshape=[-1, 3]).outputs
    (((None, 3),), ((8, 3),))
    """
    listed = [newshape] if isinstance(newshape, int) else newshape
    wanted = tuple(size if isinstance(size, int) else None for size in listed)
    demand(all(size is None or size >= -1 for size in wanted), "sizes are not negative", wanted)
    demand(wanted.count(-1) < 2, "-1 may stand once", wanted)
    if None in x or None in wanted:
        return Spec((tuple(None if size == -1 else size for size in wanted),))
    total = times(x) or 0
    known = times(size for size in wanted if size != -1) or 0
    if -1 not in wanted:
        demand(total == known, "there must be as many numbers", x, wanted)
        return Spec((wanted,))
    demand(known > 0 and total % known == 0, "the sizes must divide", x, wanted)
    return Spec((tuple(total // known if size == -1 else size for size in wanted),))


@operation("Ravel")
def ravel(x: Shape) -> Spec:
    """All numbers in one line."""
    return Spec((flat(x),))


@operation("View")
def view(x: Shape, *, dtype: Any = None) -> Spec:
    """The same bytes as another type: a wider one takes fewer, and no shape says how wide."""
    return Spec((x if dtype is None else None,))


@operation("Transpose")
def transpose(x: Shape, *, axes: Ints | None = None) -> Spec:
    """Axes in another order, backwards when none is given."""
    if axes is None:
        return Spec((x[::-1],))
    order = normals(axes, len(x))
    demand(sorted(order) == list(range(len(x))), f"{axes} must name each axis once", x)
    return Spec((tuple(x[place] for place in order),))


@operation("Moveaxis")
def moveaxis(x: Shape, *, source: Ints, destination: Ints) -> Spec:
    """Some axes elsewhere, the others in their order."""
    taken, put = normals(source, len(x)), normals(destination, len(x))
    placed = dict(zip(put, taken, strict=True))
    others = iter([place for place in range(len(x)) if place not in taken])
    order = (placed[place] if place in placed else next(others) for place in range(len(x)))
    return Spec((tuple(x[place] for place in order),))


@operation("Swapaxes")
def swapaxes(x: Shape, *, axis1: int, axis2: int) -> Spec:
    """Two axes in each other's place."""
    return Spec((swapped(x, axis1, axis2),))


@operation("Rot90")
def rot90(array: Shape, *, axes: Ints = (0, 1)) -> Spec:
    """A quarter turn; Keras 3.15 swaps the axes for a half turn too."""
    demand(len(array) >= 2, "2 axes or more are needed", array)
    first, second = axes if not isinstance(axes, int) else (axes, axes)
    demand(first != second, "two different axes are needed", array)
    return Spec((swapped(array, first, second),))


def swapped(x: Shape, axis1: int, axis2: int) -> Shape:
    first, second = normals([axis1, axis2], len(x))
    return replaced(replaced(x, first, x[second]), second, x[first])


@operation("ExpandDims")
def expand_dims(x: Shape, *, axis: Ints) -> Spec:
    """Axes of size 1, counted among the new ones."""
    new = [axis] if isinstance(axis, int) else axis
    places = normals(new, len(x) + len(new))
    old = iter(x)
    rank = len(x) + len(places)
    return Spec((tuple(1 if place in places else next(old) for place in range(rank)),))


@operation("Squeeze")
def squeeze(x: Shape, *, axis: Ints | None = None) -> Spec:
    """Without axes of size 1: the ones named, or all."""
    if axis is None:
        return Spec((tuple(size for size in x if size != 1),))
    gone = normals(axis, len(x))
    demand(all(x[place] == 1 for place in gone), f"axis {axis} must be of size 1", x)
    return Spec((reduced(x, axis),))


@operation("BroadcastTo")
def broadcast_to(x: Shape, *, shape: Any) -> Spec:
    """Numbers repeated to fill a shape."""
    common([x, tuple(shape)])
    return Spec((tuple(shape),))


@operation("Tile")
def tile(x: Shape, *, repeats: Ints) -> Spec:
    """The whole, several times along each axis, the last ones first."""
    counts = (repeats,) if isinstance(repeats, int) else tuple(repeats)
    rank = max(len(x), len(counts))
    sizes = (1,) * (rank - len(x)) + x
    counts = (1,) * (rank - len(counts)) + counts
    return Spec((tuple(times(pair) for pair in zip(sizes, counts, strict=True)),))


@operation("Repeat")
def repeat(x: Shape, *, repeats: Ints, axis: int | None = None) -> Spec:
    """Each index of an axis several times, in one line when no axis is given."""
    line, place = (flat(x), 0) if axis is None else (x, axis)
    size = line[place]
    if size is None:
        return Spec((line,))
    counts = [repeats] if isinstance(repeats, int) else repeats
    demand(len(counts) in (1, size), f"{len(counts)} counts for {size}", x)
    total = size * counts[0] if len(counts) == 1 else sum(counts)
    return Spec((replaced(line, place, total),))


@operation("Pad")
def pad(x: Shape, *, pad_width: Any) -> Spec:
    """More before and after each axis; one number or pair holds for all of them.

    >>> pad((None, 4, 6), pad_width=[[0, 0], [1, 2], [3, 4]]).outputs
    ((None, 7, 13),)
    """
    listed = [pad_width] if isinstance(pad_width, int) else pad_width
    widths = [listed] if isinstance(listed[0], int) else listed
    demand(len(widths) in (1, len(x)), f"{len(widths)} widths for these axes", x)
    each = widths * len(x) if len(widths) == 1 else widths
    return Spec((tuple(plus((size, *_border(w))) for size, w in zip(x, each, strict=True)),))


def _border(width: Sequence[int]) -> tuple[int, int]:
    """Before and after; Keras 3.15 ignores what comes third."""
    return width[0], width[1] if len(width) > 1 else width[0]


# --- joined and split ---------------------------------------------------------------------------


@operation("Concatenate")
def concatenate(xs: Sequence[Shape], *, axis: int = 0) -> Spec:
    """One after the other along an axis.

    >>> concatenate([(None, 4), (None, 5)], axis=-1).outputs
    ((None, 9),)
    """
    return Spec((_joined([operand(x) for x in xs], axis),))


@operation("Hstack")
def hstack(xs: Sequence[Shape]) -> Spec:
    """One after the other along the second axis."""
    return Spec((_joined([operand(x) for x in xs], 1),))


@operation("Vstack")
def vstack(xs: Sequence[Shape]) -> Spec:
    """One after the other along the first axis; Keras 3.15 does so with single rows too."""
    return Spec((_joined([operand(x) for x in xs], 0),))


@operation("Dstack")
def dstack(xs: Sequence[Shape]) -> Spec:
    """One after the other along the third axis."""
    return Spec((_joined([_deep(operand(x)) for x in xs], 2),))


def _deep(x: Shape) -> Shape:
    if len(x) > 2:
        return x
    return (*x, 1) if len(x) == 2 else (1, *(x or (1,)), 1)


def _joined(shapes: Sequence[Shape], axis: int) -> Shape:
    """Sizes add up along the axis; everywhere else the first one's hold, known or not."""
    first = shapes[0]
    rest = [replaced(shape, axis, None) for shape in shapes]
    demand(all(agree(rest[0], shape) for shape in rest), f"only axis {axis} may differ", *shapes)
    place = normal(axis, len(first))
    return replaced(first, axis, plus(shape[place] for shape in shapes))


@operation("Append")
def append(x1: Shape, x2: Shape, *, axis: int | None = None) -> Spec:
    """Two, one after the other, in one line when no axis is given."""
    if axis is None:
        return Spec(((plus((times(x1), times(x2))),),))
    return Spec((_joined([x1, x2], axis),))


@operation("Stack")
def stack(x: Sequence[Shape], *, axis: int = 0) -> Spec:
    """Several along a new axis."""
    shapes = [operand(each) for each in x]
    demand(all(agree(shapes[0], shape) for shape in shapes), "shapes must match", *shapes)
    return Spec((inserted(shapes[0], axis, len(shapes)),))


@operation("Split")
def split(x: Shape, *, indices_or_sections: Ints, axis: int = 0) -> Spec:
    """Pieces along an axis: as many of one size, or cut where told.

    >>> split((None, 4), indices_or_sections=[1, 3], axis=1).outputs
    ((None, 1), (None, 2), (None, 1))
    """
    size = x[normal(axis, len(x))]
    if isinstance(indices_or_sections, int):
        cuts = _sections(size, indices_or_sections)
    else:
        cuts = _between([0, *indices_or_sections, size])
    return Spec(tuple(replaced(x, axis, cut) for cut in cuts))


def _sections(size: Dim, sections: int) -> list[Dim]:
    if size is not None and size % sections:
        raise ValueError(f"{size} does not divide into {sections}")
    return [None if size is None else size // sections] * sections


def _between(bounds: Sequence[Dim]) -> list[Dim]:
    sizes = [None if a is None or b is None else b - a for a, b in pairwise(bounds)]
    if any(size is not None and size < 0 for size in sizes):
        raise ValueError(f"the cuts {list(bounds)} are not in order")
    return sizes


@operation("Hsplit")
def hsplit(x: Shape, *, indices_or_sections: Ints) -> Spec:
    """Pieces along the second axis, or the only one."""
    demand(len(x) >= 1, "1 axis or more is needed", x)
    return split(x, indices_or_sections=indices_or_sections, axis=min(len(x) - 1, 1))


@operation("Vsplit")
def vsplit(x: Shape, *, indices_or_sections: Ints) -> Spec:
    """Pieces along the first axis."""
    demand(len(x) >= 2, "2 axes or more are needed", x)
    return split(x, indices_or_sections=indices_or_sections)


@operation("Dsplit")
def dsplit(x: Shape, *, indices_or_sections: Ints) -> Spec:
    """Pieces along the third axis."""
    demand(len(x) >= 3, "3 axes or more are needed", x)
    return split(x, indices_or_sections=indices_or_sections, axis=2)


@operation("ArraySplit")
def array_split(x: Shape, *, indices_or_sections: int, axis: int = 0) -> Spec:
    """Pieces as equal as can be, the larger ones first."""
    size, count = x[axis], indices_or_sections
    if size is None:
        return Spec((x,) * count)
    cuts = (size // count + (place < size % count) for place in range(count))
    return Spec(tuple(replaced(x, axis, cut) for cut in cuts))
