"""Graphs as JSON: how they come from the child, and how they are read with suspicion.

Layers are told once, in a list that grows; graphs and calls name them by their place in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from inspector.dims import Product, Shape
from inspector.errors import ReadError, shown
from inspector.graph import Graph, Layer, Node, TensorRef, Untold, Weight
from inspector.readers.wiring import in_call_order

_DEEPEST = 200  # models inside models
_PLAIN = frozenset((int, str, bool, type(None)))  # what JSON holds as it is
_MARKED = (TensorRef, Untold, Layer, slice)


# --- writing ------------------------------------------------------------------------------------


class Telling:
    """The layers that were told, and those that are to be told next."""

    def __init__(self) -> None:
        self.news: list[dict[str, Any]] = []
        self.count = 0
        self.known: dict[str, tuple[Layer, int]] = {}  # the latest of each object

    def fresh(self) -> list[dict[str, Any]]:
        """The layers that were not told yet."""
        news, self.news = self.news, []
        return news

    def number(self, layer: Layer) -> int:
        """The place of a layer among those that are told."""
        known = self.known.get(layer.identity)
        if known is not None and layer.graph is None and known[0] == layer:
            return known[1]
        told = self._layer(layer)  # what is inside it comes first
        self.news.append(told)
        self.count += 1
        if layer.identity:
            self.known[layer.identity] = layer, self.count - 1
        return self.count - 1

    def _layer(self, layer: Layer) -> dict[str, Any]:
        return {
            "name": layer.name,
            "class_name": layer.class_name,
            "config": {key: self._value(value) for key, value in layer.config.items()},
            "module": layer.module,
            "trainable": layer.trainable,
            "operation": layer.operation,
            "graph": None if layer.graph is None else self.graph(layer.graph),
            "identity": layer.identity,
            "dialect": layer.dialect,
            "own": None if layer.own is None else [_weight_object(weight) for weight in layer.own],
        }

    def graph(self, graph: Graph) -> dict[str, Any]:
        """A graph as JSON; nodes name layers by their place in its own list."""
        listed = {layer.name for layer in graph.layers}
        doors = [node.layer for node in graph.nodes if node.layer.name not in listed]
        layers = [*graph.layers, *doors]
        places = {layer.name: place for place, layer in enumerate(layers)}
        return {
            "name": graph.name,
            "class_name": graph.class_name,
            "layers": [self.number(layer) for layer in layers],
            "listed": len(graph.layers),
            "nodes": [
                [
                    places[node.layer.name],
                    node.call,
                    [self._value(arg) for arg in node.args],
                    {key: self._value(value) for key, value in node.kwargs.items()},
                ]
                for node in graph.nodes
            ],
            "inputs": [list(ref) for ref in graph.inputs],
            "outputs": [list(ref) for ref in graph.outputs],
            "trainable": graph.trainable,
            "recorded": [[*ref, list(shape)] for ref, shape in graph.recorded.items()],
            "dialect": graph.dialect,
        }

    def _value(self, value: Any) -> Any:
        """A value of a graph as JSON."""
        if type(value) in _PLAIN:
            return value
        if isinstance(value, _MARKED) or value is ...:
            return self._marked(value)
        if isinstance(value, list | tuple):
            return [self._value(item) for item in value]
        if isinstance(value, Mapping):
            return {"$": "dict", "of": {str(key): self._value(it) for key, it in value.items()}}
        if isinstance(value, float) and not isfinite(value):
            return {"$": "float", "of": repr(value)}
        return value if isinstance(value, bool | int | float | str) else str(value)

    def _marked(self, value: Any) -> dict[str, Any]:
        """What JSON has no word for, with a mark that says what it is."""
        if isinstance(value, TensorRef):
            return {"$": "tensor", "of": list(value)}
        if isinstance(value, Untold):
            return {"$": "untold", "of": value.reason}
        if isinstance(value, Layer):
            return {"$": "layer", "of": self.number(value)}
        if isinstance(value, slice):
            sides = (value.start, value.stop, value.step)
            return {"$": "slice", "of": [self._value(side) for side in sides]}
        return {"$": "ellipsis", "of": None}


def _weight_object(weight: Weight) -> list[Any]:
    axes = [list(weight.axes.symbols), list(weight.axes.dims)]
    return [weight.name, *axes, weight.trainable, weight.frozen, weight.dtype, weight.owner]


# --- reading ------------------------------------------------------------------------------------


class Heard:
    """The layers that a child has told so far.

    Raises:
        ReadError: what it tells is no layer, or no graph.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.layers: list[Layer] = []
        self.depths: list[int] = []  # of the models inside each

    def take(self, told: Any) -> None:
        """Some more of them."""
        with _Suspicion(self.where):
            for value in told:
                depth = self._depth(value)
                layer = self._layer(value)
                self.layers.append(layer)
                self.depths.append(depth)

    def graph(self, value: Mapping[str, Any]) -> Graph:
        """The graph that a child sent."""
        with _Suspicion(self.where):
            return self._graph(value)

    def layer(self, number: Any) -> Layer:
        """One of the layers."""
        place: int = _typed(number, int)
        if not 0 <= place < len(self.layers):
            raise ValueError(f"there is no layer {place}")
        return self.layers[place]

    def _depth(self, value: Mapping[str, Any]) -> int:
        if value["graph"] is None:
            return 0
        inside = value["graph"]["layers"]
        depth = 1 + max((self.depths[_typed(number, int)] for number in inside), default=0)
        if depth > _DEEPEST:
            raise ValueError("it is nested too deep")
        return depth

    def _graph(self, value: Mapping[str, Any]) -> Graph:
        layers = [self.layer(number) for number in value["layers"]]
        if len({layer.name for layer in layers}) != len(layers):
            raise ValueError("two layers have one name")
        nodes = {}
        for place, call, args, kwargs in value["nodes"]:
            layer = layers[_typed(place, int)]
            given = {key: self._decoded(item) for key, item in kwargs.items()}
            taken = tuple(self._decoded(item) for item in args)
            ref = TensorRef(layer.name, _typed(call, int))
            nodes[ref] = Node(layer, call, taken, given)
        recorded = {_ref(item[:3]): _shape(item[3]) for item in value["recorded"]}
        return Graph(
            name=_typed(value["name"], str),
            class_name=_typed(value["class_name"], str),
            layers=tuple(layers[: _typed(value["listed"], int)]),
            nodes=tuple(in_call_order(nodes, self.where)),
            inputs=tuple(_ref(item) for item in value["inputs"]),
            outputs=tuple(_ref(item) for item in value["outputs"]),
            trainable=_typed(value["trainable"], bool),
            recorded=recorded,
            dialect=_typed(value["dialect"], int),
        )

    def _layer(self, value: Mapping[str, Any]) -> Layer:
        inside, own = value["graph"], value["own"]
        return Layer(
            name=_typed(value["name"], str),
            class_name=_typed(value["class_name"], str),
            config={
                key: item if type(item) in _PLAIN else self._decoded(item)
                for key, item in value["config"].items()
            },
            module=_typed(value["module"], str),
            trainable=_typed(value["trainable"], bool),
            operation=_typed(value["operation"], bool),
            graph=None if inside is None else self._graph(inside),
            identity=_typed(value["identity"], str),
            dialect=_typed(value["dialect"], int),
            own=None if own is None else tuple(_weight(item) for item in own),
        )

    def _decoded(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._decoded(item) for item in value]
        return self._unmarked(value["$"], value["of"]) if isinstance(value, dict) else value

    def _unmarked(self, kind: str, held: Any) -> Any:
        if kind == "layer":
            return self.layer(held)
        if kind == "slice":
            return slice(*(self._decoded(item) for item in held))
        if kind == "dict":
            return {key: self._decoded(item) for key, item in held.items()}
        return _UNMARKED[kind](held)


class _Suspicion:
    """While something is read that a child sent, whatever it is."""

    def __init__(self, where: str) -> None:
        self.where = where

    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, _STRANGE):
            raise ReadError(
                self.where,
                "the program's answer is no graph",
                received=shown(error),
                hint="the program may have meddled with it; please report it otherwise",
            ) from error


_STRANGE = (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError)


def _weight(value: Any) -> Weight:
    name, symbols, dims, trainable, frozen, dtype, owner = value
    axes = Product(tuple(_typed(symbol, str) for symbol in symbols), _shape(dims))
    return Weight(
        _typed(name, str), axes, _typed(trainable, bool), _typed(frozen, bool), dtype, owner=owner
    )


def _ref(value: Any) -> TensorRef:
    layer, call, output = value
    return TensorRef(_typed(layer, str), _typed(call, int), _typed(output, int))


def _shape(value: Any) -> Shape:
    return tuple(size if size is None else _typed(size, int) for size in value)


def _typed(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{shown(value)} is no {kind.__name__}")
    return value


_UNMARKED: dict[str, Callable[[Any], Any]] = {
    "tensor": _ref,
    "untold": lambda reason: Untold(_typed(reason, str)),
    "float": float,
    "ellipsis": lambda _: ...,
}
