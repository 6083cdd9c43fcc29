"""Which Keras a model object was written by, told by what stands in it; and its reader.

Version strings lie or are missing, so the wiring decides: a call is a dict in Keras 3, a list of
four-element references in Keras 2, of three-element ones in Keras 1. Models without calls are told
by keys that only one of them writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inspector.errors import ReadError, shown
from inspector.graph import Graph
from inspector.readers import keras1, keras2, keras3
from inspector.readers.references import CONSTANT

_KERAS_1 = frozenset(  # not W_regularizer: Keras 2 wrote that too, for MaxoutDense
    (
        *("nb_filter", "border_mode", "dim_ordering", "inner_activation", "input_dtype"),
        *("consume_less", "filter_length", "pool_length", "atrous_rate"),
    )
)


def read_graph(model: Any, where: str) -> Graph:
    """The graph of a saved model, whichever Keras wrote it; `Graph.dialect` says which.

    Raises:
        ReadError: it is no model, holds no layers, or its edges do not join.
    """
    if not isinstance(model, dict) or not isinstance(model.get("class_name"), str):
        raise ReadError(
            where,
            "is JSON, but not a Keras model",
            received=shown(model),
            hint="a model has the keys class_name and config, as model.to_json() writes them",
        )
    config = model.get("config")
    layers = config.get("layers") if isinstance(config, dict) else config
    if not isinstance(layers, list):
        raise ReadError(
            where,
            f"{model['class_name']} holds no layers",
            received=shown(config),
            hint="only Functional and Sequential models hold a graph; subclassed ones do not",
        )
    dialect = dialect_of(model)
    if dialect == 3:
        return keras3.read_model(model, where)
    if dialect == 1:
        model = keras1.as_keras2(model)
    return keras2.read_model(model, where, dialect)


def holds_graph(model: Any) -> bool:
    """Whether a model object lists layers; a subclassed model only has its own settings."""
    config = model.get("config") if isinstance(model, dict) else None
    layers = config.get("layers") if isinstance(config, dict) else config
    return isinstance(layers, list) or not isinstance(config, dict)


def dialect_of(model: Mapping[str, Any]) -> int:
    """The major version of the Keras that wrote a model object."""
    seen: set[str] = set()
    for entry in _entries(model):
        seen.update(_signs(entry))
        if "call 3" in seen:
            return 3
    for sign, dialect in _BY_STRENGTH:
        if sign in seen:
            return dialect
    version = str(model.get("keras_version", "3"))
    if "keys 2" in seen and version[:1] != "1":
        return 2
    return int(version[0]) if version[:1] in {"1", "2"} else 3


_BY_STRENGTH = (
    ("call 2", 2),
    ("call 1", 1),
    ("keys 1", 1),
    ("keys 3", 3),
)


def _entries(model: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every layer object of a model, those inside others too."""
    stack: list[Any] = [model]
    while stack:
        entry = stack.pop()
        if isinstance(entry, list):
            stack.extend(entry)
        elif isinstance(entry, dict) and "class_name" in entry:
            yield entry
            config = entry.get("config")
            if isinstance(config, list):
                stack.append(config)
            elif isinstance(config, dict):
                stack.extend(config[key] for key in ("layers", "layer", "cell") if key in config)


def _signs(entry: Mapping[str, Any]) -> Iterator[str]:
    nodes = entry.get("inbound_nodes")
    for node in nodes if isinstance(nodes, list) else ():
        if isinstance(node, dict) and "args" in node:
            yield "call 3"
        reference = _first_reference(node)
        if reference is not None:
            yield "call 2" if len(reference) > 3 else "call 1"
    config = entry.get("config")
    if isinstance(config, list):
        yield "keys 2"
    elif isinstance(config, dict):
        yield from _signs_of_keys(str(entry["class_name"]), config)


def _signs_of_keys(class_name: str, config: Mapping[str, Any]) -> Iterator[str]:
    policy = config.get("dtype")
    renamed = "output_dim" in config and class_name in keras1.UNITS
    if renamed or config.keys() & _KERAS_1:
        yield "keys 1"
    if "batch_input_shape" in config or isinstance(policy, str):
        yield "keys 2"
    named = policy.get("class_name") if isinstance(policy, dict) else None
    if "batch_shape" in config or named == "DTypePolicy":
        yield "keys 3"


def _first_reference(node: Any) -> list[Any] | None:
    """The first `[layer, call, output, …]` of a call, however deep its arguments nest."""
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, list) and len(item) > 2 and isinstance(item[0], str):
            if item[0] != CONSTANT:
                return item
        elif isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            stack.extend(item.values())
    return None
