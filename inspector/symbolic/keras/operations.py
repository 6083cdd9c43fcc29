"""Functions of tensors as nodes: `keras.ops`, TensorFlow's own, and operators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspector import graph
from inspector.signatures import Operation, operations, tensorflow_names
from inspector.symbolic.keras import adapt
from inspector.symbolic.keras.layers import Layer
from inspector.symbolic.keras.plain import plain
from inspector.symbolic.keras.session import Older, current
from inspector.symbolic.keras.tensors import OPERATORS, Tensor, tensors_in
from inspector.symbolic.keras.unknown import is_unknown, reason, unknown

_KERAS3 = {
    "add": "Add", "sub": "Subtract", "mul": "Multiply", "truediv": "TrueDivide",
    "floordiv": "FloorDivide", "mod": "Mod", "pow": "Power", "matmul": "Matmul",
    "and": "LogicalAnd", "or": "LogicalOr", "neg": "Negative", "abs": "Absolute",
    "invert": "LogicalNot", "lt": "Less", "le": "LessEqual", "gt": "Greater",
    "ge": "GreaterEqual", "ne": "NotEqual", "getitem": "GetItem",
}  # fmt: skip
_TENSORFLOW = {
    "add": "__operators__.add", "sub": "math.subtract", "mul": "math.multiply",
    "truediv": "math.truediv", "floordiv": "math.floordiv", "mod": "math.floormod",
    "pow": "math.pow", "matmul": "linalg.matmul", "and": "math.logical_and",
    "or": "math.logical_or", "neg": "math.negative", "abs": "math.abs",
    "invert": "math.logical_not", "lt": "math.less", "le": "math.less_equal",
    "gt": "math.greater", "ge": "math.greater_equal", "ne": "math.not_equal",
    "getitem": "__operators__.getitem",
}  # fmt: skip
_NUMPY = "keras.src.ops.numpy"
_CORE = "keras.src.ops.core"
# Functions that only call another one.
_SHORTHANDS = {"abs": "absolute", "conj": "conjugate", "hard_swish": "hard_silu", "swish": "silu"}


class Function(Layer):
    """One function of a graph: a node like a layer's, without weights of its own."""

    _builtin = "Function"

    def __init__(
        self, class_name: str, module: str, settings: Mapping[str, Any], dialect: int
    ) -> None:
        self.__dict__.update(_kind=class_name, _module=module, _dialect=dialect)
        self.__dict__["_config"] = dict(settings)
        if not current.inside:
            self._named(None)

    def _stem(self) -> str:
        if self._dialect == 3:
            return adapt.stem(str(self._kind), None)
        return f"tf.{self._config.get('function')}"

    @property
    def class_name(self) -> str:
        """The name of its class, as a file would say."""
        return str(self._kind)

    @property
    def is_operation(self) -> bool:
        """It is one."""
        return True

    def _base(self) -> graph.Layer:
        return graph.Layer(
            name=self.__dict__.get("name", "function"),
            class_name=self.class_name,
            config=plain(self._config),
            module=str(self._module),
            operation=True,
            identity=str(self._serial),
            dialect=int(self._dialect),
        )


def function(name: str) -> Any:
    """A function of `keras.ops`, as programs call it."""
    if name in _WRITTEN:
        return _WRITTEN[name]
    found = operations().get(_SHORTHANDS.get(name, name))
    if found is None:
        return None

    def called(*args: Any, **kwargs: Any) -> Any:
        return _operated(name, found, args, kwargs)

    called.__name__ = called.__qualname__ = name
    return called


def _cast(x: Any, dtype: Any) -> Any:
    """`ops.cast`: a node for a tensor of the graph."""
    return Function("Cast", _CORE, {"dtype": dtype}, 3)(x) if isinstance(x, Tensor) else x


def _saturated(x: Any, dtype: Any) -> Any:
    """`ops.saturate_cast`."""
    return Function("SaturateCast", _CORE, {"dtype": dtype}, 3)(x) if isinstance(x, Tensor) else x


def _padded(x: Any, pad_width: Any, mode: Any = "constant", constant_values: Any = None) -> Any:
    """`ops.pad`, whose width Keras writes down as pairs."""
    if not isinstance(x, Tensor):
        return unknown("ops.pad", reason(x))
    width = ((pad_width, pad_width),) if isinstance(pad_width, int) else pad_width
    node = Function("Pad", _NUMPY, {"pad_width": width, "mode": mode}, 3)
    return node(x, constant_values=constant_values)


def _converted(x: Any, dtype: Any = None, sparse: Any = None, ragged: Any = None) -> Any:
    """`ops.convert_to_tensor`: a node for a tensor of the graph, though it changes nothing."""
    settings = {"dtype": dtype, "sparse": sparse, "ragged": ragged}
    return Function("ConvertToTensor", _CORE, settings, 3)(x)


