"""What the classes of a Keras take, as recorded from that Keras itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

MODELS = frozenset({"Functional", "Model", "Sequential"})
FAMILIES = {
    "initializer": "initializers",
    "regularizer": "regularizers",
    "constraint": "constraints",
}
ACTIVATIONS = frozenset({"activation", "recurrent_activation"})
INSIDE = frozenset({"layer", "cell", "forward_layer", "backward_layer", "cells"})


class Taken(NamedTuple):
    """The keys that the config of a class may and must have."""

    takes: frozenset[str]
    needs: frozenset[str]
    any: bool  # whether it takes all others too
    filled: frozenset[str]  # those that may be missing, but not null
    deep: frozenset[str]  # those whose values are objects, or names of them


class Table:
    """One Keras: its classes by family, its activations, the dtype objects that it reads.

    A class is taken apart when it is asked for: a model has few of them.
    """

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._found = found
        self._taken: dict[tuple[str, str], Taken | None] = {}
        self.keras: str = found["keras"]  # version
        self.activations = frozenset(found["activations"])
        self.dtypes = frozenset(each.rpartition(".")[2] for each in found["dtypes"])
        self.modules = frozenset(found["modules"])  # in which its models are found
        self.legacy = frozenset(
            found.get("legacy", found["layers"])
        )  # layers that are found without a module

    def taken(self, family: str, class_name: str) -> Taken | None:
        """What a class takes; `None` for one that this Keras does not have."""
        key = (family, class_name)
        if key not in self._taken:
            entry = self._found[family].get(class_name)
            self._taken[key] = None if entry is None else _taken(entry)
        return self._taken[key]


@cache
def table(name: str) -> Table:
    """The table of `keras3` or `tf_keras`."""
    text = Path(__file__).with_name(f"{name}.json").read_text("utf-8")
    return Table(json.loads(text))


def _taken(entry: Mapping[str, Any]) -> Taken:
    takes = frozenset(entry.get("takes", ()))
    return Taken(
        takes,
        frozenset(entry.get("needs", ())),
        entry.get("any", False),
        frozenset(entry.get("filled", ())),
        frozenset(key for key in takes if _is_deep(key)),
    )


def _is_deep(key: str) -> bool:
    if key in ACTIVATIONS or key in INSIDE or key == "dtype":
        return True
    return key.rpartition("_")[2] in FAMILIES
