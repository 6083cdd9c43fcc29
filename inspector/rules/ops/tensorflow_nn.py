"""Functions of TensorFlow: windows over space, and the rest of `tf.nn`."""

from __future__ import annotations

from typing import Any

from inspector.dims import Dim, times
from inspector.rules.ops import nn
from inspector.rules.ops.core import common, demand, operand, reduced, replaced
from inspector.rules.ops.tensorflow_shapes import sizes_of
from inspector.rules.rule import Spec, tf_function

# --- windows over space -------------------------------------------------------------------------


def _first(data_format: Any) -> bool:
    return isinstance(data_format, str) and data_format.upper().startswith("NC")


def _keras(data_format: Any) -> str:
    return "channels_first" if _first(data_format) else "channels_last"


def spatial(value: Any, rank: int, data_format: Any = None) -> list[int]:
    """One number for each axis of space, however TensorFlow was given them.

    >>> spatial(2, 2), spatial([2, 3], 2), spatial([1, 2, 2, 1], 2), spatial(None, 2)
    ([2, 2], [2, 3], [2, 2], [1, 1])
    """
    if value is None:
        return [1] * rank
    if isinstance(value, int):
        return [value] * rank
    if len(value) == rank + 2:
        return list(value[2:] if _first(data_format) else value[1:-1])
    return list(value) * rank if len(value) == 1 else list(value)


def _padding(padding: Any) -> str:
    if not isinstance(padding, str) or padding.upper() not in ("VALID", "SAME", "CAUSAL"):
        raise ValueError(f"padding {padding} is none of valid and same")
    return padding.lower()


@tf_function(
    *("max_pool", "max_pool1d", "max_pool2d", "max_pool3d", "max_pool_v2"),
    *("avg_pool", "avg_pool1d", "avg_pool2d", "avg_pool3d", "avg_pool_v2"),
)
def pooled(
    input: Any,  # noqa: A002
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: Any = None,
) -> Spec:
    """One number for each window."""
    x = operand(input)
    rank = len(x) - 2
    return nn.pool(
        x,
        pool_size=spatial(ksize, rank, data_format),
        strides=spatial(strides, rank, data_format),
        padding=_padding(padding),
        data_format=_keras(data_format),
    )


@tf_function("max_pool_with_argmax")
def max_pool_with_argmax(input: Any, ksize: Any, strides: Any, padding: Any) -> Spec:  # noqa: A002
    """The largest number of each window, and where it stood."""
    return Spec(pooled(input, ksize, strides, padding).outputs * 2)


@tf_function("pool")
def pool(
    input: Any,  # noqa: A002
    window_shape: Any,
    pooling_type: Any,  # noqa: ARG001
    strides: Any = None,
    padding: Any = "VALID",
    data_format: Any = None,
) -> Spec:
    """One number for each window."""
    return pooled(input, window_shape, strides, padding, data_format)


@tf_function("conv1d", "conv2d", "conv3d", "convolution", "atrous_conv2d")
def conv(  # noqa: PLR0917 - TensorFlow's own arguments
    input: Any,  # noqa: A002
    filters: Any = None,
    strides: Any = None,
    padding: Any = "VALID",
    data_format: Any = None,
    dilations: Any = None,
    filter: Any = None,  # noqa: A002
    stride: Any = None,
    dilation_rate: Any = None,
    rate: Any = None,
) -> Spec:
    """A window of weights that slides over space."""
    x, kernel = operand(input), operand(filter if filters is None else filters)
    rank = len(x) - 2
    holes = next((d for d in (dilations, dilation_rate, rate) if d is not None), None)
    return nn.conv(
        x,
        kernel,
        strides=spatial(stride if strides is None else strides, rank, data_format),
        padding=_padding(padding),
        data_format=_keras(data_format),
        dilation_rate=spatial(holes, rank, data_format),
    )


@tf_function("depthwise_conv2d")
def depthwise_conv(  # noqa: PLR0917 - TensorFlow's own arguments
    input: Any,  # noqa: A002
    filter: Any,  # noqa: A002
    strides: Any,
    padding: Any,
    data_format: Any = None,
    dilations: Any = None,
    rate: Any = None,
) -> Spec:
    """A window of weights for each channel on its own."""
    holes = rate if dilations is None else dilations
    return nn.depthwise_conv(
        operand(input),
        operand(filter),
        strides=spatial(strides, 2, data_format),
        padding=_padding(padding),
        data_format=_keras(data_format),
        dilation_rate=spatial(holes, 2, data_format),
    )


@tf_function("separable_conv2d")
def separable_conv(  # noqa: PLR0917 - TensorFlow's own arguments
    input: Any,  # noqa: A002
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: Any,
    data_format: Any = None,
    dilations: Any = None,
    rate: Any = None,
) -> Spec:
    """A window for each channel, then a mixture of the channels."""
    holes = rate if dilations is None else dilations
    return nn.separable_conv(
        operand(input),
        operand(depthwise_filter),
        operand(pointwise_filter),
        strides=spatial(strides, 2, data_format),
        padding=_padding(padding),
        data_format=_keras(data_format),
        dilation_rate=spatial(holes, 2, data_format),
    )


