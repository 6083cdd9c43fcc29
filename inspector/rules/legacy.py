"""Rules for layers of Keras 1 and 2 that Keras 3 no longer has.

No independent count of their multiply-adds is at hand: they stay unknown.
"""

from __future__ import annotations

from typing import Any

from inspector.dims import Dim, Product, Shape, axis, each_axis, product, times
from inspector.errors import Unknown
from inspector.graph import Weight
from inspector.rules.activation import prelu
from inspector.rules.convolutional import taps, windows
from inspector.rules.core import dense, lambda_layer
from inspector.rules.layout import Layout, layout
from inspector.rules.normalization import batch_normalization
from inspector.rules.recurrent import gru_cell, lstm_cell, one_step, over_time
from inspector.rules.rule import Count, Counts, DataFormat, Padding, Spec, frozen, rule, weightless

# --- Keras 2 ------------------------------------------------------------------------------------


@rule(LocallyConnected1D=3, LocallyConnected2D=4)
def locally_connected(
    inputs: Shape,
    *,
    filters: Count,
    kernel_size: Counts,
    strides: Counts = 1,
    padding: Padding = "valid",
    data_format: DataFormat = None,
    implementation: int = 1,
    use_bias: bool = True,
) -> Spec:
    """A convolution whose every position has a kernel of its own, stored in one of three ways.

    >>> locally_connected((None, 5, 5, 3), filters=2, kernel_size=3).arithmetic
    '9·27·2 + 3·3·2'
    """
    x = layout(inputs, data_format)
    size = each_axis(kernel_size, len(x.space))
    space = windows(x.space, size, strides, padding)
    if implementation == 3:
        steps = each_axis(strides, len(x.space))
        kernel = _taps_in_all(x, size, steps, space, padding, filters)
    else:
        at_each = implementation != 2
        kernel = _at_each(x, size, space, filters) if at_each else _everywhere(x, space, filters)
    bias = Weight("bias", _named(space, "n") * product(nC_out=filters))
    return Spec(
        outputs=(x.shape(space, filters),),
        weights=(Weight("kernel", kernel), bias)[: 1 + bool(use_bias)],
        macs=None,
    )


def _named(space: Shape, symbol: str) -> Product:
    return Product(tuple(f"{symbol}_{place}" for place in range(1, len(space) + 1)), space)


def _at_each(x: Layout, size: tuple[int, ...], space: Shape, filters: int) -> Product:
    """One matrix for each position."""
    seen = axis(f"{taps(size)}·nC_in", times((*size, x.channels)))
    return product(positions=times(space)) * seen * product(nC_out=filters)


def _everywhere(x: Layout, space: Shape, filters: int) -> Product:
    """From every place to every position, zeros where they do not meet."""
    from_, to = _named(x.space, "in"), _named(space, "n")
    nC_in, nC_out = product(nC_in=x.channels), product(nC_out=filters)
    return nC_in * from_ * nC_out * to if x.first else from_ * nC_in * to * nC_out


def _taps_in_all(
    x: Layout,
    size: tuple[int, ...],
    steps: tuple[int, ...],
    space: Shape,
    padding: str,
    filters: int,
) -> Product:
    """One number wherever a window meets a place inside the input."""
    axes = zip(x.space, size, steps, space, strict=True)
    met = [_met(n, k, s, count, padding) for n, k, s, count in axes]
    return axis("taps·nC_in·nC_out", times((*met, x.channels, filters)))


def _met(length: Dim, kernel: int, stride: int, count: Dim, padding: str) -> Dim:
    """How many places all windows along one axis look at, edges cut off."""
    if length is None or count is None:
        return None
    left = kernel // 2
    centers = (place * stride + (left if padding == "valid" else 0) for place in range(count))
    return sum(min(length, at - left + kernel) - max(0, at - left) for at in centers)


@rule(CuDNNLSTM=3)
def cudnn_lstm(
    sequences: Shape, *, units: Count, return_sequences: bool = False, return_state: bool = False
) -> Spec:
    """An LSTM for NVIDIA's library, which wants two biases."""
    cell = lstm_cell(one_step(sequences), units=units)
    return over_time(
        _biased(cell, axis("8u", 8 * units)), sequences, return_sequences, return_state
    )


@rule(CuDNNGRU=3)
def cudnn_gru(
    sequences: Shape, *, units: Count, return_sequences: bool = False, return_state: bool = False
) -> Spec:
    """A GRU for NVIDIA's library, which wants two biases."""
    cell = gru_cell(one_step(sequences), units=units)
    return over_time(
        _biased(cell, axis("6u", 6 * units)), sequences, return_sequences, return_state
    )