_WRITTEN = {
    "cast": _cast,
    "saturate_cast": _saturated,
    "pad": _padded,
    "convert_to_tensor": _converted,
}


def activation(name: str) -> Any:
    """A function of `keras.activations`: that of `keras.ops`, but for two that are their own."""
    return _relu if name == "relu" else function("exp" if name == "exponential" else name)


def _relu(x: Any, negative_slope: Any = 0.0, max_value: Any = None, threshold: Any = 0.0) -> Any:
    """`activations.relu`, which is an operation called like the layer."""
    if not isinstance(x, Tensor):
        return unknown("activations.relu", reason(x))
    settings = {"negative_slope": negative_slope, "max_value": max_value, "threshold": threshold}
    return Function("ReLU", "keras.src.activations.activations", settings, 3)(x)


_relu.__name__ = _relu.__qualname__ = "relu"


def _operated(
    name: str, operation: Operation, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:
    if next(tensors_in((args, kwargs)), None) is None:
        return unknown(f"ops.{name}", reason([*args, *kwargs.values()]))
    given: dict[str, Any] = {}
    names = [param.name for param in operation.parameters if not param.keyword_only]
    if operation.variadic:
        first = names[: len(args)] if name == "einsum" else []
        given.update(zip(first[:1], args, strict=False))
        rest = args[1:] if first else args
        return _made(operation, {**given, **kwargs}, rest)
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    taken = [key for key in operation.taken if given.get(key) is not None]
    return _made(operation, given, [given[key] for key in taken])


def _made(operation: Operation, given: Mapping[str, Any], taken: Any) -> Any:
    settings = {}
    for key, parameter in operation.settings.items():
        if parameter in given and next(tensors_in(given[parameter]), None) is None:
            settings[key] = given[parameter]
    node = Function(operation.class_name, operation.module, settings, 3)
    return node(*taken)


def tensorflow(name: str, *args: Any, **kwargs: Any) -> Any:
    """A call of one of TensorFlow's functions."""
    from inspector.rules.ops.tensorflow import name_of  # noqa: PLC0415 - most programs call none
    from inspector.rules.rule import FUNCTIONS  # noqa: PLC0415 - filled by the other

    if next(tensors_in((args, kwargs)), None) is None:
        return unknown(f"tf.{name}", reason([*args, *kwargs.values()]))
    if current.major == 3 and not current.inside:
        _refused(name)
    spelled = tensorflow_names().get(name, name)
    rule = FUNCTIONS.get(name_of("TFOpLambda", {"function": spelled}))
    kwargs.pop("name", None)
    if rule is not None and not rule.variadic:  # Keras writes all but the first by name
        kwargs = {**dict(zip(rule.takes[1:], args[1:], strict=False)), **kwargs}
        args = args[:1]
    kind = "SlicingOpLambda" if name.endswith("getitem") else "TFOpLambda"
    return Function(kind, "keras.layers", {"function": spelled}, 2)(*args, **kwargs)


def _refused(name: str) -> None:
    """Keras 3 takes no function of TensorFlow on its tensors; Keras 2 made a layer of it."""
    if not current.sure:
        raise Older(f"tf.{name} of a tensor, line {current.line()}")
    raise ValueError(f"tf.{name}: Keras 3 takes no function of TensorFlow on its tensors")


def has_tensorflow(name: str) -> bool:
    """Whether a rule covers a function of TensorFlow."""
    from inspector.rules.ops.tensorflow import name_of  # noqa: PLC0415 - as above
    from inspector.rules.rule import FUNCTIONS  # noqa: PLC0415 - as above

    spelled = tensorflow_names().get(name, name)
    return name_of("TFOpLambda", {"function": spelled}) in FUNCTIONS


def _operator(name: str, *operands: Any) -> Any:
    if any(is_unknown(one) for one in operands):
        operands = tuple(Tensor(None) if is_unknown(one) else one for one in operands)
    if current.major == 3:
        return Function(_KERAS3[name], _NUMPY, {}, 3)(*operands)
    return tensorflow(_TENSORFLOW[name], *operands)


def _getitem(tensor: Tensor, key: Any) -> Any:
    if current.major == 3:
        listed = list(key) if isinstance(key, tuple) else key
        return Function("GetItem", _NUMPY, {}, 3)(tensor, listed)
    return tensorflow(_TENSORFLOW["getitem"], tensor, key)


_METHODS = {"reshape": "reshape", "squeeze": "squeeze"}


def _attribute(tensor: Tensor, name: str) -> Any:
    if name in _METHODS and current.major == 3:
        return lambda *args: function(name)(tensor, *args)
    if name in ("device", "numpy", "eval", "assign", "value", "graph"):
        return unknown(f"{tensor.name}.{name}")
    raise AttributeError(f"a symbolic tensor has no attribute {name!r}")


OPERATORS.update(operator=_operator, getitem=_getitem, attribute=_attribute, function=function)
