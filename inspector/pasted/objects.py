"""Layer configs and whole models pasted as JSON, or as Python prints them, to a graph."""

from __future__ import annotations

import ast
import json
import warnings
from typing import Any

from inspector.dims import Shape
from inspector.errors import ReadError, shown
from inspector.graph import Graph
from inspector.pasted.building import Entry, Pasted
from inspector.readers.dialects import read_graph
from inspector.readers.text import parsed
from inspector.rules import layer_rule

_HINT = 'paste {"class_name": "Conv2D", "config": {"filters": 8, "kernel_size": 5}}'


def is_object(text: str) -> bool:
    """Whether a paste is a JSON object, or a list of them.

    >>> is_object('{"class_name": "Dense"}'), is_object("[Dense(3), Dense(4)]")
    (True, False)
    """
    return text.lstrip().startswith(("{", "[{", "[ {", "[\n"))


def read_object(text: str, given: Shape | None, where: str) -> Pasted:
    """The layers of a pasted config: of one layer, of a list of them, or of a model.

    Raises:
        ReadError: it is none.
    """
    value = _value(text, where)
    if isinstance(value, dict) and not {"class_name", "config"} <= value.keys():
        problem = "names no class" if "class_name" not in value else "has no config"
        raise ReadError(where, problem, received=shown(value), hint=_HINT)
    whole = isinstance(value, dict) and _holds_layers(value["config"])
    if not whole:
        value = _chain(value if isinstance(value, list) else [value], given, where)
    graph = read_graph(value, where)
    return Pasted(graph, tuple(_entries(graph, chained=not whole)))


def _value(text: str, where: str) -> Any:
    try:
        return parsed(text, where)
    except ReadError:
        try:
            with warnings.catch_warnings(action="ignore"):
                value = ast.literal_eval(text.strip())
            json.dumps(value)  # plain all the way down
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            raise ReadError(where, "is not valid JSON", received=text[:60], hint=_HINT) from None
        return json.loads(json.dumps(value))


def _holds_layers(config: Any) -> bool:
    return isinstance(config, list) or (isinstance(config, dict) and "layers" in config)


def _chain(entries: list[Any], given: Shape | None, where: str) -> dict[str, Any]:
    """Layers alone as a model in which each takes what the one before it gives."""
    named: list[Any] = []
    for place, entry in enumerate(entries):
        if not isinstance(entry, dict) or not isinstance(entry.get("config"), dict):
            here = f"{where}: layers[{place}]"
            raise ReadError(here, "is not a layer", received=shown(entry), hint=_HINT)
        config = {"name": f"{str(entry.get('class_name')).lower()}_{place}", **entry["config"]}
        named.append({**entry, "config": config})
    model: dict[str, Any] = {"name": "paste", "layers": named}
    first = named[0]
    if given is None:
        rule = layer_rule(str(first.get("class_name")))
        built = first.get("build_config")
        shape = built.get("input_shape") if isinstance(built, dict) else None
        given = tuple(shape) if isinstance(shape, list) else _open(rule)
    config = first["config"]
    if first.get("class_name") != "InputLayer" and not {"batch_input_shape"} & config.keys():
        model["build_input_shape"] = list(given)
    return {"class_name": "Sequential", "config": model}


def _open(rule: Any) -> Shape:
    """Sizes that nobody knows, as many as the layer wants."""
    sequence = rule is not None and rule.takes[:1] in (("sequences",), ("query",))
    return (None,) * ((rule and rule.ndim) or (3 if sequence else 2))


def _entries(graph: Graph, *, chained: bool) -> list[Entry]:
    doors = {node.layer.name for node in graph.nodes if not node.inputs}
    layers = [layer for layer in graph.layers if layer.name not in doors]
    return [
        Entry(f"{layer.class_name} {layer.name}", layer.name, chained=chained and place > 0)
        for place, layer in enumerate(layers)
    ]
