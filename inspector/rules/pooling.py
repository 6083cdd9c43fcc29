"""Rules for `keras.layers` of the folder pooling."""

from __future__ import annotations

from inspector.dims import Shape, each_axis
from inspector.rules.convolutional import windows
from inspector.rules.layout import layout
from inspector.rules.rule import Counts, DataFormat, Padding, Spec, weightless


@weightless(
    AveragePooling1D=3,
    AveragePooling2D=4,
    AveragePooling3D=5,
    AvgPool1D=3,
    AvgPool2D=4,
    AvgPool3D=5,
    MaxPooling1D=3,
    MaxPooling2D=4,
    MaxPooling3D=5,
    MaxPool1D=3,
    MaxPool2D=4,
    MaxPool3D=5,
)
def pooling(
    inputs: Shape,
    *,
    pool_size: Counts = 2,
    strides: Counts | None = None,
    padding: Padding = "valid",
    data_format: DataFormat = None,
) -> Spec:
    """The mean or the largest of each window; windows lie side by side unless strides say more.

    >>> pooling((None, 9, 9, 4), pool_size=2).outputs
    ((None, 4, 4, 4),)
    """
    if padding == "causal":
        raise ValueError('padding is "causal", expected "valid" or "same"')
    x = layout(inputs, data_format)
    space = windows(x.space, pool_size, pool_size if strides is None else strides, padding)
    return Spec((x.shape(space, x.channels),))


@weightless(
    GlobalAveragePooling1D=3,
    GlobalAveragePooling2D=4,
    GlobalAveragePooling3D=5,
    GlobalAvgPool1D=3,
    GlobalAvgPool2D=4,
    GlobalAvgPool3D=5,
    GlobalMaxPooling1D=3,
    GlobalMaxPooling2D=4,
    GlobalMaxPooling3D=5,
    GlobalMaxPool1D=3,
    GlobalMaxPool2D=4,
    GlobalMaxPool3D=5,
)
def global_pooling(
    inputs: Shape, *, data_format: DataFormat = None, keepdims: bool = False
) -> Spec:
    """The mean or the largest over all of space.

    >>> global_pooling((None, 7, 7, 2048)).outputs
    ((None, 2048),)
    """
    x = layout(inputs, data_format)
    return Spec((x.shape((1,) * len(x.space) if keepdims else (), x.channels),))


@weightless(
    "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
)
def adaptive_pooling(inputs: Shape, *, output_size: Counts, data_format: DataFormat = None) -> Spec:
    """Pooling whose windows are chosen to give the size that is asked for."""
    x = layout(inputs, data_format)
    return Spec((x.shape(each_axis(output_size, len(x.space)), x.channels),))
