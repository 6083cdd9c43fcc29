"""Weights by attributes: `.weights.h5`, and the same inside `.keras`.

Keras walks the objects of a model and keeps the variables of each under the attributes that lead
to it; layers in a list are called after their classes, the second of a class `…_1`. An object that
was met before is not written again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from inspector.graph import Graph, Layer, escaped
from inspector.readers.stored.weights import (
    Keyed,
    Listing,
    Placement,
    StoredWeight,
    StoredWeights,
    walk,
    weightless,
    with_models,
)

_VARS = "vars"
_LAYERS = ("layers", "_layer_checkpoint_dependencies")  # the second in tf.keras 2.12 and 2.13
_STATE = re.compile(  # stored beside the layers of a model, but no weights
    "_?optimizer|_?metrics|_?compile_metrics|_loss_tracker|_compile_loss"
)
_SEED = re.compile(r"_?seed_generator(_\d+)?")
_NO_WEIGHT = frozenset(("idf_weights",))  # of the lookup layers: a table, not in layer.weights
_HELD = ("layer", "forward_layer", "backward_layer", "cell")  # what wrappers call what they wrap


def is_tree(listing: Listing) -> bool:
    """Whether a file keeps its weights by attributes."""
    return any(f"/{_VARS}" in f"/{path}" for path in listing)


def tree_groups(listing: Listing) -> StoredWeights:
    """The variables of every object that holds any, and of those that are merely named."""
    groups: dict[str, dict[str, StoredWeight]] = {}
    names: dict[str, str] = {}
    for path, (shape, dtype, attributes) in listing.items():
        parts = path.split("/")
        if _is_state(parts):
            continue
        if shape is None and parts[-1] == _VARS:
            owner = "/".join(parts[:-1])
            groups.setdefault(owner, {})
            name = attributes.get("name")
            name = name.decode("utf-8", "replace") if isinstance(name, bytes) else name
            if isinstance(name, str):
                names[owner] = name
        elif shape is not None and parts[-2:-1] == [_VARS] and parts[-1] not in _NO_WEIGHT:
            sizes = tuple(size for size in shape if size is not None)
            kind = attributes.get("dtype", dtype)  # HDF5 has no bfloat16
            weight = StoredWeight(parts[-1], sizes, kind if isinstance(kind, str) else "?")
            groups.setdefault("/".join(parts[:-2]), {})[parts[-1]] = weight
    ordered = {owner: tuple(_in_order(held)) for owner, held in groups.items()}
    return StoredWeights(Keyed.OBJECT, ordered, names)


def _is_state(parts: list[str]) -> bool:
    return _STATE.fullmatch(parts[0]) is not None or any(_SEED.fullmatch(part) for part in parts)


def _in_order(held: Mapping[str, StoredWeight]) -> Iterator[StoredWeight]:
    """By number, as a layer lists them; 10 comes after 9."""
    for name in sorted(held, key=lambda name: (len(name), name) if name.isdigit() else (99, name)):
        yield held[name]


# --- by layers ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Object:
    """What stands under one path of attributes."""

    path: str = ""
    children: dict[str, _Object] = field(default_factory=dict)
    weights: tuple[StoredWeight, ...] = ()
    name: str | None = None  # that Keras 3 recorded

    def inside(self) -> Iterator[_Object]:
        """The object and all that it holds."""
        stack = [self]
        while stack:
            held = stack.pop()
            yield held
            stack.extend(reversed(held.children.values()))


def _objects(stored: StoredWeights) -> _Object:
    root = _Object()
    for path, weights in stored.groups.items():
        held = root
        for part in path.split("/") if path else ():
            if part not in held.children:
                held.children[part] = _Object()
            held = held.children[part]
        held.path, held.weights, held.name = path, weights, stored.names.get(path)
    return root


def placed_by_object(stored: StoredWeights, graph: Graph) -> Placement:
    """The objects of a file by the layers of a graph."""
    placing = _Placing(graph)
    placing.models.append((_objects(stored), graph, ""))
    for held, inner, prefix in placing.models:
        placing.model(held, inner, prefix)
    return Placement(with_models(graph, placing.shared()), tuple(placing.unmapped))


class _Placing:
    """One pass over the models of a graph, outermost first."""

    def __init__(self, graph: Graph) -> None:
        self.models: list[tuple[_Object, Graph, str]] = []
        self.unmapped: list[str] = []
        self._again = set(_met_before(graph)) if graph.dialect < 3 else None
        self._layers: dict[str, tuple[StoredWeight, ...]] = {}
        self._written = _Written()
        self._elsewhere: list[tuple[str, Layer]] = []  # a path, and what of it is not under it

    def model(self, held: _Object, graph: Graph, prefix: str) -> None:
        """Give the layers of one model what is stored for them."""
        listed = next((held.children[key] for key in _LAYERS if key in held.children), _Object())
        found = _by_all_names(listed, graph) or self._by_class(listed, graph, prefix)
        others = [child for key, child in held.children.items() if key not in _LAYERS]
        found |= _by_name(others, [layer for layer in graph.layers if layer.name not in found])
        for layer in graph.layers:
            path = prefix + escaped(layer.name)
            if layer.name in found:
                self._layer(found[layer.name], layer, path)
            elif not weightless(layer):
                self._elsewhere.append((path, layer))
        used = {id(child) for child in found.values()}
        unused = [child for child in (*listed.children.values(), *others) if id(child) not in used]
        for child in (_Object(held.path, {}, held.weights), *unused):
            self._leave(child)

    def shared(self) -> dict[str, tuple[StoredWeight, ...]]:
        """The layers, with what Keras wrote for them where it met them first."""
        for path, layer in self._elsewhere:
            found = self._written.of(layer)
            if found is not None:
                self._layers[path] = self._layers.get(path, ()) + found
            elif not self._layers.get(path):
                self._layers.pop(path, None)
        return self._layers

    def _by_class(self, listed: _Object, graph: Graph, prefix: str) -> dict[str, _Object]:
        """The layers of a list by what Keras calls them there: their classes, numbered."""
        classes: dict[str, list[Layer]] = {}
        for layer in graph.layers:
            if not (layer.operation and graph.dialect == 3):
                classes.setdefault(snake_case(layer.class_name), []).append(layer)
        found = {}
        for key, layers in classes.items():
            for number, layer in enumerate(self._counted(layers, key, listed, prefix)):
                child = listed.children.get(f"{key}_{number}" if number else key)
                if child is not None:
                    found[layer.name] = child
        return found

    def _counted(self, layers: list[Layer], key: str, listed: _Object, prefix: str) -> list[Layer]:
        """The layers of one class that have a number: in Keras 2, those not written before."""
        places = range(len(layers) + 1)
        listed_until = (n for n in places if (f"{key}_{n}" if n else key) not in listed.children)
        count = next(listed_until, len(layers) + 1)  # there may be more than layers
        if self._again is None or count == len(layers):
            return layers
        fresh = [layer for layer in layers if prefix + escaped(layer.name) not in self._again]
        return fresh if count == len(fresh) else []

    def _layer(self, held: _Object, layer: Layer, path: str) -> None:
        if layer.graph is not None:
            self.models.append((held, layer.graph, f"{path}/"))
            return
        self._layers[path] = tuple(_weights(held))
        stack = [(held, layer)]
        while stack:
            child, owner = stack.pop()
            own = self._layers[path] if child is held else tuple(_weights(child))
            self._written.add(owner, own)  # the same objects: what is met twice counts once
            for key in _HELD:
                inner = owner.config.get(key)
                if isinstance(inner, Layer) and key in child.children:
                    stack.append((child.children[key], inner))
                elif isinstance(inner, Layer) and not child.children:
                    self._elsewhere.append((path, inner))

    def _leave(self, held: _Object) -> None:
        for child in held.inside():
            place = f"{child.path}/{_VARS}".lstrip("/")
            self.unmapped += [f"{place}/{weight.name}" for weight in child.weights]


class _Written:
    """What was written for the layers met so far, to be found when they are met again."""

    def __init__(self) -> None:
        self._by_identity: dict[str, tuple[StoredWeight, ...]] = {}
        self._by_name: dict[tuple[str, str], list[tuple[StoredWeight, ...]]] = {}

    def add(self, layer: Layer, weights: tuple[StoredWeight, ...]) -> None:
        """Note what is stored for a layer."""
        if layer.identity:
            self._by_identity.setdefault(layer.identity, weights)
        self._by_name.setdefault((layer.name, layer.class_name), []).append(weights)

    def of(self, layer: Layer) -> tuple[StoredWeight, ...] | None:
        """What is stored for the same layer at another place.

        Keras often loses the mark of a shared layer; a layer that is not written itself can only
        be the one other of its name and class.
        """
        if layer.identity in self._by_identity:
            return self._by_identity[layer.identity]
        same = self._by_name.get((layer.name, layer.class_name), [])
        return same[0] if len(same) == 1 else None


def _met_before(graph: Graph) -> Iterator[str]:
    """The layers of which an earlier one has the same identity, or the same name and class."""
    met: set[tuple[str, ...]] = set()
    for path, layer in walk(graph):
        marks = {(layer.name, layer.class_name), (layer.identity,)} - {("",)}
        if marks & met:
            yield path
        met |= marks


def _by_all_names(listed: _Object, graph: Graph) -> dict[str, _Object]:
    """The objects of a list by the names that Keras 3 recorded, where all are those of layers."""
    names = {layer.name for layer in graph.layers}
    found = {child.name: child for child in listed.children.values() if child.name in names}
    if len(found) < len(listed.children):
        return {}
    return {name: child for name, child in found.items() if name is not None}


def _by_name(children: list[_Object], layers: list[Layer]) -> dict[str, _Object]:
    """Objects that a model holds by other attributes, by the names that Keras 3 recorded."""
    names = {layer.name for layer in layers if not weightless(layer)}
    return {child.name: child for child in children if child.name in names and child.name}


def _weights(held: _Object) -> Iterator[StoredWeight]:
    """All weights under an object, named from it on."""
    start = len(held.path) + 1 if held.path else 0
    for child in held.inside():
        place = child.path[start:]
        for weight in child.weights:
            name = f"{place}/{_VARS}/{weight.name}" if place else f"{_VARS}/{weight.name}"
            yield StoredWeight(name, weight.shape, weight.dtype)


def snake_case(class_name: str) -> str:
    """What Keras calls an object of a class in a list.

    >>> snake_case("Conv2D"), snake_case("BatchNormalization"), snake_case("ReLU")
    ('conv2d', 'batch_normalization', 're_lu')
    """
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", class_name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
