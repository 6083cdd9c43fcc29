"""The Keras 3 dialect: the object that `model.to_json()` and `config.json` hold, to a `Graph`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain as chain_of
from itertools import count
from typing import Any

from inspector.dims import Shape, is_size
from inspector.errors import ReadError, shown
from inspector.graph import Graph, Layer, TensorRef
from inspector.readers.wiring import (
    HAND_EDITED,
    Part,
    chain,
    check_names,
    functional,
    reference,
    without_unreached,
)

_SUBLAYERS = {"layer", "backward_layer", "forward_layer", "cell", "cells", "layers"}
_OPERATIONS = ("keras.src.ops", "keras.ops", "keras.src.activations")


def read_model(model: Mapping[str, Any], where: str) -> Graph:
    """The graph of a saved model whose `config` holds `layers`.

    Raises:
        ReadError: its edges do not join, or a layer of it is none.
    """
    return _graph(model, where)


def _graph(model: Mapping[str, Any], where: str) -> Graph:
    config = model["config"]
    parts = [_part(entry, place, where) for place, entry in enumerate(config["layers"])]
    check_names(parts, where)
    name = config.get("name")
    header = Graph(
        name=name if isinstance(name, str) else str(model["class_name"]),
        class_name=model["class_name"],
        layers=(),
        nodes=(),
        inputs=(),
        outputs=(),
        trainable=_trainable(model["class_name"], config),
    )
    if "output_layers" not in config:
        return _sequential(header, config, parts)
    inner = {part.layer.name: part.layer.graph for part in parts if part.layer.graph is not None}
    return without_unreached(
        functional(header, config, parts, where, lambda ref: _counted_from_zero(ref, inner))
    )


def _counted_from_zero(ref: TensorRef, inner: Mapping[str, Graph]) -> TensorRef:
    """In `output_layers` alone, Keras 3 counts the calls of a nested Functional model from 1."""
    if ref.call and ref.layer in inner and not inner[ref.layer].sequential:
        return ref._replace(call=ref.call - 1)
    return ref


def _sequential(header: Graph, config: Mapping[str, Any], parts: list[Part]) -> Graph:
    layers = [part.layer for part in parts]
    door = next((layer for layer in layers if layer.class_name == "InputLayer"), None)
    if door is None:
        shape = config.get("build_input_shape")
        taken = {layer.name for layer in layers}
        numbered = (f"input_layer_{number}" for number in count(1))
        door = Layer(
            next(name for name in chain_of(["input_layer"], numbered) if name not in taken),
            "InputLayer",
            {"batch_shape": shape if isinstance(shape, list) else None},
            "keras.layers",
        )
    return chain(header, door, [layer for layer in layers if layer.class_name != "InputLayer"])


# --- layers -------------------------------------------------------------------------------------


def _part(entry: Any, place: int, where: str) -> Part:
    layer = _layer(entry, f"{where}: layers[{place}]")
    here = f'{where}: layer "{layer.name}" ({layer.class_name})'
    nodes = entry.get("inbound_nodes") or []
    recorded: dict[TensorRef, Shape] = {}
    calls = []
    for node in nodes if isinstance(nodes, list) else [nodes]:
        if not isinstance(node, dict) or not isinstance(node.get("args", []), list):
            raise ReadError(
                here, "a call of it is not readable", received=shown(node), hint=HAND_EDITED
            )
        args = _decoded(node.get("args", []), recorded, here)
        kwargs = _decoded(node.get("kwargs") or {}, recorded, here)
        calls.append((args, kwargs if isinstance(kwargs, dict) else {}))
    return Part(layer, tuple(calls), recorded)


def _layer(entry: Any, where: str) -> Layer:
    """A layer, or a layer inside a wrapper, from its saved object."""
    if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str):
        raise ReadError(where, "is not a layer", received=shown(entry), hint=HAND_EDITED)
    config = entry.get("config")
    if not isinstance(config, dict):
        raise ReadError(where, "has no config", received=shown(config), hint=HAND_EDITED)
    name = entry.get("name") or config.get("name")
    name = name if isinstance(name, str) else str(entry["class_name"]).lower()
    module = _text(entry.get("module")) or _text(entry.get("registered_name"))
    package, apart, class_name = str(entry["class_name"]).rpartition(">")
    module = module or (f"{package}>{class_name}" if apart else "")  # as HDF5 files name it
    graph = None
    if _is_model(entry, config):
        graph = _graph(entry, f'{where}: model "{name}"')
        config = {key: value for key, value in config.items() if key in ("name", "trainable")}
    return Layer(
        name=name,
        class_name=class_name,
        config=_with_sublayers(config, where),
        module=module,
        trainable=_trainable(entry["class_name"], config),
        operation=module.startswith(_OPERATIONS) or _bare_operation(entry, config),
        graph=graph,
        identity=_identity(entry.get("shared_object_id")),
        build_shapes=_build_shapes(entry.get("build_config")),
    )


def _trainable(class_name: str, config: Mapping[str, Any]) -> bool:
    """A layer's own flag. Keras 3.15 writes that of a Sequential and does not read it back:
    the flags of its layers, which setting it had changed too, decide.
    """
    return class_name == "Sequential" or config.get("trainable", True) is not False


def _bare_operation(entry: Mapping[str, Any], config: Mapping[str, Any]) -> bool:
    """Whether an entry without `module`, as HDF5 files have it, is a node of `keras.ops`.

    `Add` is a layer and an operation; only a layer's config tells what it trains and its type.
    """
    if "module" in entry or "registered_name" in entry or not entry.get("inbound_nodes"):
        return False
    return not {"trainable", "layers"} & config.keys()


def _is_model(entry: Mapping[str, Any], config: Mapping[str, Any]) -> bool:
    """Whether the layer is itself a model: Functional, Sequential, or a subclass of one."""
    if not isinstance(config.get("layers"), list):
        return False
    return "output_layers" in config or entry["class_name"] == "Sequential"


def _with_sublayers(config: dict[str, Any], where: str) -> dict[str, Any]:
    """The config, with the layers that a wrapper holds as `Layer` objects."""
    found: dict[str, Any] = {}
    for key, value in config.items():
        if key not in _SUBLAYERS:
            continue
        if _is_layer(value):
            found[key] = _layer(value, f"{where}: {key}")
        elif isinstance(value, list) and value and all(map(_is_layer, value)):
            found[key] = [_layer(item, f"{where}: {key}") for item in value]
    return {**config, **found} if found else config


def _is_layer(value: Any) -> bool:
    if not isinstance(value, dict) or "class_name" not in value:
        return False
    return isinstance(value.get("config"), dict)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _identity(value: Any) -> str:
    return str(value) if isinstance(value, int) else ""


def _build_shapes(build_config: Any) -> dict[str, Any]:
    """The shapes Keras built a layer with, by argument: `{"input": …}` or `{"query": …, …}`."""
    if not isinstance(build_config, dict):
        return {}
    shapes = build_config.get("shapes_dict", build_config)
    if not isinstance(shapes, dict):
        return {}
    return {key.removesuffix("_shape"): value for key, value in shapes.items() if value}


# --- the arguments of calls ---------------------------------------------------------------------


def _decoded(value: Any, recorded: dict[TensorRef, Shape], where: str) -> Any:
    """A saved argument as a plain value: tensors as references, Keras' markers as what they mean.

    A tuple stands for a shape everywhere in the rules, so that saved tuples become lists.
    """
    if isinstance(value, list):
        return [_decoded(item, recorded, where) for item in value]
    if not isinstance(value, dict):
        return value
    kind, config = value.get("class_name"), value.get("config")
    if kind == "__keras_tensor__":
        return _tensor(config, recorded, where)
    if kind == "__tuple__":
        return _decoded(value.get("items", []), recorded, where)
    if isinstance(kind, str) and kind in _PLAIN_VALUES and isinstance(config, dict):
        return _PLAIN_VALUES[kind](config)
    return {key: _decoded(item, recorded, where) for key, item in value.items()}


_PLAIN_VALUES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "__slice__": lambda config: slice(*map(config.get, ("start", "stop", "step"))),
    "__ellipsis__": lambda _: ...,
    "__tensor__": lambda config: config.get("value"),
    "__numpy__": lambda config: config.get("value"),
}


def _tensor(config: Any, recorded: dict[TensorRef, Shape], where: str) -> TensorRef:
    config = config if isinstance(config, dict) else {}
    ref = reference(config.get("keras_history"))
    if ref is None:
        raise ReadError(
            where, "takes a tensor from nowhere", received=shown(config), hint=HAND_EDITED
        )
    shape = config.get("shape")
    if isinstance(shape, list) and all(dim is None or is_size(dim) for dim in shape):
        recorded[ref] = tuple(shape)
    return ref
