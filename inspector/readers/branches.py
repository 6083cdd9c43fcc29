"""Sequential models of Keras 1 and 2, and the `Merge` layer that let several of them meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from inspector.errors import ReadError
from inspector.graph import Graph, Layer, Node, TensorRef
from inspector.readers.wiring import HAND_EDITED

Read = Callable[[Mapping[str, Any]], Layer]
Named = Callable[[Sequence[Any], int], Sequence[Mapping[str, Any]]]
_MODES = {
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
    "dot": "Dot",
    "cos": "Dot",
}


def merging(class_name: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A `Merge` as the class and config that Keras 2 has for its mode.

    >>> merging("Merge", {"name": "m", "mode": "concat", "concat_axis": 3})
    ('Concatenate', {'name': 'm', 'axis': 3})
    """
    mode = config.get("mode")
    if class_name != "Merge":
        return class_name, config
    if not isinstance(mode, str) or mode not in _MODES or config.get("mode_type") == "lambda":
        return "Merge", {key: value for key, value in config.items() if key != "layers"}
    kept: dict[str, Any] = {key: config[key] for key in ("name", "trainable") if key in config}
    if mode == "concat":
        kept["axis"] = config.get("concat_axis", -1)
    if mode in {"dot", "cos"}:
        kept["axes"] = _axes(config.get("dot_axes", -1))
    return _MODES[mode], kept


def _axes(value: Any) -> Any:
    """The two axes of a dot product; early files have a list of one around each."""
    if not isinstance(value, list):
        return value
    return [item[0] if isinstance(item, list) and len(item) == 1 else item for item in value]


def chained(header: Graph, config: Mapping[str, Any], named: Named, read: Read) -> Graph:
    """The graph of a Sequential: each layer takes what the one before it gives.

    A `Merge` at its front holds Sequentials of its own, whose layers become layers of this graph:
    so Keras 1 listed them, and so it stored their weights.

    Args:
        named: layer objects with a name each, where numbers that make one up start at a number.
        read: the layer that such an object stands for.
    """
    growth = _Growth(named, read, config.get("build_input_shape"))
    end = growth.grown(config["layers"])
    return header._replace(
        layers=tuple(layer for layer in growth.layers.values() if layer.class_name != "InputLayer"),
        nodes=tuple(growth.nodes),
        inputs=tuple(growth.doors),
        outputs=(end,),
    )


class _Growth:
    """A Sequential while its layers are strung together; thrown away when the graph is made."""

    def __init__(self, named: Named, read: Read, built: Any) -> None:
        self.named = named
        self.read = read
        self.built = built  # the shape that an unbuilt model was first called with
        self.layers: dict[str, Layer] = {}  # by name: a name met twice is a layer called twice
        self.calls: Counter[str] = Counter()
        self.nodes: list[Node] = []
        self.doors: list[TensorRef] = []

    def grown(self, entries: Sequence[Any]) -> TensorRef:
        """What the last of these layers gives."""
        named = self.named(entries, len(self.layers))
        end = self._front(named[0] if named else None)
        for entry in named[1:]:
            end = self._called(self.read(entry), end)
        return end

    def _front(self, entry: Mapping[str, Any] | None) -> TensorRef:
        if entry is None:
            return self._door("input_layer", None)
        config = entry["config"]
        held = config.get("layers") if isinstance(config, dict) else None
        if entry["class_name"] == "Merge" and isinstance(held, list):
            ends = [self._branch(branch) for branch in held]
            return self._called(self.read(entry), ends)
        layer = self.read(entry)
        if layer.class_name == "InputLayer":
            return self._opened(layer)
        shape = layer.config.get("batch_input_shape") or _inner_shape(layer) or self.built
        return self._called(layer, self._door(f"{layer.name}_input", shape))

    def _branch(self, entry: Any) -> TensorRef:
        (entry,) = self.named([entry], len(self.layers))
        config = entry["config"]
        inside = config if isinstance(config, list) else config.get("layers")
        if entry["class_name"] == "Sequential" and isinstance(inside, list):
            return self.grown(inside)
        return self.grown([entry])

    def _door(self, name: str, shape: Any) -> TensorRef:
        return self._opened(Layer(name, "InputLayer", {"batch_input_shape": shape}))

    def _opened(self, door: Layer) -> TensorRef:
        ref = TensorRef(door.name)
        if door.name not in self.layers:
            self.layers[door.name] = door
            self.nodes.append(Node(door))
            self.doors.append(ref)
        return ref

    def _called(self, layer: Layer, taken: TensorRef | list[TensorRef]) -> TensorRef:
        if layer.class_name == "InputLayer":
            where = f'layer "{layer.name}" (InputLayer)'
            raise ReadError(where, "stands behind other layers", hint=HAND_EDITED)
        layer = self.layers.setdefault(layer.name, layer)
        call = self.calls[layer.name]
        self.calls[layer.name] += 1
        self.nodes.append(Node(layer, call, (taken,)))
        return TensorRef(layer.name, call)


def _inner_shape(layer: Layer) -> Any:
    """The input shape of a model that stands first in another one."""
    if layer.graph is None or not layer.graph.inputs:
        return None
    first = layer.graph.inputs[0].layer
    door = next(node.layer for node in layer.graph.nodes if node.layer.name == first)
    return door.config.get("batch_input_shape")
