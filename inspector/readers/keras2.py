"""The Keras 2 dialect: the object that `to_json()` of Keras 2 and `tf.keras` writes, to a `Graph`.

Keras 1 is read here too, once `keras1` has given its keys the names that they got in Keras 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from inspector.dims import Shape
from inspector.errors import ReadError, shown
from inspector.graph import Graph, Layer, TensorRef
from inspector.readers.branches import chained, merging
from inspector.readers.references import calls, counted_from, first_calls
from inspector.readers.wiring import HAND_EDITED, Part, check_names, functional, leaves

_SUBLAYERS = ("layer", "backward_layer", "forward_layer", "cell", "cells", "layers")
_FUNCTIONS = {  # one function of TensorFlow; a member of model.layers all the same
    *("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"),
    *("ClassMethod", "InstanceMethod", "InstanceProperty"),
}
_RECURRENT = {  # they take their states as further inputs
    *("SimpleRNN", "LSTM", "GRU", "RNN", "Bidirectional", "CuDNNLSTM", "CuDNNGRU"),
    *("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "ConvRNN2D"),
}

_MEANT: dict[str, dict[str, Any]] = {  # what a file says that is older than the key
    "GRU": {"reset_after": False},
    "GRUCell": {"reset_after": False},
}


def read_model(model: Mapping[str, Any], where: str, dialect: int = 2) -> Graph:
    """The graph of a saved model whose `config` is, or holds, a list of layers.

    Raises:
        ReadError: its edges do not join, or a layer of it is none.
    """
    return _graph(_plain(model), where, dialect)


def _plain(value: Any) -> Any:
    """What SavedModels wrap, their tuples and shapes, as lists."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") in ("__tuple__", "TensorShape") and "items" in value:
        return _plain(value["items"])
    return {key: _plain(item) for key, item in value.items()}


def _graph(model: Mapping[str, Any], where: str, dialect: int) -> Graph:
    config = model["config"]
    if isinstance(config, list):  # how Sequential was written until Keras 2.2
        config = {"layers": config}
    name, class_name = config.get("name"), str(model["class_name"])
    class_name = "Functional" if class_name == "Model" else class_name
    header = Graph(
        name=name if isinstance(name, str) else class_name.lower(),
        class_name=class_name,
        layers=(),
        nodes=(),
        inputs=(),
        outputs=(),
        trainable=config.get("trainable", True) is not False,
        dialect=dialect,
    )
    if "output_layers" not in config:
        return chained(
            header,
            config,
            lambda entries, start: _named(entries, where, start),
            lambda entry: _layer(entry, where, dialect),
        )
    entries = _named(config["layers"], where)
    names = {entry["name"] for entry in entries}
    parts = [_part(entry, names, where, dialect) for entry in entries]
    check_names(parts, where)
    doors = [*leaves(config.get("input_layers")), *leaves(config["output_layers"])]
    first = first_calls(parts, doors)
    parts = [part._replace(calls=_renumbered(part, first)) for part in parts]
    return functional(header, config, parts, where, lambda ref: counted_from(ref, first))


def _renumbered(part: Part, first: Mapping[str, int]) -> tuple[Any, ...]:
    return tuple(
        (counted_from(args, first), counted_from(kwargs, first)) for args, kwargs in part.calls
    )


def _named(entries: Sequence[Any], where: str, start: int = 0) -> list[dict[str, Any]]:
    """The layer objects, each with a name; a Sequential inside an old one has none of its own."""
    named = []
    for place, entry in enumerate(entries, start):
        here = f"{where}: layers[{place}]"
        if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str):
            raise ReadError(here, "is not a layer", received=shown(entry), hint=HAND_EDITED)
        config = entry.get("config")
        if not isinstance(config, dict | list):
            raise ReadError(here, "has no config", received=shown(config), hint=HAND_EDITED)
        own = config.get("name") if isinstance(config, dict) else None
        name = entry.get("name") or own
        if not isinstance(name, str):
            name = f"{_snake(entry['class_name'])}_{place + 1}"
        named.append({**entry, "name": name})
    return named


