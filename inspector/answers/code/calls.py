"""Calls of operations as expressions: `keras.ops`, functions of TensorFlow, and `x[:, 0]`."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from inspector.answers.code.expressions import Call, Expressions, Gap, same
from inspector.answers.code.names import identifier, quoted
from inspector.errors import Unknown, shown
from inspector.graph import Layer, Node, TensorRef
from inspector.readers import constructors
from inspector.rules import function_rule

Tensor = Callable[[TensorRef], str]
_FUNCTION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_OPERATORS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "matmul": "@", "pow": "**"}
_IN_KERAS_3 = {  # functions of TensorFlow by the last part of their name
    "concat": "concatenate", "reduce_max": "max", "reduce_mean": "mean", "reduce_min": "min",
    "reduce_prod": "prod", "reduce_sum": "sum", "truediv": "divide", "sub": "subtract",
    "mul": "multiply", "clip_by_value": "clip",
    **{name: name for name in (
        "abs", "add", "cast", "divide", "exp", "expand_dims", "log", "matmul", "maximum",
        "minimum", "multiply", "pow", "relu", "reshape", "sigmoid", "sin", "cos", "softmax",
        "split", "sqrt", "square", "squeeze", "subtract", "tanh", "tile", "transpose", "stack",
    )},
}  # fmt: skip
_IN_KERAS_2 = {  # operations of Keras 3 that operators and functions of TensorFlow stand for
    "Add": "+", "Subtract": "-", "Multiply": "*", "Divide": "/", "TrueDivide": "/", "Matmul": "@",
    "Relu": "nn.relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Softmax": "nn.softmax", "Exp": "exp",
    "Concatenate": "concat", "Reshape": "reshape", "Mean": "reduce_mean", "Sum": "reduce_sum",
    "Max": "reduce_max", "Min": "reduce_min", "ExpandDims": "expand_dims", "Squeeze": "squeeze",
    "Transpose": "transpose", "Sqrt": "sqrt", "Square": "square", "Absolute": "abs",
}  # fmt: skip
_KEYS = {
    "shape": "newshape",
    "y": "x2",
    "perm": "axes",
    "keep_dims": "keepdims",
    "multiples": "repeats",
    "num_or_size_splits": "indices_or_sections",
}


_BACK = {key: name for name, key in _KEYS.items() if name not in ("y", "keep_dims")}


def operation(node: Node, say: Expressions, tensor: Tensor, gap: Callable[[Gap], str]) -> str:
    """The expression that calls an operation."""
    if node.layer.dialect < 3:
        return _of_tensorflow(node, say, tensor, gap)
    return _of_keras(node, say, tensor, gap)


def keras_3_name(function: str) -> str:
    """A function of TensorFlow by the class of Keras 3 that does the same, in lower case.

    >>> keras_3_name("math.reduce_mean"), keras_3_name("__operators__.getitem")
    ('mean', 'getitem')
    """
    last = function.rpartition(".")[2]
    return _IN_KERAS_3.get(last, last).replace("_", "")


def boundaries(sizes: Any) -> Any:
    """Sizes of parts, as TensorFlow's `split` takes them, as the places where Keras 3 cuts.

    >>> boundaries([1, 2, 3]), boundaries(3)
    ([1, 3], 3)
    """
    if not isinstance(sizes, list) or not all(isinstance(size, int) for size in sizes):
        return sizes
    return list(accumulate(sizes))[:-1]


def arguments(node: Node, say: Expressions, tensor: Tensor) -> list[str]:
    """What a layer is called with; what was not given needs no word."""
    words = [argument(value, say, tensor) for value in node.args]
    words += [
        f"{key}={argument(value, say, tensor)}"
        for key, value in node.kwargs.items()
        if value is not None and _is_name(key)
    ]
    return words


def argument(value: Any, say: Expressions, tensor: Tensor) -> str:
    """One argument, with the variables of tensors in place of references."""
    if isinstance(value, TensorRef):
        return tensor(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(argument(item, say, tensor) for item in value)}]"
    if isinstance(value, Mapping) and "class_name" not in value:
        pairs = (f"{quoted(str(k))}: {argument(v, say, tensor)}" for k, v in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, slice):
        parts = (argument(v, say, tensor) for v in (value.start, value.stop, value.step))
        return f"slice({', '.join(parts)})"
    if value is ...:
        return "..."
    return say.value(value, "", "an argument") or "None"


# --- operations of Keras 3 ----------------------------------------------------------------------


def _of_keras(node: Node, say: Expressions, tensor: Tensor, gap: Callable[[Gap], str]) -> str:
    layer = node.layer
    called = constructors.signature("operations", layer.class_name, 3)
    if called is None:
        return _unknown(node, say, tensor, gap)
    given = dict(zip(called.call, node.args, strict=False))
    rest = node.args[len(called.call) :]
    given.update(node.kwargs)
    if layer.class_name == "GetItem" and "x" in given and "key" in given:
        return f"{argument(given['x'], say, tensor)}[{_key(given['key'], say, tensor)}]"
    config = {key: value for key, value in layer.config.items() if key in called.takes}
    given.update((key, value) for key, value in config.items() if key not in given)
    if not given.keys() <= set(called.takes) or (rest and called.call):
        return _unknown(node, say, tensor, gap)
    if say.keras < 3:
        return _in_keras_2(node, given, say, tensor) or _unknown(node, say, tensor, gap)
    words = list(_words(called, given, rest, say, tensor))
    return str(Call(f"keras.{called.path}", tuple(words)))


def _in_keras_2(
    node: Node, given: Mapping[str, Any], say: Expressions, tensor: Tensor
) -> str | None:
    """The same operation as an operator, or as a function of TensorFlow."""
    name = _IN_KERAS_2.get(node.layer.class_name)
    if name is None:
        return None
    given = {key: value for key, value in given.items() if key != "name" and value is not None}
    words = {key: argument(value, say, tensor) for key, value in given.items()}
    if not name[0].isalpha():
        left, right = words.values()
        return f"{left} {name} {right}"
    first, *rest = words
    named = (f"{_BACK.get(key, key)}={words[key]}" for key in rest)
    return str(Call(f"tf.{name}", (words[first], *named)))


def _words(
    called: constructors.Signature,
    given: Mapping[str, Any],
    rest: Sequence[Any],
    say: Expressions,
    tensor: Tensor,
) -> Iterator[str]:
    """The arguments of a function: tensors by position as long as none is left out."""
    in_front = True
    for place, key in enumerate(called.takes):
        if key not in given or key == "name":
            if rest and place <= 1:  # any number of tensors, as `einsum` and `meshgrid` take them
                yield from (argument(value, say, tensor) for value in rest)
                rest = ()
            in_front = False
            continue
        value = given[key]
        if key in called.defaults and same(value, called.defaults[key]):
            in_front = False
            continue
        text = argument(value, say, tensor)
        bare = in_front and (key in called.call or bool(rest))
        in_front = bare
        yield text if bare else f"{key}={text}"


def _key(value: Any, say: Expressions, tensor: Tensor) -> str:
    """What stands between the brackets of `x[:, 0]`."""
    if isinstance(value, list | tuple):
        return ", ".join(_key(item, say, tensor) for item in value) or "()"
    if not isinstance(value, slice):
        return argument(value, say, tensor)
    start, stop, step = (
        "" if part is None else argument(part, say, tensor)
        for part in (value.start, value.stop, value.step)
    )
    return f"{start}:{stop}" + (f":{step}" if step else "")


# --- functions of TensorFlow --------------------------------------------------------------------


def _of_tensorflow(node: Node, say: Expressions, tensor: Tensor, gap: Callable[[Gap], str]) -> str:
    function = node.layer.config.get("function")
    if not isinstance(function, str) or not _is_safe(node.layer, function):
        return _unknown(node, say, tensor, gap)
    last = function.rpartition(".")[2]
    first = argument(node.args[0], say, tensor) if node.args else ""
    if last == "getitem" and node.args and "slice_spec" in node.kwargs:
        return f"{first}[{_key(node.kwargs['slice_spec'], say, tensor)}]"
    if "__operators__" in function:
        other = node.kwargs.get("y", node.args[1] if len(node.args) > 1 else None)
        if last in _OPERATORS and node.args and other is not None:
            return f"{first} {_OPERATORS[last]} {argument(other, say, tensor)}"
        return _unknown(node, say, tensor, gap)
    if say.keras < 3:
        return str(Call(f"tf.{function}", tuple(arguments(node, say, tensor))))
    return _in_keras_3(node, last, say, tensor, gap)


def _is_safe(layer: Layer, function: str) -> bool:
    """Whether it names a function that only computes: one of those that have a rule."""
    if _FUNCTION.fullmatch(function) is None or any(map(keyword.iskeyword, function.split("."))):
        return False
    if layer.class_name not in ("TFOpLambda", "SlicingOpLambda"):
        return False
    try:
        function_rule(layer)
    except Unknown:
        return False
    return True


def _in_keras_3(
    node: Node, last: str, say: Expressions, tensor: Tensor, gap: Callable[[Gap], str]
) -> str:
    name = _IN_KERAS_3.get(last)
    if name is None:
        return _unknown(node, say, tensor, gap)
    words = [argument(value, say, tensor) for value in node.args]
    given = {key: value for key, value in node.kwargs.items() if value is not None}
    if "num_or_size_splits" in given:
        given["num_or_size_splits"] = boundaries(given["num_or_size_splits"])
    words += [
        f"{_KEYS.get(key, key)}={argument(value, say, tensor)}"
        for key, value in given.items()
        if _is_name(key) and key != "name"
    ]
    return str(Call(f"keras.ops.{name}", tuple(words)))


def _unknown(node: Node, say: Expressions, tensor: Tensor, gap: Callable[[Gap], str]) -> str:
    layer = node.layer
    what = layer.config.get("function") or layer.class_name
    text = f"the operation {shown(what)} of {shown(layer.name)}, which Keras {say.keras} has not"
    name = gap(Gap(identifier(f"{layer.name}_function"), text, "function"))
    return str(Call(name, tuple(arguments(node, say, tensor))))


def _is_name(key: str) -> bool:
    return key.isidentifier() and key.isascii() and not keyword.iskeyword(key)
