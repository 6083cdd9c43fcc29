"""What every container's stored weights have in common: names, shapes, types, and groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import prod
from typing import Any

from inspector.dims import Shape
from inspector.graph import Graph, Layer, escaped

# What an HDF5 file lists: each path with shape, type and attributes; groups have no shape.
Listing = Mapping[str, tuple[Shape | None, str | None, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class StoredWeight:
    """One array that a file holds for a layer."""

    name: str  # within its group
    shape: tuple[int, ...]
    dtype: str
    trainable: bool | None = None  # None: the file does not tell

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return prod(self.shape)


class Keyed(Enum):
    """What the groups of a container are called after."""

    LAYER = "layer"  # by the names of layers: HDF5 of Keras 1 and 2, and model.save("….h5")
    OBJECT = "object"  # by attributes: .weights.h5, and the one inside .keras
    PATH = "path"  # by the paths of layers, where they are told: SavedModel
    NAME = "name"  # by the names of variables: TensorFlow.js


@dataclass(frozen=True, slots=True)
class StoredWeights:
    """The weights of a file, in groups; optimizers, metrics and random states are left out."""

    keyed: Keyed
    groups: Mapping[str, tuple[StoredWeight, ...]]
    names: Mapping[str, str] = field(default_factory=dict)  # the layer that a group is said to be

    @property
    def size(self) -> int:
        """How many numbers the file holds for the model; a shared layer may be in two groups."""
        return sum(weight.size for weights in self.groups.values() for weight in weights)

    @property
    def told(self) -> bool:
        """Whether the file says of every weight if training changes it."""
        every = (weight for weights in self.groups.values() for weight in weights)
        return all(weight.trainable is not None for weight in every)


@dataclass(frozen=True, slots=True)
class Placement:
    """Stored weights, by the layers of a graph.

    A layer that is not in `layers` is one of which the file does not tell; one without weights
    has an empty entry. A model's entry holds the weights of all layers inside it. What is shared
    is in the entry of every layer that uses it, as the same `StoredWeight`.
    """

    layers: Mapping[str, tuple[StoredWeight, ...]]  # by path: names inwards, joined by "/"
    unmapped: tuple[str, ...] = ()  # stored, but of no layer of the graph


def walk(graph: Graph, prefix: str = "") -> Iterator[tuple[str, Layer]]:
    """Every layer with its path, a model before the layers inside it."""
    stack = [(prefix + escaped(layer.name), layer) for layer in reversed(graph.layers)]
    while stack:
        path, layer = stack.pop()
        yield path, layer
        if layer.graph is not None:
            stack.extend(
                (f"{path}/{escaped(inner.name)}", inner) for inner in reversed(layer.graph.layers)
            )


def with_models(
    graph: Graph, layers: Mapping[str, tuple[StoredWeight, ...]]
) -> dict[str, tuple[StoredWeight, ...]]:
    """The same, and each model whose layers are all told, with what is inside it."""
    found = dict(layers)
    for path, layer in reversed(list(walk(graph))):
        if layer.graph is None or path in found:
            continue
        inside = [
            found.get(f"{path}/{escaped(inner.name)}")
            for inner in layer.graph.layers
            if not weightless(inner)
        ]
        told = [weights for weights in inside if weights is not None]
        if len(told) == len(inside):
            distinct = {id(weight): weight for weights in told for weight in weights}
            found[path] = tuple(distinct.values())
    return found


def weightless(layer: Layer) -> bool:
    """Whether a layer cannot own weights, whatever a file lists."""
    return layer.operation or layer.class_name == "InputLayer"
