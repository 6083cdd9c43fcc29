"""Rules for `keras.layers` of the folder convolutional: one body for every rank."""

from __future__ import annotations

from inspector.dims import Product, Shape, each_axis, product, times, window
from inspector.graph import Weight
from inspector.rules.layout import layout
from inspector.rules.rule import Count, Counts, DataFormat, Padding, Spec, rule

_AXES = {1: ("",), 2: ("_h", "_w"), 3: ("_d", "_h", "_w")}


def taps(kernel_size: tuple[int, ...]) -> Product:
    """The places a kernel looks at, in the field's words: `f·f`, or `f_h·f_w` where they differ.

    >>> str(taps((5, 5))), str(taps((1, 7))), str(taps((3,)))
    ('f·f', 'f_h·f_w', 'f')
    """
    if len(set(kernel_size)) == 1:
        return Product(("f",) * len(kernel_size), kernel_size)
    return Product(tuple(f"f{axis}" for axis in _AXES[len(kernel_size)]), kernel_size)


@rule(Conv1D=3, Conv2D=4, Conv3D=5)
def conv(
    inputs: Shape,
    *,
    filters: Count,
    kernel_size: Counts,
    strides: Counts = 1,
    padding: Padding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Counts = 1,
    groups: Count = 1,
    use_bias: bool = True,
) -> Spec:
    """A window of weights that slides over space; its kernel is shared by every position.

    >>> conv((None, 32, 32, 3), filters=8, kernel_size=5).arithmetic
    '5·5·3·8 + 8'
    """
    x = layout(inputs, data_format)
    rank = len(x.space)
    size = each_axis(kernel_size, rank)
    if (x.channels is not None and x.channels % groups) or filters % groups:
        raise ValueError(f"{x.channels} channels and {filters} filters in {groups} groups")
    space = [
        window(n, k, s, padding, d)
        for n, k, s, d in zip(
            x.space, size, each_axis(strides, rank), each_axis(dilation_rate, rank), strict=True
        )
    ]
    nC_in = product(nC_in=x.channels)
    if groups > 1 and x.channels is not None:
        nC_in = Product(("(nC_in/g)",), (x.channels // groups,))
    nC_out = product(nC_out=filters)
    kernel = Weight("kernel", taps(size) * nC_in * nC_out)
    bias = Weight("bias", nC_out)
    return Spec(
        outputs=(x.shape(space, filters),),
        weights=(kernel, bias) if use_bias else (kernel,),
        macs=(product(positions=times(space)) * kernel.axes,),
    )
