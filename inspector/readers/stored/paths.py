"""SavedModel and TensorFlow.js: weights by the path of their layer, by attributes, or by names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from inspector.graph import Graph, escaped
from inspector.readers.stored.names import split
from inspector.readers.stored.weights import (
    Keyed,
    Placement,
    StoredWeight,
    StoredWeights,
    walk,
    with_models,
)

if TYPE_CHECKING:  # of all files, few are of these kinds
    from inspector.readers.saved_model import SavedModel, StoredVariable
    from inspector.readers.tfjs import JsWeight

_STEP = re.compile(r"layer_with_weights-(\d{1,9})/")


def saved_model_groups(saved: SavedModel) -> StoredWeights:
    """The variables of a SavedModel by the paths of layers, for all layers that it tells.

    What it tells no layer of is grouped by the scopes of its name, or by attributes, with a slash
    in front.
    """
    groups: dict[str, list[StoredWeight]] = {
        layer.path: [] for layer in saved.layers if not layer.model
    }
    for variable in saved.variables:
        sizes = tuple(size for size in variable.shape if size is not None)
        name = variable.name or variable.path
        weight = StoredWeight(name, sizes, variable.dtype, variable.trainable)
        for group in variable.layers or [_untold(variable)]:
            groups.setdefault(group, []).append(weight)
    return StoredWeights(Keyed.PATH, {key: tuple(held) for key, held in groups.items()})


def _untold(variable: StoredVariable) -> str:
    holder, scopes = (name.rpartition("/")[0] for name in (variable.path, variable.name))
    return scopes if holder == "variables" and scopes else f"/{holder}"


def tfjs_groups(weights: Iterable[JsWeight]) -> StoredWeights:
    """The weights of a `model.json`, by all of their names but the last part."""
    groups: dict[str, list[StoredWeight]] = {}
    for weight in weights:
        group, _, name = weight.name.rpartition("/")
        groups.setdefault(group, []).append(StoredWeight(name, weight.shape, weight.dtype))
    return StoredWeights(Keyed.NAME, {key: tuple(held) for key, held in groups.items()})


def placed_by_name(stored: StoredWeights, graph: Graph) -> Placement:
    """Weights by the layers that their names speak of."""
    full = [
        StoredWeight(f"{group}/{weight.name}" if group else weight.name, weight.shape, weight.dtype)
        for group, weights in stored.groups.items()
        for weight in weights
    ]
    layers, loose = split(full, graph, "")
    return Placement(with_models(graph, layers), tuple(weight.name for weight in loose))


def placed_by_path(
    stored: StoredWeights, graph: Graph, owning: Callable[[str], bool] | None = None
) -> Placement:
    """The variables of a SavedModel by the layers of a graph.

    Args:
        owning: whether the layer of a path owns weights; only `layer_with_weights-3` needs it,
            where nothing else tells which layer that is.
    """
    known = dict(walk(graph))
    layers: dict[str, list[StoredWeight]] = {}
    unmapped: list[str] = []
    for group, weights in stored.groups.items():
        path = _counted(group[1:], graph, owning) if group.startswith("/") else group
        if path in known and known[path].graph is None:
            layers.setdefault(path, []).extend(weights)
        else:
            unmapped += [weight.name for weight in weights]
    told = {path: tuple(held) for path, held in layers.items()}
    return Placement(with_models(graph, told), tuple(unmapped))


def _counted(group: str, graph: Graph, owning: Callable[[str], bool] | None) -> str:
    """The path of the layer that `layer_with_weights-1/layer_with_weights-0/` leads to."""
    path, inner, position = "", graph, 0
    text = f"{group}/"
    while owning is not None and (step := _STEP.match(text, position)):
        owners = [layer for layer in inner.layers if owning(path + escaped(layer.name))]
        if int(step[1]) >= len(owners):
            return ""
        layer, position = owners[int(step[1])], step.end()
        path += escaped(layer.name)
        if layer.graph is None:
            return path
        inner, path = layer.graph, f"{path}/"
    return ""
