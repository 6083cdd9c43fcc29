"""Products, convolutions, look-ups, and what owns nothing."""

from __future__ import annotations

from typing import Any

from inspector.dims import Product, axis, product
from inspector.graph import Weight
from inspector.rules.convolutional import taps
from inspector.rules.pytorch.weights import biased, weights_of
from inspector.rules.rule import Count, Spec, module


def _seen(symbol: str, size: int, groups: int) -> Product:
    """The channels of one side of which a group sees its share."""
    if size % groups:
        raise ValueError(f"{size} channels in {groups} groups")
    return product(**{symbol: size}) if groups == 1 else axis(f"({symbol}/g)", size // groups)


@module("Conv1d", "Conv2d", "Conv3d")
def conv(
    *,
    in_channels: Count,
    out_channels: Count,
    kernel_size: list[Any],
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Count = 1,
    bias: bool = True,
) -> Spec:
    """A window of weights that slides over space; `kernel_size` has a number for each axis.

    >>> conv(in_channels=3, out_channels=8, kernel_size=(5, 5)).arithmetic
    '8·3·5·5 + 8'
    """
    seen = _seen("nC_in", in_channels, groups)
    nC_out = product(nC_out=out_channels)
    _seen("nC_out", out_channels, groups)
    return weights_of(
        Weight("weight", nC_out * seen * taps(tuple(kernel_size))), *biased(bias, nC_out)
    )


@module("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d")
def conv_transpose(
    *,
    in_channels: Count,
    out_channels: Count,
    kernel_size: list[Any],
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: Count = 1,
    bias: bool = True,
) -> Spec:
    """The same run backwards: every position writes a window."""
    _seen("nC_in", in_channels, groups)
    kernel = product(nC_in=in_channels) * _seen("nC_out", out_channels, groups)
    nC_out = product(nC_out=out_channels)
    return weights_of(Weight("weight", kernel * taps(tuple(kernel_size))), *biased(bias, nC_out))


@module("Linear", "NonDynamicallyQuantizableLinear")
def linear(*, in_features: Count, out_features: Count, bias: bool = True) -> Spec:
    """One matrix product over the last axis.

    >>> linear(in_features=784, out_features=128).arithmetic
    '128·784 + 128'
    """
    n_out = product(n_out=out_features)
    return weights_of(Weight("weight", n_out * product(n_in=in_features)), *biased(bias, n_out))


@module("Bilinear")
def bilinear(
    *, in1_features: Count, in2_features: Count, out_features: Count, bias: bool = True
) -> Spec:
    """A product of two inputs."""
    n_out = product(n_out=out_features)
    kernel = n_out * product(n_in1=in1_features, n_in2=in2_features)
    return weights_of(Weight("weight", kernel), *biased(bias, n_out))


@module("Embedding", "EmbeddingBag")
def embedding(*, num_embeddings: Count, embedding_dim: Count) -> Spec:
    """A row of numbers for each word."""
    return weights_of(Weight("weight", product(words=num_embeddings, n_out=embedding_dim)))


_ACTIVATIONS = (
    *("ReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Sigmoid"),
    *("Tanh", "Softmax", "LogSoftmax", "Softmax2d", "Softmin", "Softplus", "Softsign", "GLU"),
    *("Hardswish", "Hardsigmoid", "Hardtanh", "Hardshrink", "Softshrink", "Tanhshrink", "RReLU"),
    *("LogSigmoid", "Threshold"),
)
_BY_RANK = (
    *("MaxPool", "AvgPool", "AdaptiveAvgPool", "AdaptiveMaxPool", "LPPool", "MaxUnpool"),
    *("ZeroPad", "ReflectionPad", "ReplicationPad", "ConstantPad", "CircularPad", "Dropout"),
)
_OTHERS = (
    *("Dropout", "AlphaDropout", "FeatureAlphaDropout", "FractionalMaxPool2d"),
    *("FractionalMaxPool3d", "Flatten", "Unflatten", "Identity", "Upsample", "UpsamplingNearest2d"),
    *("UpsamplingBilinear2d", "PixelShuffle", "PixelUnshuffle", "ChannelShuffle", "Fold", "Unfold"),
    *("LocalResponseNorm", "CosineSimilarity", "PairwiseDistance"),
    *("CrossEntropyLoss", "MSELoss", "L1Loss", "NLLLoss", "BCELoss", "BCEWithLogitsLoss"),
    *("SmoothL1Loss", "HuberLoss", "KLDivLoss"),
)


@module(*_ACTIVATIONS, *(f"{name}{rank}d" for name in _BY_RANK for rank in (1, 2, 3)), *_OTHERS)
def weightless() -> Spec:
    """Modules that own nothing, whatever they are given."""
    return weights_of()
