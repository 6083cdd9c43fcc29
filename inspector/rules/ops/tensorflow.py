"""Functions of TensorFlow that Keras 2 wraps into layers: `TFOpLambda` and its like.

A rule takes what the function takes, under TensorFlow's names, of version 1 and of version 2.
Keras always writes the first argument by position and the others by name; arguments behind a `*`
it does not write at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspector.errors import Unknown
from inspector.graph import Layer
from inspector.rules.ops import (  # noqa: F401 - importing a file registers its rules
    tensorflow_image,
    tensorflow_indexing,
    tensorflow_math,
    tensorflow_nn,
    tensorflow_nodes,
    tensorflow_products,
    tensorflow_shapes,
)
from inspector.rules.rule import FUNCTIONS, Rule

_PREFIXES = (
    *("tf.", "compat.v1.", "compat.v2.", "keras.backend.", "keras.activations.", "keras.ops."),
    *("__operators__.", "math.", "linalg.", "nn.", "dtypes.", "debugging.", "manip."),
)
_SPELLED = {
    "InstanceProperty": "property {attr_name}",
    "InstanceMethod": "method {attr_name}",
    "TensorFlowOpLayer": "node",
}


def rule_of(layer: Layer) -> Rule:
    """The rule for the function that a layer wraps.

    Raises:
        Unknown: no rule covers it.
    """
    name = name_of(layer.class_name, layer.config)
    rule = FUNCTIONS.get(name)
    if rule is None:
        raise Unknown(f"{name} is a function of TensorFlow that no rule covers")
    return rule


def name_of(class_name: str, config: Mapping[str, Any]) -> str:
    """The function's name without the modules that make no difference.

    >>> name_of("TFOpLambda", {"function": "compat.v1.math.reduce_mean"})
    'reduce_mean'
    """
    if class_name in _SPELLED:
        return _SPELLED[class_name].format_map({"attr_name": config.get("attr_name")})
    name = str(config.get("function") or config.get("method_name"))
    prefix: str | None = ""
    while prefix is not None:
        name = name[len(prefix) :]
        prefix = next((prefix for prefix in _PREFIXES if name.startswith(prefix)), None)
    return name
