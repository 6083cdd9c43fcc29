"""Weights by attributes: `.weights.h5`, and the same inside `.keras`.

Keras walks the objects of a model and keeps the variables of each under the attributes that lead
to it; layers in a list are called after their classes, the second of a class `…_1`. An object that
was met before is not written again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from inspector.graph import Graph, Layer
from inspector.readers.stored.weights import (
    Keyed,
    Listing,
    Placement,
    StoredWeight,
    StoredWeights,
    escaped,
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
        self._layers: dict[str, tuple[StoredWeight, ...]] = {}
        self._by_identity: dict[str, tuple[StoredWeight, ...]] = {}
        self._first: dict[str, str] = {}  # where Keras 2 meets a layer first, which alone counts
        for path, layer in walk(graph) if graph.dialect < 3 else ():
            self._first.setdefault(layer.identity or path, path)
        self._elsewhere: list[tuple[str, str]] = []  # a path, and the identity of what it holds

    def model(self, held: _Object, graph: Graph, prefix: str) -> None:
        """Give the layers of one model what is stored for them."""
        listed = next((held.children[key] for key in _LAYERS if key in held.children), _Object())
        others = [child for key, child in held.children.items() if key not in _LAYERS]
        found = self._found(list(listed.children.items()), graph, prefix)
        found |= _by_name(others, [layer for layer in graph.layers if layer.name not in found])
        for layer in graph.layers:
            path = prefix + escaped(layer.name)
            if layer.name in found:
                self._layer(found[layer.name], layer, path)
            elif layer.identity:
                self._elsewhere.append((path, layer.identity))
        used = {id(child) for child in found.values()}
        self._leave(_Object(held.path, {}, held.weights))
        for child in (*listed.children.values(), *others):
            if id(child) not in used:
                self._leave(child)

    def shared(self) -> dict[str, tuple[StoredWeight, ...]]:
        """The layers, with what Keras wrote for them where it met them first."""
        for path, identity in self._elsewhere:
            if identity in self._by_identity:
                own = self._layers.get(path, ())
                self._layers[path] = own + self._by_identity[identity]
        return self._layers

    def _found(
        self, children: list[tuple[str, _Object]], graph: Graph, prefix: str
    ) -> dict[str, _Object]:
        """The objects of a list of layers by layer: by recorded names if all fit, else by class."""
        names = {layer.name for layer in graph.layers}
        recorded = {child.name: child for _, child in children if child.name is not None}
        if len(recorded) == len(children) and recorded.keys() <= names:
            return {name: child for name, child in recorded.items() if name is not None}
        keys = dict(self._keys(graph, prefix))
        return {keys[key]: child for key, child in children if key in keys}

    def _keys(self, graph: Graph, prefix: str) -> Iterator[tuple[str, str]]:
        """What Keras calls each layer of a model in a list, and the name of the layer."""
        counts: dict[str, int] = {}
        for layer in graph.layers:
            if layer.operation and graph.dialect == 3:
                continue
            path = prefix + escaped(layer.name)
            if self._first.get(layer.identity, path) != path:
                continue
            key = snake_case(layer.class_name)
            counts[key] = counts.get(key, -1) + 1
            yield (f"{key}_{counts[key]}" if counts[key] else key), layer.name

    def _layer(self, held: _Object, layer: Layer, path: str) -> None:
        if layer.graph is not None:
            self.models.append((held, layer.graph, f"{path}/"))
            return
        self._layers[path] = tuple(_weights(held))
        stack = [(held, layer)]
        while stack:
            child, owner = stack.pop()
            if owner.identity:
                self._by_identity.setdefault(owner.identity, tuple(_weights(child)))
            for key in _HELD:
                inner = owner.config.get(key)
                if isinstance(inner, Layer) and key in child.children:
                    stack.append((child.children[key], inner))
                elif isinstance(inner, Layer) and inner.identity:
                    self._elsewhere.append((path, inner.identity))

    def _leave(self, held: _Object) -> None:
        for child in held.inside():
            self.unmapped += [f"{child.path}/{_VARS}/{weight.name}" for weight in child.weights]


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
