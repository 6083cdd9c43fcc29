"""HDF5 files by layer names: whole models of Keras 1 to 3, and weights saved as plain `.h5`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count, takewhile
from typing import Any

from inspector.errors import ReadError, shown
from inspector.graph import Graph, escaped
from inspector.readers.stored.names import split
from inspector.readers.stored.weights import (
    Keyed,
    Listing,
    Placement,
    StoredWeight,
    StoredWeights,
    walk,
    with_models,
)

_MODEL = "model_weights"  # where a whole model keeps them; weights alone are at the root
_NO_LAYERS = frozenset(("top_level_model_weights", "optimizer_weights"))
_DAMAGED = "the file is damaged, or no Keras wrote it"


def is_legacy(listing: Listing) -> bool:
    """Whether a file keeps its weights by the names of layers."""
    return _top(listing) is not None


def legacy_groups(listing: Listing, where: str) -> StoredWeights:
    """The groups that `layer_names` lists, each with what its `weight_names` lists.

    Raises:
        ReadError: there is no such list, or something of it is not in the file.
    """
    top = _top(listing)
    if top is None:
        raise ReadError(where, "holds no list of layers", hint=_DAMAGED)
    groups: dict[str, tuple[StoredWeight, ...]] = {}
    for name in _names(listing[top][2], "layer_names", where):
        if name in _NO_LAYERS:
            continue
        if name in groups:
            raise ReadError(where, "lists a layer twice", received=shown(name), hint=_DAMAGED)
        groups[name] = tuple(_weights(listing, f"{top}/{name}".lstrip("/"), where))
    return StoredWeights(Keyed.LAYER, groups)


def _top(listing: Listing) -> str | None:
    for path in (_MODEL, ""):
        attributes = listing[path][2] if path in listing else {}
        if "layer_names" in attributes or "layer_names0" in attributes:
            return path
    return None


def _weights(listing: Listing, group: str, where: str) -> Iterator[StoredWeight]:
    place = f"{where}: {group}"
    if group not in listing:
        raise ReadError(place, "is listed, but not in the file", hint=_DAMAGED)
    for name in _names(listing[group][2], "weight_names", place):
        shape, dtype, _ = listing.get(f"{group}/{name}", (None, None, {}))
        if shape is None or None in shape:
            raise ReadError(
                place, "lists a weight that is not in it", received=shown(name), hint=_DAMAGED
            )
        yield StoredWeight(name, tuple(size for size in shape if size is not None), dtype or "?")


def _names(attributes: Mapping[str, Any], key: str, where: str) -> Iterator[str]:
    """A list of names; Keras splits those that do not fit into one attribute of HDF5."""
    split_up = takewhile(attributes.__contains__, (f"{key}{number}" for number in count()))
    keys = [key] if key in attributes else split_up
    for part in map(attributes.__getitem__, keys):
        for name in part if isinstance(part, list | tuple) else [part]:
            yield _text(name, where)


def _text(value: Any, where: str) -> str:
    try:
        name = value.decode("utf-8") if isinstance(value, bytes) else value
    except UnicodeDecodeError:
        name = value
    if not isinstance(name, str):
        raise ReadError(where, "lists a name that is none", received=shown(value), hint=_DAMAGED)
    return name


def placed_by_layer(stored: StoredWeights, graph: Graph) -> Placement:
    """The groups by the layers of a graph; the group of a nested model is split by names."""
    direct = {layer.name: layer for layer in graph.layers}
    elsewhere = _only(graph)
    layers: dict[str, tuple[StoredWeight, ...]] = {}
    unmapped: list[str] = []
    for name, weights in stored.groups.items():
        layer, path = direct.get(name), escaped(name)
        if layer is None and name in elsewhere:
            layers[elsewhere[name]] = weights
        elif layer is None:
            unmapped += [f"{name}/{weight.name}" for weight in weights]
        else:
            layers[path] = weights
            if layer.graph is not None:
                layers.update(split(weights, layer.graph, f"{path}/")[0])
    return Placement(with_models(graph, layers), tuple(unmapped))


def _only(graph: Graph) -> dict[str, str]:
    """Layers inside models by name, where one alone has it: Keras 1 lists branches flattened."""
    paths: dict[str, list[str]] = {}
    for path, layer in walk(graph):
        paths.setdefault(layer.name, []).append(path)
    return {name: found[0] for name, found in paths.items() if len(found) == 1}
