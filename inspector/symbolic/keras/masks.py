"""Masks of Keras 3: which layers make, pass and take them, and the nodes that they add to a graph.

In Keras 3 a mask is a tensor like any other: `Embedding(mask_zero=True)` adds a `NotEqual` of its
input to the graph, and a layer whose `call` has an argument `mask` gets it as one more input. Keras
writes that input down only where the call had a single tensor of floats and nothing else: otherwise
`Layer.__call__` has converted the arguments, and keeps those from before. In Keras 1 and 2 masks
travel beside the graph, and leave nothing in it.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from inspector.symbolic.keras.tensors import OPERATORS, Tensor

_MERGES = frozenset(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"))
_RECURRENT = frozenset(
    ("RNN", "LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Bidirectional")
)
_ATTENTION = frozenset(("Attention", "AdditiveAttention"))
# Those that give the mask of their first argument on, or make one of it.
_PASSING = (
    _MERGES
    | _RECURRENT
    | _ATTENTION
    | frozenset(
        (
            *("Embedding", "Masking", "Concatenate", "TimeDistributed"),
            *("MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention"),
            *("Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax", "Identity", "Dense"),
            *("ActivityRegularization", "AlphaDropout", "Dropout", "GaussianDropout"),
            *("GaussianNoise", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
            *("BatchNormalization", "GroupNormalization", "LayerNormalization", "Normalization"),
            *("UnitNormalization", "Rescaling"),
        )
    )
)
_TAKING = (
    _RECURRENT
    | _ATTENTION
    | frozenset(
        ("TimeDistributed", "Softmax", "GlobalAveragePooling1D", "Lambda", "BatchNormalization")
    )
)
_MODELS = frozenset(("Functional", "Sequential"))


class Masking(NamedTuple):
    """What masks do to one call of a layer."""

    written: Mapping[str, Any]  # the named arguments that the graph keeps
    called: Mapping[str, Any]  # those that `call` gets
    previous: Any  # the masks of the first argument, nested as it is


def masking(
    layer: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], found: Sequence[Tensor]
) -> Masking | None:
    """What masks do to a call; None where none is there and the layer makes none."""
    if all(one._keras_mask is None for one in found) and not _makes(layer):
        return None
    previous, given = _of(first(args, kwargs)), kwargs.get("mask")
    if given is not None:
        return Masking(kwargs, kwargs, given)
    with_tensors = [one for one in (*args, *kwargs.values()) if _holds(one)]
    if len(with_tensors) > 1 or not _takes(layer) or not _holds(previous):
        return Masking(kwargs, kwargs, previous)
    called = {**kwargs, "mask": previous}
    return Masking(called if _is_written(layer, args, kwargs) else kwargs, called, previous)


def first(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """The argument of which the mask is given on."""
    return args[0] if args else next(iter(kwargs.values()), None)


def spread(layer: Any, inputs: Any, previous: Any, outputs: Sequence[Tensor]) -> None:
    """Give the outputs of a call the masks that its layer computes."""
    if not supported(layer):
        return
    masks = list(_leaves(layer.compute_mask(inputs, previous)))
    for tensor, mask in zip(outputs, masks, strict=False):
        if isinstance(mask, Tensor):
            tensor._keras_mask = mask


def supported(layer: Any) -> bool:
    """Whether a layer gives masks on, as Keras' own attribute of that name says."""
    if layer.supports_masking is not None:
        return bool(layer.supports_masking)
    if overridden(layer, "compute_mask"):
        return True
    if layer._builtin == "Lambda":
        return layer._config.get("mask") is not None
    return layer._builtin in _PASSING


def computed(layer: Any, inputs: Any, previous: Any) -> Any:
    """The mask of what a layer gives, by its Keras class."""
    kind = layer._builtin
    if kind == "Embedding":
        return _op("not_equal", inputs, 0) if layer._config.get("mask_zero") else None
    if kind == "Masking":
        differs = _op("not_equal", inputs, layer._config.get("mask_value", 0.0))
        return _op("any", differs, axis=-1)
    if kind in _RECURRENT:
        return _of_recurrent(layer, next(_leaves(previous), None))
    if kind in ("Dot", "GlobalAveragePooling1D"):
        return None
    if kind == "Lambda":
        given = layer._config.get("mask")
        return given(inputs, previous) if callable(given) else given
    return _of_several(layer, inputs, previous)


