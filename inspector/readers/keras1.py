"""The Keras 1 dialect, brought to the names of Keras 2; the wiring is that of `keras2`.

Keras 1 leaves things out of its configs. What can be told from the rest of the file is filled in:
padding, upsampling and cropping layers do not say where the channels are, and a first layer may
name the size of its input only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

CLASSES = {
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "SeparableConvolution2D": "SeparableConv2D",
}
_KEYS = {
    "nb_filter": "filters",
    "subsample": "strides",
    "subsample_length": "strides",
    "border_mode": "padding",
    "bias": "use_bias",
    "atrous_rate": "dilation_rate",
    "pool_length": "pool_size",
    "stride": "strides",
    "length": "size",
    "p": "rate",
    "sigma": "stddev",
    "inner_activation": "recurrent_activation",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "input_dtype": "dtype",
}
_KERNELS = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))
UNITS = frozenset(("Dense", "SimpleRNN", "LSTM", "GRU", "TimeDistributedDense"))
_KEPT = frozenset(("MaxoutDense", "Highway"))  # Keras 2 wrote them with the old names
_SPATIAL = frozenset(
    f"{kind}{rank}D"
    for kind in ("ZeroPadding", "UpSampling", "Cropping", "MaxPooling", "AveragePooling")
    for rank in (2, 3)
) | {"LocallyConnected2D", "ConvLSTM2D", "Deconvolution2D"}
_ORDERS = {"tf": "channels_last", "th": "channels_first"}


def as_keras2(model: Mapping[str, Any]) -> dict[str, Any]:
    """The same model object with the classes and keys of Keras 2, layers inside others too."""
    orders = Counter(_orders(model))
    default = orders.most_common(1)[0][0] if orders else "channels_last"
    return _model(model, default)


def _orders(value: Any) -> Iterator[str]:
    """Where the channels are, for every layer that says so."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            if item.get("dim_ordering") in ("tf", "th"):
                yield _ORDERS[item["dim_ordering"]]
            stack.extend(item.values())


def _model(entry: Mapping[str, Any], order: str) -> dict[str, Any]:
    config = entry["config"]
    if isinstance(config, list):
        return {**entry, "config": _layers(config, order, first=True)}
    layers = _layers(config["layers"], order, first="output_layers" not in config)
    return {**entry, "config": {**config, "layers": layers}}


def _layers(entries: list[Any], order: str, *, first: bool = False) -> list[Any]:
    """Layer objects; the first of a Sequential may name its input by its size only."""
    layers = [_layer(entry, order) for entry in entries]
    if first and layers and isinstance(layers[0], dict):
        config = layers[0].get("config")
        if isinstance(config, dict) and "batch_input_shape" not in config:
            shape = _door(layers[0].get("class_name"), config)
            layers[0] = {**layers[0], "config": {**config, **shape}}
    return layers


def _door(class_name: Any, config: Mapping[str, Any]) -> dict[str, Any]:
    dim, length = config.get("input_dim"), config.get("input_length")
    if class_name == "Embedding":
        return {"batch_input_shape": [None, length]}
    if not isinstance(dim, int):
        return {}
    if class_name in {"Dense", "MaxoutDense", "Highway"}:
        return {"batch_input_shape": [None, dim]}
    return {"batch_input_shape": [None, length, dim]}


def _layer(entry: Any, order: str) -> Any:
    if not isinstance(entry, dict):
        return entry
    class_name, config = entry.get("class_name"), entry.get("config")
    if isinstance(config, list) or (isinstance(config, dict) and _is_model(config)):
        return _model(entry, order)
    if not isinstance(config, dict) or not isinstance(class_name, str):
        return entry
    renamed = _config(class_name, config, order)
    if isinstance(config.get("layer"), dict):
        renamed["layer"] = _layer(config["layer"], order)
    if isinstance(config.get("layers"), list):  # the branches of a Merge
        renamed["layers"] = _layers(config["layers"], order, first=False)
    return {**entry, "class_name": CLASSES.get(class_name, class_name), "config": renamed}


def _is_model(config: Mapping[str, Any]) -> bool:
    return "output_layers" in config and isinstance(config.get("layers"), list)


def _config(class_name: str, config: Mapping[str, Any], order: str) -> dict[str, Any]:
    """One layer's config under the names of Keras 2."""
    if class_name in _KEPT:
        return dict(config)
    renamed = {_KEYS.get(key, key): value for key, value in config.items()}
    if class_name in UNITS and "output_dim" in renamed:
        renamed["units"] = renamed.pop("output_dim")
    for keys in _KERNELS:
        if keys[0] in config:
            renamed["kernel_size"] = [config.get(key) for key in keys]
    if "filter_length" in config:
        renamed["kernel_size"] = config["filter_length"]
    if "dim_ordering" in config or class_name in _SPATIAL:
        renamed["data_format"] = _ORDERS.get(str(renamed.pop("dim_ordering", "")), order)
    if class_name.startswith("ZeroPadding"):
        renamed["padding"] = _edges(config.get("padding"))
    return renamed


def _edges(padding: Any) -> Any:
    """What is added at the edges of an image: by name, in one line, or already in pairs."""
    if isinstance(padding, dict):
        names = ["left_pad", "right_pad"]
        if not padding.keys() <= set(names):
            names = ["top_pad", "bottom_pad", *names]
        padding = [padding.get(name, 0) for name in names]
    if isinstance(padding, list) and len(padding) == 4:
        return [padding[:2], padding[2:]]
    return padding
