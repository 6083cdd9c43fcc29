"""One layer by itself, on inputs of given shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inspector.dims import Shape
from inspector.errors import InspectError
from inspector.graph import Graph, Layer, Node, TensorRef
from inspector.infer import Finding, analyze


def single(layer: Layer, shapes: Sequence[Shape | None], *, listed: bool = False) -> Finding | None:
    """What the rules say of a layer on these inputs; `None` where Keras could not build it.

    Args:
        listed: whether it takes its tensors in one list, as layers that merge do.
    """
    doors = [
        Layer(f"door {place}", "InputLayer", {"batch_shape": shape and list(shape)})
        for place, shape in enumerate(shapes)
    ]
    taken = tuple(TensorRef(door.name) for door in doors)
    args: tuple[Any, ...] = (list(taken),) if listed else taken
    nodes = (*(Node(door) for door in doors), Node(layer, 0, args))
    layers = (*doors, layer)
    graph = Graph("one", "Functional", layers, nodes, taken, (TensorRef(layer.name),))
    try:
        return analyze(graph).findings[layer.name]
    except InspectError:
        return None


def layer_of(class_name: str, config: Mapping[str, Any], dialect: int = 3) -> Layer:
    """A layer of a class, named like it."""
    return Layer(class_name.lower(), class_name, config, dialect=dialect)
