"""Models put together one layer after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inspector import graph as ours
from inspector.readers.wiring import chain
from inspector.symbolic.keras import adapt
from inspector.symbolic.keras.layers import Layer
from inspector.symbolic.keras.models import Model, door
from inspector.symbolic.keras.network import Network, as_graph, call_of, network
from inspector.symbolic.keras.session import current
from inspector.symbolic.keras.tensors import Tensor, tensors_in


class Sequential(Model):
    """A model put together one layer after the other."""

    _builtin = "Sequential"

    def __init__(self, layers: Any = None, name: str | None = None, **kwargs: Any) -> None:
        if isinstance(layers, str):
            layers, name = None, layers
        self.__dict__.update(_stacked=[], _masks=[])  # the latter: what names of masks begin with
        self.__dict__["_flag"] = kwargs.get("trainable", True) is not False
        self._named(name)
        current.models.append(self)
        self.__dict__["_counting"] = False
        for layer in layers if isinstance(layers, list | tuple) else ():
            self.add(layer)
        self.__dict__["_counting"] = True
        self._count()

    def _stem(self) -> str:
        return "sequential" if self._is_builtin() else adapt.stem(type(self).__name__, None)

    def add(self, layer: Any) -> None:
        """Put a layer behind the others."""
        if isinstance(layer, Tensor) and layer._keras_history is not None:
            layer = layer._keras_history.operation
        if not self._stacked and isinstance(layer, Layer):
            self._open(layer)
            if layer.class_name == "InputLayer":
                return
        self._check_name(layer)
        self._stacked.append(layer)
        last = self.__dict__.get("_last")
        if last is not None and not self._is_given(layer):
            self._recount()
            before = len(current.calls)
            self._chain(layer(last))
            made = (call.layer for call, _ in current.calls[before:])
            self._masks.extend(one._stem() for one in made if one.is_operation)
            self._count()

    def _is_given(self, layer: Any) -> bool:
        """Whether the first layer is a `Merge` of branches, which was called when it was made."""
        last = self.__dict__["_last"]
        history = last._keras_history if isinstance(last, Tensor) else None
        return history is not None and history.operation is layer

    def _check_name(self, layer: Any) -> None:
        """Refuse a name that is taken, at the line that gives it."""
        names = self.__dict__.setdefault("_names", set())
        name = str(layer.name) if isinstance(layer, Layer) else ""
        if name in names:
            raise ValueError(f'the name "{name}" is used twice in the model')
        names.update([name] if name else ())

    @property
    def _network(self) -> Network | None:  # type: ignore[override] # a model has it from its start
        """What is wired by now: looked up when it is asked for, and not at every layer."""
        if not self._is_wired():
            return None
        doors, last = self.__dict__["_doors"], self.__dict__["_last"]
        known = self.__dict__.get("_wired")
        if known is None or known.outputs[0] is not last or known.inputs[0] is not doors[0]:
            known = self.__dict__["_wired"] = network(doors, [last])
        return known

    def _is_wired(self) -> bool:
        doors, last = self.__dict__.get("_doors") or [None], self.__dict__.get("_last")
        return doors[0] is not None and isinstance(last, Tensor) and doors[0] is not last

    def _count(self) -> None:
        """Keras 3 wires a Functional model anew at every layer, and counts its name."""
        if self._is_wired() and self.__dict__.get("_counting") and current.major == 3:
            current.used["functional"] += 1

    def _recount(self) -> None:
        """The layers that are there already make their masks anew, with new names."""
        if self.__dict__.get("_counting"):
            current.used.update(self._masks)

    def _open(self, layer: Layer) -> None:
        """The input, where the first layer tells its shape."""
        if layer.class_name == "InputLayer":
            self._begin(layer.output)
        elif isinstance(layer, Model) and layer._network is not None:
            self._begin_at(layer.inputs[0].sizes, layer)
        elif layer._calls and layer.class_name == "Merge":
            self.__dict__["_doors"] = _doors(layer.output)
            self._chain(layer.output)
        else:
            shape = adapt.door_shape(layer._config, layer.class_name)
            if shape is not None:
                self._begin_at(shape, layer)

    def _begin_at(self, shape: Any, layer: Layer) -> None:
        name = None if current.major == 3 else f"{layer.name}_input"
        kind = "int32" if layer.class_name == "Embedding" and current.major < 3 else None
        self._begin(door(shape, name, kind))

    def _begin(self, tensor: Any) -> None:
        self.__dict__["_doors"] = [tensor] if isinstance(tensor, Tensor) else []
        self.__dict__["_last"] = tensor

    def _chain(self, tensor: Any) -> None:
        self.__dict__["_last"] = tensor
        doors = self.__dict__.get("_doors") or [None]
        self.__dict__["_takes"] = doors[0] if len(doors) == 1 else doors
        self.__dict__["_gives"] = tensor

    def pop(self) -> Any:
        """Take the last layer away."""
        layer = self._stacked.pop()
        self.__dict__.get("_names", set()).discard(getattr(layer, "name", ""))
        if layer._calls and isinstance(self.__dict__.get("_last"), Tensor):
            self._chain(layer._calls[-1].inputs[0])
        return layer

    @property
    def layers(self) -> list[Any]:
        """Its layers, without the input."""
        return list(self._stacked)

    def _members(self) -> list[Any]:
        return list(self._stacked)

    def _sublayers(self) -> Iterator[Layer]:
        yield from (layer for layer in self._stacked if isinstance(layer, Layer))

    def build(self, input_shape: Any = None, *_: Any, **__: Any) -> None:
        """Wire the layers for an input of this shape."""
        if self.__dict__.get("_last") is None and isinstance(input_shape, list | tuple):
            self._begin_at(tuple(input_shape), self._stacked[0])
            for layer in self._stacked:
                self._chain(layer(self._last))
            self._count()

    def _result(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        given = next(tensors_in((args, kwargs)), None)
        if self._network is None and given is not None and given.sizes is not None:
            inside, current.inside = current.inside, 0
            self.build(given.sizes)
            current.inside = inside
        return Tensor(None) if self._network is None else super()._result(args, kwargs)

    def graph(self) -> ours.Graph:
        """The model as our readers would have read it from a file."""
        class_name = "Sequential" if self._is_builtin() else type(self).__name__
        if self._network is None:
            return _unbuilt(self, class_name)
        made = as_graph(self._network, self.name, class_name, trainable=self.trainable)
        made = _without_masks(made)
        return _without_door(made) if class_name == "Sequential" else made

    def record(self) -> ours.Layer:
        """The model as a layer of another one."""
        if self._network is not None:
            return super().record()
        inside = self.graph()
        return ours.Layer(
            self.name,
            inside.class_name,
            {"name": self.name, "trainable": self.trainable},
            trainable=self.trainable,
            graph=inside,
            identity=str(self._serial),
            dialect=current.major,
        )


def _doors(tensor: Tensor) -> list[Tensor]:
    """The inputs that a tensor is computed from, in the order of its branches."""
    found: dict[int, Tensor] = {}
    seen: set[int] = set()
    stack = [tensor]
    while stack:
        one = stack.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        call = call_of(one)
        if not call.inputs:
            found.setdefault(id(one), one)
        stack.extend(reversed(call.inputs))
    return list(found.values())


def _without_door(made: ours.Graph) -> ours.Graph:
    """A Sequential does not list its input layer."""
    doors = {ref.layer for ref in made.inputs}
    layers = tuple(
        layer
        for layer in made.layers
        if layer.name not in doors or layer.class_name != "InputLayer"
    )
    return made._replace(layers=layers)


def _without_masks(made: ours.Graph) -> ours.Graph:
    """A Sequential lists its layers alone: not what their masks add in Keras 3."""
    if not any(layer.operation for layer in made.layers):
        return made
    nodes = (
        node._replace(kwargs={key: value for key, value in node.kwargs.items() if key != "mask"})
        for node in made.nodes
        if not node.layer.operation
    )
    layers = tuple(layer for layer in made.layers if not layer.operation)
    return made._replace(layers=layers, nodes=tuple(nodes))


def _unbuilt(model: Sequential, class_name: str) -> ours.Graph:
    header = ours.Graph(
        model.name, class_name, (), (), (), (), trainable=model.trainable, dialect=current.major
    )
    start = ours.Layer("input_layer", "InputLayer", {"batch_shape": None}, "keras.layers")
    return chain(header, start, [layer.record() for layer in model._sublayers()])
