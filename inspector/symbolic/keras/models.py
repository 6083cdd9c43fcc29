"""Models: wired from tensors, put together one layer after the other, or written as a class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from inspector import graph as ours
from inspector.graph import Weight
from inspector.infer import analyze
from inspector.symbolic.keras import adapt
from inspector.symbolic.keras.layers import Call, Layer
from inspector.symbolic.keras.network import Network, as_graph, network
from inspector.symbolic.keras.session import current
from inspector.symbolic.keras.specs import Outputs
from inspector.symbolic.keras.tensors import History, Tensor, tensors_in
from inspector.symbolic.keras.unknown import Unknown, is_unknown, reason, unknown

_TRAINING = frozenset(
    (
        *("compile", "fit", "evaluate", "predict", "fit_generator", "evaluate_generator"),
        *("predict_generator", "train_on_batch", "test_on_batch", "predict_on_batch", "save"),
        *("save_weights", "load_weights", "set_weights", "to_json", "to_yaml", "export"),
        *("predict_classes", "predict_proba", "make_predict_function", "reset_states"),
    )
)


def door(
    shape: Any, name: str | None = None, dtype: Any = None, **settings: Any
) -> Tensor | Unknown:
    """The tensor of a new input layer; `shape` has the batch in front, None is unknown."""
    sizes = None
    if is_unknown(shape):
        current.report(f"a shape that nobody knows: {reason(shape)}")
    if not isinstance(shape, Unknown) and shape is not None:
        sizes = [None if isinstance(size, Unknown) else size for size in shape]
        sizes = [size if size is None else int(size) for size in sizes]
    layer = LAYER_CLASSES["InputLayer"].__new__(LAYER_CLASSES["InputLayer"])
    kind = str(dtype) if isinstance(dtype, str) else "float32"
    layer.__dict__["_config"] = {"batch_shape": sizes, "dtype": kind, **settings}
    layer._named(name)
    return opened(layer, sizes, kind)


def opened(layer: Layer, sizes: Any, kind: str) -> Tensor:
    """The tensor that an input layer gives."""
    tensor = Tensor(None if sizes is None else tuple(sizes), kind, History(layer, 0, 0))
    current.wired(Call(layer, 0, (), {}, (tensor,), current.line()))
    layer.__dict__["_first"] = ([], {})
    return tensor


LAYER_CLASSES: dict[str, type[Layer]] = {}  # filled by `classes`


class Model(Layer):
    """A model: wired from `inputs` and `outputs`, or by the `call` of a class of the program."""

    _builtin = "Functional"
    _network: Network | None = None
    _takes: Any = None  # inputs and outputs nested as they were given
    _gives: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        inputs = kwargs.pop("inputs", kwargs.pop("input", None))
        outputs = kwargs.pop("outputs", kwargs.pop("output", None))
        if args and inputs is None:
            inputs, args = args[0], args[1:]
        if args and outputs is None:
            outputs, args = args[0], args[1:]
        name = kwargs.get("name", args[0] if args else None)
        self.__dict__["_flag"] = kwargs.get("trainable", True) is not False
        self._named(None if name is None else str(name))
        current.models.append(self)
        if inputs is not None:
            self._wire(inputs, outputs)

    def _wire(self, inputs: Any, outputs: Any) -> None:
        for side in (inputs, outputs):
            if is_unknown(side) or next(tensors_in(side), None) is None:
                current.models.remove(self)
                why = reason(side) or "no tensor is given"
                raise ValueError(f"the tensors of the model are not known: {why}")
        self.__dict__["_takes"], self.__dict__["_gives"] = inputs, outputs
        self.__dict__["_network"] = network(list(tensors_in(inputs)), list(tensors_in(outputs)))

    def _stem(self) -> str:
        if not self._is_builtin():
            return adapt.stem(type(self).__name__, None)
        return "functional" if current.major == 3 else "model"

    # --- what models have -----------------------------------------------------------------------

    @property
    def layers(self) -> list[Any]:
        """Its layers, as `summary()` lists them; functions are none in Keras 3."""
        return [one for one in self._members() if not one.is_operation or current.major < 3]

    def _members(self) -> list[Any]:
        if self._network is None:
            return list(self._sublayers())
        return list(self._network.layers)

    @property
    def is_operation(self) -> bool:
        """A model is no function."""
        return False

    @property
    def inputs(self) -> list[Tensor]:
        """The tensors that it takes."""
        return list(self._network.inputs) if self._network else []

    @property
    def outputs(self) -> list[Tensor]:
        """The tensors that it gives."""
        return list(self._network.outputs) if self._network else []

    @property
    def input(self) -> Any:
        """The tensor that it takes, or all of them as they were given."""
        found = self.inputs
        return found[0] if len(found) == 1 else self._takes or unknown("the input of a model")

    @property
    def output(self) -> Any:
        """The tensor that it gives, or all of them as they were given."""
        found = self.outputs
        return found[0] if len(found) == 1 else self._gives or unknown("the output of a model")

    @property
    def input_shape(self) -> Any:
        """The shape of what it takes."""
        shapes = [tensor.shape for tensor in self.inputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def output_shape(self) -> Any:
        """The shape of what it gives."""
        shapes = [tensor.shape for tensor in self.outputs]
        return shapes[0] if len(shapes) == 1 else shapes

    def get_layer(self, name: Any = None, index: int | None = None) -> Any:
        """A layer by its name, or by its place."""
        if isinstance(name, int):
            name, index = None, name
        if index is not None:
            return self.layers[index]
        found = next((layer for layer in self._members() if layer.name == name), None)
        if found is None:
            raise ValueError(f"no such layer: {name}")
        return found

    def summary(self, *_: Any, **__: Any) -> None:
        """Nothing: what the program prints is not shown."""

    def build(self, input_shape: Any = None, *_: Any, **__: Any) -> None:
        """Call the `call` of a class for tensors of these shapes."""
        if self._network is None and isinstance(input_shape, list | tuple) and "call" in dir(self):
            several = input_shape and isinstance(input_shape[0], list | tuple)
            shapes = input_shape if several else [input_shape]
            doors = [Tensor(tuple(shape)) for shape in shapes]
            with current.within():
                self(doors if several else doors[0])

    def __getattr__(self, name: str) -> Any:
        if name in _TRAINING:
            current.happened(name, self.__dict__.get("_serial", 0))
            return unknown(f"{self.__dict__.get('name', 'model')}.{name}", f"{name} is not run")
        if name.startswith("_"):
            raise AttributeError(name)
        return super().__getattr__(name)

    # --- calls ----------------------------------------------------------------------------------

    def _result(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        if self._network is None:
            return self._traced(args, kwargs)
        given = list(tensors_in((args, kwargs)))
        shapes = self._shapes_for([one.sizes for one in given])
        made = [Tensor(shape, given[0]._dtype) for shape in shapes]
        return _nested(self._gives, iter(made))

    def _shapes_for(self, sizes: list[Any]) -> Outputs:
        """What it gives for inputs of these shapes."""
        own = [one.sizes for one in self.inputs]
        if sizes == own or None in sizes:
            return tuple(one.sizes for one in self.outputs)
        return analyze(self.graph(), sizes).outputs

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """What it gives, without a node for the call."""
        return self._result((inputs, *args), kwargs)

    # --- what the graph gets --------------------------------------------------------------------

    def graph(self) -> ours.Graph:
        """The model as our readers would have read it from a file."""
        if self._network is None:
            return _of_class(self)
        class_name = "Functional" if self._is_builtin() else type(self).__name__
        return as_graph(self._network, self.name, class_name, trainable=self.trainable)

    def record(self) -> ours.Layer:
        """The model as a layer of another one."""
        if self._network is None:
            return self._record_of_class()
        inside = self.graph()
        return ours.Layer(
            name=self.name,
            class_name=inside.class_name,
            config={"name": self.name, "trainable": self.trainable},
            trainable=self.trainable,
            graph=inside,
            identity=str(self._serial),
            dialect=current.major,
        )

    def _weights(self) -> tuple[Weight, ...] | None:
        if self._network is None:
            return super()._weights()
        return _all_weights(self._members())

    def _sublayers(self) -> Iterator[Layer]:
        if self._network is None:
            yield from super()._sublayers()
        else:
            yield from self._network.layers


def _all_weights(layers: Sequence[Layer]) -> tuple[Weight, ...] | None:
    found: tuple[Weight, ...] = ()
    for layer in layers:
        weights = layer._weights()
        if weights is None:
            return None
        found += weights
    return found


def _nested(like: Any, made: Iterator[Tensor]) -> Any:
    """New tensors nested as the outputs of a model are."""
    if isinstance(like, Tensor):
        return next(made)
    if isinstance(like, Mapping):
        return {key: _nested(like[key], made) for key in sorted(like, key=str)}
    return [_nested(item, made) for item in like]


def _of_class(model: Model) -> ours.Graph:
    """A model of a class as its parts: nothing tells how they are wired.

    What a layer owns is what its first call asked for; one that was not called has none yet.
    """
    layers = tuple(replace(one.record(), own=one._weights()) for one in model._sublayers())
    nodes = tuple(ours.Node(layer) for layer in layers)
    return ours.Graph(
        name=model.name,
        class_name=type(model).__name__,
        layers=layers,
        nodes=nodes,
        inputs=(),
        outputs=(),
        trainable=model.trainable,
        dialect=current.major,
    )
