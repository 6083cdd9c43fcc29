"""What the layer classes of each Keras take: names in order, defaults, aliases, automatic names.

Four dialects: `keras1` (1.2.2) and `keras2` (2.3.1) are standalone, `tf_keras` is the Keras 2 of
TensorFlow, `keras3` is 3.15. `tools/signatures.py` reads them off the sources of the real ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

DIALECTS = ("keras1", "keras2", "tf_keras", "keras3")
_FOLDER = Path(__file__).parent
# What every layer takes by keyword, whether its own signature says so or not.
_COMMON = frozenset(
    (
        *("name", "trainable", "dtype", "input_shape", "batch_input_shape", "batch_shape"),
        *("input_dim", "input_length", "weights", "activity_regularizer", "dynamic", "autocast"),
        *("batch_size", "input_dtype", "implementation", "create_input_layer"),
    )
)


class Parameter(NamedTuple):
    """One parameter of a class: `required` ones have no default."""

    name: str
    default: Any = None
    required: bool = False
    keyword_only: bool = False


class Signature(NamedTuple):
    """What one class takes, under the name that is its own."""

    class_name: str
    parameters: tuple[Parameter, ...]
    stem: str  # of automatic names, such as `max_pooling2d`
    closed: bool  # takes nothing by keyword but what is listed

    @property
    def positions(self) -> tuple[str, ...]:
        """The names that may be given by position, in order."""
        return tuple(param.name for param in self.parameters if not param.keyword_only)


@cache
def signatures(dialect: str) -> Mapping[str, Signature]:
    """Every public layer class of a dialect, under its own name and under its aliases.

    >>> signatures("keras1")["Convolution2D"].positions[:3]
    ('nb_filter', 'nb_row', 'nb_col')
    >>> signatures("keras3")["MaxPool2D"].class_name
    'MaxPooling2D'
    """
    recorded = json.loads((_FOLDER / f"{dialect}.json").read_text("utf-8"))["classes"]
    found: dict[str, Signature] = {}
    for name, entry in recorded.items():
        signature = Signature(
            name, _parameters(entry["params"]), entry["stem"], entry.get("closed", False)
        )
        for alias in (name, *entry.get("also", ())):
            found.setdefault(alias, signature)
        found[name] = signature
    return found


def _parameters(params: Sequence[Sequence[Any]]) -> tuple[Parameter, ...]:
    names = [param[0] for param in params]
    star = names.index("*") if "*" in names else len(names)
    return tuple(
        Parameter(
            param[0],
            param[1] if len(param) > 1 else None,
            required=len(param) == 1,
            keyword_only=place > star,
        )
        for place, param in enumerate(params)
        if param[0] != "*"
    )


def bound(signature: Signature, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call by name, with the defaults of those that were left out.

    >>> conv = signatures("tf_keras")["Conv2D"]
    >>> {key: bound(conv, (4, 3, 3), {})[key] for key in ("kernel_size", "strides")}
    {'kernel_size': 3, 'strides': 3}

    Raises:
        TypeError: as Python would for a function of this signature.
    """
    positions = signature.positions
    if len(args) > len(positions):
        raise TypeError(
            f"{signature.class_name}() takes {len(positions)} positional arguments "
            f"but {len(args)} were given"
        )
    given = dict(zip(positions, args, strict=False))
    for key, value in kwargs.items():
        if key in given:
            raise TypeError(f"{signature.class_name}() got multiple values for argument '{key}'")
        given[key] = value
    known = {param.name for param in signature.parameters}
    strange = [key for key in given if key not in known and key not in _COMMON]
    if strange:
        raise TypeError(
            f"{signature.class_name}() got an unexpected keyword argument '{strange[0]}'"
        )
    for param in signature.parameters:
        if param.required and param.name not in given:
            raise TypeError(f"{signature.class_name}() missing required argument '{param.name}'")
        given.setdefault(param.name, param.default)
    return given
