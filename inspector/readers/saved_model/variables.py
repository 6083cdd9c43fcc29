"""The variables of a SavedModel: the stored ones, with what the object graph tells of each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inspector.dims import Shape
from inspector.readers.saved_model.bundle import OBJECT_GRAPH, VALUE, Stored, stored
from inspector.readers.saved_model.layers import StoredLayer
from inspector.readers.saved_model.objects import ROOT, Names, Objects, Variable

_STATE = re.compile(  # stored, but no weight of the model
    r"(^|/)(optimizer|save_counter|seed_generator(_\d+)?|keras_api/metrics)(/|$)"
    r"|\.OPTIMIZER_SLOT|_CHECKPOINTABLE_OBJECT_GRAPH|^_all_variables/"
)
_SEED = re.compile(r"(^|/)seed_generator(_\d+)?/")


@dataclass(frozen=True, slots=True)
class StoredVariable:
    """One variable of the model, weights of layers and nothing else."""

    path: str  # by attribute, as the checkpoint has it: layer_with_weights-0/kernel
    shape: Shape
    dtype: str
    trainable: bool | None = None  # None: the file does not tell
    name: str = ""  # the variable's own, as TensorFlow has it: c/kernel
    layers: tuple[str, ...] = ()  # paths of the layers it is a weight of, where Keras tells


def read_index(
    data: bytes, where: str, objects: Objects, layers: tuple[StoredLayer, ...]
) -> tuple[tuple[StoredVariable, ...], tuple[str, ...]]:
    """The variables that `variables.index` lists, in the order of the model's weights, and notes.

    What the object graph declares is a second witness; the notes say where the two disagree.

    Raises:
        ReadError: the index is damaged.
        LimitError: it asks for more than any model.
    """
    told = _Told(objects, layers)
    found = {}
    for entry in stored(data, where):
        path = _path(entry, bool(objects.nodes))
        if path is None:
            continue
        node = objects.resolved(path)
        if told.is_weight(node):
            place = len(told.order) if node is None else told.order.get(node, len(told.order))
            found[place, path] = told.variable(path, entry.shape, entry.dtype, node)
            told.witness(node, found[place, path])
    return tuple(found[key] for key in sorted(found)), told.disagreements()


def _path(entry: Stored, by_object: bool) -> str | None:
    """The path of a variable by attributes; `None` for anything else that is stored."""
    if _STATE.search(entry.key) or entry.key == OBJECT_GRAPH:
        return None
    if entry.key.endswith(VALUE):
        return entry.key.removesuffix(VALUE)
    return None if by_object else entry.key


def declared(objects: Objects, layers: tuple[StoredLayer, ...]) -> tuple[StoredVariable, ...]:
    """The variables of the object graph, for a `saved_model.pb` alone.

    Raises:
        LimitError: their paths are longer than those of any model.
    """
    told = _Told(objects, layers)
    paths = _shortest_paths(objects)
    return tuple(
        told.variable(paths.get(node, variable.name), variable.shape or (), variable.dtype, node)
        for node in told.order or paths
        if (variable := objects.nodes[node].variable) is not None
        if told.is_weight(node) and not _STATE.search(paths.get(node, ""))
    )


def _shortest_paths(objects: Objects) -> dict[int, str]:
    """Each variable with the path under which a checkpoint keeps it: the shortest, first child."""
    names, seen = Names(), {ROOT}
    found: dict[int, str] = {}
    waiting = [(ROOT, "")] if objects.nodes else []
    for node, prefix in waiting:
        for name, child in objects.nodes[node].children.items():
            if child in seen:
                continue
            seen.add(child)
            path = names.checked(prefix + name.replace(".", "..").replace("/", ".S"))
            waiting.append((child, f"{path}/"))
            if objects.nodes[child].variable is not None:
                found[child] = path
    return found


class _Told:
    """What the object graph tells of variables: which are weights, whose, and which train."""

    def __init__(self, objects: Objects, layers: tuple[StoredLayer, ...]) -> None:
        self._objects = objects
        listed = objects.child(ROOT, "variables") if objects.nodes else None
        trained = objects.child(ROOT, "trainable_variables") if objects.nodes else None
        self._listed = listed is not None
        self._trained = None if trained is None else set(objects.members(trained))
        self.order = {node: place for place, node in enumerate(objects.members(listed))}
        self._unseen = {node for node in self.order if self.is_weight(node)}
        self._differing: list[str] = []
        self._owners: dict[int, list[str]] = {}
        for layer in layers:
            for node in layer.variables:
                self._owners.setdefault(node, []).append(layer.path)

    def is_weight(self, node: int | None) -> bool:
        """Whether Keras lists it among the weights; what is not listed anywhere counts."""
        if node is None:
            return True
        variable = self._objects.nodes[node].variable
        if variable is not None and _SEED.search(variable.name):
            return False
        return not self._listed or node in self.order

    def variable(self, path: str, shape: Shape, dtype: str, node: int | None) -> StoredVariable:
        """A variable with all that is told of it."""
        known = None if node is None else self._objects.nodes[node].variable
        if node is None or known is None:
            return StoredVariable(path, shape, dtype)
        owners = tuple(self._owners.get(node, ()))
        return StoredVariable(path, shape, dtype, self._trains(node, known), known.name, owners)

    def witness(self, node: int | None, variable: StoredVariable) -> None:
        """Compare a stored variable with the one that is declared."""
        known = None if node is None else self._objects.nodes[node].variable
        if node is None or known is None:
            return
        self._unseen.discard(node)
        sizes = known.shape if known.shape is not None else variable.shape
        fits = len(sizes) == len(variable.shape) and all(
            size in {None, stored} for size, stored in zip(sizes, variable.shape, strict=True)
        )
        if not fits or known.dtype != variable.dtype:
            self._differing.append(known.name or variable.path)

    def disagreements(self) -> tuple[str, ...]:
        """What is declared otherwise than it is stored, in words."""
        missing = [self._objects.nodes[node].variable for node in sorted(self._unseen)]
        unstored = [variable.name for variable in missing if variable is not None]
        return tuple(
            f"{len(names)} variables {problem}: {', '.join(names[:4])}"
            for problem, names in (
                ("are stored with another shape or type than declared", self._differing),
                ("of the model are not in the index", unstored),
            )
            if names
        )

    def _trains(self, node: int, variable: Variable) -> bool:
        """Membership where Keras lists what trains: the variable's own flag ignores its layer."""
        return variable.trainable if self._trained is None else node in self._trained
