"""A graph while pasted specs are added to it, one after the other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from inspector.dims import Shape
from inspector.errors import ReadError
from inspector.graph import Graph, Layer, Node, TensorRef
from inspector.rules import layer_rule

_MERGES = frozenset(
    ("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract", "Merge")
)
_MOST = 10_000  # layers in one paste


class Entry(NamedTuple):
    """One pasted spec: its text, and the call in the graph that it stands for."""

    text: str
    layer: str
    call: int = 0
    chained: bool = False  # it names no input, and takes the output of the spec before it
    open: bool = False  # it names no input, and there is none before it


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a paste of layers comes to: a graph, and the specs in the order in which they stand."""

    graph: Graph
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


class Builder:
    """The state while specs are added; thrown away when the graph is made."""

    def __init__(self, dialect: int = 3, given: Shape | None = None) -> None:
        self.dialect = dialect
        self.given = given  # the shape that flows into the first layer
        self.layers: dict[str, Layer] = {}
        self.nodes: list[Node] = []
        self.doors: list[TensorRef] = []
        self.entries: list[Entry] = []
        self.notes: dict[str, None] = {}
        self.last: TensorRef | None = None
        self._names: Counter[str] = Counter()
        self._calls: Counter[str] = Counter()

    def layer(self, class_name: str, config: Mapping[str, Any]) -> Layer:
        """A layer with a name of its own, not yet called."""
        name = config.get("name")
        name = self.free_name(name if isinstance(name, str) and name else snake(class_name))
        return Layer(
            name=name,
            class_name=class_name,
            config={**config, "name": name},
            trainable=config.get("trainable", True) is not False,
            dialect=self.dialect,
        )

    def free_name(self, stem: str) -> str:
        """`stem`, or with the next number where another layer has it already."""
        count = self._names[stem]
        self._names[stem] += 1
        return f"{stem}_{count}" if count else stem

    def door(self, shape: Shape | None, name: str = "input") -> TensorRef:
        """An input of this shape."""
        layer = Layer(
            self.free_name(name), "InputLayer", {"batch_shape": shape and list(shape)},
            dialect=self.dialect,
        )  # fmt: skip
        ref = TensorRef(layer.name)
        self._add(layer, Node(layer))
        self.doors.append(ref)
        self.last = ref
        self.given = None
        return ref

    def call(
        self, layer: Layer, args: tuple[Any, ...], kwargs: Mapping[str, Any], entry: Entry
    ) -> TensorRef:
        """A call of a layer; what it gives."""
        count = self._calls[layer.name]
        self._calls[layer.name] += 1
        self._add(layer, Node(layer, count, args, kwargs))
        self.entries.append(entry._replace(layer=layer.name, call=count))
        self.last = TensorRef(layer.name, count)
        return self.last

    def _add(self, layer: Layer, node: Node) -> None:
        self.layers.setdefault(layer.name, layer)
        self.nodes.append(node)
        if len(self.nodes) > _MOST:
            raise ReadError("paste", f"calls more than {_MOST:,} layers", hint="paste a part of it")

    def follow(self, layer: Layer, text: str, shape: Shape | None = None) -> TensorRef:
        """A call of a layer that names no tensor: on a given shape, or on what came before."""
        entry = Entry(text, layer.name)
        shape = shape or self.given or declared(layer)
        if shape is not None:
            self.door(shape)
        elif self.last is None:
            self.door((None,) * rank(layer))
            entry = entry._replace(open=True)
        else:
            entry = entry._replace(chained=True)
        if layer.class_name in _MERGES:
            hint = "give it its tensors, as in Add()([x, y])"
            raise ReadError(text, f"{layer.class_name} takes several tensors", hint=hint)
        taken = (self.last,) * max(_required(layer), 1)  # attention to itself
        return self.call(layer, taken, {}, entry)

    def pasted(self) -> Pasted:
        """The graph of all that was added."""
        taken = {ref for node in self.nodes for ref in node.inputs}
        calls = [TensorRef(node.layer.name, node.call) for node in self.nodes]
        used = {(ref.layer, ref.call) for ref in taken}
        ends = tuple(ref for ref in calls if (ref.layer, ref.call) not in used)
        graph = Graph(
            name="paste",
            class_name="Functional",
            layers=tuple(self.layers.values()),
            nodes=tuple(self.nodes),
            inputs=tuple(self.doors),
            outputs=ends,
            dialect=self.dialect,
        )
        return Pasted(graph, tuple(self.entries), tuple(self.notes))

    def take_out(self, inputs: tuple[TensorRef, ...], outputs: tuple[TensorRef, ...]) -> Graph:
        """The part of the graph between these tensors, as a model of its own; it leaves this one.

        Layers that another call still needs stay as well.
        """
        nodes = {TensorRef(node.layer.name, node.call): node for node in self.nodes}
        inside: dict[TensorRef, Node] = {}
        stack = [ref._replace(output=0) for ref in outputs]
        while stack:
            ref = stack.pop()
            if ref not in inside:
                inside[ref] = nodes[ref]
                if ref not in inputs:
                    stack.extend(taken._replace(output=0) for taken in nodes[ref].inputs)
        kept = [node for ref, node in nodes.items() if ref in inside]
        self._forget(set(inside))
        return Graph(
            name="model",
            class_name="Functional",
            layers=tuple({node.layer.name: node.layer for node in kept}.values()),
            nodes=tuple(kept),
            inputs=inputs,
            outputs=outputs,
            dialect=self.dialect,
        )

    def _forget(self, calls: set[TensorRef]) -> None:
        self.nodes = [n for n in self.nodes if TensorRef(n.layer.name, n.call) not in calls]
        left = {node.layer.name for node in self.nodes}
        self.layers = {name: layer for name, layer in self.layers.items() if name in left}
        self.doors = [ref for ref in self.doors if ref.layer in left]
        self.entries = [
            entry for entry in self.entries if TensorRef(entry.layer, entry.call) not in calls
        ]
        if self.last is not None and self.last._replace(output=0) in calls:
            self.last = None


