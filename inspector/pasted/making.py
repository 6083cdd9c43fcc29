"""A call of a Keras class as it is written, to the layer that it makes."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from inspector.errors import ReadError
from inspector.graph import Layer
from inspector.pasted.building import Builder
from inspector.readers import keras1
from inspector.readers.branches import merging
from inspector.rules import all_layers, layer_rule
from inspector.signatures import bound, signatures

VERSIONS = {"keras1": 1, "keras2": 2, "tf_keras": 2, "keras3": 3}
# Functions that call a layer at once, in Keras 1 and 2.
FUNCTIONS = {
    "add": "Add", "average": "Average", "concatenate": "Concatenate", "dot": "Dot",
    "maximum": "Maximum", "minimum": "Minimum", "multiply": "Multiply", "subtract": "Subtract",
    "merge": "Merge",
}  # fmt: skip


class Written:
    """An argument that is no literal: what it says, for errors, and where."""

    def __init__(self, text: str, place: str) -> None:
        self.text = text
        self.place = place


def is_layer(name: str, dialect: str) -> bool:
    """Whether a class of this name is a layer of Keras."""
    return name in signatures(dialect) or layer_rule(name) is not None


def made(
    builder: Builder,
    class_name: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    *,
    dialect: str,
    where: str,
) -> Layer:
    """The layer that a call of a class makes; defaults and positions are those of the dialect.

    Raises:
        ReadError: the class does not take these arguments, or one of them is not known.
    """
    signature = signatures(dialect).get(class_name)
    if signature is None:
        config = dict(kwargs)
        if args:
            hint = "write its arguments by name"
            raise ReadError(where, f"{class_name} is no class of this Keras", hint=hint)
    else:
        try:
            config = bound(signature, args, kwargs)
        except TypeError as error:
            hint = f"{signature.class_name}({', '.join(_spelled(signature.parameters))})"
            raise ReadError(where, _without_name(str(error)), hint=hint) from error
        class_name = signature.class_name
    if VERSIONS[dialect] == 1:
        class_name, config = _as_keras2(class_name, config)
    class_name, config = merging(class_name, config)
    return builder.layer(class_name, _known(class_name, config))


def _without_name(text: str) -> str:
    return text.replace("() ", " ", 1)


def _spelled(parameters: Sequence[Any]) -> list[str]:
    """The beginning of a signature, for a hint."""
    names = [param.name if param.required else f"{param.name}=…" for param in parameters]
    return [*names[:5], "…"] if len(names) > 5 else names


def _as_keras2(class_name: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The class and its config under the names of Keras 2."""
    held = {key: value for key, value in config.items() if isinstance(value, Layer)}
    entry = {"class_name": class_name, "config": {**config, **dict.fromkeys(held)}}
    (renamed,) = keras1.as_keras2({"class_name": "Sequential", "config": [entry]})["config"]
    return renamed["class_name"], {**renamed["config"], **held}


def _known(class_name: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """The config without what is not known and does not count.

    Raises:
        ReadError: a key that the rule reads is not known.
    """
    rule = layer_rule(class_name)
    read = set(rule.options) if rule else set()
    kept = {}
    for key, value in config.items():
        if not isinstance(value, Written):
            kept[key] = _plain(value)
        elif key in read:
            hint = f"write the value of {key} in its place"
            raise ReadError(value.place, f"{key} is not known", received=value.text, hint=hint)
        elif key in ("input_shape", "batch_input_shape", "input_dim"):
            continue
    return {key: value for key, value in kept.items() if value is not None or key in read}


def _plain(value: Any) -> Any:
    """Tuples as the lists that a config has: a tuple is a shape to the rules."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def nearest(name: str, arguments: str = "(…)") -> str:
    """The hint for a class that is not known: the form that would be understood."""
    known = {key.lower(): key for key in (*all_layers(), "Input")}
    same = known.get(name.lower())
    near = [same] if same else difflib.get_close_matches(name, known.values(), n=1, cutoff=0.6)
    if not near:
        near = [known[key] for key in difflib.get_close_matches(name.lower(), known, n=1)]
    if near and near[0]:
        return f"did you mean {near[0]}{arguments}?"
    return "write a layer of Keras, as Conv2D(8, 5), or a short form, as conv f=5 3->8"
