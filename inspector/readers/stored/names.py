"""Whose a variable is, by its name: `seq/sd/kernel` belongs to the layer `sd` of the model `seq`.

Names are what TensorFlow made of scopes when the variable was created. They may lack the models
around a layer, name a layer inside a wrapper, or carry a number that only made them unique.
Where that leaves a doubt, nobody gets the variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from inspector.graph import Graph, Layer
from inspector.readers.stored.weights import StoredWeight, walk

_MAX_PARTS = 32
_UNIQUE = re.compile(r"_\d+$")
_NORMALIZATION = frozenset(("mean", "variance", "count"))


class _Owner(NamedTuple):
    """A layer that is no model, and the names on the way to it."""

    path: str
    around: tuple[str, ...]


class _Claim(NamedTuple):
    """Whose a weight is, and what it is called from the name of that layer on."""

    owner: str
    name: str


Split = dict[str, tuple[StoredWeight, ...]]


def split(
    weights: Sequence[StoredWeight], graph: Graph, prefix: str
) -> tuple[Split, tuple[StoredWeight, ...]]:
    """The weights of a model by the layers inside it, and those that nobody could be given.

    Every layer has an entry when all weights found an owner.
    """
    leaves = [(path, layer) for path, layer in walk(graph, prefix) if layer.graph is None]
    owners = _Owners(leaves, prefix)
    for spelled in (_as_is, _not_unique):
        found, loose = _claimed(weights, owners, spelled)
        if not any(_has_scope(weight.name) for weight in loose):
            break
    else:
        return {}, tuple(weights)
    _normalization(found, loose, leaves)
    every = {} if loose else {path: () for path, _ in leaves}
    return every | {path: tuple(held) for path, held in found.items()}, tuple(loose)


def _claimed(
    weights: Iterable[StoredWeight], owners: _Owners, spelled: Callable[[str], str]
) -> tuple[dict[str, list[StoredWeight]], list[StoredWeight]]:
    """The weights by their owners; two that claim to be the same one leave all without owners."""
    found: dict[str, list[StoredWeight]] = {}
    loose: list[StoredWeight] = []
    claims = set()
    for weight in weights:
        claim = owners.of(weight.name, spelled)
        if claim is None:
            loose.append(weight)
        elif claim in claims:
            return {}, list(weights)
        else:
            claims.add(claim)
            found.setdefault(claim.owner, []).append(weight)
    return found, loose


def _as_is(name: str) -> str:
    return name


def _not_unique(name: str) -> str:
    """The name that a scope had before TensorFlow 1 made it unique."""
    return _UNIQUE.sub("", name)


def _has_scope(name: str) -> bool:
    return "/" in name


def _normalization(
    found: dict[str, list[StoredWeight]],
    loose: list[StoredWeight],
    leaves: Iterable[tuple[str, Layer]],
) -> None:
    """Give the only Normalization its weights, which Keras 2 names without their layer."""
    names = {weight.name.partition(":")[0] for weight in loose}
    wanting = [
        path for path, layer in leaves if layer.class_name == "Normalization" and path not in found
    ]
    if len(wanting) == 1 and len(loose) == len(names) and names == _NORMALIZATION:
        found[wanting[0]] = list(loose)
        loose.clear()


class _Owners:
    """The layers that are no models, by name; a wrapper also by the names of what it wraps."""

    def __init__(self, leaves: Iterable[tuple[str, Layer]], prefix: str) -> None:
        self._by_name: dict[str, list[_Owner]] = {}
        for path, layer in leaves:
            around = path.removeprefix(prefix).split("/")[:-1]
            owner = _Owner(path, tuple(part.replace("%2F", "/") for part in around))
            for name in {layer.name, *_inside(layer)}:
                self._by_name.setdefault(name, []).append(owner)

    def of(self, name: str, spelled: Callable[[str], str]) -> _Claim | None:
        """Who owns the variable `name`: the first and longest of its scopes that names a layer."""
        *scopes, last = name.split("/")
        if not scopes:
            return self._flat(last)
        if len(scopes) > _MAX_PARTS:
            return None
        for start in range(len(scopes)):
            for end in range(len(scopes), start, -1):
                layer = spelled("/".join(scopes[start:end]))
                found = self._by_name.get(layer)
                if found:
                    owner = _one(found, scopes[:start])
                    said = "/".join((layer, *scopes[end:], last))
                    return None if owner is None else _Claim(owner.path, said)
        return None

    def _flat(self, name: str) -> _Claim | None:
        """Who owns `dense_1_W`, as Keras 1 names weights: the longest beginning that is a layer."""
        for match in reversed(list(re.finditer("_", name[:1000]))):
            found = self._by_name.get(name[: match.start()])
            if found:
                owner = _one(found, ())
                return None if owner is None else _Claim(owner.path, name)
        return None


def _one(owners: Sequence[_Owner], scopes: Sequence[str]) -> _Owner | None:
    """The one owner that the scopes before its name speak for; `None` if there is a doubt."""
    if len(owners) == 1:
        return owners[0]
    spoken = [sum(name in scopes for name in owner.around) for owner in owners]
    best = max(spoken)
    return owners[spoken.index(best)] if spoken.count(best) == 1 else None


def _inside(layer: Layer) -> Iterator[str]:
    """The names of the layers that a wrapper holds, at any depth."""
    stack: list[object] = list(layer.config.values())
    while stack:
        value = stack.pop()
        if isinstance(value, Layer):
            yield value.name
            stack.extend(value.config.values())
            if value.graph is not None:
                stack.extend(value.graph.layers)
        elif isinstance(value, list) and value and isinstance(value[0], Layer):
            stack.extend(value)
