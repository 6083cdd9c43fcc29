"""The object graph of a SavedModel: what a Python object held, by attribute, down to variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from inspector.dims import Shape
from inspector.errors import LimitError
from inspector.readers.protobuf import Messages, ProtobufError
from inspector.readers.saved_model.tensors import dtype_name, shape_of

ROOT = 0
MAX_OBJECTS = 200_000  # NASNetMobile, of 774 layers, has 12,739
_FEW_OBJECTS = 1_000  # that any graph may have
_BYTES = 16  # an object, at least: in real files they take 80 and more
MAX_NAMES = 16 << 20  # characters of all paths, written out
_CONTAINERS = frozenset(
    ("trackable_list_wrapper", "trackable_dict_wrapper", "trackable_tuple_wrapper")
)
_ESCAPED = re.compile(r"\.([.S])")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable as the object graph declares it; `trainable` ignores frozen layers."""

    name: str
    shape: Shape | None
    dtype: str
    trainable: bool


@dataclass(frozen=True, slots=True)
class ObjectNode:
    """One object: what it holds by attribute, and what it is."""

    children: Mapping[str, int] = field(default_factory=dict)  # places in `Objects.nodes`
    identifier: str = ""  # _tf_keras_layer, trackable_list_wrapper, …
    metadata: str = ""  # JSON; only TensorFlow 2.0 to 2.4 write it here
    variable: Variable | None = None


@dataclass(frozen=True, slots=True)
class Objects:
    """All objects of a SavedModel; the first is the model."""

    nodes: tuple[ObjectNode, ...] = ()

    def child(self, node: int, name: str) -> int | None:
        """The object that an attribute holds."""
        return self.nodes[node].children.get(name)

    def members(self, node: int | None) -> tuple[int, ...]:
        """The objects of a list, in order."""
        children = {} if node is None else self.nodes[node].children
        numbered = {int(name): member for name, member in children.items() if _is_index(name)}
        return tuple(numbered[index] for index in sorted(numbered))

    def resolved(self, path: str) -> int | None:
        """The object that a checkpoint's path leads to."""
        node: int | None = ROOT if self.nodes else None
        for part in path.split("/"):
            if node is None:
                return None
            node = self.child(node, _ESCAPED.sub(_unescaped, part))
        return node


def _is_index(name: str) -> bool:
    return len(name) < 10 and name.isascii() and name.isdigit()


def _unescaped(match: re.Match[str]) -> str:
    return "/" if match[1] == "S" else "."


def read_objects(messages: Messages, graph: memoryview) -> Objects:
    """The objects of a `SavedObjectGraph`.

    Raises:
        ProtobufError: it is none, or an attribute names an object that is not there.
        LimitError: it holds more than any model.
    """
    found: list[ObjectNode] = []
    limit = min(MAX_OBJECTS, _FEW_OBJECTS + len(graph) // _BYTES)
    for entry in messages.numbered(graph, number=1):
        if len(found) == limit:
            raise LimitError(
                messages.where,
                f"its object graph holds more than {limit:,} objects",
                hint="the SavedModel is damaged or hostile",
            )
        found.append(_node(messages, messages.message(entry)))
    for node in found:
        if any(child >= len(found) for child in node.children.values()):
            raise ProtobufError(
                messages.where,
                "its object graph names an object that is not in it",
                hint="the file is damaged",
            )
    return Objects(tuple(found))


def _node(messages: Messages, message: memoryview) -> ObjectNode:
    children: dict[str, int] = {}
    identifier = metadata = ""
    variable = None
    for entry in messages.fields(message):
        if entry.number == 1:
            name, child = _reference(messages, messages.message(entry))
            children[name] = child
        elif entry.number == 4:
            identifier, metadata = _user_object(messages, messages.message(entry))
        elif entry.number == 7:
            variable = _variable(messages, messages.message(entry))
    return ObjectNode(children, identifier, metadata, variable)


def _reference(messages: Messages, message: memoryview) -> tuple[str, int]:
    name, child = "", 0
    for entry in messages.fields(message):
        if entry.number == 1:
            child = messages.number(entry)
        elif entry.number == 2:
            name = messages.text(entry)
    return name, child


def _user_object(messages: Messages, message: memoryview) -> tuple[str, str]:
    texts = {1: "", 3: ""}
    for entry in messages.fields(message):
        if entry.number in texts:
            texts[entry.number] = messages.text(entry)
    return texts[1], texts[3]


def _variable(messages: Messages, message: memoryview) -> Variable:
    name, shape, dtype, trainable = "", None, 0, False
    for entry in messages.fields(message):
        match entry.number:
            case 1:
                dtype = messages.number(entry)
            case 2:
                shape = shape_of(messages, messages.message(entry))
            case 3:
                trainable = bool(messages.number(entry))
            case 6:
                name = messages.text(entry)
    return Variable(name, shape, dtype_name(dtype), trainable)


def reached(objects: Objects, start: int, passed: set[int], doors: frozenset[str]) -> Iterator[int]:
    """What an object holds, directly or in lists and dicts, nearest first; each object once.

    Args:
        passed: lists and dicts that were looked into before, for any object; more are added.
        doors: attributes that are not followed.
    """
    met = {start}
    waiting = [start]
    for node in waiting:
        for name, child in objects.nodes[node].children.items():
            if name in doors or child in met:
                continue
            met.add(child)
            yield child
            if objects.nodes[child].identifier in _CONTAINERS and child not in passed:
                passed.add(child)
                waiting.append(child)


class Names:
    """Counts the characters of paths, which nesting alone can make longer than the file."""

    def __init__(self) -> None:
        self._left = MAX_NAMES

    def checked(self, path: str) -> str:
        """The same path, counted.

        Raises:
            LimitError: all paths together are longer than those of any model.
        """
        self._left -= len(path)
        if self._left < 0:
            raise LimitError(
                "object graph",
                "unfolds to more names than any model has",
                hint="the SavedModel is damaged or hostile",
            )
        return path
