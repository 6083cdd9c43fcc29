"""The Keras 3 dialect: the object that `model.to_json()` and `config.json` hold, to a `Graph`."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from inspector.dims import Shape
from inspector.errors import ReadError, shown
from inspector.graph import Graph, Layer, Node, TensorRef

_SUBLAYERS = ("layer", "backward_layer", "forward_layer", "cell", "cells", "layers")
_OPERATIONS = ("keras.src.ops", "keras.ops", "keras.src.activations")
_HAND_EDITED = "was the file edited by hand, or cut off?"


def read_model(model: Any, where: str) -> Graph:
    """The graph of a saved model.

    Raises:
        ReadError: it is no model, it is written in another dialect, or its edges do not join.
    """
    if not isinstance(model, dict) or not isinstance(model.get("class_name"), str):
        raise ReadError(
            where,
            "is JSON, but not a Keras model",
            received=shown(model),
            hint="a model has the keys class_name and config, as model.to_json() writes them",
        )
    config = model.get("config")
    if isinstance(config, list) or _older_dialect(config):
        raise ReadError(
            where,
            "is written in the dialect of Keras 1 or 2, which this version does not read",
            hint="save it from Keras 3 with model.save('model.keras')",
        )
    if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
        raise ReadError(
            where,
            f"{model['class_name']} holds no layers",
            received=shown(config),
            hint="only Functional and Sequential models hold a graph; subclassed ones do not",
        )
    return _graph(model, where)


def _older_dialect(config: Any) -> bool:
    """Whether layers are wired as Keras 1 and 2 wrote it: a node is a list, not a dict."""
    layers = config.get("layers") if isinstance(config, dict) else None
    for layer in layers if isinstance(layers, list) else ():
        if not isinstance(layer, dict):
            continue
        nodes = layer.get("inbound_nodes")
        if isinstance(nodes, list) and nodes and isinstance(nodes[0], list):
            return True
        inner = layer.get("config")
        if isinstance(inner, dict) and "batch_input_shape" in inner:
            return True
    return False


def _graph(model: Mapping[str, Any], where: str) -> Graph:
    config = model["config"]
    parts = [_part(entry, place, where) for place, entry in enumerate(config["layers"])]
    counted = Counter(part.layer.name for part in parts)
    repeated = next((name for name, count in counted.items() if count > 1), None)
    if repeated is not None:
        raise ReadError(where, f'has two layers named "{repeated}"', hint=_HAND_EDITED)
    name = config.get("name")
    header = Graph(
        name=name if isinstance(name, str) else str(model["class_name"]),
        class_name=model["class_name"],
        layers=(),
        nodes=(),
        inputs=(),
        outputs=(),
        trainable=config.get("trainable", True) is not False,
    )
    if "output_layers" in config:
        return _functional(header, config, parts, where)
    return _sequential(header, config, parts)


# --- layers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """One entry of `layers`: the layer, how it is called, and the shapes written beside it."""

    layer: Layer
    calls: tuple[tuple[list[Any], dict[str, Any]], ...]
    recorded: dict[TensorRef, Shape] = field(default_factory=dict)


def _part(entry: Any, place: int, where: str) -> _Part:
    layer = _layer(entry, f"{where}: layers[{place}]")
    here = f'{where}: layer "{layer.name}" ({layer.class_name})'
    nodes = entry.get("inbound_nodes") or []
    recorded: dict[TensorRef, Shape] = {}
    calls = []
    for node in nodes if isinstance(nodes, list) else [nodes]:
        if not isinstance(node, dict) or not isinstance(node.get("args", []), list):
            raise ReadError(
                here, "a call of it is not readable", received=shown(node), hint=_HAND_EDITED
            )
        args = _decoded(node.get("args", []), recorded, here)
        kwargs = _decoded(node.get("kwargs") or {}, recorded, here)
        calls.append((args, kwargs if isinstance(kwargs, dict) else {}))
    return _Part(layer, tuple(calls), recorded)


def _layer(entry: Any, where: str) -> Layer:
    """A layer, or a layer inside a wrapper, from its saved object."""
    if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str):
        raise ReadError(where, "is not a layer", received=shown(entry), hint=_HAND_EDITED)
    config = entry.get("config")
    if not isinstance(config, dict):
        raise ReadError(where, "has no config", received=shown(config), hint=_HAND_EDITED)
    name = entry.get("name") or config.get("name")
    name = name if isinstance(name, str) else str(entry["class_name"]).lower()
    module = _text(entry.get("module")) or _text(entry.get("registered_name"))
    graph = None
    if _is_model(entry, config):
        graph = _graph(entry, f'{where}: model "{name}"')
        config = {key: value for key, value in config.items() if key in ("name", "trainable")}
    return Layer(
        name=name,
        class_name=entry["class_name"],
        config=_with_sublayers(config, where),
        module=module,
        trainable=config.get("trainable", True) is not False,
        operation=module.startswith(_OPERATIONS),
        graph=graph,
        identity=_identity(entry.get("shared_object_id")),
        build_shapes=_build_shapes(entry.get("build_config")),
    )


def _is_model(entry: Mapping[str, Any], config: Mapping[str, Any]) -> bool:
    """Whether the layer is itself a model: Functional, Sequential, or a subclass of one."""
    if not isinstance(config.get("layers"), list):
        return False
    return "output_layers" in config or entry["class_name"] == "Sequential"


def _with_sublayers(config: dict[str, Any], where: str) -> dict[str, Any]:
    """The config, with the layers that a wrapper holds as `Layer` objects."""
    found: dict[str, Any] = {}
    for key in _SUBLAYERS:
        value = config.get(key)
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
    if kind in _PLAIN_VALUES and isinstance(config, dict):
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
    ref = _reference(config.get("keras_history"))
    if ref is None:
        raise ReadError(
            where, "takes a tensor from nowhere", received=shown(config), hint=_HAND_EDITED
        )
    shape = config.get("shape")
    if isinstance(shape, list) and all(dim is None or isinstance(dim, int) for dim in shape):
        recorded[ref] = tuple(shape)
    return ref


def _reference(value: Any) -> TensorRef | None:
    match value:
        case [str(layer), int(call), int(index), *_]:
            return TensorRef(layer, call, index)
    return None


# --- edges --------------------------------------------------------------------------------------


def _functional(header: Graph, config: Any, parts: list[_Part], where: str) -> Graph:
    nodes: dict[TensorRef, Node] = {}
    recorded: dict[TensorRef, Shape] = {}
    for part in parts:
        recorded.update(part.recorded)
        calls = part.calls
        if not calls and part.layer.class_name == "InputLayer":
            calls = (([], {}),)
        for call, (args, kwargs) in enumerate(calls):
            ref = TensorRef(part.layer.name, call)
            nodes[ref] = Node(part.layer, call, tuple(args), kwargs)
    by_name = {part.layer.name: part.layer for part in parts}
    inputs = tuple(_doors(config.get("input_layers"), by_name, nodes, where))
    outputs = tuple(_doors(config.get("output_layers"), by_name, nodes, where))
    ordered = _in_call_order(nodes, where)
    reached = _reached(nodes, outputs) | {ref.layer for ref in inputs}
    return replace(
        header,
        layers=tuple(part.layer for part in parts if part.layer.name in reached),
        nodes=tuple(node for node in ordered if node.layer.name in reached),
        inputs=inputs,
        outputs=outputs,
        recorded=recorded,
        unreached=tuple(part.layer.name for part in parts if part.layer.name not in reached),
    )


def _doors(
    value: Any, layers: Mapping[str, Layer], nodes: Mapping[TensorRef, Node], where: str
) -> Iterator[TensorRef]:
    """The references in `input_layers` or `output_layers`: one triple, a list, a dict, nested."""
    stack = [value]
    while stack:
        item = stack.pop()
        ref = _reference(item)
        if ref is not None:
            yield _counted_from_zero(ref, layers, nodes, where)
        elif isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            stack.extend(reversed(item.values()))


def _counted_from_zero(
    ref: TensorRef, layers: Mapping[str, Layer], nodes: Mapping[TensorRef, Node], where: str
) -> TensorRef:
    """In these two lists alone, Keras 3 counts the calls of a nested Functional model from 1."""
    layer = layers.get(ref.layer)
    if layer is not None and layer.graph is not None and not layer.graph.sequential and ref.call:
        ref = ref._replace(call=ref.call - 1)
    if TensorRef(ref.layer, ref.call) not in nodes:
        raise ReadError(
            where,
            f'its outputs name call {ref.call} of "{ref.layer}", which is not in it',
            hint=_HAND_EDITED,
        )
    return ref


def _in_call_order(nodes: Mapping[TensorRef, Node], where: str) -> list[Node]:
    """The nodes sorted so that tensors come from earlier ones; file order breaks ties."""
    waiting: dict[TensorRef, int] = {}
    users: dict[TensorRef, list[TensorRef]] = {}
    for ref, node in nodes.items():
        sources = {TensorRef(taken.layer, taken.call) for taken in node.inputs}
        for source in sources:
            if source not in nodes:
                raise ReadError(
                    where,
                    f'layer "{ref.layer}" takes its input from call {source.call} of '
                    f'"{source.layer}", which is not in the model',
                    hint=_HAND_EDITED,
                )
            users.setdefault(source, []).append(ref)
        waiting[ref] = len(sources)
    ready = deque(ref for ref, count in waiting.items() if not count)
    ordered = []
    while ready:
        ref = ready.popleft()
        ordered.append(nodes[ref])
        for user in users.get(ref, ()):
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    if len(ordered) < len(nodes):
        stuck = next(ref.layer for ref, count in waiting.items() if count)
        raise ReadError(
            where,
            f'layer "{stuck}" waits for its own output: the graph has a cycle',
            hint="Keras cannot build such a model; " + _HAND_EDITED,
        )
    return ordered


def _reached(nodes: Mapping[TensorRef, Node], outputs: tuple[TensorRef, ...]) -> set[str]:
    """The layers from which an output can be reached; Keras keeps no others."""
    seen: set[TensorRef] = set()
    stack = [TensorRef(ref.layer, ref.call) for ref in outputs]
    while stack:
        ref = stack.pop()
        if ref not in seen:
            seen.add(ref)
            stack.extend(TensorRef(taken.layer, taken.call) for taken in nodes[ref].inputs)
    return {ref.layer for ref in seen}


def _sequential(header: Graph, config: Mapping[str, Any], parts: list[_Part]) -> Graph:
    """A chain: each layer takes what the one before it gives."""
    door = next((part.layer for part in parts if part.layer.class_name == "InputLayer"), None)
    if door is None:
        shape = config.get("build_input_shape")
        door = Layer(
            "input_layer",
            "InputLayer",
            {"batch_shape": shape if isinstance(shape, list) else None},
            "keras.layers",
        )
    layers = tuple(part.layer for part in parts if part.layer.class_name != "InputLayer")
    nodes = [Node(door)]
    for layer in layers:
        nodes.append(Node(layer, 0, (TensorRef(nodes[-1].layer.name),)))
    return replace(
        header,
        layers=layers,
        nodes=tuple(nodes),
        inputs=(TensorRef(door.name),),
        outputs=(TensorRef(nodes[-1].layer.name),),
    )
