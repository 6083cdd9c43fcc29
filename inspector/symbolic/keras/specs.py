"""The one rule applied to one call: the shapes it gives, and the weights it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from inspector.dims import Shape
from inspector.errors import RuleError, Unknown
from inspector.graph import Layer, Untold, Weight
from inspector.infer import call_spec
from inspector.symbolic.keras.tensors import Tensor, mapped

Outputs = tuple[Shape | None, ...]
_PROBES = (1009, 2003)  # a size that is not known is tried with both: what stays is known


class NoShape(Exception):
    """A tensor without a shape flows in."""


def shape_of(tensor: Tensor) -> Shape:
    """The shape of a tensor, as rules take it.

    Raises:
        NoShape: nobody knows it.
    """
    if tensor.sizes is None:
        raise NoShape
    return tensor.sizes


def applied(layer: Layer, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Outputs:
    """The shapes that a call gives; `(None,)` where nobody knows even how many axes they have.

    Raises:
        ValueError: Keras could not build it either.
    """
    try:
        shapes = mapped(list(args), shape_of), mapped(dict(kwargs), shape_of)
    except NoShape:
        return (None,)
    try:
        return call_spec(layer, *shapes).outputs or (None,)
    except Unknown:
        return _probed(layer, *shapes)
    except RuleError as error:
        raise ValueError(f"{error.where}: {error.problem}") from error


def weights_of(
    layer: Layer, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Weight, ...] | None:
    """The weights of a layer that is called with these shapes; None where nobody knows them."""
    try:
        return call_spec(layer, args, kwargs).weights
    except (Unknown, RuleError):
        return None


def _probed(layer: Layer, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Outputs:
    """What is sure of the outputs whatever the unknown sizes are."""
    if layer.own is not None:
        return (None,)
    found = []
    for probe in _PROBES:
        config = {key: _with(value, probe) for key, value in layer.config.items()}
        trial = replace(layer, config=config)
        try:
            spec = call_spec(trial, _filled(args, probe), _filled(kwargs, probe))
        except (Unknown, RuleError):
            return (None,)
        found.append(spec.outputs)
    return tuple(_same(*pair) for pair in zip(*found, strict=True)) or (None,)


def _with(value: Any, probe: int) -> Any:
    if isinstance(value, Untold):
        return probe
    if isinstance(value, list):
        return [_with(item, probe) for item in value]
    return value


def _filled(value: Any, probe: int) -> Any:
    """Arguments with a number for each unknown size but that of the batch."""
    if isinstance(value, tuple):
        return (*value[:1], *(probe if size is None else size for size in value[1:]))
    if isinstance(value, list):
        return [_filled(item, probe) for item in value]
    if isinstance(value, Mapping):
        return {key: _filled(item, probe) for key, item in value.items()}
    return value


def _same(one: Shape | None, other: Shape | None) -> Shape | None:
    if one is None or other is None or len(one) != len(other):
        return None
    return tuple(a if a == b else None for a, b in zip(one, other, strict=True))
