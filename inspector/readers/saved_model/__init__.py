"""SavedModel folders: the Keras 2 model object where one is stored, and the stored variables.

Read are `saved_model.pb` (without its TensorFlow graph), `keras_metadata.pb` and
`variables/variables.index`; the data itself, `fingerprint.pb` and assets are never opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.errors import ReadError
from inspector.graph import escaped
from inspector.readers.saved_model.folder import content, opened
from inspector.readers.saved_model.layers import (
    Described,
    StoredLayer,
    described,
    described_inside,
    layers_of,
)
from inspector.readers.saved_model.meta import Meta, read_meta
from inspector.readers.saved_model.objects import ROOT, Objects
from inspector.readers.saved_model.signatures import Signature, TensorSpec
from inspector.readers.saved_model.variables import StoredVariable, declared, read_index
from inspector.readers.sstable import MAX_BYTES as MAX_INDEX

__all__ = ["SavedModel", "Signature", "StoredLayer", "StoredVariable", "TensorSpec", "read_folder"]

NAME = "saved_model.pb"
METADATA = "keras_metadata.pb"
INDEX = ("variables", "variables.index")
_MAX_METADATA = 64 << 20
_EXPORTED = frozenset(("variables", "trainable_variables", "non_trainable_variables"))


@dataclass(frozen=True, slots=True)
class SavedModel:
    """What a SavedModel says of its layers and variables."""

    model: Mapping[str, Any] | None  # of Keras 2: class_name and config; None: no layer graph
    variables: tuple[StoredVariable, ...]
    signatures: tuple[Signature, ...]
    layers: tuple[StoredLayer, ...] = ()  # by name, also where there is no layer graph
    keras_version: str | None = None
    tensorflow_version: str | None = None
    notes: tuple[str, ...] = ()


def read_folder(path: Path) -> SavedModel:
    """What a SavedModel says, from its folder or from its `saved_model.pb`.

    Raises:
        ReadError: it is none, is damaged, or holds links.
        LimitError: it asks for more time or memory than any model.
    """
    folder, name = (path, NAME) if path.is_dir() else (path.parent, path.name)
    where = str(folder / name)
    with opened(folder, name) as stream:
        if stream is None:
            raise _no_model(folder)
        meta = read_meta(stream, where)
    known = _metadata(folder) or described_inside(meta.objects, where)
    layers = tuple(layers_of(meta.objects, known))
    root = known.get(ROOT)
    version = root.metadata.get("keras_version") if root else None
    model = _with_shapes(_model(root), layers)
    stored, notes = _variables(folder, meta.objects, layers)
    return SavedModel(
        model=model,
        variables=stored,
        signatures=meta.signatures,
        layers=layers,
        keras_version=version if isinstance(version, str) else None,
        tensorflow_version=meta.tensorflow_version,
        notes=notes if model is not None else (_why(meta, root), *notes),
    )


def _no_model(folder: Path) -> ReadError:
    hint = "a SavedModel folder holds saved_model.pb; is the path complete?"
    if (folder / "saved_model.pbtxt").exists():
        hint = "its text form saved_model.pbtxt is not read: load and save it with TensorFlow"
    return ReadError(str(folder), f"is no SavedModel: it holds no {NAME}", hint=hint)


def _metadata(folder: Path) -> dict[int, Described]:
    with opened(folder, METADATA) as stream:
        if stream is None:
            return {}
        where = str(folder / METADATA)
        return described(content(stream, _MAX_METADATA, where), where)


def _variables(
    folder: Path, objects: Objects, layers: tuple[StoredLayer, ...]
) -> tuple[tuple[StoredVariable, ...], tuple[str, ...]]:
    """The variables, and notes where they are declared but not stored, or stored otherwise."""
    with opened(folder, *INDEX) as stream:
        if stream is None:
            note = f"no {'/'.join(INDEX)}: variables are those that the object graph declares"
            return declared(objects, layers), (note,)
        where = str(folder.joinpath(*INDEX))
        return read_index(content(stream, MAX_INDEX, where), where, objects, layers)


def _model(root: Described | None) -> Mapping[str, Any] | None:
    """The model object of Keras 2 in the metadata of the root, where it holds layers."""
    if root is None:
        return None
    for found in (root.metadata.get("model_config"), root.metadata):
        if isinstance(found, dict) and _has_layers(found):
            version = root.metadata.get("keras_version")
            return {
                "class_name": found["class_name"],
                "config": found["config"],
                **({"keras_version": version} if isinstance(version, str) else {}),
            }
    return None


def _with_shapes(
    model: Mapping[str, Any] | None, layers: tuple[StoredLayer, ...]
) -> Mapping[str, Any] | None:
    """The model object, each layer with the shape it was built with, which is told elsewhere.

    What flows out of a class that no rule covers is told by those who took it in.
    """
    if model is None:
        return None
    shapes = {layer.path: layer.build_shape for layer in layers if layer.build_shape}
    made = {**model}
    waiting = [(made, "")]
    for holder, prefix in waiting:
        config = holder["config"]
        listed = config.get("layers") if isinstance(config, dict) else config
        if not isinstance(listed, list):
            continue
        fresh = [{**entry} if isinstance(entry, dict) else entry for entry in listed]
        holder["config"] = {**config, "layers": fresh} if isinstance(config, dict) else fresh
        for entry in fresh:
            path = prefix + escaped(_name(entry))
            if path in shapes:
                entry.setdefault("build_config", {"input_shape": shapes[path]})
            elif isinstance(entry, dict) and "config" in entry:
                waiting.append((entry, f"{path}/"))
    return made


def _name(entry: Any) -> str:
    """The name of a layer, as its saved object has it."""
    config = entry.get("config") if isinstance(entry, dict) else None
    name = config.get("name") if isinstance(config, dict) else None
    return name if isinstance(name, str) else ""


def _has_layers(model: Mapping[str, Any]) -> bool:
    config = model.get("config")
    layers = config.get("layers") if isinstance(config, dict) else config
    return isinstance(layers, list) and isinstance(model.get("class_name"), str)


def _why(meta: Meta, root: Described | None) -> str:
    """Why there is no layer graph."""
    if root is not None:
        name = root.class_name or "the model"
        return f"{name} is a subclassed model: Keras stores its layers, but not how they are called"
    if not meta.objects.nodes:
        return "no object graph: written by TensorFlow 1, or by another program than Keras"
    if meta.objects.nodes[ROOT].children.keys() >= _EXPORTED:
        return "written by export() of Keras 3: it holds variables and signatures, but no layers"
    return "no Keras metadata: written by tf.saved_model.save, without layers"
