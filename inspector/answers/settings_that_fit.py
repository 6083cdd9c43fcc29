"""Settings of a layer that give the shapes and the count that a summary prints.

A summary prints no kernel sizes, no biases, no inner layers. For each class the settings that can
come to a count are few: they are listed here, and the layer's own rule decides which of them fit.
No count is worked out here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, product
from math import gcd
from typing import Any, NamedTuple

from inspector.answers.single import layer_of
from inspector.dims import Dim, Shape
from inspector.graph import Layer

Config = dict[str, Any]
BOTH = (True, False)


class Asked(NamedTuple):
    """What is known of a row: the class, the shapes that flow in and out, the printed count."""

    class_name: str
    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape | None, ...]
    params: int

    @property
    def channels_in(self) -> Dim:
        """The last axis of what flows in."""
        first = self.inputs[0] if self.inputs else None
        return first[-1] if first else None

    @property
    def channels_out(self) -> Dim:
        """The last axis of what flows out."""
        first = self.outputs[0] if self.outputs else None
        return first[-1] if first else None


class Guess(NamedTuple):
    """Settings to try: the config, and the channels that flow in where nothing told them."""

    config: Config
    channels: Dim = None


def divisors(number: int) -> list[int]:
    """Every divisor of a positive number, ascending.

    >>> divisors(12)
    [1, 2, 3, 4, 6, 12]
    """
    small, large, step = [], [], 1
    while step * step <= number and step < 100_000:
        if number % step == 0:
            small.append(step)
            if step * step != number:
                large.append(number // step)
        step += 1
    return small + large[::-1]


def kernels(places: int, rank: int) -> list[tuple[int, ...]]:
    """Kernels of so many places; square ones first, then those closest to it.

    >>> kernels(9, 2)
    [(3, 3), (1, 9), (9, 1)]
    """
    if rank < 2:
        return [(places,)] * rank
    found = [
        (size, *rest) for size in divisors(places) for rest in kernels(places // size, rank - 1)
    ]
    return sorted(found, key=lambda size: (max(size) - min(size), size))


# --- convolutions -------------------------------------------------------------------------------


def _convolutions(asked: Asked) -> Iterator[Guess]:
    filters = asked.channels_out
    if not filters:
        return
    for use_bias in BOTH:
        numbers = asked.params - filters * use_bias
        if numbers <= 0 or numbers % filters:
            continue
        for channels, groups in _sharing(asked.channels_in, numbers // filters, filters):
            places = numbers * groups // (filters * channels)
            if places * filters * channels == numbers * groups:
                yield from _slid(asked, filters, places, use_bias, channels, groups)


def _sharing(channels: Dim, numbers: int, filters: int) -> Iterator[tuple[int, int]]:
    """Channels that flow in, and groups; where nothing tells the channels, all that divide."""
    if channels is None:
        yield from ((size, 1) for size in sorted(divisors(numbers), key=_plausible))
        return
    yield channels, 1
    yield from ((channels, groups) for groups in divisors(gcd(channels, filters)) if groups > 1)


def _plausible(channels: int) -> tuple[bool, int]:
    """Pictures have 3 channels or 1."""
    return (channels not in (3, 1), -channels if channels in (3, 1) else channels)


def _slid(
    asked: Asked, filters: int, places: int, use_bias: bool, channels: int, groups: int
) -> Iterator[Guess]:
    rank = _rank(asked)
    for size in kernels(places, rank):
        for steps in _steps(asked, size):
            config: Config = {"filters": filters, "kernel_size": size, "use_bias": use_bias}
            if groups > 1:
                config["groups"] = groups
            yield Guess({**config, **steps}, channels)


def slid(asked: Asked, filters: int, size: int, use_bias: bool, channels: int) -> Iterator[Guess]:
    """A square kernel of this size, with the steps that the shapes allow."""
    kernel = (size,) * _rank(asked)
    for steps in _steps(asked, kernel):
        config = {"filters": filters, "kernel_size": kernel, "use_bias": use_bias}
        yield Guess({**config, **steps}, channels)


def _rank(asked: Asked) -> int:
    """How many axes of space there are; 0 where the printed shape is none that a kernel gives."""
    shape = next(shape for shape in asked.outputs if shape is not None)
    return max(len(shape) - 2, 0)


def inner_rank(asked: Asked) -> int:
    """How many axes must flow in at least, as the printed output tells."""
    shape = asked.outputs[0] if asked.outputs else None
    kept = "Conv" in asked.class_name or asked.class_name in SHAPED or asked.class_name in KEPT
    return len(shape) if shape and kept else 2


def _steps(asked: Asked, size: tuple[int, ...]) -> Iterator[Config]:
    """Paddings, strides and dilations under which a kernel can give the printed places."""
    taken = asked.inputs[0] if asked.inputs else None
    given = asked.outputs[0]
    if taken is None or given is None or len(taken) != len(given):
        yield {}
        return
    pairs = list(zip(taken[1:-1], given[1:-1], size, strict=True))
    for padding in ("valid", "same"):
        each = [_strides(n, m, k, padding) for n, m, k in pairs]
        if all(each):
            yield {"padding": padding, "strides": [strides[0] for strides in each]}
    for n, m, k in pairs[:1]:
        if n is not None and m is not None and k > 1 and n > m and (n - m) % (k - 1) == 0:
            yield {"dilation_rate": (n - m) // (k - 1)}


def _strides(size: Dim, given: Dim, kernel: int, padding: str) -> list[int]:
    """Strides that may lead from one size to the other; the rule has the last word."""
    if size is None or given is None:
        return [1]
    reach = kernel if padding == "valid" else 1
    if size < reach or given < 1:
        return []
    if given == 1:
        return [1] if size == reach else [max(size - reach + 1, 1)]
    widest = (size - reach) // (given - 1)
    narrowest = (size - reach) // given + 1
    return list(range(max(narrowest, 1), min(widest, narrowest + 1) + 1))


def _transposed(asked: Asked) -> Iterator[Guess]:
    filters = asked.channels_out
    for use_bias in BOTH:
        numbers = asked.params - (filters or 0) * use_bias
        if not filters or numbers <= 0 or numbers % filters:
            continue
        for channels in [asked.channels_in] if asked.channels_in else divisors(numbers // filters):
            places = numbers // (filters * channels)
            if places * filters * channels != numbers:
                continue
            for size in kernels(places, _rank(asked)):
                for steps in _widened(asked):
                    config = {"filters": filters, "kernel_size": size, "use_bias": use_bias}
                    yield Guess({**config, **steps}, channels)


def _widened(asked: Asked) -> Iterator[Config]:
    taken, given = asked.inputs[0] if asked.inputs else None, asked.outputs[0]
    if taken is None or given is None:
        yield {}
        return
    pairs = list(zip(taken[1:-1], given[1:-1], strict=True))
    if any(n is None or m is None for n, m in pairs):
        yield {}
        return
    for strides in sorted({1, 2, *(m // n for n, m in pairs if n and m)}):
        for padding in ("valid", "same"):
            yield {"padding": padding, "strides": max(strides, 1)}


def _depthwise(asked: Asked) -> Iterator[Guess]:
    given = asked.channels_out
    channels = asked.channels_in or given
    if not channels or not given or given % channels:
        return
    for use_bias in BOTH:
        places = (asked.params - given * use_bias) // given
        if places > 0 and places * given + given * use_bias == asked.params:
            for size in kernels(places, _rank(asked)):
                for steps in _steps(asked, size):
                    config = {"kernel_size": size, "use_bias": use_bias,
                              "depth_multiplier": given // channels}  # fmt: skip
                    yield Guess({**config, **steps}, channels)


def _separable(asked: Asked) -> Iterator[Guess]:
    filters = asked.channels_out
    if not filters:
        return
    for use_bias, multiplier in product(BOTH, range(1, 9)):
        numbers = asked.params - filters * use_bias
        open_ones = divisors(numbers) if numbers > 0 and multiplier == 1 else []
        for channels in [asked.channels_in] if asked.channels_in else open_ones:
            yield from _parted(asked, filters, use_bias, channels, multiplier)


def _parted(
    asked: Asked, filters: int, use_bias: bool, channels: int, multiplier: int
) -> Iterator[Guess]:
    middle = channels * multiplier
    rest = asked.params - filters * use_bias - middle * filters
    if rest > 0 and rest % middle == 0:
        for size in kernels(rest // middle, _rank(asked)):
            for steps in _steps(asked, size):
                config = {"filters": filters, "kernel_size": size, "use_bias": use_bias,
                              "depth_multiplier": multiplier}  # fmt: skip
                yield Guess({**config, **steps}, channels)


def _recurrent_convolutions(asked: Asked) -> Iterator[Guess]:
    filters, channels, taken = asked.channels_out, asked.channels_in, asked.inputs[0]
    if not filters or not channels or taken is None:
        return
    for use_bias in BOTH:
        numbers = asked.params - 4 * filters * use_bias
        places = numbers // (4 * filters * (channels + filters))
        if places > 0:
            for size, states, padding in product(
                kernels(places, len(taken) - 3), _sequences(asked), ("valid", "same")
            ):
                config = {"filters": filters, "kernel_size": size, "use_bias": use_bias}
                yield Guess({**config, **states, "padding": padding}, channels)


# --- products, look-ups, normalization ----------------------------------------------------------


def _dense(asked: Asked) -> Iterator[Guess]:
    units = asked.channels_out
    if not units:
        return
    for use_bias in BOTH:
        channels = asked.channels_in or (asked.params - units * use_bias) // units
        yield Guess({"units": units, "use_bias": use_bias}, channels)


def _embedding(asked: Asked) -> Iterator[Guess]:
    size = asked.channels_out
    if size and asked.params and asked.params % size == 0:
        yield Guess({"input_dim": asked.params // size, "output_dim": size})


def _scaled(asked: Asked) -> Iterator[Guess]:
    """Normalizations: along any axis, with or without a scale and an offset."""
    shape = asked.outputs[0]
    axes = [-1, *range(1, len(shape) - 1)] if shape else [-1]
    for scale, center, axis in product(BOTH, BOTH, axes):
        yield Guess({"scale": scale, "center": center, "axis": axis}, asked.channels_out)


def _group_norm(asked: Asked) -> Iterator[Guess]:
    for scale, center in product(BOTH, BOTH):
        yield Guess({"scale": scale, "center": center, "groups": 1}, asked.channels_out)


def _slopes(asked: Asked) -> Iterator[Guess]:
    shape = asked.outputs[0] or ()
    axes = range(1, len(shape))
    for count in range(len(axes) + 1):
        for shared in combinations(axes, count):
            yield Guess({"shared_axes": list(shared) or None})


def _defaults(asked: Asked) -> Iterator[Guess]:
    yield Guess({}, asked.channels_out)


# --- recurrent and attention --------------------------------------------------------------------


def _sequences(asked: Asked) -> Iterator[Config]:
    taken, given = asked.inputs[0] if asked.inputs else None, asked.outputs[0]
    full = given is not None and (len(given) == len(taken) if taken else len(given) > 2)
    yield {"return_sequences": full, "return_state": len(asked.outputs) > 1}


def _recurrent(asked: Asked) -> Iterator[Guess]:
    units = asked.channels_out
    if not units:
        return
    resets: tuple[Config, ...] = ({"reset_after": True}, {"reset_after": False})
    resets = resets if asked.class_name == "GRU" else ({},)
    for use_bias, reset, states in product(BOTH, resets, _sequences(asked)):
        if use_bias or reset.get("reset_after", True):
            config = {"units": units, "use_bias": use_bias, **reset, **states}
            yield Guess(config, asked.channels_in or _features(asked, units))


def _features(asked: Asked, units: int) -> Dim:
    """Features of a sequence that nothing tells, for the usual biases."""
    gates = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}.get(asked.class_name)
    if gates is None:
        return None
    rest = asked.params // gates - units * units - units * (2 if asked.class_name == "GRU" else 1)
    return rest // units if rest > 0 else None


INNER_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU")


def _bidirectional(asked: Asked) -> Iterator[Guess]:
    given = asked.outputs[0]
    if not given or not given[-1]:
        return
    for merge_mode, inner in product(("concat", "sum"), INNER_RECURRENT):
        units = given[-1] // 2 if merge_mode == "concat" else given[-1]
        half = asked._replace(class_name=inner, outputs=((*given[:-1], units), *asked.outputs[1:]))
        for guess in _recurrent(half):
            layer = layer_of(inner, guess.config)
            yield Guess({"layer": layer, "merge_mode": merge_mode}, guess.channels)


INNER_DISTRIBUTED = ("Dense", "Conv2D", "Conv1D", "BatchNormalization", "LSTM", "GRU", "Embedding")


def _distributed(asked: Asked) -> Iterator[Guess]:
    if not asked.params:
        yield Guess({"layer": layer_of("Identity", {})})
        return
    step = asked._replace(inputs=_step(asked.inputs), outputs=_step(asked.outputs))
    if step.outputs[0] is None:
        return
    for inner in INNER_DISTRIBUTED:
        for guess in guesses(step._replace(class_name=inner)):
            yield Guess({"layer": layer_of(inner, guess.config)}, guess.channels)


def _step(shapes: tuple[Shape | None, ...]) -> tuple[Shape | None, ...]:
    return tuple(s if s is None or len(s) < 3 else (s[0], *s[2:]) for s in shapes)


def _attention(asked: Asked) -> Iterator[Guess]:
    """Heads and their size only ever meet as a product: one head stands for all of them."""
    sizes = [shape[-1] if shape else None for shape in asked.inputs]
    query, value = sizes[0] if sizes else None, sizes[-1] if sizes else None
    out = asked.channels_out
    if query is None or value is None or out is None:
        return
    for use_bias in BOTH:
        each = query + 2 * value + out + 3 * use_bias
        rest = asked.params - out * use_bias
        if rest > 0 and rest % each == 0:
            config = {"num_heads": 1, "key_dim": rest // each, "use_bias": use_bias}
            yield Guess(config if out == query else {**config, "output_shape": [out]})


def _scores(_: Asked) -> Iterator[Guess]:
    for use_scale, mode in product(BOTH, ("dot", "concat")):
        yield Guess({"use_scale": use_scale, "score_mode": mode})


def _joined(asked: Asked) -> Iterator[Guess]:
    shape = asked.outputs[0]
    for axis in (-1, *range(len(shape) - 1)) if shape else (-1,):
        yield Guess({"axis": axis})


def _normalization(asked: Asked) -> Iterator[Guess]:
    yield Guess({}, asked.channels_out)
    yield Guess({"mean": 0.0, "variance": 1.0}, asked.channels_out)  # given, so not kept


_WAYS: dict[str, Callable[[Asked], Iterator[Guess]]] = {
    **dict.fromkeys((f"Conv{rank}D" for rank in (1, 2, 3)), _convolutions),
    **dict.fromkeys((f"Convolution{rank}D" for rank in (1, 2, 3)), _convolutions),
    **dict.fromkeys((f"Conv{rank}DTranspose" for rank in (1, 2, 3)), _transposed),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D", "SeparableConvolution2D"), _separable),
    **dict.fromkeys((f"ConvLSTM{rank}D" for rank in (1, 2, 3)), _recurrent_convolutions),
    "Dense": _dense,
    "Embedding": _embedding,
    **dict.fromkeys(
        ("BatchNormalization", "SyncBatchNormalization", "LayerNormalization"), _scaled
    ),
    "GroupNormalization": _group_norm,
    "RMSNormalization": _defaults,
    "Normalization": _normalization,
    "LayerScale": lambda asked: iter([Guess({"projection_dim": asked.channels_out})]),
    "PReLU": _slopes,
    **dict.fromkeys((*INNER_RECURRENT,), _recurrent),
    "Bidirectional": _bidirectional,
    "TimeDistributed": _distributed,
    "MultiHeadAttention": _attention,
    "Attention": _scores,
    "AdditiveAttention": lambda _: iter([Guess({"use_scale": use}) for use in BOTH]),
    "Concatenate": _joined,
}
# Classes whose shape follows from what flows in, so that the rule can be held to it.
SHAPED = frozenset(
    (
        *("Flatten", "Dropout", "Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "Identity"),
        *("Add", "Average", "Maximum", "Multiply", "Subtract", "GaussianNoise", "AlphaDropout"),
        *(f"SpatialDropout{rank}D" for rank in (1, 2, 3)),
    )
)


KEPT = frozenset(  # other classes that keep the number of axes
    (
        *("Dense", "BatchNormalization", "SyncBatchNormalization", "LayerNormalization", "PReLU"),
        *("GroupNormalization", "RMSNormalization", "Normalization", "LayerScale"),
    )
)
# Classes of which a count can be impossible whatever flows in.
FREE = frozenset(
    (
        *(
            f"{kind}{rank}D"
            for kind in ("Conv", "Convolution", "SeparableConv")
            for rank in (1, 2, 3)
        ),
        *(f"Conv{rank}DTranspose" for rank in (1, 2, 3)),
        *("DepthwiseConv1D", "DepthwiseConv2D", "Embedding", *KEPT),
    )
) - {"Normalization", "LayerScale", "PReLU"}


def has_ways(class_name: str) -> bool:
    """Whether the settings of a class can be listed."""
    return class_name in _WAYS


def guesses(asked: Asked) -> Iterator[Guess]:
    """The settings to try for a row; none where its class is not one of those listed."""
    way = _WAYS.get(asked.class_name)
    if way is not None and asked.outputs and asked.outputs[0] is not None:
        yield from way(asked)


def is_wrapper(layer: Layer) -> bool:
    """Whether a layer holds another."""
    return isinstance(layer.config.get("layer"), Layer)
