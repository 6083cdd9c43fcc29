"""Rules for `keras.ops` of the file numpy: the largest of them, so families come first.

Multiply-adds have a formula where the profiler of TensorFlow counts the same: `Matmul`, `Dot`,
`Tensordot`, and `Einsum` of two operands.
"""

from __future__ import annotations

import re
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
    per_example,
    reduced,
    replaced,
)
from inspector.rules.rule import Spec, operation

# --- families -----------------------------------------------------------------------------------


@operation(
    *("Abs", "Absolute", "Angle", "Arccos", "Arccosh", "Arcsin", "Arcsinh", "Arctan", "Arctanh"),
    *("Array", "BitwiseInvert", "BitwiseNot", "Cbrt", "Ceil", "Clip", "Conj", "Conjugate", "Copy"),
    *("Cos", "Cosh", "Deg2rad", "EmptyLike", "Exp", "Exp2", "Expm1", "Fabs", "Floor", "FullLike"),
    *("I0", "Imag", "Isfinite", "Isinf", "Isnan", "Isneginf", "Isposinf", "Isreal", "Log"),
    *("Log10", "Log1p", "Log2", "LogicalNot", "NanToNum", "Negative", "OnesLike", "Rad2deg"),
    *("Real", "Reciprocal", "Round", "Sign", "Signbit", "Sin", "Sinc", "Sinh", "Sqrt", "Square"),
    *("Tan", "Tanh", "Tril", "Triu", "Trunc", "ZerosLike"),
)
def elementwise(x: Any) -> Spec:
    """Each number on its own."""
    return Spec((operand(x),))


@operation(
    *("Add", "Arctan2", "Divide", "DivideNoNan", "Equal", "FloorDivide", "Fmax", "Fmin", "Fmod"),
    *("Gcd", "Greater", "GreaterEqual", "Heaviside", "Hypot", "Isclose", "Lcm", "Ldexp", "Less"),
    *("LessEqual", "Logaddexp", "Logaddexp2", "LogicalAnd", "LogicalOr", "LogicalXor", "Maximum"),
    *("Minimum", "Mod", "Multiply", "Nextafter", "NotEqual", "Power", "Subtract", "TrueDivide"),
)
def broadcasting(x1: Any, x2: Any) -> Spec:
    """Two operands, number by number.

    >>> broadcasting((None, 4, 6), (6,)).outputs, broadcasting(1.0, (None, 4)).outputs
    (((None, 4, 6),), ((None, 4),))
    """
    return Spec((common([operand(x1), operand(x2)]),))


@operation(
    *("BitwiseAnd", "BitwiseLeftShift", "BitwiseOr", "BitwiseRightShift", "BitwiseXor"),
    *("LeftShift", "RightShift"),
)
def bitwise(x: Any) -> Spec:
    """Two operands, bit by bit; Keras 3.15 does not broadcast here, the first one's shape holds."""
    return Spec((operand(x),))


@operation(
    *("All", "Amax", "Amin", "Any", "Argmax", "Argmin", "CountNonzero", "Max", "Mean", "Median"),
    *("Min", "Nanargmax", "Nanargmin", "Nanmax", "Nanmean", "Nanmedian", "Nanmin", "Nanprod"),
    *("Nanstd", "Nansum", "Nanvar", "Prod", "Ptp", "Std", "Sum", "Var"),
)
def reduction(x: Shape, *, axis: Ints | None = None, keepdims: bool = False) -> Spec:
    """One number for all those along some axes.

    >>> reduction((None, 4, 6), axis=-1).outputs, reduction((None, 4, 6), axis=[1, 2]).outputs
    (((None, 4),), ((None,),))
    """
    return Spec((reduced(x, axis, keepdims),))


@operation("Nanpercentile", "Percentile")
def percentile(x: Shape, q: Any, *, axis: Ints | None = None, keepdims: bool = False) -> Spec:
    """One number for each `q`, whose axis comes first."""
    return Spec(((*operand(q)[:1], *reduced(x, axis, keepdims)),))