@tf_function("conv1d_transpose", "conv2d_transpose", "conv3d_transpose", "conv_transpose")
def conv_transpose(input: Any, filters: Any, output_shape: Any) -> Spec:  # noqa: A002, ARG001
    """A convolution run backwards, to a size that is written down."""
    return Spec(((operand(input)[0], *sizes_of(output_shape)[1:]),), macs=None)


@tf_function("dilation2d", "erosion2d")
def dilation(
    input: Any,  # noqa: A002
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: Any = None,
    dilations: Any = None,
) -> Spec:
    """The largest sum in each window."""
    x, size = operand(input), operand(filters)[:2]
    steps, holes = spatial(strides, 2, data_format), spatial(dilations, 2, data_format)
    space = nn.positions(x[1:3], size, steps, _padding(padding), holes)
    return Spec(((x[0], *space, x[3]),), macs=None)


@tf_function("fractional_max_pool", "fractional_avg_pool")
def fractional_pool(value: Any, pooling_ratio: Any) -> Spec:
    """Windows of mixed sizes, and where they begin."""
    x = operand(value)
    ratios = [1, pooling_ratio, pooling_ratio, 1] if isinstance(pooling_ratio, float) else None
    sizes = tuple(_shrunk(n, r) for n, r in zip(x, ratios or pooling_ratio, strict=True))
    return Spec((sizes, (sizes[1],), (sizes[2],)))  # though there is one more edge than windows


def _shrunk(size: Dim, ratio: float) -> Dim:
    return None if size is None else int(size / ratio)


@tf_function("space_to_depth")
def space_to_depth(input: Any, block_size: Any, data_format: Any = "NHWC") -> Spec:  # noqa: A002
    """Blocks in space laid out as channels."""
    return nn.space_to_depth(operand(input), block_size=block_size, data_format=_keras(data_format))


@tf_function("depth_to_space")
def depth_to_space(input: Any, block_size: Any, data_format: Any = "NHWC") -> Spec:  # noqa: A002
    """Channels laid out as blocks in space."""
    return nn.depth_to_space(operand(input), block_size=block_size, data_format=_keras(data_format))


# --- losses and the rest ------------------------------------------------------------------------


@tf_function("crelu")
def crelu(features: Any, axis: int = -1) -> Spec:
    """Both signs of each number, rectified."""
    x = operand(features)
    return Spec((replaced(x, axis, times((x[axis], 2))),))


@tf_function("sigmoid_cross_entropy_with_logits", "weighted_cross_entropy_with_logits")
def sigmoid_cross_entropy(labels: Any, logits: Any) -> Spec:
    """One loss for each number."""
    return Spec((common([operand(labels), operand(logits)]),))


@tf_function("binary_crossentropy")
def binary_crossentropy(target: Any, output: Any) -> Spec:
    """One loss for each number."""
    return sigmoid_cross_entropy(target, output)


@tf_function("softmax_cross_entropy_with_logits", "softmax_cross_entropy_with_logits_v2")
def softmax_cross_entropy(labels: Any, logits: Any, axis: Any = -1) -> Spec:
    """One loss for each example."""
    met = common([operand(labels), operand(logits)])
    return Spec((reduced(met, -1 if axis is None else axis),))


@tf_function("categorical_crossentropy")
def categorical_crossentropy(target: Any, output: Any, axis: int = -1) -> Spec:
    """One loss for each example."""
    return softmax_cross_entropy(target, output, axis)


@tf_function("sparse_softmax_cross_entropy_with_logits")
def sparse_cross_entropy(labels: Any, logits: Any) -> Spec:
    """One loss for each class number."""
    demand(len(operand(logits)) == len(operand(labels)) + 1, "one axis more", operand(logits))
    return Spec((operand(labels),))


@tf_function("sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(target: Any, output: Any, axis: int = -1) -> Spec:  # noqa: ARG001
    """One loss for each class number."""
    return Spec((reduced(operand(output), axis),))


@tf_function("isotonic_regression")
def isotonic_regression(inputs: Any) -> Spec:
    """Numbers brought into order, and which of them were joined."""
    return Spec((operand(inputs),) * 2, macs=None)


@tf_function("ctc_loss")
def ctc_loss(labels: Any, logits: Any, label_length: Any = None) -> Spec:  # noqa: ARG001
    """One loss for each sequence."""
    return Spec((operand(labels)[:1],), macs=None)


@tf_function("glu")
def glu(x: Any, axis: int = -1) -> Spec:
    """One half of an axis gates the other."""
    return nn.glu(operand(x), axis=axis)
