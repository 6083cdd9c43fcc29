"""Where the four Keras differ in how a layer is written down; what it comes to is in the rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from inspector.readers import keras1
from inspector.readers.branches import merging
from inspector.signatures import Signature
from inspector.symbolic.keras.session import current
from inspector.symbolic.keras.unknown import Unknown

# What standalone Keras 2 still takes under the names of Keras 1.
_OLD_NAMES = {
    **{key: new for key, new in keras1.KEYS.items() if key not in ("p", "length", "stride")},
    "p": "rate",
    "output_dim": "units",
    "dim_ordering": "data_format",
    "nb_epoch": "epochs",
}
_ORDERS = {"tf": "channels_last", "th": "channels_first", "default": None}
_RESET = {"GRU", "GRUCell"}
_FLOATS = {"Embedding", "Normalization"}
_KERNELS = {"Conv1D": 1, "Conv2D": 2, "Conv3D": 3, "SeparableConv2D": 2, "Conv2DTranspose": 2}


def arguments(
    signature: Signature, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a class under the names that its signature has."""
    if current.dialect != "keras2":
        return tuple(args), dict(kwargs)
    given = dict(kwargs)
    known = {param.name for param in signature.parameters} | signature.passes
    for key in list(given):
        new = _OLD_NAMES.get(key)
        if key not in known and new in known:
            value = given.pop(key)
            given[new] = _ORDERS.get(value, value) if key == "dim_ordering" else value
    return _kernel(signature.class_name, tuple(args), given)


def _kernel(
    class_name: str, args: tuple[Any, ...], given: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """`Conv2D(64, 3, 3)` is a kernel of 3 by 3 in standalone Keras, of either version."""
    rank = _KERNELS.get(class_name, 0)
    if rank > 1 and len(args) == rank + 1 and all(isinstance(one, int) for one in args):
        args = (args[0], tuple(args[1:]))
    sides = [key for key in ("nb_row", "nb_col") if key in given]
    if rank == 2 and len(sides) == 2:
        given["kernel_size"] = tuple(given.pop(key) for key in sides)
    return args, given


def stem(class_name: str, signature: Signature | None) -> str:
    """What the automatic names of a class begin with."""
    if signature is not None:
        return signature.stem
    if current.dialect == "keras1":
        return class_name.lower()
    word = "[A-Z][a-z0-9]+" if current.dialect == "keras2" else "[A-Z][a-z]+"
    step = re.sub(f"(.)({word})", r"\1_\2", re.sub(r"\W+", "", class_name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", step).lower()


# Layers that a layer makes when it is built; nobody sees them, but their names are counted.
HELD: dict[str, tuple[str, ...]] = {
    "MultiHeadAttention": ("softmax", "dropout"),
    "GroupQueryAttention": ("softmax", "dropout"),
}


def dtype(class_name: str, taken: str) -> str:
    """The type of what a layer gives, as far as anything hangs on it."""
    return "float32" if class_name in _FLOATS else taken


def record(class_name: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Class and config under the names that the rules know."""
    if current.dialect == "keras1":
        order = current.image_data_format
        if config.get("dim_ordering") == "default":
            config = {**config, "dim_ordering": ""}
        renamed = keras1.as_config(class_name, config, order)
        class_name, config = keras1.CLASSES.get(class_name, class_name), renamed
    class_name, config = merging(class_name, config)
    if current.major < 3 and class_name in _RESET:
        config = {"reset_after": False, **config}
    if config.get("data_format", "") is None and current.image_data_format != "channels_last":
        config = {**config, "data_format": current.image_data_format}
    return class_name, {key: value for key, value in config.items() if key != "weights"}


def door_shape(config: Mapping[str, Any], class_name: str) -> Any:
    """The shape, batch included, that the first layer of a Sequential names; None: it does not."""
    for key in ("batch_input_shape", "batch_shape"):
        if config.get(key) is not None:
            return _tuple(config[key])
    batch = config.get("batch_size")
    if config.get("input_shape") is not None:
        shape = _tuple(config["input_shape"])
        return shape if isinstance(shape, Unknown) else (batch, *shape)
    length, dim = config.get("input_length"), config.get("input_dim")
    if class_name == "Embedding":
        return (None, length) if current.major < 3 or length is not None else None
    if dim is None:
        return None
    return (None, length, dim) if class_name in _SEQUENCES else (None, dim)


_SEQUENCES = {
    *("LSTM", "GRU", "SimpleRNN", "Conv1D", "Convolution1D", "AtrousConvolution1D"),
    *("TimeDistributedDense", "TimeDistributed", "Bidirectional", "CuDNNLSTM", "CuDNNGRU"),
}


def _tuple(value: Any) -> Any:
    if isinstance(value, Unknown):
        return value
    return tuple(value) if isinstance(value, list | tuple) else (value,)
