"""The layer classes of one Keras, made from its recorded signatures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from inspector.readers.branches import merging
from inspector.signatures import Signature, signatures
from inspector.symbolic.keras import adapt
from inspector.symbolic.keras.layers import Layer
from inspector.symbolic.keras.models import LAYER_CLASSES, door
from inspector.symbolic.keras.plain import plain
from inspector.symbolic.keras.session import current
from inspector.symbolic.keras.tensors import Tensor, mapped, tensors_in
from inspector.symbolic.keras.unknown import Unknown, is_unknown


class LambdaLayer(Layer):
    """A function of the program as a layer: it runs, on shapes."""

    def _by_rule(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG002
        function = self._config.get("function")
        settings = self._config.get("arguments") or {}
        doors = mapped(args[0], lambda one: Tensor(one.sizes, one._dtype))
        try:
            with current.within():
                result = function(doors, **settings) if callable(function) else None
        except Exception as error:  # whatever it did, its shape may be told beside it
            current.report(f"the function of {self.name} did not run on shapes: {error}")
            result = None
        if isinstance(result, Tensor) and result.sizes is not None:
            return result
        if isinstance(result, list | tuple) and all(isinstance(one, Tensor) for one in result):
            return list(result)
        return Tensor(self._told(doors))

    def _told(self, doors: Any) -> Any:
        """The shape that `output_shape` tells."""
        told = self._config.get("output_shape")
        first = next(tensors_in(doors), None)
        batch = first.sizes[0] if first is not None and first.sizes else None
        if callable(told) and not isinstance(told, Unknown):
            shapes = mapped(doors, lambda one: one.sizes)
            try:
                told = told(shapes)
            except Exception:
                return None
            return tuple(told) if isinstance(told, list | tuple) and not is_unknown(told) else None
        if isinstance(told, list | tuple) and not is_unknown(told):
            return (batch, *told)
        return None


class TimeDistributedLayer(Layer):
    """A layer of the program's own at every step; those of Keras go by the rule."""

    def _by_rule(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        inner = self._config.get("layer")
        tensor = args[0]
        by_rule = not isinstance(inner, Layer) or (
            inner._is_builtin() and not isinstance(inner, LambdaLayer)
        )
        if by_rule or not isinstance(tensor, Tensor) or not tensor.sizes:
            return super()._by_rule(args, kwargs)
        batch, steps, *rest = tensor.sizes
        with current.within():
            given = inner(Tensor((batch, *rest)))
        if not isinstance(given, Tensor) or given.sizes is None:
            return Tensor(None)
        return Tensor((batch, steps, *given.sizes[1:]))


class MergeLayer(Layer):
    """Keras 1's `Merge`, whose branches may be models: it is called as soon as it is made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = self._config.pop("layers", None)
        if branches:
            self([branch.output if isinstance(branch, Layer) else branch for branch in branches])

    def _by_rule(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        mode = self._config.get("mode")
        if callable(mode):
            made = LAYER_CLASSES["Lambda"](mode, output_shape=self._config.get("output_shape"))
            return made._by_rule(args, kwargs)
        return super()._by_rule(args, kwargs)


_SPECIAL: dict[str, type[Layer]] = {
    "Lambda": LambdaLayer,
    "TimeDistributed": TimeDistributedLayer,
    "Merge": MergeLayer,
}


@cache
def layer_classes(dialect: str) -> Mapping[str, type[Layer]]:
    """Every layer class by its names."""
    made: dict[str, type[Layer]] = {}
    named: dict[str, type[Layer]] = {}
    for name, signature in signatures(dialect).items():
        own = signature.class_name
        if own not in made:
            made[own] = Layer if own == "Layer" else _class(signature)
        named[name] = made[own]
    return named


def _class(signature: Signature) -> type[Layer]:
    base = _SPECIAL.get(signature.class_name, Layer)

    def call(self: Layer, *args: Any, **kwargs: Any) -> Any:
        """What the class of Keras gives, for a class of the program that descends from it."""
        if self._first is not None and "_inner" not in self.__dict__:
            self.__dict__["_inner"] = self._shapes(args, kwargs)
        return self._by_rule(args, kwargs)

    body = {
        "_signature": signature,
        "_builtin": signature.class_name,
        "__module__": "keras.layers",
        "call": call,
    }
    return type(signature.class_name, (base,), body)


def open_session() -> None:
    """Make the classes of the current dialect the ones that models are built from."""
    LAYER_CLASSES.clear()
    LAYER_CLASSES.update(layer_classes(current.dialect))
    LAYER_CLASSES.setdefault("InputLayer", _class(signatures("keras3")["InputLayer"]))


# --- functions that make layers -----------------------------------------------------------------

_MERGES = {
    "add": "Add", "subtract": "Subtract", "multiply": "Multiply", "average": "Average",
    "maximum": "Maximum", "minimum": "Minimum", "concatenate": "Concatenate", "dot": "Dot",
}  # fmt: skip


def merge_function(name: str) -> Callable[..., Any] | None:
    """`keras.layers.add` and its like."""
    if name not in _MERGES:
        return None

    def called(inputs: Any, *args: Any, **kwargs: Any) -> Any:
        return LAYER_CLASSES[_MERGES[name]](*args, **kwargs)(inputs)

    called.__name__ = name
    return called


def merge(inputs: Any, mode: Any = "sum", *args: Any, **kwargs: Any) -> Any:
    """`merge` of Keras 1."""
    if isinstance(mode, str) and current.dialect != "keras1" and mode in _OLD_MODES:
        kind, settings = merging("Merge", {**plain(kwargs), "mode": mode})
        return LAYER_CLASSES[kind](**settings)(inputs)
    made = LAYER_CLASSES.get("Merge") or layer_classes("keras1")["Merge"]
    return made(None, mode, *args, **kwargs)(inputs)


_OLD_MODES = {"sum", "mul", "concat", "ave", "dot", "cos", "max"}


def input_tensor(*args: Any, **kwargs: Any) -> Any:
    """`keras.Input`, with the arguments of the current dialect."""
    second = "batch_size" if current.dialect in ("keras3", "tf_keras") else "batch_shape"
    given = {**dict(zip(("shape", second, "name", "dtype"), args, strict=False)), **kwargs}
    tensor = given.get("tensor")
    if isinstance(tensor, Tensor):
        return tensor
    whole = given.get("batch_shape") or given.get("batch_input_shape")
    if whole is None:
        shape = given.get("shape")
        if isinstance(shape, Unknown) or shape is None:
            whole = shape
        else:
            shape = shape if isinstance(shape, list | tuple) else (shape,)
            whole = (given.get("batch_size"), *shape)
    name = given.get("name")
    if name is None and current.major < 3:
        name = current.automatic("input", door=True)
    return door(whole, name, given.get("dtype"))


def input_layer(*args: Any, **kwargs: Any) -> Any:
    """`keras.layers.InputLayer`, which is the layer and not its tensor."""
    given = dict(kwargs)
    if args:
        given["shape"] = args[0]
    if "input_shape" in given:
        given["shape"] = given.pop("input_shape")
    made = input_tensor(**given)
    if isinstance(made, Tensor) and made._keras_history is not None:
        return made._keras_history.operation
    return made


__all__ = ["adapt", "input_layer", "input_tensor", "layer_classes", "merge", "merge_function"]
