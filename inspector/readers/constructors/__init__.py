"""How Keras' classes and functions are called: their paths, arguments and defaults.

Recorded from Keras itself by `tools/constructors.py`, for Keras 3 and for Keras 2.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_FOLDER = Path(__file__).parent


class Signature(NamedTuple):
    """How one class or function of Keras is called."""

    path: str  # after `keras.`: "layers.Conv2D"
    takes: tuple[str, ...]  # names of its arguments, in order
    needed: tuple[str, ...]  # those without a default
    defaults: Mapping[str, Any]  # as a config spells them
    call: tuple[str, ...] = ()  # of an operation: those that its config does not hold


@cache
def _table(keras: int) -> Mapping[str, Any]:
    return json.loads((_FOLDER / f"keras{keras}.json").read_text("utf-8"))  # type: ignore[no-any-return]


def version(keras: int) -> str:
    """The Keras that the signatures of a major version were recorded from."""
    return str(_table(keras)["keras"])


def layers(keras: int) -> Mapping[str, Any]:
    """Every layer class of a major version of Keras, by name."""
    return _table(keras)["layers"]  # type: ignore[no-any-return]


@cache
def signature(kind: str, name: str, keras: int) -> Signature | None:
    """How a class is called; `None` where that Keras has none of this name.

    Args:
        kind: "layers", "operations", "initializers", "regularizers" or "constraints".

    >>> signature("layers", "Dense", 3).takes[:2]
    ('units', 'activation')
    """
    found = _table(keras)[kind].get(name)
    if found is None:
        return None
    return Signature(
        path=found["path"],
        takes=tuple(found["takes"]),
        needed=tuple(found.get("needed", ())),
        defaults=found["defaults"],
        call=tuple(found.get("call", ())),
    )
