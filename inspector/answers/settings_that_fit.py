"""Settings of a layer that give the shapes and the count that a summary prints.

A summary prints no kernel sizes, no biases, no inner layers. For each class the settings that can
come to a count are few: they are listed here, and the layer's own rule decides which of them fit.
No count is worked out here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, product

from inspector.answers.asked import BOTH, Asked, Config, Guess
from inspector.answers.kernels_that_fit import (
    convolutions,
    depthwise,
    recurrent_convolutions,
    separable,
    states_of,
    transposed,
)
from inspector.answers.single import layer_of
from inspector.dims import Dim, Shape

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


def _recurrent(asked: Asked) -> Iterator[Guess]:
    units = asked.channels_out
    if not units:
        return
    resets: tuple[Config, ...] = ({"reset_after": True}, {"reset_after": False})
    resets = resets if asked.class_name == "GRU" else ({},)
    for use_bias, reset, states in product(BOTH, resets, states_of(asked)):
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
    **dict.fromkeys((f"Conv{rank}D" for rank in (1, 2, 3)), convolutions),
    **dict.fromkeys((f"Convolution{rank}D" for rank in (1, 2, 3)), convolutions),
    **dict.fromkeys((f"Conv{rank}DTranspose" for rank in (1, 2, 3)), transposed),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), depthwise),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D", "SeparableConvolution2D"), separable),
    **dict.fromkeys((f"ConvLSTM{rank}D" for rank in (1, 2, 3)), recurrent_convolutions),
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


def inner_rank(asked: Asked) -> int:
    """How many axes must flow in at least, as the printed output tells."""
    shape = asked.outputs[0] if asked.outputs else None
    kept = "Conv" in asked.class_name or asked.class_name in SHAPED or asked.class_name in KEPT
    return len(shape) if shape and kept else 2