@operation("Nanquantile", "Quantile")
def quantile(x: Shape, q: Any, *, axis: Ints | None = None, keepdims: bool = False) -> Spec:
    """As `percentile`, but Keras 3.15 makes no axis for a list of one number."""
    listed = () if isinstance(q, list) and len(q) == 1 else operand(q)[:1]
    return Spec(((*listed, *reduced(x, axis, keepdims)),))


@operation("Average")
def average(x: Shape, weights: Shape | None = None, *, axis: int | None = None) -> Spec:
    """A mean, weighted when weights are given: one for each number, or for each along the axis."""
    fits = weights is None or agree(x, weights)
    fits = fits or (axis is not None and agree((x[axis],), weights or ()))
    demand(fits, "weights must match", x, weights or ())
    return Spec((reduced(x, axis),))


@operation("Cumprod", "Cumsum", "Nancumprod", "Nancumsum")
def cumulative(x: Shape, *, axis: int | None = None) -> Spec:
    """Running sums or products, in one line when no axis is given."""
    return Spec((_lined_up(x, axis),))


@operation("Argpartition", "Argsort", "Sort")
def sort(x: Shape, *, axis: int | None = -1) -> Spec:
    """Numbers in order, in one line when the axis is `None`."""
    return Spec((_lined_up(x, axis),))


def _lined_up(x: Shape, axis: int | None) -> Shape:
    if axis is None:
        return flat(x)
    normal(axis, len(x))
    return x


@operation("Flip", "Roll")
def flip(x: Shape, *, axis: Ints | None = None) -> Spec:
    """The same numbers at other places."""
    normals(axis, len(x))
    return Spec((x,))


@operation("Fliplr")
def fliplr(x: Shape) -> Spec:
    """The second axis backwards."""
    demand(len(x) >= 2, "2 axes or more are needed", x)
    return Spec((x,))


@operation("Flipud")
def flipud(x: Shape) -> Spec:
    """The first axis backwards."""
    demand(len(x) >= 1, "1 axis or more is needed", x)
    return Spec((x,))


# --- one number, or a number for each -----------------------------------------------------------


@operation("AllClose", "Size")
def scalar() -> Spec:
    """One number whatever flows in."""
    return Spec(((),))


@operation("Ndim")
def ndim(x: Shape) -> Spec:
    """How many axes; Keras 3.15 writes that number down as a shape."""
    return Spec(((len(x),),))


@operation("Digitize")
def digitize(x: Shape, bins: Any) -> Spec:
    """The bin of each number."""
    demand(len(operand(bins)) < 2, "bins have 1 axis", operand(bins))
    return Spec((x,))


@operation("IsIn")
def is_in(x1: Any) -> Spec:
    """Whether each number is among others."""
    return Spec((operand(x1),))


@operation("SearchSorted")
def search_sorted(sorted_sequence: Any, values: Any) -> Spec:
    """Where each value belongs."""
    demand(len(operand(sorted_sequence)) == 1, "1 axis is needed", operand(sorted_sequence))
    return Spec((operand(values),))


@operation("Corrcoef")
def corrcoef(x: Shape) -> Spec:
    """How rows vary together; Keras 3.15 writes down the input's shape."""
    return Spec((x,), macs=None)


@operation("Slogdet")
def slogdet(x: Shape) -> Spec:
    """Sign and size of determinants; Keras 3.15 writes down a single sign."""
    return Spec(((), x[:-2]), macs=None)


# --- products -----------------------------------------------------------------------------------


