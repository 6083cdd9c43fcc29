"""Configurations to record beside those that the golden files already hold.

Add a line here, run `python -m tools.golden`, and the line of Keras' answer is appended to its
golden file; from then on the file itself carries the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class LayerCase:
    """A layer, the shapes that flow in, and further arguments of its call.

    A tuple in `call` is a shape and stands for a tensor, a list of them for several.
    """

    class_name: str  # in keras.layers
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[Any, ...] | list[Any] = ()
    call: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OperationCase:
    """An operation, its settings, and what it is called with; `{"tensor": […]}` is a tensor."""

    module: str  # under keras.src.ops
    op: str
    config: Mapping[str, Any] = field(default_factory=dict)
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


LAYERS: tuple[LayerCase, ...] = ()

OPERATIONS: tuple[OperationCase, ...] = ()