def _snake(class_name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", class_name).lower()


# --- layers -------------------------------------------------------------------------------------


def _part(entry: Mapping[str, Any], names: set[str], where: str, dialect: int) -> Part:
    layer = _layer(entry, where, dialect)
    here = f'{where}: layer "{layer.name}" ({layer.class_name})'
    found = tuple(calls(entry.get("inbound_nodes"), names, layer.operation, here))
    if layer.class_name in _RECURRENT:
        found = tuple(_with_states(args, kwargs) for args, kwargs in found)
    return Part(layer, found, _recorded(entry.get("build_config"), found))


def _with_states(args: list[Any], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """States, which Keras 2 appends to the inputs, as the argument they were given as."""
    if not args or not isinstance(args[0], list):
        return args, kwargs
    sequences, *states = args[0]
    return [sequences], {**kwargs, "initial_state": states} if states else kwargs


def _recorded(build_config: Any, found: Sequence[Any]) -> dict[TensorRef, Shape]:
    """The shape a layer was built with, of what its only call takes."""
    if not isinstance(build_config, dict) or len(found) != 1:
        return {}
    taken = found[0][0][0] if found[0][0] else None
    shape: Any = build_config.get("input_shape")
    pairs = [(taken, shape)]
    if isinstance(taken, list) and isinstance(shape, list) and _both_lists(taken, shape):
        pairs = list(zip(taken, shape, strict=False))
    return {
        ref: tuple(sizes)
        for ref, sizes in pairs
        if isinstance(ref, TensorRef) and isinstance(sizes, list) and _is_shape(sizes)
    }


def _both_lists(taken: Any, shape: Any) -> bool:
    return isinstance(taken, list) and isinstance(shape, list) and len(taken) == len(shape)


def _is_shape(value: list[Any]) -> bool:
    return all(size is None or isinstance(size, int) for size in value)


def _layer(entry: Mapping[str, Any], where: str, dialect: int) -> Layer:
    """A layer, or a layer inside a wrapper, from its saved object; it has a name."""
    class_name, config, name = entry["class_name"], entry["config"], entry["name"]
    graph = None
    if _is_model(class_name, config):
        graph = _graph(entry, f'{where}: model "{name}"', dialect)
        graph = graph._replace(name=name)
        class_name, config = graph.class_name, {"name": name, "trainable": graph.trainable}
    elif not isinstance(config, dict):
        raise ReadError(
            f'{where}: layer "{name}"', "has no config", received=shown(config), hint=HAND_EDITED
        )
    else:
        class_name, config = merging(class_name, {**_MEANT.get(class_name, {}), **config})
    identity, module = entry.get("shared_object_id"), entry.get("module")
    return Layer(
        name=name,
        class_name=class_name,
        config=_with_sublayers(config, where, dialect),
        module=module if isinstance(module, str) else "",
        trainable=config.get("trainable", True) is not False,
        operation=class_name in _FUNCTIONS,
        graph=graph,
        identity=str(identity) if isinstance(identity, int) else "",
        build_shapes=_build_shapes(entry.get("build_config")),
        dialect=dialect,
    )


def _is_model(class_name: str, config: Any) -> bool:
    """Whether the layer is itself a model: Functional, Sequential, or a subclass of one."""
    if isinstance(config, list):
        return class_name == "Sequential"
    if not isinstance(config.get("layers"), list):
        return False
    return "output_layers" in config or class_name == "Sequential"


def _with_sublayers(config: dict[str, Any], where: str, dialect: int) -> dict[str, Any]:
    """The config, with the layers that a wrapper holds as `Layer` objects."""
    found: dict[str, Any] = {}
    for key in _SUBLAYERS:
        value = config.get(key)
        several = isinstance(value, list)
        held = value if isinstance(value, list) else [value]
        if held and all(isinstance(item, dict) and "class_name" in item for item in held):
            here = f"{where}: {key}"
            layers = [_layer(item, here, dialect) for item in _named(held, here)]
            found[key] = layers if several else layers[0]
    return {**config, **found} if found else config


def _build_shapes(build_config: Any) -> dict[str, Any]:
    """The shape of its input that a layer was built with."""
    shape = build_config.get("input_shape") if isinstance(build_config, dict) else None
    return {"input": shape} if shape else {}