@operation("Matmul")
def matmul(x1: Any, x2: Any) -> Spec:
    """Rows times columns; a vector is a row at the left and a column at the right.

    >>> matmul((None, 4, 6), (6, 5)).outputs, matmul((None, 4, 6), (6, 5)).work
    (((None, 4, 5),), 120)
    """
    left, right = operand(x1), operand(x2)
    demand(bool(left) and bool(right), "both need an axis", left, right)
    rows, columns = left[-2:-1], right[-1:] if len(right) > 1 else ()
    inner = _inner(left[-1], right[-2:][0])
    result = (*common([left[:-2], right[:-2]]), *rows, *columns)
    return Spec((result,), macs=per_example(left, result, (inner,)))


def _inner(left: Dim, right: Dim) -> Dim:
    """The size of an axis that two operands share and lose."""
    if None not in (left, right) and left != right:
        raise ValueError(f"{left} and {right} must be the same size")
    return right if left is None else left


@operation("Dot")
def dot(x1: Any, x2: Any) -> Spec:
    """Every row at the left times every column at the right; a number scales."""
    left, right = operand(x1), operand(x2)
    if not left or not right:
        return Spec((common([left, right]),))
    inner = _inner(left[-1], right[-2:][0])
    result = (*left[:-1], *right[:-2], *(right[-1:] if len(right) > 1 else ()))
    return Spec((result,), macs=per_example(left, result, (inner,)))


@operation("Inner")
def inner(x1: Any, x2: Any) -> Spec:
    """Every row at the left times every row at the right."""
    left, right = operand(x1), operand(x2)
    if not left or not right:
        return Spec((left or right,))
    _inner(left[-1], right[-1])
    return Spec(((*left[:-1], *right[:-1]),), macs=None)


@operation("Vdot")
def vdot() -> Spec:
    """The sum of all products of two tensors, number by number."""
    return Spec(((),), macs=None)


@operation("Tensordot")
def tensordot(x1: Any, x2: Any, *, axes: Any = 2) -> Spec:
    """Sums of products over axes of both; a number means the last of one, the first of the other.

    >>> tensordot((None, 4, 6), (6, 5), axes=1).outputs
    ((None, 4, 5),)
    """
    left, right = operand(x1), operand(x2)
    if isinstance(axes, int):
        axes = [list(range(len(left)))[len(left) - max(axes, 0) :], list(range(max(axes, 0)))]
    gone, lost = normals(axes[0], len(left)), normals(axes[1], len(right))
    shared = tuple(left[place] for place in gone)
    demand(agree(shared, tuple(right[place] for place in lost)), "sizes must match", left, right)
    summed = tuple(_inner(left[a], right[b]) for a, b in zip(gone, lost, strict=True))
    result = (*_but(left, gone), *_but(right, lost))
    return Spec((result,), macs=per_example(left, result, summed))


def _but(x: Shape, gone: Sequence[int]) -> Shape:
    return tuple(size for place, size in enumerate(x) if place not in gone)


@operation("Einsum")
def einsum(*operands: Any, subscripts: str) -> Spec:
    """Sums of products over the letters that the result lacks.

    >>> einsum((None, 4, 6), (6, 5), subscripts="bij,jk->bik").outputs
    ((None, 4, 5),)
    """
    before, arrow, after = subscripts.partition("->")
    if "->" in after:
        raise ValueError(f"{subscripts} has two arrows")
    specs = before.split(",")
    shapes = [operand(each) for each in operands]
    demand(len(specs) == len(shapes), f"{before} names {len(specs)} operands", *shapes)
    letters = _letters(before)
    result = after if arrow else "..." + "".join(sorted(x for x in letters if before.count(x) == 1))
    pairs = list(zip(shapes, specs, strict=True))
    output = common(_spelled(shape, spec, result) for shape, spec in pairs)
    summed = [letter for letter in letters if letter not in result]
    if not summed or len(specs) < 2:
        return Spec((output,))
    # A letter of one operand alone is summed up before anything is multiplied.
    if len(specs) > 2 or any(letter not in spec for letter in summed for spec in specs):
        return Spec((output,), macs=None)
    terms = common(_spelled(shape, spec, "".join(summed)) for shape, spec in pairs)
    return Spec((output,), macs=per_example(shapes[0], output, terms))


