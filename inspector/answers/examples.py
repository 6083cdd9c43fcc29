"""Settings that make a rule talk: for classes whose guessed example would say little.

Every class can do without an entry: `classes` then guesses its settings from their annotations.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from inspector.dims import Shape
from inspector.graph import Layer


@dataclass(frozen=True, slots=True)
class Example:
    """What a layer is made with, and what flows into it."""

    config: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[Shape, ...] = ()
    listed: bool = False  # whether the inputs arrive as one list


_LSTM = Layer("lstm", "LSTM", {"units": 32})
_CELL = Layer("lstm_cell", "LSTMCell", {"units": 32})
_IMAGE: tuple[Shape, ...] = ((None, 32, 32, 16),)
_WORDS: Shape = (None, 20, 64)
_FEWER_HEADS = {"head_dim": 8, "num_query_heads": 8, "num_key_value_heads": 2}

EXAMPLES: dict[str, Example] = {
    "AdditiveAttention": Example({}, (_WORDS, _WORDS), listed=True),
    "Attention": Example({}, (_WORDS, _WORDS), listed=True),
    "BatchNormalization": Example({}, _IMAGE),
    "Bidirectional": Example({"layer": _LSTM}, ((None, 20, 16),)),
    "Dense": Example({"units": 10}, ((None, 64),)),
    "EinsumDense": Example(
        {"equation": "abc,cd->abd", "output_shape": [None, 32], "bias_axes": "d"}, (_WORDS,)
    ),
    "Embedding": Example({"input_dim": 10_000, "output_dim": 16}, ((None, 20),)),
    "Flatten": Example({}, ((None, 7, 7, 512),)),
    "GroupNormalization": Example({"groups": 4}, _IMAGE),
    "GroupQueryAttention": Example(_FEWER_HEADS, (_WORDS, _WORDS)),
    "GroupedQueryAttention": Example(_FEWER_HEADS, (_WORDS, _WORDS)),
    "LayerNormalization": Example({}, (_WORDS,)),
    "MultiHeadAttention": Example({"num_heads": 4, "key_dim": 16}, (_WORDS, _WORDS)),
    "RNN": Example({"cell": _CELL}, ((None, 20, 16),)),
    "Reshape": Example({"target_shape": [16, 16]}, ((None, 256),)),
    "STFTSpectrogram": Example({}, ((None, 16_000, 1),)),
    "StackedRNNCells": Example({"cells": [_CELL]}, ((None, 16),)),
}
