"""Models that are not wired by the program itself: architectures, files, copies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from inspector import graph
from inspector.graph import TensorRef
from inspector.infer import Analysis, analyze
from inspector.symbolic.keras.layers import Call, Layer
from inspector.symbolic.keras.models import LAYER_CLASSES, Model
from inspector.symbolic.keras.operations import Function
from inspector.symbolic.keras.sequential import Sequential
from inspector.symbolic.keras.session import current
from inspector.symbolic.keras.tensors import History, Tensor, tensors_in
from inspector.symbolic.keras.unknown import Unknown, is_unknown, unknown

_NUMBERED = re.compile(r"^(.*?)(?:_(\d+))?$")


def revived(found: graph.Graph, inputs: Sequence[Tensor] = (), *, renamed: bool = False) -> Any:
    """A model of the program from a graph.

    Args:
        inputs: tensors of the program to use in place of its own input layers.
        renamed: give new automatic names where the graph has some.
    """
    return _Revival(analyze(found), inputs, renamed).model()


class _Revival:
    """The state while one graph becomes a model."""

    def __init__(self, analysis: Analysis, inputs: Sequence[Tensor], renamed: bool) -> None:
        self.analysis = analysis
        self.graph = analysis.graph
        self.names = _new_names(self.graph) if renamed else {}
        self.made: dict[str, Any] = {}
        self.tensors: dict[TensorRef, Tensor] = {}
        self.given = dict(zip(self.graph.inputs, inputs, strict=False))

    def model(self) -> Any:
        for node in self.graph.nodes:
            ref = TensorRef(node.layer.name, node.call)
            if ref in self.given:
                self.tensors[ref] = self.given[ref]
            else:
                self._call(node)
        made: Any = (Sequential if self.graph.sequential else Model).__new__(
            Sequential if self.graph.sequential else Model
        )
        made.__dict__.update(name=self.graph.name, _flag=self.graph.trainable)
        current.models.append(made)
        inputs = [self.tensors[ref] for ref in self.graph.inputs]
        outputs = [self.tensors[ref] for ref in self.graph.outputs]
        if self.graph.sequential:
            made.__dict__.update(_stacked=[self.made[one.name] for one in self.graph.layers])
            made._begin(inputs[0])
            made._chain(outputs[0])
        else:
            many = len(outputs) > 1
            made._wire(inputs if len(inputs) > 1 else inputs[0], outputs if many else outputs[0])
        return made

    def _call(self, node: graph.Node) -> None:
        layer = self.made.get(node.layer.name)
        if layer is None:
            layer = self.made[node.layer.name] = self._layer(node.layer)
        args = tuple(self._value(arg) for arg in node.args)
        kwargs = {key: self._value(value) for key, value in node.kwargs.items()}
        index = len(layer._calls)
        shapes = self._shapes(node)
        outputs = tuple(
            Tensor(shape, "float32", History(layer, index, place))
            for place, shape in enumerate(shapes)
        )
        if layer._first is None:
            layer.__dict__["_first"] = layer._shapes(args, kwargs)
        taken = tuple(one for one in tensors_in((args, kwargs)) if one._keras_history)
        layer._calls.append(Call(layer, index, args, kwargs, outputs, current.line(), taken))
        for place, tensor in enumerate(outputs):
            self.tensors[TensorRef(node.layer.name, node.call, place)] = tensor

    def _shapes(self, node: graph.Node) -> list[Any]:
        shapes = []
        ref = TensorRef(node.layer.name, node.call)
        while ref in self.analysis.shapes:
            shapes.append(self.analysis.shapes[ref])
            ref = ref._replace(output=len(shapes))
        return shapes

    def _value(self, value: Any) -> Any:
        if isinstance(value, TensorRef):
            return self.tensors[value]
        if isinstance(value, list | tuple):
            return [self._value(item) for item in value]
        if isinstance(value, Mapping):
            return {key: self._value(item) for key, item in value.items()}
        return value

    def _layer(self, record: graph.Layer) -> Any:
        name = self.names.get(record.name, record.name)
        if record.graph is not None:
            inside = revived(record.graph)
            inside.__dict__["name"] = name
            return inside
        if record.operation:
            made: Any = Function.__new__(Function)
            made.__dict__.update(
                _kind=record.class_name, _module=record.module, _dialect=record.dialect
            )
        else:
            cls = LAYER_CLASSES.get(record.class_name, _Kept)
            made = cls.__new__(cls)
            made.__dict__["_kept"] = record
        made.__dict__.update(name=name, _config=_without(record.config), _flag=record.trainable)
        return made


class _Kept(Layer):
    """A layer of a file, of a class that this Keras does not have."""

    _builtin = "Layer"

    def _base(self) -> graph.Layer:
        found: graph.Layer = self.__dict__["_kept"]
        return found


def _without(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key not in ("name", "trainable")}


def _new_names(found: graph.Graph) -> dict[str, str]:
    """A new automatic name for each layer that has one, in the order of the old numbers."""
    numbered = []
    for layer in found.layers:
        match = _NUMBERED.match(layer.name)
        stem = match[1] if match else ""
        known = LAYER_CLASSES.get(layer.class_name)
        own = "" if known is None or known._signature is None else known._signature.stem
        if layer.operation:
            own = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", layer.class_name).lower()
        if match and stem == own:
            numbered.append((stem, int(match[2] or 0), layer.name))
    names = {}
    for stem, _, name in sorted(numbered, key=lambda entry: (entry[0], entry[1])):
        door = stem == "input_layer" and current.major < 3
        names[name] = current.automatic("input" if door else stem, door=door)
    return names


# --- where they come from -----------------------------------------------------------------------


def architecture(key: str) -> Any:
    """The function of `keras.applications` for an architecture of the catalogue."""

    def called(*args: Any, **kwargs: Any) -> Any:
        return _application(key, args, kwargs)

    called.__name__ = key
    return called


def _application(key: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    from inspector.readers import (  # noqa: PLC0415 - few programs start from one
        arguments,
        keras3,
        variants,
        zoo,
    )
    from inspector.readers.expression import Call as Spelled  # noqa: PLC0415 - as above

    tensor = kwargs.pop("input_tensor", None)
    if isinstance(tensor, Tensor) and tensor.sizes is not None and "input_shape" not in kwargs:
        kwargs["input_shape"] = tuple(tensor.sizes[1:])
    if is_unknown([*args, *kwargs.values()]):
        return unknown(f"applications.{key}", "an argument of it is not known")
    if str(kwargs.get("weights", "")) not in ("", "imagenet", "None"):
        kwargs["weights"] = None  # a file with weights changes no size
    name = kwargs.pop("name", None)
    content = zoo.recorded(key)
    call = Spelled(key, args, tuple(kwargs.items()))
    config = variants.variant(content, arguments.settings(call, content))
    found = keras3.read_model(config, f"applications.{key}")
    made = revived(found, [tensor] if isinstance(tensor, Tensor) else (), renamed=True)
    if name:
        made.__dict__["name"] = name
    return made


def load_model(path: Any, *_: Any, **__: Any) -> Any:
    """A model of a file; nothing in it is executed."""
    from inspector.readers.containers import open_path  # noqa: PLC0415 - few programs load one
    from inspector.readers.dialects import read_graph  # noqa: PLC0415 - as above

    if isinstance(path, Unknown):
        return path
    opened = open_path(Path(path), str(path))
    if opened.model is None:
        return unknown(f"load_model({path})", "the file holds no graph")
    return revived(read_graph(opened.model, str(path)))


def model_from_json(text: Any, *_: Any, **__: Any) -> Any:
    """A model of the text that `to_json` wrote."""
    from inspector.readers.dialects import read_graph  # noqa: PLC0415 - few programs read one
    from inspector.readers.text import parsed  # noqa: PLC0415 - as above

    if not isinstance(text, str):
        return unknown("model_from_json", "its text is not known")
    return revived(read_graph(parsed(text, "model_from_json"), "model_from_json"))


def clone_model(model: Any, input_tensors: Any = None, *_: Any, **__: Any) -> Any:
    """A copy of a model with layers of its own."""
    if not isinstance(model, Model):
        return unknown("clone_model", "its model is not known")
    return revived(model.graph(), list(tensors_in(input_tensors)))
