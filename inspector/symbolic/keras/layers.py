"""Layers: built as the signature of their class says, each call a node of the graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from inspector import graph
from inspector.dims import Product
from inspector.graph import Weight
from inspector.signatures import Signature, bound
from inspector.symbolic.keras import adapt, masks
from inspector.symbolic.keras.nested import (
    bare,
    of_arrays,
    plain_but_tensors,
    repacked,
    shapes_for_build,
)
from inspector.symbolic.keras.plain import plain
from inspector.symbolic.keras.session import current
from inspector.symbolic.keras.specs import NoShape, applied, shape_of, weights_of
from inspector.symbolic.keras.tensors import History, Tensor, mapped, tensors_in
from inspector.symbolic.keras.unknown import Unknown, is_unknown, reason, unknown

_INTERNAL = frozenset(("_config", "_calls", "_own", "_first", "_serial", "_flag", "_record"))


class Call(NamedTuple):
    """One call of a layer, as it was made."""

    layer: Layer
    number: int
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    outputs: tuple[Tensor, ...]
    line: int
    inputs: tuple[Tensor, ...] = ()  # the tensors of the graph that it takes, in order


class Layer:
    """A layer of the stand-in Keras; what its class does is in the rule of that class."""

    _signature: Signature | None = None  # of the Keras class that it is, or descends from
    _builtin = ""  # the name of that class
    supports_masking: Any = None  # unless the program says it, the class decides

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG004 - as `__init__` takes them
        self = object.__new__(cls)
        self.__dict__.update(
            _config={}, _calls=[], _own=[], _first=None, _serial=current.numbered(), _flag=True
        )
        return self

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        signature = self._signature
        if signature is None:
            given = dict(kwargs)
        else:
            args, kwargs = adapt.arguments(signature, args, kwargs)
            given = bound(signature, args, kwargs)
        self.__dict__["_config"] = given
        self.__dict__["_flag"] = given.pop("trainable", True) is not False
        name = given.pop("name", None)
        self._named(None if name is None else str(name))

    def _named(self, name: str | None) -> None:
        self.__dict__["name"] = name or current.automatic(self._stem())

    def _stem(self) -> str:
        return adapt.stem(self.class_name, self._signature if self._is_builtin() else None)

    # --- what Keras' layers have ----------------------------------------------------------------

    @property
    def class_name(self) -> str:
        """The name of its class, as a file would say."""
        return self._builtin if self._is_builtin() else type(self).__name__

    def _is_builtin(self) -> bool:
        return bool(self._builtin) and "_builtin" in type(self).__dict__

    @property
    def trainable(self) -> bool:
        """Whether training may change it."""
        return bool(self._flag)

    @trainable.setter
    def trainable(self, value: Any) -> None:
        self.__dict__["_flag"] = current.flagged(self, value)
        if current.major > 1:
            for layer in self._sublayers():
                layer.trainable = value

    @property
    def is_operation(self) -> bool:
        """Whether it is one function, which `model.layers` of Keras 3 does not list."""
        return False

    @property
    def built(self) -> bool:
        """Whether it was called."""
        return self._first is not None

    @built.setter
    def built(self, value: Any) -> None:
        """Layers of users say so themselves; a call is what counts here."""

    @property
    def _inbound_nodes(self) -> list[Call]:
        return list(self._calls)

    @property
    def output(self) -> Any:
        """What its first call gives."""
        return self.get_output_at(0)

    @property
    def input(self) -> Any:
        """What its first call takes."""
        return self.get_input_at(0)

    def get_output_at(self, index: int) -> Any:
        """What one of its calls gives."""
        if index >= len(self._calls):
            raise AttributeError(f"the layer {self.name} has never been called")
        outputs = self._calls[index].outputs
        return outputs[0] if len(outputs) == 1 else list(outputs)

    def get_input_at(self, index: int) -> Any:
        """What one of its calls takes."""
        if index >= len(self._calls):
            raise AttributeError(f"the layer {self.name} has never been called")
        inputs = self._calls[index].inputs
        return inputs[0] if len(inputs) == 1 else list(inputs)

    @property
    def output_shape(self) -> Any:
        """The shape of what its first call gives."""
        shapes = [tensor.shape for tensor in self._calls[0].outputs] if self._calls else []
        if not shapes:
            raise AttributeError(f"the layer {self.name} has never been called")
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def input_shape(self) -> Any:
        """The shape of what its first call takes."""
        found = self.get_input_at(0)
        return [one.shape for one in found] if isinstance(found, list) else found.shape

    def compute_output_shape(self, input_shape: Any, *_: Any, **__: Any) -> Any:
        """The shape that it gives for one."""
        with current.within():
            made = self(Tensor(tuple(input_shape)))
        return made.shape

    compute_output_spec = get_output_shape_for = compute_output_shape

    def build(self, *_: Any, **__: Any) -> None:
        """What a user's class may do on its first call."""

    def add_weight(self, *args: Any, **kwargs: Any) -> Tensor:
        """A weight of its own, whichever Keras the arguments are written for."""
        name = next((arg for arg in args if isinstance(arg, str)), "weight")
        shape = next((arg for arg in args if isinstance(arg, list | tuple | Unknown)), ())
        name, shape = kwargs.get("name") or name, kwargs.get("shape", shape)
        return self._weight(str(name), () if shape is None else shape, kwargs)

    add_variable = add_weight

    def _weight(self, name: str, shape: Any, options: Mapping[str, Any]) -> Tensor:
        if isinstance(shape, Unknown):
            self._own.append(None)
            return Tensor(None)
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        sizes = tuple(None if isinstance(size, Unknown) else size for size in shape)
        trainable = options.get("trainable") is not False
        axes = Product(tuple("?" if size is None else str(size) for size in sizes), sizes)
        self._own.append(None if None in sizes else Weight(name, axes, trainable))
        return Tensor(sizes)

    def add_loss(self, *_: Any, **__: Any) -> None:
        """Losses change no graph."""

    add_metric = add_update = add_loss

    def get_config(self) -> dict[str, Any]:
        """The settings it was made with."""
        return {"name": self.name, "trainable": self.trainable, **self._config}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """A layer of these settings."""
        return cls(**config)

    @property
    def weights(self) -> list[Any]:
        """Its weights: their shapes, without numbers."""
        return [Tensor(weight.axes.dims) for weight in self._weights() or ()]

    @property
    def trainable_weights(self) -> list[Any]:
        """Those that training may change."""
        found = (weight for weight in self._weights() or () if weight.trainable)
        return [Tensor(weight.axes.dims) for weight in found]

    trainable_variables = trainable_weights
    variables = weights

    def count_params(self) -> Any:
        """How many numbers its weights hold."""
        found = self._weights()
        if found is None:
            return unknown(f"the parameters of {self.name}")
        return sum(weight.size for weight in found)

    def get_weights(self) -> list[Any]:
        """Numbers, which nobody has."""
        return [unknown(f"a weight of {self.name}") for _ in self._weights() or ()]

    def __getattr__(self, name: str) -> Any:
        config = self.__dict__.get("_config", {})
        if name in config:
            return config[name]
        if name == "name":
            self._named(None)
            return self.__dict__["name"]
        if name.startswith("_") or self.__dict__.get("_signature", self._signature) is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return unknown(f"{name} of {type(self).__name__}")

    # --- calls ----------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.is_operation:
            args = tuple(map(of_arrays, args))
        found = list(tensors_in((args, kwargs)))
        if not found:
            return self._without_tensor(args, kwargs)
        masked = None
        if current.major == 3 and not current.inside and not self.is_operation:
            masked = masks.masking(self, args, kwargs, found)
        with current.calling(self, found):
            result = self._result(args, kwargs if masked is None else masked.called)
        outputs = tuple(tensors_in(result))
        if self._first is None:
            self.__dict__["_first"] = self._shapes(args, kwargs)
            current.used.update(adapt.HELD.get(self._builtin, ()))
        if current.inside or all(one._keras_history is None for one in found):
            return result
        index = len(self._calls)
        made = {
            id(one): Tensor(one.sizes, one._dtype, History(self, index, place))
            for place, one in enumerate(outputs)
        }
        nodes = tuple(made.values())
        if masked is not None:
            kwargs = dict(masked.written)
            masks.spread(self, masks.first(args, kwargs), masked.previous, nodes)
            found = list(tensors_in((args, kwargs)))
        taken = tuple(one for one in found if one._keras_history)
        current.wired(Call(self, index, args, kwargs, nodes, current.line(), taken))
        return repacked(result, made)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask of what it gives for these inputs."""
        if current.major < 3:
            return unknown(f"a mask of {self.name}")
        return masks.computed(self, inputs, previous_mask)

    def _without_tensor(self, args: Any, kwargs: Any) -> Any:
        """Called on numbers, or on what nobody knows."""
        if args and hasattr(args[0], "shape") and not isinstance(args[0], Unknown):
            with current.within():
                return self(Tensor(tuple(args[0].shape)), *args[1:], **kwargs)
        why = reason(list(args)) or f"line {current.line()}: no tensor is given"
        return Unknown(self.name, why)

    def _shapes(self, args: Any, kwargs: Any) -> Any:
        try:
            return mapped(list(args), shape_of), mapped(dict(kwargs), shape_of)
        except NoShape:
            return None

    def _result(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """What a call gives, as tensors that no call is recorded for yet."""
        if masks.overridden(self, "call"):
            return self._traced(args, kwargs)
        return self._by_rule(args, kwargs)

    def _by_rule(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        plainly = [plain_but_tensors(arg) for arg in args]
        named = {key: plain_but_tensors(value) for key, value in kwargs.items()}
        return self._packed(applied(self._base(), plainly, named), args)

    def _traced(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """What a user's own `call` gives for tensors of the same shapes."""
        with current.within():
            doors = mapped(list(args), lambda one: Tensor(one.sizes, one._dtype))
            if self._first is None:
                self.__dict__["_first"] = self._shapes(args, kwargs)
                self.build(shapes_for_build(doors[0] if doors else None))
            result = self.call(*doors, **mapped(dict(kwargs), bare))
        if is_unknown(result) and isinstance(result, Unknown):
            return Tensor(None)
        return Tensor(None) if result is None else result

    def _packed(self, shapes: tuple[Any, ...], args: Any) -> Any:
        dtype = next((one._dtype for one in tensors_in(args)), "float32")
        made = [Tensor(shape, adapt.dtype(self.class_name, dtype)) for shape in shapes]
        return made[0] if len(made) == 1 else made

    # --- what the graph gets --------------------------------------------------------------------

    def record(self) -> graph.Layer:
        """The layer as our graph knows it."""
        if self._is_builtin():
            return self._base()
        return self._record_of_class()

    def _record_of_class(self) -> graph.Layer:
        """A layer of a class of the program: what is known of it is its weights."""
        return graph.Layer(
            name=self.name,
            class_name=self.class_name,
            config=plain(self._config),
            module="script",
            trainable=self.trainable,
            identity=str(self._serial),
            dialect=current.major,
            own=self._weights(),
        )

    def _settled(self) -> tuple[str, dict[str, Any]]:
        """Class and config as our rules know them; made once, where it holds no other layer."""
        kept = self.__dict__.get("_record")
        if kept is None:
            kept = adapt.record(self._builtin, plain(self._config))
            if not any(map(_holds_layer, self._config.values())):
                self.__dict__["_record"] = kept
        found: tuple[str, dict[str, Any]] = kept
        return found

    def _base(self) -> graph.Layer:
        """The layer as one of the Keras class that it descends from."""
        name, config = self._settled()
        return graph.Layer(
            name=self.name,
            class_name=name,
            config=config,
            module="keras.layers",
            trainable=self.trainable,
            identity=str(self._serial),
            dialect=current.major,
        )

    def _weights(self) -> tuple[Weight, ...] | None:
        """Every weight, those of layers inside too; None where one of them is not known."""
        if self._first is None:
            return tuple(self._own) if None not in self._own and not self._is_builtin() else None
        if self._signature is not None:
            shapes = self.__dict__.get("_inner", self._first)
            found = weights_of(self._base(), *shapes)
        else:
            found = None if None in self._own else tuple(self._own)
        for layer in self._sublayers():
            inner = layer._weights() if layer.built else ()
            found = None if found is None or inner is None else found + inner
        return found

    def _sublayers(self) -> Iterator[Layer]:
        """The layers that its attributes hold, in the order in which they were set."""
        seen: set[int] = set()
        values = [value for key, value in self.__dict__.items() if key not in _INTERNAL]
        stack: list[Any] = list(reversed(values))
        while stack:
            value = stack.pop()
            if isinstance(value, Layer) and id(value) not in seen:
                seen.add(id(value))
                yield value
            elif isinstance(value, list | tuple):
                stack.extend(reversed(value))
            elif isinstance(value, dict):
                stack.extend(reversed(value.values()))


def _holds_layer(value: Any) -> bool:
    """Whether a layer is in a setting, which may be frozen or called later."""
    if isinstance(value, list | tuple):
        return any(map(_holds_layer, value))
    if isinstance(value, dict):
        return any(map(_holds_layer, value.values()))
    return isinstance(value, Layer)
