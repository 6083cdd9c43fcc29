"""What nobody knows, applied to tensors: a node of the graph without a shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspector import graph
from inspector.symbolic.keras.layers import Layer
from inspector.symbolic.keras.session import current
from inspector.symbolic.keras.tensors import Tensor, tensors_in
from inspector.symbolic.keras.unknown import Unknown


class Opaque(Layer):
    """A call of something unknown."""

    def __init__(self, label: str, why: str) -> None:
        self.__dict__.update(_label=label.rpartition(".")[2] or label, _why=why)
        self._named(None)

    @property
    def class_name(self) -> str:
        """The last word of what was called."""
        return str(self._label)

    def _is_builtin(self) -> bool:
        return False

    def _result(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG002
        return Tensor(None)

    def record(self) -> graph.Layer:
        """A layer of somebody's own class."""
        return graph.Layer(
            self.name,
            self.class_name,
            {},
            module=f"unknown: {self._why}",
            identity=str(self._serial),
            dialect=current.major,
        )


def called_on(label: str, why: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """The result of calling an unknown."""
    if next(tensors_in((args, kwargs)), None) is None:
        return Unknown(label, why)
    return Opaque(label, why)(*args, **kwargs)