def _of_several(layer: Any, inputs: Any, previous: Any) -> Any:
    """Of layers that take a list, most of them."""
    kind = layer._builtin
    masks = list(previous) if isinstance(previous, list | tuple) else [previous]
    if kind in _ATTENTION:
        return masks[0] if masks[0] is None else _op("convert_to_tensor", masks[0])
    if kind in _MERGES:
        return None if None in masks else _any_of(masks)
    if kind == "Concatenate":
        return _joined(layer, inputs, masks)
    return previous


def _any_of(masks: list[Any]) -> Any:
    found = masks[0]
    for mask in masks[1:]:
        found = _op("logical_or", found, mask)
    return found


def _joined(layer: Any, inputs: Any, masks: list[Any]) -> Any:
    """The masks side by side, each as wide as its input."""
    if all(mask is None for mask in masks):
        return None
    wide = [_widened(one, mask) for one, mask in zip(inputs, masks, strict=False)]
    return _op("any", _op("concatenate", wide, axis=layer._config.get("axis", -1)), axis=-1)


def _widened(tensor: Tensor, mask: Any) -> Any:
    if mask is None:
        return _op("ones_like", tensor, dtype="bool")
    if len(mask.sizes or ()) < len(tensor.sizes or ()):
        expanded = _op("expand_dims", mask, axis=-1)
        return _op("logical_or", expanded, _op("zeros_like", tensor, dtype="bool"))
    return mask


def _of_recurrent(layer: Any, mask: Any) -> Any:
    """States have no mask, nor has the last step alone."""
    inner = layer._config.get("layer") if layer._builtin == "Bidirectional" else layer
    if inner is None or not inner._config.get("return_sequences"):
        return None
    apart = layer._builtin == "Bidirectional" and layer._config.get("merge_mode", "") is None
    return [mask, mask] if apart else mask


# --- what a layer is ----------------------------------------------------------------------------


def _makes(layer: Any) -> bool:
    kind = layer._builtin
    return (
        kind == "Masking"
        or (kind == "Embedding" and bool(layer._config.get("mask_zero")))
        or overridden(layer, "compute_mask")
    )


def _takes(layer: Any) -> bool:
    if overridden(layer, "call"):
        return "mask" in inspect.signature(type(layer).call).parameters
    return layer._builtin in _TAKING or layer._builtin in _MODELS


def _is_written(layer: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
    """Whether Keras keeps the mask: a Functional model converts no arguments, all others do."""
    if layer._builtin == "Functional" and layer._network is not None:
        return True
    alone = len(args) == 1 and not kwargs and isinstance(args[0], Tensor)
    return alone and str(args[0].dtype) == "float32"


def overridden(layer: Any, method: str) -> bool:
    """Whether a class of the program has a method of its own."""
    if layer._is_builtin():
        return False
    for base in type(layer).__mro__:
        if "_builtin" in base.__dict__:
            return False
        if method in base.__dict__:
            return True
    return False


# --- nested masks -------------------------------------------------------------------------------


def _op(name: str, *args: Any, **kwargs: Any) -> Any:
    return OPERATORS["function"](name)(*args, **kwargs)


def _of(value: Any) -> Any:
    """The masks of tensors, nested as these are."""
    if isinstance(value, list | tuple):
        return [_of(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _of(item) for key, item in value.items()}
    return value._keras_mask if isinstance(value, Tensor) else None


def _leaves(value: Any) -> Iterator[Any]:
    """What is nested, None included."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list | tuple):
            stack.extend(reversed(item))
        elif isinstance(item, Mapping):
            stack.extend(item[key] for key in sorted(item, key=str, reverse=True))
        else:
            yield item


def _holds(value: Any) -> bool:
    """Whether a tensor is in it."""
    return any(isinstance(item, Tensor) for item in _leaves(value))
