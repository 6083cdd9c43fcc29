"""Rules for `keras.ops.numpy`: elementwise, reductions, and what gives one number."""

from __future__ import annotations

from typing import Any

from inspector.dims import Ints, Shape
from inspector.rules.ops.core import (
    agree,
    common,
    demand,
    flat,
    normal,
    normals,
    operand,
    reduced,
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
