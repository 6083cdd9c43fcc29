"""Graphs as JSON: how they come from the child, and how they are read with suspicion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from inspector.dims import Product, Shape
from inspector.errors import ReadError, shown
from inspector.graph import Graph, Layer, Node, TensorRef, Untold, Weight
from inspector.readers.wiring import in_call_order

_DEEPEST = 200  # models inside models


# --- writing ------------------------------------------------------------------------------------


def encoded(value: Any) -> Any:
    """A value of a graph as JSON."""
    if isinstance(value, TensorRef | Untold | Layer | slice) or value is ...:
        return _marked(value)
    if isinstance(value, list | tuple):
        return [encoded(item) for item in value]
    if isinstance(value, Mapping):
        return {"$": "dict", "of": {str(key): encoded(item) for key, item in value.items()}}
    if isinstance(value, float) and not isfinite(value):
        return {"$": "float", "of": repr(value)}
    return value if isinstance(value, bool | int | float | str) or value is None else str(value)


def _marked(value: Any) -> dict[str, Any]:
    """What JSON has no word for, with a mark that says what it is."""
    if isinstance(value, TensorRef):
        return {"$": "tensor", "of": list(value)}
    if isinstance(value, Untold):
        return {"$": "untold", "of": value.reason}
    if isinstance(value, Layer):
        return {"$": "layer", "of": layer_object(value)}
    if isinstance(value, slice):
        return {"$": "slice", "of": [encoded(v) for v in (value.start, value.stop, value.step)]}
    return {"$": "ellipsis", "of": None}


def layer_object(layer: Layer) -> dict[str, Any]:
    """A layer as JSON."""
    return {
        "name": layer.name,
        "class_name": layer.class_name,
        "config": {key: encoded(value) for key, value in layer.config.items()},
        "module": layer.module,
        "trainable": layer.trainable,
        "operation": layer.operation,
        "graph": None if layer.graph is None else graph_object(layer.graph),
        "identity": layer.identity,
        "dialect": layer.dialect,
        "own": None if layer.own is None else [_weight_object(weight) for weight in layer.own],
    }


def _weight_object(weight: Weight) -> list[Any]:
    axes = [list(weight.axes.symbols), list(weight.axes.dims)]
    return [weight.name, *axes, weight.trainable, weight.frozen, weight.dtype, weight.owner]


def graph_object(graph: Graph) -> dict[str, Any]:
    """A graph as JSON; layers stand once, nodes name them."""
    layers = {layer.name: layer for layer in graph.layers}
    doors = [node.layer for node in graph.nodes if node.layer.name not in layers]
    return {
        "name": graph.name,
        "class_name": graph.class_name,
        "layers": [layer_object(layer) for layer in graph.layers],
        "doors": [layer_object(layer) for layer in doors],
        "nodes": [
            [
                node.layer.name,
                node.call,
                [encoded(arg) for arg in node.args],
                {key: encoded(value) for key, value in node.kwargs.items()},
            ]
            for node in graph.nodes
        ],
        "inputs": [list(ref) for ref in graph.inputs],
        "outputs": [list(ref) for ref in graph.outputs],
        "trainable": graph.trainable,
        "recorded": [[*ref, list(shape)] for ref, shape in graph.recorded.items()],
        "dialect": graph.dialect,
    }


# --- reading ------------------------------------------------------------------------------------


def decoded_graph(value: Any, where: str, depth: int = 0) -> Graph:
    """The graph that a child sent.

    Raises:
        ReadError: it is none.
    """
    try:
        if depth > _DEEPEST:
            raise ValueError("it is nested too deep")
        return _graph(value, where, depth)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
        raise ReadError(
            where,
            "the program's answer is no graph",
            received=shown(error),
            hint="the program may have meddled with it; please report it otherwise",
        ) from error


def decoded_layer(value: Mapping[str, Any], where: str) -> Layer:
    """One layer that a child sent."""
    return _layer(value, where, 0)


def _graph(value: Mapping[str, Any], where: str, depth: int) -> Graph:
    layers = [_layer(item, where, depth) for item in value["layers"]]
    doors = [_layer(item, where, depth) for item in value["doors"]]
    by_name = {layer.name: layer for layer in (*layers, *doors)}
    if len(by_name) != len(layers) + len(doors):
        raise ValueError("two layers have one name")
    nodes = {}
    for name, call, args, kwargs in value["nodes"]:
        ref = TensorRef(_typed(name, str), _typed(call, int))
        given = {key: _decoded(item, where, depth) for key, item in kwargs.items()}
        taken = tuple(_decoded(item, where, depth) for item in args)
        nodes[ref] = Node(by_name[name], call, taken, given)
    recorded = {_ref(item[:3]): _shape(item[3]) for item in value["recorded"]}
    return Graph(
        name=_typed(value["name"], str),
        class_name=_typed(value["class_name"], str),
        layers=tuple(layers),
        nodes=tuple(in_call_order(nodes, where)),
        inputs=tuple(_ref(item) for item in value["inputs"]),
        outputs=tuple(_ref(item) for item in value["outputs"]),
        trainable=_typed(value["trainable"], bool),
        recorded=recorded,
        dialect=_typed(value["dialect"], int),
    )


def _layer(value: Mapping[str, Any], where: str, depth: int) -> Layer:
    inside, own = value["graph"], value["own"]
    return Layer(
        name=_typed(value["name"], str),
        class_name=_typed(value["class_name"], str),
        config={key: _decoded(item, where, depth) for key, item in value["config"].items()},
        module=_typed(value["module"], str),
        trainable=_typed(value["trainable"], bool),
        operation=_typed(value["operation"], bool),
        graph=None if inside is None else decoded_graph(inside, where, depth + 1),
        identity=_typed(value["identity"], str),
        dialect=_typed(value["dialect"], int),
        own=None if own is None else tuple(_weight(item) for item in own),
    )


def _weight(value: Any) -> Weight:
    name, symbols, dims, trainable, frozen, dtype, owner = value
    axes = Product(tuple(_typed(symbol, str) for symbol in symbols), _shape(dims))
    return Weight(
        _typed(name, str), axes, _typed(trainable, bool), _typed(frozen, bool), dtype, owner=owner
    )


def _decoded(value: Any, where: str, depth: int) -> Any:
    if isinstance(value, list):
        return [_decoded(item, where, depth) for item in value]
    if not isinstance(value, dict):
        return value
    kind, held = value["$"], value["of"]
    if kind == "layer":
        return _layer(held, where, depth + 1)
    if kind == "slice":
        return slice(*(_decoded(item, where, depth) for item in held))
    if kind == "dict":
        return {key: _decoded(item, where, depth) for key, item in held.items()}
    return _UNMARKED[kind](held)


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
