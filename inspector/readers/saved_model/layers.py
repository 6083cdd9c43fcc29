"""Which layer of a Keras 2 model owns which object, by the metadata that Keras stores beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inspector.errors import LimitError, ReadError, shown
from inspector.graph import escaped
from inspector.readers.protobuf import Messages, most_fields
from inspector.readers.saved_model.objects import ROOT, Names, Objects, reached
from inspector.readers.text import check_values, parsed

_MODELS = frozenset(("_tf_keras_network", "_tf_keras_sequential", "_tf_keras_model"))
_MAX_OWNED = 1_000_000  # variables of all layers, those of a shared layer at each of its places
_METRIC = "_tf_keras_metric"
_NOT_LAYERS = frozenset([
    "variables", "trainable_variables", "regularization_losses", "keras_api", "signatures",
    "optimizer",
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Described:
    """What Keras says of one object: the JSON it stored for it."""

    identifier: str
    metadata: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name of the layer."""
        name = self.metadata.get("name")
        return name if isinstance(name, str) else ""

    @property
    def class_name(self) -> str:
        """The class of the layer, as Keras registered it."""
        class_name = self.metadata.get("class_name")
        return class_name if isinstance(class_name, str) else ""


@dataclass(frozen=True, slots=True)
class StoredLayer:
    """A layer of a SavedModel: its path by names, its class, and the objects it owns."""

    path: str
    name: str
    class_name: str
    variables: tuple[int, ...] = ()
    model: bool = False  # it holds layers, which have the variables
    build_shape: Any = None  # of its input, when it was built; a list of them for several


def described(data: bytes, where: str) -> dict[int, Described]:
    """What `keras_metadata.pb` says, by the number of the object.

    Raises:
        ReadError: it is damaged, or its JSON is none.
    """
    check_values(data, where)
    messages = Messages(where, most_fields(len(data)))
    return dict(
        _described(messages, messages.message(field))
        for field in messages.numbered(memoryview(data), 1)
    )


def _described(messages: Messages, message: memoryview) -> tuple[int, Described]:
    node, texts = 0, {3: "", 4: "", 5: ""}
    for field in messages.fields(message):
        if field.number == 2:
            node = messages.number(field)
        elif field.number in texts:
            texts[field.number] = messages.text(field)
    return node, _with_metadata(texts[4], texts[5], f"{messages.where}: {texts[3] or 'a node'}")


def described_inside(objects: Objects, where: str) -> dict[int, Described]:
    """The same from the object graph itself, where TensorFlow 2.0 to 2.4 wrote it.

    Raises:
        ReadError: its JSON is none.
    """
    check_values("".join(node.metadata for node in objects.nodes), where)
    return {
        number: _with_metadata(node.identifier, node.metadata, f"{where}: object {number}")
        for number, node in enumerate(objects.nodes)
        if node.metadata and node.identifier.startswith("_tf_keras_")
    }


def _with_metadata(identifier: str, text: str, where: str) -> Described:
    metadata = parsed(text, where) if text else {}
    if not isinstance(metadata, dict):
        raise ReadError(
            where,
            "is described by something else than an object",
            received=shown(metadata),
            hint="the file is damaged",
        )
    return Described(identifier, metadata)


def layers_of(objects: Objects, known: Mapping[int, Described]) -> Iterator[StoredLayer]:
    """The layers of a model and of the models inside it, those of one model together.

    What is inside a model that stands at two places is listed at the first.

    Raises:
        LimitError: their paths are longer than those of any model.
    """
    owned, names = _Owned(objects), Names()
    opened, passed = {ROOT}, {ROOT}
    waiting = [(ROOT, "")]
    for node, prefix in waiting if objects.nodes else ():
        for child in reached(objects, node, passed, _NOT_LAYERS):
            layer = known.get(child)
            if layer is None or layer.identifier == _METRIC:
                continue
            path = names.checked(prefix + escaped(layer.name))
            if layer.identifier not in _MODELS:
                shape = layer.metadata.get("build_input_shape")
                owns = owned.counted(child)
                yield StoredLayer(
                    path, layer.name, layer.class_name, owns, build_shape=plain(shape)
                )
                continue
            yield StoredLayer(path, layer.name, layer.class_name, model=True)
            if child not in opened:
                opened.add(child)
                waiting.append((child, f"{path}/"))


def plain(shape: Any) -> Any:
    """A shape as a list of sizes, or a list of such; Keras wraps the objects that it stores.

    >>> plain({"class_name": "TensorShape", "items": [None, 4]})
    [None, 4]
    """
    if isinstance(shape, dict):
        shape = shape.get("items")
    if isinstance(shape, list) and all(isinstance(item, dict) for item in shape):
        return [item.get("items") for item in shape]
    return shape


class _Owned(dict[int, tuple[int, ...]]):
    """The variables of each layer, in the order of its `weights`; no list is read twice."""

    def __init__(self, objects: Objects) -> None:
        super().__init__()
        self._objects = objects
        self._listed: set[int] = set()
        self._left = _MAX_OWNED

    def counted(self, layer: int) -> tuple[int, ...]:
        """The variables of a layer, counted at each place where it stands.

        Raises:
            LimitError: there are more than in any model.
        """
        self._left -= len(self[layer])
        if self._left < 0:
            raise LimitError(
                "object graph",
                f"gives its layers more than {_MAX_OWNED:,} variables",
                hint="the SavedModel is damaged or hostile",
            )
        return self[layer]

    def __missing__(self, layer: int) -> tuple[int, ...]:
        listed = self._objects.child(layer, "variables")
        if listed is None:  # preprocessing layers keep no list
            held = reached(self._objects, layer, self._listed, _NOT_LAYERS)
            self[layer] = tuple(node for node in held if self._objects.nodes[node].variable)
        elif listed not in self._listed:
            self._listed.add(listed)
            self[layer] = self._objects.members(listed)
        else:
            self[layer] = ()
        return self[layer]
