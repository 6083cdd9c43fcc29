"""Tensors nested in lists and dictionaries, as calls take them and give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspector.symbolic.keras.plain import plain
from inspector.symbolic.keras.tensors import Tensor


def bare(tensor: Tensor) -> Tensor:
    """The tensor without the call that gives it."""
    return Tensor(tensor.sizes, tensor._dtype)


def shapes_for_build(door: Any) -> Any:
    """What `build` of a class is given."""
    if isinstance(door, Tensor):
        return door.shape
    if isinstance(door, list | tuple):
        return [shapes_for_build(item) for item in door]
    if isinstance(door, Mapping):
        return {key: shapes_for_build(item) for key, item in door.items()}
    return None


def plain_but_tensors(value: Any) -> Any:
    """An argument as a plain value, the tensors in it as they are."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, list | tuple):
        return [plain_but_tensors(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain_but_tensors(item) for key, item in value.items()}
    if isinstance(value, slice):
        return slice(*map(plain_but_tensors, (value.start, value.stop, value.step)))
    return plain(value)


def of_arrays(value: Any) -> Any:
    """An argument with a tensor of the same shape for each array of numpy, as layers take them."""
    if isinstance(value, list | tuple):
        return [of_arrays(item) for item in value]
    if type(value).__module__ == "numpy" and hasattr(value, "shape") and value.shape:
        return Tensor(tuple(value.shape))
    return value


def repacked(result: Any, made: Mapping[int, Tensor]) -> Any:
    """A result with other tensors in place of its own, by their `id`."""
    if isinstance(result, Tensor):
        return made[id(result)]
    if isinstance(result, tuple):
        return tuple(repacked(item, made) for item in result)
    if isinstance(result, list):
        return [repacked(item, made) for item in result]
    if isinstance(result, Mapping):
        return {key: repacked(item, made) for key, item in result.items()}
    return result
