"""Functions of TensorFlow: number by number, comparisons, reductions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from inspector.dims import Ints, times
from inspector.errors import Unknown
from inspector.rules.ops.core import common, operand, reduced
from inspector.rules.ops.known import Known, computed, is_known, number, scalar, whole
from inspector.rules.rule import Spec, tf_function


@tf_function(
    *("abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "bessel_i0", "ceil", "conj"),
    *("cos", "cosh", "digamma", "erf", "erfc", "erfinv", "exp", "expm1", "floor", "imag"),
    *("invert", "is_finite", "is_inf", "is_nan", "is_non_decreasing", "lgamma", "log", "log1p"),
    *("log_sigmoid", "logical_not", "neg", "negative", "ndtri", "real", "reciprocal"),
    *("reciprocal_no_nan", "rint", "round", "rsqrt", "sigmoid", "sign", "sin", "sinh", "softplus"),
    *("softsign", "sqrt", "square", "tan", "tanh", "angle", "bitwise.invert"),
    *("elu", "gelu", "leaky_relu", "relu", "relu6", "selu", "silu", "swish", "mish"),
    *("hard_sigmoid", "exponential", "linear", "softmax", "log_softmax", "cumsum", "cumprod"),
    *("cumulative_logsumexp", "clip_by_value", "clip_by_norm", "clip_by_average_norm", "clip"),
    *("stop_gradient", "check_numerics", "zeros_like", "ones_like", "sort", "argsort", "reverse"),
    *("reverse_v2", "roll", "reverse_sequence", "l2_normalize", "dropout", "bias_add", "lrn"),
    *(
        "local_response_normalization",
        "batch_normalization",
        "quantization.fake_quant_with_min_max_args",
    ),
    *("quantization.fake_quant_with_min_max_vars", "saturate_cast", "to_float", "to_double"),
    *("to_int32", "to_int64", "to_bfloat16", "bitcast", "random.shuffle"),
    *("random_shuffle", "signal.fft", "signal.ifft", "signal.fft2d", "signal.ifft2d"),
    *("strings.length", "strings.lower", "strings.upper", "strings.strip", "strings.to_number"),
    *("strings.to_hash_bucket", "strings.to_hash_bucket_fast", "strings.regex_replace"),
    *("strings.as_string", "strings.substr", "tensor_scatter_nd_update", "tensor_scatter_nd_add"),
    *("tensor_scatter_nd_sub", "tensor_scatter_nd_max", "tensor_scatter_nd_min", "band_part"),
    *("set_diag", "matrix_set_diag", "matrix_band_part", "cholesky", "inv", "matrix_inverse"),
    *("expm", "matrix_exponential", "sqrtm", "logm", "hard_swish"),
)
def elementwise(x: Any) -> Spec:
    """Each number on its own, or by its neighbors; as many as before."""
    return Spec((tuple(operand(x)),))


@tf_function("identity", "convert_to_tensor", "Tensor", "guarantee_const", "grad_pass_through")
def identity(x: Any) -> Spec:
    """The same numbers."""
    return Spec((x if isinstance(x, tuple) else operand(x),))


@tf_function("cast")
def cast(x: Any, dtype: Any = None) -> Spec:
    """Another type, the same shape."""
    kept = isinstance(x, Known) and dtype in ("int32", None)
    return Spec((x if kept else tuple(operand(x)),))


_COMBINED: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "floordiv": lambda a, b: a // b,
    "maximum": max,
    "minimum": min,
}


def _arithmetic(combine: Callable[[int, int], int]) -> Callable[..., Spec]:
    def arithmetic(x: Any, y: Any) -> Spec:
        """Two operands, number by number."""
        result = common([operand(x), operand(y)])
        return Spec((computed(result, combine, x, y),))

    return arithmetic


tf_function("add", "add_v2")(_arithmetic(_COMBINED["add"]))
tf_function("subtract", "sub")(_arithmetic(_COMBINED["subtract"]))
tf_function("multiply", "mul")(_arithmetic(_COMBINED["multiply"]))
tf_function("floordiv", "floor_div", "truncatediv")(_arithmetic(_COMBINED["floordiv"]))
tf_function("maximum")(_arithmetic(_COMBINED["maximum"]))
tf_function("minimum")(_arithmetic(_COMBINED["minimum"]))


@tf_function(
    *("div", "divide", "truediv", "realdiv", "div_no_nan", "divide_no_nan", "multiply_no_nan"),
    *("pow", "mod", "floormod", "truncatemod", "squared_difference", "xlogy", "xlog1py"),
    *("xdivy", "equal", "not_equal", "greater", "greater_equal", "less", "less_equal"),
    *("logical_and", "logical_or", "logical_xor", "approximate_equal", "igamma", "igammac"),
    *("bitwise.bitwise_and", "bitwise.bitwise_or", "bitwise.bitwise_xor", "polygamma", "zeta"),
    *("bitwise.left_shift", "bitwise.right_shift"),
)
def broadcasting(x: Any, y: Any) -> Spec:
    """Two operands, number by number."""
    return Spec((common([operand(x), operand(y)]),))


@tf_function("atan2")
def atan2(y: Any, x: Any) -> Spec:
    """The angle of a point."""
    return broadcasting(x, y)


@tf_function("complex")
def complex_(real: Any, imag: Any) -> Spec:
    """Complex numbers from both parts."""
    return broadcasting(real, imag)


@tf_function("eq", "ne")
def compared(x: Any, y: Any = None, other: Any = None) -> Spec:
    """Two operands, compared; for `==` Keras 2 does not write the second one down."""
    second = other if y is None else y
    if second is None:
        raise Unknown("Keras 2 does not write down what == compares with")
    return broadcasting(x, second)


@tf_function("add_n", "accumulate_n")
def add_n(inputs: Sequence[Any]) -> Spec:
    """Several tensors of one shape, summed."""
    shapes = [operand(each) for each in inputs]
    return Spec((common(shapes),))


@tf_function("betainc")
def betainc(a: Any, b: Any, x: Any) -> Spec:
    """Three operands, number by number."""
    return Spec((common([operand(a), operand(b), operand(x)]),))


@tf_function("polyval")
def polyval(coeffs: Any, x: Any) -> Spec:
    """A polynomial of each number."""
    return Spec((common([*map(operand, coeffs), operand(x)]),))


# --- reductions ---------------------------------------------------------------------------------


@tf_function(
    *("reduce_all", "reduce_any", "reduce_euclidean_norm", "reduce_logsumexp", "reduce_max"),
    *("reduce_mean", "reduce_min", "reduce_std", "reduce_sum", "reduce_variance"),
    *("count_nonzero", "norm", "reduce_log_sum_exp"),
)
def reduction(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    keep_dims: Any = None,
    reduction_indices: Any = None,
) -> Spec:
    """One number for all those along some axes.

    >>> reduction((None, 4, 6), axis=[1, 2], keepdims=True).outputs
    ((None, 1, 1),)
    """
    wanted = reduction_indices if axis is None else axis
    kept = bool(keepdims or keep_dims)
    return Spec((reduced(operand(input_tensor), _axes(wanted), kept),))


@tf_function("reduce_prod")
def reduce_prod(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, keep_dims: Any = None
) -> Spec:
    """The product along some axes; that of a shape is followed."""
    if isinstance(input_tensor, Known) and is_known(input_tensor) and not keepdims:
        return Spec((scalar(whole(input_tensor.numbers)),))
    return reduction(input_tensor, axis, keepdims, keep_dims)


def _axes(axis: Any) -> Ints | None:
    if axis is None or (isinstance(axis, list) and all(isinstance(item, int) for item in axis)):
        return axis
    if isinstance(axis, int):
        return axis
    raise Unknown("the axis is a tensor, whose number is not known")


@tf_function("argmax", "argmin", "arg_max", "arg_min")
def argmax(input: Any, axis: Any = None, dimension: Any = None) -> Spec:  # noqa: A002
    """The place of the largest or the smallest number along an axis."""
    wanted = dimension if axis is None else axis
    return Spec((reduced(operand(input), _axes(0 if wanted is None else wanted)),))


@tf_function("top_k")
def top_k(input: Any, k: Any = 1) -> Spec:  # noqa: A002 - TensorFlow's name
    """The largest numbers along the last axis, and where they stand."""
    best = (*operand(input)[:-1], number(k))
    return Spec((best, best))


@tf_function("in_top_k")
def in_top_k(predictions: Any, targets: Any = None) -> Spec:
    """Whether each target is among the best; version 2 names the targets first."""
    return Spec((operand(predictions)[:1] if targets is None else operand(targets),))


@tf_function("zero_fraction", "l2_loss", "global_norm", "rank")
def one_number() -> Spec:
    """One number for all."""
    return Spec(((),))


@tf_function("size")
def size(input: Any) -> Spec:  # noqa: A002 - TensorFlow's name
    """How many numbers there are."""
    return Spec((scalar(times(operand(input))),))


@tf_function("segment_sum", "segment_mean", "segment_max", "segment_min", "segment_prod")
def segments(data: Any) -> Spec:
    """Rows with the same number in one; TensorFlow does not know how many that makes."""
    return Spec(((None, *operand(data)[1:]),))


@tf_function(
    *("unsorted_segment_sum", "unsorted_segment_mean", "unsorted_segment_max"),
    *("unsorted_segment_min", "unsorted_segment_prod", "unsorted_segment_sqrt_n"),
)
def unsorted_segments(data: Any, segment_ids: Any, num_segments: Any) -> Spec:
    """Rows with the same number in one, as many as told."""
    rest = operand(data)[len(operand(segment_ids)) :]
    return Spec(((num_segments if isinstance(num_segments, int) else None, *rest),))


@tf_function("moments")
def moments(x: Any, axes: Any, keepdims: Any = False, keep_dims: Any = None) -> Spec:
    """Mean and variance over some axes."""
    left = reduced(operand(x), _axes(axes), bool(keepdims or keep_dims))
    return Spec((left, left))


@tf_function("weighted_moments")
def weighted_moments(
    x: Any, axes: Any, frequency_weights: Any, keepdims: Any = False, keep_dims: Any = None
) -> Spec:
    """Mean and variance over some axes, weighted."""
    met = common([operand(x), operand(frequency_weights)])
    return moments(met, axes, keepdims, keep_dims)


@tf_function("confusion_matrix")
def confusion_matrix(labels: Any, predictions: Any, num_classes: Any = None) -> Spec:  # noqa: ARG001
    """How often each class was taken for each other."""
    count = num_classes if isinstance(num_classes, int) else None
    return Spec(((count, count),))


@tf_function("bincount")
def bincount(arr: Any, axis: Any = None) -> Spec:
    """How often each whole number stands there."""
    return Spec(((None,) if axis is None else (*operand(arr)[:1][: len(operand(arr)) - 1], None),))


@tf_function("histogram_fixed_width")
def histogram(values: Any, value_range: Any, nbins: Any = 100) -> Spec:  # noqa: ARG001
    """How many numbers fall into each bin."""
    return Spec(((nbins if isinstance(nbins, int) else None,),))
