"""Rules for `keras.ops` of the file nn.

Multiply-adds have a formula where the profiler of TensorFlow counts the same: the convolutions
forward. It counts transposed ones otherwise, and attention not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspector.dims import Dim, Ints, Product, Shape, each_axis, product, times, window
from inspector.rules.layout import Layout, layout
from inspector.rules.ops.core import demand, inserted, normals, operand, reduced, replaced
from inspector.rules.rule import Count, Counts, DataFormat, Padding, Spec, operation

# --- the same shape -----------------------------------------------------------------------------


@operation(
    *("Celu", "Elu", "Gelu", "HardShrink", "HardSigmoid", "HardSilu", "HardTanh", "LeakyRelu"),
    *("LogSigmoid", "Relu", "Relu6", "Selu", "Sigmoid", "Silu", "SoftShrink", "Softplus"),
    *("Softsign", "SparsePlus", "SparseSigmoid", "Squareplus", "TanhShrink", "Threshold"),
    *("LayerNorm", "RMSNorm", "ReLU"),  # `ReLU` as `keras.activations.relu` makes it
)
def elementwise(x: Shape) -> Spec:
    """Each number on its own, or scaled by its neighbors."""
    return Spec((x,))


@operation("LogSoftmax", "Normalize", "Softmax", "Sparsemax")
def along_axis(x: Shape, *, axis: Ints | None = -1) -> Spec:
    """Each number by those along an axis."""
    normals(axis, len(x))
    return Spec((x,))


@operation("Polar")
def polar(abs_: Shape) -> Spec:
    """Complex numbers from lengths and angles; Keras 3.15 takes the shape of the first alone."""
    return Spec((abs_,))


@operation("BatchNorm")
def batch_norm(
    x: Shape,
    mean: Shape,
    variance: Shape,
    offset: Shape | None = None,
    scale: Shape | None = None,
    *,
    axis: int,
) -> Spec:
    """Shifted and scaled, channel by channel."""
    for given in (mean, variance, offset, scale):
        demand(given in (None, (x[axis],)), f"one number for each of {x[axis]} is needed", mean)
    return Spec((x,))


@operation("DotProductAttention")
def dot_product_attention(query: Shape) -> Spec:
    """Values mixed by how well keys fit; Keras 3.15 gives the query's shape whatever `value` is."""
    return Spec((query,), macs=None)


# --- activations, losses and codes that change the shape ----------------------------------------


