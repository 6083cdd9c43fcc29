"""What learns a factor and an offset for each channel or place."""

from __future__ import annotations

from math import prod
from typing import Any

from inspector.dims import Ints, Product, product
from inspector.graph import Weight
from inspector.rules.pytorch.weights import scaled, weights_of
from inspector.rules.rule import Count, Counts, Spec, module


def _running(channels: Product, tracked: bool) -> tuple[Weight, ...]:
    """What a module keeps without learning it: buffers, which PyTorch does not count."""
    counter = Weight("num_batches_tracked", Product(), trainable=False)
    running = (Weight(f"running_{name}", channels, trainable=False) for name in ("mean", "var"))
    return (*running, counter) if tracked else ()


@module("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm")
def batch_norm(
    *,
    num_features: Count,
    eps: Any = 1e-5,
    momentum: Any = 0.1,
    affine: bool = True,
    track_running_stats: bool = True,
    bias: bool = True,
) -> Spec:
    """Two learned numbers a channel; its running statistics are buffers."""
    channels = product(nC=num_features)
    return weights_of(*scaled(channels, affine, bias), *_running(channels, track_running_stats))


@module("InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d")
def instance_norm(
    *,
    num_features: Count,
    eps: Any = 1e-5,
    momentum: Any = 0.1,
    affine: bool = False,
    track_running_stats: bool = False,
    bias: bool = True,
) -> Spec:
    """The same for each example by itself; it learns nothing unless told to."""
    channels = product(nC=num_features)
    return weights_of(*scaled(channels, affine, bias), *_running(channels, track_running_stats))


@module("LayerNorm")
def layer_norm(
    *,
    normalized_shape: Counts,
    eps: Any = 1e-5,
    elementwise_affine: bool = True,
    bias: bool = True,
) -> Spec:
    """Two learned numbers for each place of what is normalized."""
    return weights_of(*scaled(_places(normalized_shape), elementwise_affine, bias))


@module("RMSNorm")
def rms_norm(*, normalized_shape: Counts, eps: Any = None, elementwise_affine: bool = True) -> Spec:
    """One learned number for each place of what is normalized."""
    return weights_of(*scaled(_places(normalized_shape), elementwise_affine, bias=False))


def _places(shape: Ints) -> Product:
    return product(n=shape if isinstance(shape, int) else prod(shape))


@module("GroupNorm")
def group_norm(
    *,
    num_groups: Count,
    num_channels: Count,
    eps: Any = 1e-5,
    affine: bool = True,
    bias: bool = True,
) -> Spec:
    """Two learned numbers a channel."""
    return weights_of(*scaled(product(nC=num_channels), affine, bias))


@module("PReLU")
def prelu(*, num_parameters: Count = 1) -> Spec:
    """A learned slope for all channels, or for each."""
    return weights_of(Weight("weight", product(slopes=num_parameters)))