def _letters(spec: str) -> list[str]:
    return sorted({letter for letter in spec if letter.isalpha()})


def _spelled(shape: Shape, spec: str, result: str) -> Shape:
    """One operand's sizes in the order of the result's letters; 1 for those it lacks."""
    front, dots, back = spec.partition("...")
    named = len(front) + len(back)
    fits = len(shape) >= named if dots else len(shape) == named
    demand(fits, f"{spec} needs {named} axes", shape)
    middle = shape[len(front) : len(shape) - len(back)]
    sizes = dict(zip(front, shape, strict=False))
    sizes |= dict(zip(back, shape[len(shape) - len(back) :], strict=True))
    words = re.findall(r"\.\.\.|\w", result)
    return tuple(
        size for word in words for size in (middle if word == "..." else (sizes.get(word, 1),))
    )


@operation("Outer")
def outer(x1: Any, x2: Any) -> Spec:
    """Every number at the left times every number at the right."""
    return Spec(((times(operand(x1)), times(operand(x2))),))


@operation("Kron")
def kron(x1: Any, x2: Any) -> Spec:
    """The right operand once for every number of the left; Keras 3.15 drops unmatched axes."""
    pairs = zip(operand(x1), operand(x2), strict=False)
    return Spec((tuple(times(pair) for pair in pairs),))


@operation("Cross")
def cross(
    x1: Any, x2: Any, *, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Spec:
    """What stands upright on two vectors; of two flat ones, only its height."""
    if axis is not None:
        axisa = axisb = axisc = axis
    left, right = operand(x1), operand(x2)
    sizes = {left[axisa], right[axisb]}
    demand(sizes <= {2, 3, None}, "vectors have 2 or 3 numbers", left, right)
    rest = common([reduced(left, axisa), reduced(right, axisb)])
    if 3 in sizes:
        return Spec((inserted(rest, axisc, 3),))
    normal(axisc, len(rest))
    return Spec((rest,))


@operation("Correlate")
def correlate(x1: Any, x2: Any, *, mode: str = "valid") -> Spec:
    """One sequence slid over another."""
    left, right = operand(x1), operand(x2)
    demand(len(left) == len(right) == 1, "both need 1 axis", left, right)
    longer, shorter = _ordered(left[0], right[0])
    less = None if shorter is None else 1 - shorter
    more = None if shorter is None else shorter - 1
    sizes = {"valid": plus((longer, less)), "same": longer, "full": plus((longer, more))}
    if mode not in sizes:
        raise ValueError(f"mode is {mode}, not valid, same or full")
    return Spec(((sizes[mode],),), macs=None)


def _ordered(first: Dim, second: Dim) -> tuple[Dim, Dim]:
    if first is None or second is None:
        return None, None
    return max(first, second), min(first, second)


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
    return Spec((_swapped(x, axis1, axis2),))


@operation("Rot90")
def rot90(array: Shape, *, axes: Ints = (0, 1)) -> Spec:
    """A quarter turn; Keras 3.15 swaps the axes for a half turn too."""
    demand(len(array) >= 2, "2 axes or more are needed", array)
    first, second = axes if not isinstance(axes, int) else (axes, axes)
    demand(first != second, "two different axes are needed", array)
    return Spec((_swapped(array, first, second),))


def _swapped(x: Shape, axis1: int, axis2: int) -> Shape:
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
        sizes = _swapped(sizes, 0, 1)
    return Spec((sizes,) * len(x))


@operation("Vander")
def vander(x: Shape, *, N: int | None = None) -> Spec:  # noqa: N803 - Keras' name
    """The powers of each number."""
    demand(len(x) == 1, "1 axis is needed", x)
    return Spec(((*x, x[0] if N is None else N),))
