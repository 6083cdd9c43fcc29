"""Graphs made by hand, for tests that need a structure and no file."""

from __future__ import annotations

from collections import Counter
from typing import Any

from inspector.graph import Graph, Layer, Node, TensorRef
from inspector.infer import analyze
from inspector.model import Model, model_of


class Net:
    """A model under construction: calling it adds a call of a layer, and gives its tensor."""

    def __init__(self, name: str = "net") -> None:
        self.name = name
        self.layers: dict[str, Layer] = {}
        self.nodes: list[Node] = []
        self.calls: Counter[str] = Counter()
        self.inputs: list[TensorRef] = []
        self.made: Counter[str] = Counter()

    def input(self, *shape: int | None) -> TensorRef:
        ref = self("InputLayer", batch_shape=[None, *shape])
        self.inputs.append(ref)
        return ref

    def __call__(self, class_name: str, *taken: Any, name: str = "", **config: Any) -> TensorRef:
        if not name:
            name = f"{class_name.lower()}_{self.made[class_name]}"
            self.made[class_name] += 1
        layer = Layer(name, class_name, {"name": name, **config})
        return self.call(self.layers.setdefault(name, layer), *taken)

    def call(self, layer: Layer, *taken: Any) -> TensorRef:
        self.layers.setdefault(layer.name, layer)
        self.nodes.append(Node(layer, self.calls[layer.name], tuple(taken)))
        self.calls[layer.name] += 1
        return TensorRef(layer.name, self.calls[layer.name] - 1)

    def graph(self, *outputs: TensorRef) -> Graph:
        return Graph(
            self.name,
            "Functional",
            tuple(self.layers.values()),
            tuple(self.nodes),
            tuple(self.inputs),
            outputs,
        )

    def layer(self, *outputs: TensorRef) -> Layer:
        """This model as a layer of another one."""
        return Layer(self.name, "Functional", {"name": self.name}, graph=self.graph(*outputs))

    def model(self, *outputs: TensorRef) -> Model:
        return model_of(analyze(self.graph(*outputs)), source="by hand", format="json")

    # what models are made of

    def conv(self, x: TensorRef, filters: int, side: int = 3, **config: Any) -> TensorRef:
        """Convolution, normalisation and activation."""
        given = {"padding": "same", **config}
        x = self("Conv2D", x, filters=filters, kernel_size=[side, side], **given)
        return self("ReLU", self("BatchNormalization", x))

    def attention(self, x: TensorRef, other: TensorRef, heads: int = 2) -> TensorRef:
        return self("MultiHeadAttention", x, other, num_heads=heads, key_dim=8)

    def perceptron(self, x: TensorRef, width: int, inner: int = 64) -> TensorRef:
        return self("Dense", self("Dense", x, units=inner, activation="gelu"), units=width)
