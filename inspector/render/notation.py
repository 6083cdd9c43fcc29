"""Layers as papers write them: `1×1, 64 → 3×3, 64 → 1×1, 256`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from inspector.answers.blocks import Item
from inspector.answers.blocks.forks import Fork, forks, node_of
from inspector.answers.blocks.tree import Block
from inspector.graph import Layer
from inspector.render.safe import plain

ARROW = " → "
_DEEP = 2  # forks in forks in forks are only counted


def term(layer: Layer) -> str:
    """A layer that works, in few signs; empty for one that goes with it.

    >>> term(Layer("c", "Conv2D", {"kernel_size": [3, 3], "filters": 64, "strides": [2, 2]}))
    '3×3, 64 /2'
    >>> term(Layer("b", "BatchNormalization"))
    ''
    """
    say = _TERMS.get(layer.class_name)
    if say is not None:
        return plain(say(layer.config))
    if layer.class_name in _SILENT or "Padding" in layer.class_name or layer.operation:
        return ""
    return plain(layer.class_name)


def sentence(items: Sequence[Item], deep: int = 0) -> str:
    """Calls of one graph in a row, the terms of what works among them."""
    if deep > _DEEP:
        return f"{len(items)} layers"
    terms: list[str] = []
    for part in forks(items):
        if isinstance(part, Fork):
            terms.append(_forked(part, deep))
        elif isinstance(part, Block):
            terms.append(f"{plain(part.title)}, {part.calls} layers")
        else:
            terms.append(term(part.node.layer))
    return ARROW.join(filter(None, terms))


def tally(items: Sequence[Item]) -> str:
    """What works among calls that are too entangled for a sentence, and how often."""
    terms = Counter(filter(None, (term(node_of(item).layer) for item in items)))
    most = sorted(terms.items(), key=lambda pair: -pair[1])
    said = [f"{count} × {name}" if count > 1 else name for name, count in most]
    return f"{len(items)} layers: {' + '.join(said)}" if said else f"{len(items)} layers"


def _forked(fork: Fork, deep: int) -> str:
    if node_of(fork.join).layer.class_name.lower() == "multiply":
        said = [sentence(branch, deep + 1) for branch in fork.branches]
        return f"gate({', '.join(filter(None, said))})" if any(said) else ""
    said = [sentence(branch, deep + 1) for branch in fork.branches]
    if len(said) == 1 or not any(said):
        return said[0]
    return f"({' | '.join(one or '·' for one in said)})"


def _side(value: Any) -> str:
    """A kernel or a window: `3×3`."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "×".join(map(str, value))
    return str(value)


def _stride(config: Mapping[str, Any], usual: Any = 1) -> str:
    """What a window moves by, where it is not what is usual."""
    value = config.get("strides")
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        value = value[0] if len(set(map(str, value))) == 1 else _side(value)
    return "" if value in (None, usual) else f" /{value}"


def _conv(name: str, count: str = "filters") -> Callable[[Mapping[str, Any]], str]:
    def say(config: Mapping[str, Any]) -> str:
        many = f", {config[count]}" if count in config else ""
        return f"{name}{_side(config.get('kernel_size', '?'))}{many}{_stride(config)}"

    return say


def _pool(name: str) -> Callable[[Mapping[str, Any]], str]:
    def say(config: Mapping[str, Any]) -> str:
        size = config.get("pool_size", 2)
        return f"{_side(size)} {name} pool{_stride(config, 'never')}"

    return say


def _many(name: str, count: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda config: f"{name}, {config.get(count, '?')}"


def _named(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda _: name


_TERMS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "Dense": _many("dense", "units"),
    "Embedding": _many("embedding", "output_dim"),
    "MultiHeadAttention": lambda config: f"attention, {config.get('num_heads', '?')} heads",
    **{name: _many(name, "units") for name in ("LSTM", "GRU", "SimpleRNN")},
    **{f"Conv{rank}D": _conv("") for rank in (1, 2, 3)},
    **{f"Conv{rank}DTranspose": _conv("transposed ") for rank in (1, 2, 3)},
    **{f"SeparableConv{rank}D": _conv("separable ") for rank in (1, 2)},
    **{f"DepthwiseConv{rank}D": _conv("depthwise ", "none") for rank in (1, 2)},
    **{f"MaxPooling{rank}D": _pool("max") for rank in (1, 2, 3)},
    **{f"AveragePooling{rank}D": _pool("average") for rank in (1, 2, 3)},
    **{f"GlobalAveragePooling{rank}D": _named("global average") for rank in (1, 2, 3)},
    **{f"GlobalMaxPooling{rank}D": _named("global max") for rank in (1, 2, 3)},
    **{
        f"UpSampling{rank}D": lambda c: f"upsampled ×{_side(c.get('size', 2))}"
        for rank in (1, 2, 3)
    },
}
_SILENT = frozenset(
    {
        "BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization",
        "RMSNormalization", "Normalization", "Rescaling", "Activation", "ReLU", "LeakyReLU",
        "PReLU", "ELU", "Softmax", "Dropout", "SpatialDropout1D", "SpatialDropout2D",
        "SpatialDropout3D", "GaussianNoise", "GaussianDropout", "Reshape", "Add", "Concatenate",
        "Multiply", "InputLayer", "LayerScale", "StochasticDepth", "Cropping1D", "Cropping2D",
        "Cropping3D",
    }
)  # fmt: skip