@operation("Glu")
def glu(x: Shape, *, axis: int = -1) -> Spec:
    """One half of an axis gates the other."""
    size = x[axis]
    demand(size is None or size % 2 == 0, f"axis {axis} must be even", x)
    return Spec((replaced(x, axis, None if size is None else size // 2),))


@operation("OneHot")
def one_hot(x: Any, *, num_classes: int, axis: int = -1) -> Spec:
    """A class number as zeros and a one."""
    return Spec((_coded(operand(x), num_classes, axis),))


@operation("MultiHot")
def multi_hot(
    inputs: Any, *, num_classes: int | None = None, num_tokens: int | None = None, axis: int = -1
) -> Spec:
    """Several class numbers as zeros and ones; `num_tokens` is an older name."""
    count = num_tokens if num_classes is None else num_classes
    if count is None:
        raise ValueError("num_classes must be given")
    coded = _coded(operand(inputs), count, axis)
    return Spec((coded[-1:] if len(coded) == 2 else (*coded[:1], *coded[2:]),))


def _coded(x: Shape, num_classes: int, axis: int) -> Shape:
    demand(axis == -1 or 0 <= axis < len(x), f"axis {axis} must be -1 or one of those", x)
    return inserted(x, axis, num_classes)


@operation("BinaryCrossentropy")
def binary_crossentropy(target: Shape, output: Shape) -> Spec:
    """One loss for each number."""
    demand(target == output, "target and output must have one shape", target, output)
    return Spec((output,))


@operation("CategoricalCrossentropy")
def categorical_crossentropy(target: Shape, output: Shape) -> Spec:
    """One loss for each example; Keras 3.15 drops the last axis whatever `axis` says."""
    demand(target == output, "target and output must have one shape", target, output)
    demand(bool(output), "an axis of classes is needed", output)
    return Spec((output[:-1],))


@operation("SparseCategoricalCrossentropy")
def sparse_categorical_crossentropy(target: Shape, output: Shape, *, axis: int = -1) -> Spec:
    """One loss for each class number."""
    loss = reduced(output, axis)
    classes = target[:-1] if len(target) == len(output) and target[-1] == 1 else target
    demand(classes == loss, "target must be output without its classes", target, output)
    return Spec((loss,))


@operation("CTCLoss")
def ctc_loss(target: Shape, output: Shape, target_length: Shape, output_length: Shape) -> Spec:
    """One loss for each sequence."""
    batches = {target[0], output[0], target_length[0], output_length[0]}
    demand(len(batches) == 1, "the batches must be as large", target, output)
    return Spec((target[:1],))


@operation("CTCDecode")
def ctc_decode(inputs: Shape, *, strategy: str = "greedy", top_paths: int = 1) -> Spec:
    """The likeliest sequences, and how likely each is."""
    batch, steps, *_ = inputs
    paths = 1 if strategy == "greedy" else top_paths
    return Spec(((paths, batch, steps), (batch, paths)))


@operation("Moments")
def moments(x: Shape, *, axes: Ints | None, keepdims: bool = False) -> Spec:
    """Mean and variance over some axes."""
    left = reduced(x, axes, keepdims)
    return Spec((left, left))


@operation("PSNR")
def psnr(x1: Shape, x2: Shape) -> Spec:
    """One number for how alike two tensors are."""
    demand(len(x1) == len(x2), "both must have as many axes", x1, x2)
    return Spec(((),))


# --- windows over space -------------------------------------------------------------------------


def positions(
    space: Shape, kernel: Shape, strides: Counts, padding: str, dilation_rate: Counts = 1
) -> Shape:
    """How often a window fits along each axis of space.

    Raises:
        ValueError: it does not fit even once.
    """
    rank = len(space)
    steps, holes = each_axis(strides, rank), each_axis(dilation_rate, rank)
    axes = zip(space, kernel, steps, holes, strict=True)
    fits = tuple(_fits(n, f, s, padding, d) for n, f, s, d in axes)
    if any(count is not None and count < 1 for count in fits):
        raise ValueError(f"a window of {kernel} does not fit into {space}")
    return fits


def _fits(size: Dim, kernel: Dim, stride: int, padding: str, dilation: int) -> Dim:
    if kernel is None and padding == "valid":
        return None
    return window(size, kernel or 1, stride, padding, dilation)


@operation("AveragePool", "MaxPool")
def pool(
    inputs: Shape,
    *,
    pool_size: Counts,
    strides: Counts | None = None,
    padding: Padding = "valid",
    data_format: DataFormat = None,
) -> Spec:
    """One number for each window; windows lie side by side unless `strides` says otherwise.

    >>> pool((None, 9, 9, 4), pool_size=2).outputs
    ((None, 4, 4, 4),)
    """
    x = layout(inputs, data_format)
    demand(padding != "causal", "pooling is valid or same", inputs)
    size = each_axis(pool_size, len(x.space))
    space = positions(x.space, size, size if strides is None else strides, padding)
    return Spec((x.shape(space, x.channels),))


@operation("AdaptiveAveragePool", "AdaptiveMaxPool")
def adaptive_pool(inputs: Shape, *, output_size: list[Any], data_format: DataFormat = None) -> Spec:
    """As many windows as asked for.

    Keras 3.15 writes down one axis too many for images with the channels last; the layers of the
    same name are right.
    """
    size = tuple(output_size)
    if data_format == "channels_last":
        return Spec(((*inputs[: -len(size)], *size, inputs[-1]),))
    return Spec(((*inputs[:2], *size),))


@operation("Conv")
def conv(
    inputs: Shape,
    kernel: Shape,
    *,
    strides: Counts = 1,
    padding: Padding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Counts = 1,
) -> Spec:
    """A window of weights that slides over space.

    >>> conv((None, 9, 9, 4), (3, 3, 4, 6)).outputs
    ((None, 7, 7, 6),)
    """
    *size, n_in, n_out = kernel
    x = _met(inputs, kernel, n_in, data_format)
    space = positions(x.space, tuple(size), strides, padding, dilation_rate)
    macs = _taps(space, size) * product(nC_in=n_in, nC_out=n_out)
    return Spec((x.shape(space, n_out),), macs=(macs,))


@operation("DepthwiseConv")
def depthwise_conv(
    inputs: Shape,
    kernel: Shape,
    *,
    strides: Counts = 1,
    padding: Padding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Counts = 1,
) -> Spec:
    """A window of weights for each channel on its own."""
    *size, n_in, multiplier = kernel
    x = _met(inputs, kernel, n_in, data_format)
    space = positions(x.space, tuple(size), strides, padding, dilation_rate)
    macs = _taps(space, size) * product(nC_in=n_in, m=multiplier)
    return Spec((x.shape(space, times((n_in, multiplier))),), macs=(macs,))


@operation("SeparableConv")
def separable_conv(
    inputs: Shape,
    depthwise_kernel: Shape,
    pointwise_kernel: Shape,
    *,
    strides: Counts = 1,
    padding: Padding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Counts = 1,
) -> Spec:
    """A window for each channel, then a mixture of the channels."""
    *size, n_in, multiplier = depthwise_kernel
    x = _met(inputs, depthwise_kernel, n_in, data_format)
    n_out = pointwise_kernel[-1]
    space = positions(x.space, tuple(size), strides, padding, dilation_rate)
    channels = product(nC_in=n_in, m=multiplier)
    mixing = product(positions=times(space)) * channels * product(nC_out=n_out)
    return Spec((x.shape(space, n_out),), macs=(_taps(space, size) * channels, mixing))


@operation("ConvTranspose")
def conv_transpose(
    inputs: Shape,
    kernel: Shape,
    *,
    strides: Counts = 1,
    padding: Padding = "valid",
    output_padding: Ints | None = None,
    data_format: DataFormat = None,
    dilation_rate: Counts = 1,
) -> Spec:
    """A convolution run backwards: its kernel names the new channels before the old ones."""
    *size, n_out, n_in = kernel
    x = _met(inputs, kernel, n_in, data_format)
    rank = len(size)
    extra = (None,) * rank if output_padding is None else each_axis(output_padding, rank)
    steps, holes = each_axis(strides, rank), each_axis(dilation_rate, rank)
    axes = zip(x.space, size, steps, holes, extra, strict=True)
    space = [_spread(n, f, s, d, more, padding) for n, f, s, d, more in axes]
    return Spec((x.shape(space, n_out),), macs=None)


def _spread(
    size: Dim, kernel: Dim, stride: int, dilation: int, extra: int | None, padding: str
) -> Dim:
    """How far the windows reach when each number becomes one."""
    if size is None or kernel is None:
        return None
    reach = dilation * (kernel - 1) + 1
    if padding == "same":
        return size * stride if extra is None else (size - 1) * stride + reach % 2 + extra
    return (size - 1) * stride + (max(reach, stride) if extra is None else reach + extra)


def _met(inputs: Shape, kernel: Shape, n_in: Dim, data_format: str | None) -> Layout:
    """`inputs` taken apart, once it is sure that the kernel fits them."""
    demand(len(inputs) == len(kernel), "the kernel needs as many axes", inputs, kernel)
    x = layout(inputs, data_format)
    demand(None in (x.channels, n_in) or x.channels == n_in, "channels must match", inputs, kernel)
    return x


def _taps(space: Shape, size: Sequence[Dim]) -> Product:
    return product(positions=times(space), taps=times(size))


@operation("Unfold")
def unfold(
    x: Shape, *, kernel_size: Ints, dilation: Ints = 1, padding: Ints = 0, stride: Ints = 1
) -> Spec:
    """Every window of an image, channels first, as one column."""
    batch, channels, *space = x
    size = each_axis(kernel_size, 2)
    border = each_axis(padding, 2)
    padded = tuple(None if n is None else n + 2 * p for n, p in zip(space, border, strict=True))
    columns = times(positions(padded, size, stride, "valid", dilation))
    return Spec(((batch, times((channels, *size)), columns),))


@operation("Fold")
def fold(x: Shape, *, output_size: Ints, kernel_size: Ints) -> Spec:
    """An image, channels first, from its windows."""
    batch, rows, _ = x
    taps = times(each_axis(kernel_size, 2))
    demand(rows is None or taps is None or rows % taps == 0, f"{taps} must divide the rows", x)
    channels = None if rows is None or taps is None else rows // taps
    return Spec(((batch, channels, *each_axis(output_size, 2)),))


@operation("DepthToSpace")
def depth_to_space(x: Shape, *, block_size: Count, data_format: DataFormat = None) -> Spec:
    """Channels laid out as blocks in space."""
    demand(len(x) == 4, "a batch of images has 4 axes", x)
    image = layout(x, data_format)
    space = [times((size, block_size)) for size in image.space]
    return Spec((image.shape(space, _divided(image.channels, block_size**2)),))


@operation("SpaceToDepth")
def space_to_depth(x: Shape, *, block_size: Count, data_format: DataFormat = None) -> Spec:
    """Blocks in space laid out as channels."""
    demand(len(x) == 4, "a batch of images has 4 axes", x)
    image = layout(x, data_format)
    space = [_divided(size, block_size) for size in image.space]
    return Spec((image.shape(space, times((image.channels, block_size**2))),))


def _divided(size: Dim, parts: int) -> Dim:
    if size is not None and size % parts:
        raise ValueError(f"{size} does not divide into {parts}")
    return None if size is None else size // parts
