"""Rules for `keras.layers` of the folder convolutional: one body for every rank."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.dims import Dim, Ints, Product, Shape, axis, each_axis, product, times, window
from inspector.graph import Weight
from inspector.rules.layout import layout
from inspector.rules.rule import AnyPadding, Count, Counts, DataFormat, Padding, Spec, rule

_AXES = {1: ("",), 2: ("_h", "_w"), 3: ("_d", "_h", "_w")}


def taps(kernel_size: tuple[int, ...]) -> Product:
    """The places a kernel looks at, in the field's words: `f·f`, or `f_h·f_w` where they differ.

    >>> str(taps((5, 5))), str(taps((1, 7))), str(taps((3,)))
    ('f·f', 'f_h·f_w', 'f')
    """
    if len(set(kernel_size)) == 1:
        return Product(("f",) * len(kernel_size), kernel_size)
    return Product(tuple(f"f{axis}" for axis in _AXES[len(kernel_size)]), kernel_size)


def windows(
    space: Shape, kernel_size: Ints, strides: Ints, padding: str, dilation_rate: Ints = 1
) -> Shape:
    """How many positions a kernel takes along each axis of space.

    >>> windows((28, None), kernel_size=3, strides=[1, 2], padding="valid")
    (26, None)

    Raises:
        ValueError: the kernel does not fit, or has another number of axes.
    """
    each = [each_axis(value, len(space)) for value in (kernel_size, strides, dilation_rate)]
    return tuple(window(n, k, s, padding, d) for n, k, s, d in zip(space, *each, strict=True))


def check_strides(strides: Ints, dilation_rate: Ints) -> None:
    """Refuse what Keras refuses: steps over positions together with gaps in the kernel."""
    if _largest(strides) > 1 and _largest(dilation_rate) > 1:
        raise ValueError(f"strides {strides} together with dilation_rate {dilation_rate}")


def _largest(value: Ints) -> int:
    return value if isinstance(value, int) else max(value)


def _check_padding(padding: str, rank: int = 0) -> None:
    if padding == "causal" and rank != 1:
        raise ValueError('padding "causal" is for Conv1D alone')


def _with_bias(kernels: Sequence[Weight], bias: Product, use_bias: bool) -> tuple[Weight, ...]:
    return (*kernels, Weight("bias", bias)) if use_bias else tuple(kernels)


@rule(Conv1D=3, Conv2D=4, Conv3D=5, Convolution1D=3, Convolution2D=4, Convolution3D=5)
def conv(
    inputs: Shape,
    *,
    filters: Count,
    kernel_size: Counts,
    strides: Counts = 1,
    padding: AnyPadding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Counts = 1,
    groups: Count = 1,
    use_bias: bool = True,
    dialect: int = 3,
) -> Spec:
    """A window of weights that slides over space; its kernel is shared by every position.

    >>> conv((None, 32, 32, 3), filters=8, kernel_size=5).arithmetic
    '5·5·3·8 + 8'
    """
    x = layout(inputs, data_format)
    _check_padding(padding, len(x.space))
    if padding == "full" and dialect > 1:
        raise ValueError('padding "full" is gone since Keras 2')
    check_strides(strides, dilation_rate)
    space = windows(x.space, kernel_size, strides, padding, dilation_rate)
    nC_out = product(nC_out=filters)
    kernel = taps(each_axis(kernel_size, len(x.space))) * _seen(x.channels, filters, groups)
    kernel *= nC_out
    return Spec(
        outputs=(x.shape(space, filters),),
        weights=_with_bias([Weight("kernel", kernel)], nC_out, use_bias),
        macs=(product(positions=times(space)) * kernel,),
    )


def _seen(channels: Dim, filters: int, groups: int) -> Product:
    """The input channels that one filter looks at."""
    if (channels is not None and channels % groups) or filters % groups:
        raise ValueError(f"{channels} channels and {filters} filters in {groups} groups")
    if groups == 1 or channels is None:
        return product(nC_in=channels)
    return axis("(nC_in/g)", channels // groups)


@rule(
    Conv1DTranspose=3,
    Conv2DTranspose=4,
    Conv3DTranspose=5,
    Convolution1DTranspose=3,
    Convolution2DTranspose=4,
    Convolution3DTranspose=5,
)
def conv_transpose(
    inputs: Shape,
    *,
    filters: Count,
    kernel_size: Counts,
    strides: Counts = 1,
    padding: Padding = "valid",
    output_padding: Ints | None = None,
    data_format: DataFormat = None,
    dilation_rate: Counts = 1,
    use_bias: bool = True,
) -> Spec:
    """A convolution run backwards: every input position writes a window of the output.

    >>> conv_transpose((None, 8, 8, 16), filters=4, kernel_size=3, strides=2).outputs
    ((None, 17, 17, 4),)
    """
    x = layout(inputs, data_format)
    _check_padding(padding)
    check_strides(strides, dilation_rate)
    rank = len(x.space)
    size = each_axis(kernel_size, rank)
    extra = (None,) * rank if output_padding is None else each_axis(output_padding, rank)
    reach = [d * (k - 1) + 1 for k, d in zip(size, each_axis(dilation_rate, rank), strict=True)]
    steps = each_axis(strides, rank)
    space = [
        _written(n, k, s, padding, e)
        for n, k, s, e in zip(x.space, reach, steps, extra, strict=True)
    ]
    nC_out = product(nC_out=filters)
    kernel = taps(size) * nC_out * product(nC_in=x.channels)
    # Where windows overhang the output (valid) no independent count agrees.
    counted = padding == "same" and output_padding is None
    return Spec(
        outputs=(x.shape(space, filters),),
        weights=_with_bias([Weight("kernel", kernel)], nC_out, use_bias),
        macs=(product(positions=times(x.space)) * kernel,) if counted else None,
    )


def _written(size: Dim, reach: int, stride: int, padding: str, extra: Dim) -> Dim:
    """The length of one output axis, as Keras 3 counts it."""
    if extra is not None and extra >= stride:
        raise ValueError(f"output_padding {extra} is not below strides {stride}")
    if size is None:
        return None
    if padding == "same":
        return size * stride if extra is None else (size - 1) * stride + reach % 2 + extra
    if extra is None:
        extra = max(reach, stride) - reach
    return (size - 1) * stride + reach + extra


@rule(DepthwiseConv1D=3, DepthwiseConv2D=4)
def depthwise_conv(
    inputs: Shape,
    *,
    kernel_size: Counts,
    strides: Counts = 1,
    padding: Padding = "valid",
    depth_multiplier: Count = 1,
    data_format: DataFormat = None,
    dilation_rate: Counts = 1,
    use_bias: bool = True,
    dialect: int = 3,
) -> Spec:
    """A convolution of each channel by itself, giving m of them.

    >>> depthwise_conv((None, 32, 32, 16), kernel_size=3).formula
    'f·f·nC_in·m + nC_in·m'
    """
    x = layout(inputs, data_format)
    _check_padding(padding)
    space = windows(x.space, kernel_size, strides, padding, dilation_rate)
    size = taps(each_axis(kernel_size, len(x.space)))
    kernel = size * product(nC_in=x.channels, m=depth_multiplier)
    channels = axis("nC_in·m", times((x.channels, depth_multiplier)))
    name = "kernel" if dialect == 3 else "depthwise_kernel"
    return Spec(
        outputs=(x.shape(space, channels.value),),
        weights=_with_bias([Weight(name, kernel)], channels, use_bias),
        macs=(product(positions=times(space)) * kernel,),
    )


@rule(SeparableConv1D=3, SeparableConv2D=4, SeparableConvolution1D=3, SeparableConvolution2D=4)
def separable_conv(
    inputs: Shape,
    *,
    filters: Count,
    kernel_size: Counts,
    strides: Counts = 1,
    padding: Padding = "valid",
    depth_multiplier: Count = 1,
    data_format: DataFormat = None,
    dilation_rate: Counts = 1,
    use_bias: bool = True,
) -> Spec:
    """A depthwise convolution, then one of width 1 that mixes the channels.

    >>> separable_conv((None, 32, 32, 16), filters=8, kernel_size=3).arithmetic
    '3·3·16·1 + 1·1·16·8 + 8'
    """
    x = layout(inputs, data_format)
    _check_padding(padding)
    rank = len(x.space)
    space = windows(x.space, kernel_size, strides, padding, dilation_rate)
    nC_in, nC_out = product(nC_in=x.channels), product(nC_out=filters)
    depthwise = taps(each_axis(kernel_size, rank)) * nC_in * product(m=depth_multiplier)
    middle = axis("nC_in·m", times((x.channels, depth_multiplier)))
    pointwise = Product(("1",) * rank, (1,) * rank) * middle * nC_out
    kernels = Weight("depthwise_kernel", depthwise), Weight("pointwise_kernel", pointwise)
    positions = product(positions=times(space))
    return Spec(
        outputs=(x.shape(space, filters),),
        weights=_with_bias(kernels, nC_out, use_bias),
        macs=(positions * depthwise, positions * pointwise),
    )