def snake(class_name: str) -> str:
    """The name that Keras makes of a class.

    >>> snake("Conv2D"), snake("BatchNormalization"), snake("GlobalAveragePooling2D")
    ('conv2d', 'batch_normalization', 'global_average_pooling2d')
    """
    parted = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", class_name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", parted).lower()


def declared(layer: Layer) -> Shape | None:
    """The input shape that a layer names itself, as the first of a Sequential does."""
    config = layer.config
    for key in ("batch_input_shape", "batch_shape"):
        if isinstance(config.get(key), list | tuple):
            return tuple(config[key])
    if isinstance(config.get("input_shape"), list | tuple):
        return (None, *config["input_shape"])
    if isinstance(config.get("input_shape"), int):
        return (None, config["input_shape"])
    size = config.get("input_dim")
    if layer.class_name == "Embedding":
        return (
            (None, config["input_length"]) if isinstance(config.get("input_length"), int) else None
        )
    if isinstance(size, int):
        sequence = rank(layer) == 3
        return (None, config.get("input_length"), size) if sequence else (None, size)
    inner = config.get("layer")  # a wrapper may leave it to the layer it holds
    return declared(inner) if isinstance(inner, Layer) else None


def rank(layer: Layer) -> int:
    """How many axes the input of a layer has when nothing tells, batch included.

    >>> rank(Layer("x", "Conv2D")), rank(Layer("x", "LSTM")), rank(Layer("x", "Dense"))
    (4, 3, 2)
    """
    extra = 0
    while layer.class_name == "TimeDistributed" and isinstance(layer.config.get("layer"), Layer):
        layer = layer.config["layer"]
        extra += 1
    rule = layer_rule(layer.class_name)
    if rule is None:
        return 2 + extra
    usual = 3 if rule.takes[:1] in (("sequences",), ("query",)) else 2
    return (rule.ndim or usual) + extra


def _required(layer: Layer) -> int:
    rule = layer_rule(layer.class_name)
    return 1 if rule is None else rule.required
