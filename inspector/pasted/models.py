"""Models in pasted code: Sequential ones that grow, Functional ones cut out of the graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from inspector.errors import ReadError
from inspector.graph import Graph, Layer, TensorRef
from inspector.pasted.building import Builder, Pasted, declared


class Chain:
    """A Sequential model while layers are added to it."""

    def __init__(self, layers: Iterable[tuple[Any, str]]) -> None:
        self.layers = list(layers)
        self.called = False
        self.layer: Layer | None = None  # once it was called like one
        self.ends: dict[str, TensorRef] = {}

    def add(self, value: Any, text: str) -> None:
        """Add a layer, an input (its shape), or a model."""
        self.layers.append((value, text))

    def end(self, builder: Builder, which: str) -> TensorRef:
        """What flows in, or out, once it is strung together."""
        if not self.called:
            sequential(builder, self)
        return self.ends[which]


class Whole:
    """A Functional model: the tensors that flow in and out of it."""

    def __init__(self, inputs: tuple[TensorRef, ...], outputs: tuple[TensorRef, ...]) -> None:
        self.inputs = inputs
        self.outputs = outputs
        self.layer: Layer | None = None  # once it was called like one

    @classmethod
    def of(cls, inputs: Any, outputs: Any) -> Whole:
        """A model between tensors.

        Raises:
            ReadError: these are no tensors of the paste.
        """
        return cls(_refs(inputs), _refs(outputs))

    def end(self, builder: Builder, which: str) -> TensorRef:  # noqa: ARG002 - as a chain has it
        """What flows in, or out."""
        return (self.inputs if which == "input" else self.outputs)[0]


def _refs(value: Any) -> tuple[TensorRef, ...]:
    if isinstance(value, TensorRef):
        return (value,)
    items = list(value.values()) if isinstance(value, dict) else value
    if isinstance(items, list | tuple) and all(isinstance(item, TensorRef) for item in items):
        return tuple(items)
    hint = "paste the lines that make them as well"
    raise ReadError("Model", "takes tensors that no pasted line gives", hint=hint)


def sequential(builder: Builder, chain: Chain) -> None:
    """String a model together in the graph itself, layer after layer."""
    chain.called = True
    for value, text in flat(chain):
        if isinstance(value, Layer):
            first = "input" not in chain.ends
            out = builder.follow(value, text)
            if first:
                chain.ends["input"] = builder.nodes[-1].inputs[0]
            chain.ends["output"] = out
        else:
            chain.ends["input"] = _opened(builder, value)


def _opened(builder: Builder, value: Any) -> TensorRef:
    """The door of a Sequential: the tensor of an Input, or a new one of a shape."""
    if not isinstance(value, TensorRef):
        return builder.door(value)
    builder.last = value
    return value


def flat(chain: Chain) -> list[tuple[Any, str]]:
    """The layers and input shapes of a Sequential, those of inner ones in their place."""
    found: list[tuple[Any, str]] = []
    stack = list(reversed(chain.layers))
    while stack:
        value, text = stack.pop()
        if isinstance(value, Chain):
            value.called = True
            stack.extend(reversed(value.layers))
        else:
            found.append((value, text))
    return found


def called_model(builder: Builder, model: Chain | Whole) -> Layer:
    """The layer that a model is when it is called on a tensor."""
    if model.layer is None and isinstance(model, Chain):
        if model.ends:  # strung together already
            inside = builder.take_out((model.ends["input"],), (model.ends["output"],))
        else:
            model.called = True
            inside = _of_its_own(builder, model).graph
        inside = inside._replace(class_name="Sequential")
        model.layer = _as_layer(builder, inside, "sequential")
    elif isinstance(model, Whole) and model.layer is None:
        inside = builder.take_out(model.inputs, model.outputs)
        model.layer = _as_layer(builder, inside, "functional")
    assert model.layer is not None  # noqa: S101 - made above
    return model.layer


def _of_its_own(builder: Builder, chain: Chain) -> Pasted:
    other = Builder(builder.dialect)
    for value, text in flat(chain):
        if isinstance(value, Layer):
            if other.last is None:
                other.door(declared(value))
            other.follow(value, text)
        else:
            other.door(_shape(builder, value))
    return other.pasted()


def _shape(builder: Builder, value: Any) -> Any:
    if not isinstance(value, TensorRef):
        return value
    shape = builder.layers[value.layer].config.get("batch_shape")
    return None if shape is None else tuple(shape)


def _as_layer(builder: Builder, graph: Graph, stem: str) -> Layer:
    name = builder.free_name(stem)
    class_name = graph.class_name
    return Layer(
        name, class_name, {"name": name}, graph=graph._replace(name=name), dialect=builder.dialect
    )
