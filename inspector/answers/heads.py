"""A head as people write it, `GlobalAveragePooling2D; Dropout(0.2); Dense(1)`: parsed, not run."""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from inspector.errors import ReadError, shown
from inspector.graph import Layer
from inspector.readers import constructors

_LONGEST = 10_000  # characters
_WHERE = "--head"
_HINT = 'write layers of Keras, as in --head "GlobalAveragePooling2D; Dropout(0.2); Dense(1)"'


@dataclass(frozen=True, slots=True)
class HeadLayer:
    """One layer of a head: what it is, and the code that makes it."""

    layer: Layer
    code: str  # `keras.layers.Dense(1)`


def head(text: str, keras: int, taken: Iterable[str] = ()) -> tuple[HeadLayer, ...]:
    """The layers that a text names, one after the other.

    Args:
        text: calls of layer classes, parted by `;` or on lines of their own.
        keras: the major version whose arguments they take.
        taken: names that no layer of the head may have.

    Raises:
        ReadError: it is no list of layers, or an argument is no literal.

    >>> [made.code for made in head("Flatten; Dense(10, 'relu')", 3)]
    ['keras.layers.Flatten()', "keras.layers.Dense(10, activation='relu')"]
    """
    names = set(taken)
    made = []
    for node in _parsed(text):
        layer, code = _layer(node, keras)
        name = layer.config.get("name") or _free(_snake(layer.class_name), names)
        if name in names:
            raise ReadError(_WHERE, "gives two layers one name", received=name, hint=_HINT)
        names.add(name)
        made.append(HeadLayer(_named(layer, name), code))
    if not made:
        raise ReadError(_WHERE, "names no layer", received=shown(text), hint=_HINT)
    return tuple(made)


def short_head(classes: int, rank: int) -> str:
    """The head that courses put on a base that gives tensors of so many axes, batch included.

    >>> short_head(1, 4)
    'GlobalAveragePooling2D; Dropout(0.2); Dense(1)'
    """
    pool = f"GlobalAveragePooling{rank - 2}D; " if 3 <= rank <= 5 else ""
    return f"{pool}Dropout(0.2); Dense({classes})"


def _parsed(text: str) -> list[ast.expr]:
    if len(text) > _LONGEST:
        raise ReadError(_WHERE, f"is longer than {_LONGEST:,} characters", hint=_HINT)
    try:
        with warnings.catch_warnings(action="ignore"):
            body = ast.parse(text.strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        problem = error.msg if isinstance(error, SyntaxError) else "nested too deep"
        message = f"is no list of layers: {problem}"
        raise ReadError(_WHERE, message, received=shown(text), hint=_HINT) from error
    found = [item.value for item in body if isinstance(item, ast.Expr)]
    if len(found) < len(body):
        raise ReadError(_WHERE, "holds more than layers", received=shown(text), hint=_HINT)
    return found


def _layer(node: ast.expr, keras: int) -> tuple[Layer, str]:
    """A layer and its code, from the name of its class or a call of it."""
    call = node if isinstance(node, ast.Call) else ast.Call(node, [], [])
    class_name = _class_name(call.func)
    called = None if class_name is None else constructors.signature("layers", class_name, keras)
    if class_name is None or called is None:
        raise _unknown(class_name or type(node).__name__, keras)
    if len(call.args) > len(called.takes):
        problem = f"{class_name} takes at most {len(called.takes)} arguments"
        raise ReadError(_WHERE, problem, received=str(len(call.args)), hint=_HINT)
    pairs = list(zip(called.takes, call.args, strict=False))
    pairs += [(keyword.arg or "", keyword.value) for keyword in call.keywords]
    config, words = _arguments(class_name, called, pairs, keras)
    trainable = config.get("trainable", True) is not False
    layer = Layer("", class_name, config, "keras.layers", trainable, dialect=keras)
    return layer, f"keras.{called.path}({', '.join(words)})"


def _arguments(
    class_name: str,
    called: constructors.Signature,
    pairs: Sequence[tuple[str, ast.expr]],
    keras: int,
) -> tuple[dict[str, Any], list[str]]:
    """Arguments as a config and as code; the first needed ones without their names."""
    config: dict[str, Any] = {}
    words = []
    for place, (key, node) in enumerate(pairs):
        known = key in called.takes or key in ("name", "trainable", "dtype")
        if not known or key in config:
            near = difflib.get_close_matches(key, called.takes, 1) or called.takes[:4]
            problem = f"{class_name} takes no argument {key}" if not known else f"{key} comes twice"
            hint = f"it takes {', '.join(near)}" if near else "it takes none"
            raise ReadError(_WHERE, problem, hint=hint)
        value, code = _value(node, keras, key)
        config[key] = value
        short = place < len(called.needed) and called.takes[place] == key and key in called.needed
        words.append(code if short else f"{key}={code}")
    missing = [key for key in called.needed if key not in config]
    if missing:
        hint = f"as in {class_name}({', '.join(f'{key}=…' for key in called.needed)})"
        raise ReadError(_WHERE, f"{class_name} needs {', '.join(missing)}", hint=hint)
    return config, words


def _value(node: ast.expr, keras: int, key: str) -> tuple[Any, str]:
    """An argument as a config has it, and as code: a literal, or a layer inside a wrapper."""
    if isinstance(node, ast.Call):
        layer, code = _layer(node, keras)
        return _named(layer, _snake(layer.class_name)), code
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError) as error:
        problem = f"{key} would have to be evaluated, and nothing is"
        hint = "write numbers, texts, True, False, None, and tuples of them"
        raise ReadError(_WHERE, problem, hint=hint) from error
    if key == "name" and not isinstance(value, str):
        raise ReadError(_WHERE, "a layer's name is a text", received=shown(value), hint=_HINT)
    return (list(value) if isinstance(value, tuple) else value), repr(value)


def _class_name(node: ast.expr) -> str | None:
    """`Dense` of `Dense`, `layers.Dense` or `keras.layers.Dense`."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    prefix = ".".join(reversed(parts[1:]))
    plain = prefix in ("", "layers", "keras.layers", "tf.keras.layers", "tensorflow.keras.layers")
    return parts[0] if plain else None


def _unknown(name: str, keras: int) -> ReadError:
    known = constructors.layers(keras)
    near = difflib.get_close_matches(name.lower(), [key.lower() for key in known], 2)
    spelled = [key for key in known if key.lower() in near]
    hint = f"did you mean {' or '.join(spelled)}?" if spelled else _HINT
    return ReadError(_WHERE, f"Keras {keras} has no such layer", received=shown(name), hint=hint)


def _named(layer: Layer, name: str) -> Layer:
    config = {**layer.config, "name": name}
    return Layer(
        name, layer.class_name, config, layer.module, layer.trainable, dialect=layer.dialect
    )


def _snake(class_name: str) -> str:
    """The name that Keras gives a layer of a class.

    >>> _snake("GlobalAveragePooling2D"), _snake("LSTM")
    ('global_average_pooling2d', 'lstm')
    """
    name = re.sub(r"\W+", "", class_name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _free(name: str, names: set[str]) -> str:
    if name not in names:
        return name
    return next(f"{name}_{n}" for n in range(1, len(names) + 2) if f"{name}_{n}" not in names)