def _biased(cell: Spec, bias: Product) -> Spec:
    return cell._replace(weights=(*cell.weights[:2], Weight("bias", bias)), macs=None)


@rule("SyncBatchNormalization")
def sync_batch_normalization(
    inputs: Shape, *, axis: Any = -1, center: bool = True, scale: bool = True
) -> Spec:
    """A BatchNormalization over several devices."""
    return batch_normalization(inputs, axis=axis, center=center, scale=scale)


@rule(RandomFourierFeatures=2)
def random_fourier_features(inputs: Shape, *, output_dim: Count) -> Spec:
    """Cosines of a random projection; only its scale is ever trained."""
    _, n_in = inputs
    fixed = (
        Weight("unscaled_kernel", product(n_in=n_in, n_out=output_dim)),
        Weight("bias", product(n_out=output_dim)),
    )
    scale = Weight("kernel_scale", axis("1", 1))
    return Spec(((inputs[0], output_dim),), (scale, *frozen(fixed)), macs=None)


@weightless("Layer")
def plain_layer(inputs: Any) -> Spec:
    """The base of all layers, which does nothing."""
    return added(inputs)


@weightless("AddLoss", "AddMetric")
def added(inputs: Any) -> Spec:
    """A tensor that goes into the loss, or is watched; it flows on as it is."""
    return Spec((inputs if isinstance(inputs, tuple) else None,))


@rule("DenseFeatures", "SequenceFeatures")
def features(features: Any) -> Spec:  # noqa: ARG001 - Keras' name
    """Columns of a table, each brought into numbers in its own way."""
    raise Unknown("its feature columns hold the weights; their sizes are not in its config")


# --- Keras 1 ------------------------------------------------------------------------------------


@rule(MaxoutDense=2)
def maxout_dense(
    inputs: Shape, *, output_dim: Count, nb_feature: Count = 4, bias: bool = True
) -> Spec:
    """Several Dense layers side by side, of which the largest number counts."""
    batch, n_in = inputs
    several, n_out = product(features=nb_feature), product(n_out=output_dim)
    kernel = Weight("kernel", several * product(n_in=n_in) * n_out)
    weights = (kernel, Weight("bias", several * n_out))
    return Spec(((batch, output_dim),), weights[: 1 + bool(bias)], macs=None)


@rule(Highway=2)
def highway(inputs: Shape, *, bias: bool = True) -> Spec:
    """A Dense layer beside a way around it, and a gate between both."""
    n = product(n=inputs[1])
    kernels = (Weight("kernel", n * n), Weight("carry_kernel", n * n))
    biases = (Weight("bias", n), Weight("carry_bias", n))
    return Spec((inputs,), kernels + biases if bias else kernels, macs=None)


@rule("TimeDistributedDense")
def time_distributed_dense(inputs: Shape, *, units: Count, use_bias: bool = True) -> Spec:
    """One matrix product at every step."""
    return dense(inputs, units=units, use_bias=use_bias)


@rule(Deconvolution2D=4)
def deconvolution(
    inputs: Shape,
    *,
    filters: Count,
    kernel_size: Counts,
    output_shape: list[Any],
    data_format: DataFormat = None,
    use_bias: bool = True,
) -> Spec:
    """A convolution run backwards, to a size that is written down."""
    x = layout(inputs, data_format)
    space = output_shape[2:] if x.first else output_shape[1:-1]
    nC_out = product(nC_out=filters)
    kernel = taps(each_axis(kernel_size, len(x.space))) * nC_out * product(nC_in=x.channels)
    weights = (Weight("kernel", kernel), Weight("bias", nC_out))
    return Spec((x.shape(space, filters),), weights[: 1 + bool(use_bias)], macs=None)


@rule("ParametricSoftplus")
def parametric_softplus(inputs: Shape) -> Spec:
    """A softplus that learns its height and its slope; Keras 1 writes no shared axes down."""
    return _learned(inputs, "alphas", "betas")


@rule("SReLU")
def s_relu(inputs: Shape) -> Spec:
    """Three lines that meet where it learns; Keras 1 writes no shared axes down."""
    return _learned(inputs, "t_left", "a_left", "t_right", "a_right")


def _learned(inputs: Shape, *names: str) -> Spec:
    (alpha,) = prelu(inputs).weights
    return Spec((inputs,), tuple(Weight(name, alpha.axes) for name in names))


@weightless("Merge")
def merge_function(
    inputs: Any, *, output_shape: Any = None, output_shape_type: str = "raw"
) -> Spec:
    """Several tensors made one by code that is never looked at."""
    return lambda_layer(inputs, output_shape=output_shape, output_shape_type=output_shape_type)
