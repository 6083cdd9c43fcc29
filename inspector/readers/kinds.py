"""What each argument of an architecture may be, looked at alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

_SPELLED = {None: "linear", "swish": "silu", "hard_swish": "hard_silu"}
_ACTIVATIONS = (
    "celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu",
    "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6",
    "selu", "sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus",
    "sparse_sigmoid", "sparsemax", "squareplus", "tanh", "tanh_shrink", "threshold",
)  # fmt: skip


def spelled(activation: str | None) -> str:
    """The name that Keras saves an activation under.

    >>> spelled(None), spelled("swish"), spelled("relu")
    ('linear', 'silu', 'relu')
    """
    return _SPELLED.get(activation, activation or "")


class Kind(NamedTuple):
    """What an argument may be."""

    fits: Callable[[Any], bool]
    expected: str
    hint: str


def _truth(value: Any) -> bool:
    return isinstance(value, int) and value in (0, 1)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _shape(value: Any) -> bool:
    if value is None:
        return True
    if not isinstance(value, tuple | list) or len(value) != 3:
        return False
    return all(size is None or _whole(size) for size in value) and value[2] is not None


_SHAPE = Kind(
    _shape,
    "expects (height, width, channels): whole numbers, or None for a height and width not known",
    "as in input_shape=(64, 64, 3) or --input-shape 64,64,3",
)
KINDS = {
    "include_top": Kind(
        _truth, "expects True or False", "as in include_top=False or --include-top false"
    ),
    "include_preprocessing": Kind(
        _truth,
        "expects True or False",
        "as in include_preprocessing=False or --include-preprocessing false",
    ),
    "minimalistic": Kind(
        _truth, "expects True or False", "as in minimalistic=True or --minimalistic true"
    ),
    "input_shape": _SHAPE,
    "weights": Kind(
        _text, 'expects None, "imagenet" or a path', "as in weights=None or --weights none"
    ),
    "pooling": Kind(
        lambda it: it is None or it in ("avg", "max"),
        'expects None, "avg" or "max"',
        'as in pooling="avg" or --pooling avg; Keras would quietly leave out any other',
    ),
    "name": Kind(
        lambda it: _text(it) and "/" not in (it or ""),
        "expects a text without a slash",
        'as in name="mine" or --name mine',
    ),
    "alpha": Kind(_number, "expects a number", "as in alpha=0.5 or --alpha 0.5"),
    "depth_multiplier": Kind(
        _whole,
        "expects a whole number above 0",
        "as in depth_multiplier=2 or --depth-multiplier 2",
    ),
    "dropout": Kind(
        lambda it: _number(it) and 0 <= it <= 1,
        "expects a number from 0 to 1",
        "as in dropout=0.2 or --dropout 0.2",
    ),
    "dropout_rate": Kind(
        lambda it: _number(it) and it <= 1,  # Keras leaves the layer out below 0 too
        "expects a number from 0 to 1",
        "as in dropout_rate=0.2 or --dropout-rate 0.2",
    ),
}
KINDS_OF_TOP = {
    "classes": Kind(_whole, "expects a whole number above 0", "as in classes=10 or --classes 10"),
    "classifier_activation": Kind(
        lambda it: _text(it) and spelled(it) in _ACTIVATIONS,
        "expects None or the name of an activation",
        f"it is one of {', '.join(_ACTIVATIONS)}",
    ),
}


def is_activation(name: str) -> bool:
    """Whether Keras has an activation of this name."""
    return spelled(name) in _ACTIVATIONS
