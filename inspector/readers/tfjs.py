"""`model.json` of TensorFlow.js: the model object inside it, and the names of its weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inspector.dims import MAX_RANK, is_size
from inspector.errors import LimitError, ReadError, shown
from inspector.readers.wiring import HAND_EDITED

_MAX_WEIGHTS = 1_000_000


@dataclass(frozen=True, slots=True)
class JsWeight:
    """One entry of the weights manifest."""

    name: str  # with the name of its layer in front: c/kernel
    shape: tuple[int, ...]
    dtype: str  # of the weight in use
    quantized: str = ""  # the type it is stored in; empty: the same


@dataclass(frozen=True, slots=True)
class JsModel:
    """A layers model of TensorFlow.js."""

    model: Mapping[str, Any]  # class_name and config, as Keras or TensorFlow.js wrote them
    weights: tuple[JsWeight, ...]
    keras_version: str | None = None
    notes: tuple[str, ...] = ()


def is_tfjs(value: Any) -> bool:
    """Whether parsed JSON is a `model.json` of TensorFlow.js."""
    return isinstance(value, dict) and ("modelTopology" in value or "weightsManifest" in value)


def read_tfjs(value: Mapping[str, Any], where: str) -> JsModel:
    """The model and the weights of a `model.json`.

    Raises:
        ReadError: it is a graph model, which has no Keras layers, or it is damaged.
        LimitError: it lists more weights than any model.
    """
    topology = value.get("modelTopology")
    _refuse_graph(value.get("format"), topology, where)
    if not isinstance(topology, dict):
        raise ReadError(
            where,
            "is a model.json of TensorFlow.js without a topology",
            received=shown(topology),
            hint="a layers model has it in modelTopology; " + HAND_EDITED,
        )
    weights = tuple(_weights(value.get("weightsManifest"), where))
    notes = ("no weights manifest",) if value.get("weightsManifest") is None else ()
    return JsModel(_model(topology, where), weights, _version(topology), notes)


def _refuse_graph(kind: Any, topology: Any, where: str) -> None:
    graph = isinstance(topology, dict) and "node" in topology
    if kind == "graph-model" or graph:
        raise ReadError(
            where,
            "is a graph-model of TensorFlow.js: operations of TensorFlow, no Keras layers",
            hint="convert with --output_format=tfjs_layers_model, or name the original model",
        )
    if kind is not None and kind != "layers-model":
        raise ReadError(
            where,
            "is of a format of TensorFlow.js that is not known",
            received=shown(kind),
            hint="a layers-model is read",
        )


def _model(topology: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """The model object: in `model_config` where it came from HDF5, else the topology itself."""
    model = topology.get("model_config", topology)
    if not isinstance(model, dict) or not isinstance(model.get("class_name"), str):
        raise ReadError(
            where,
            "its topology holds no Keras model",
            received=shown(model),
            hint="a model has the keys class_name and config",
        )
    version = _version(topology)
    return model if version is None else {"keras_version": version, **model}


def _version(topology: Mapping[str, Any]) -> str | None:
    version = topology.get("keras_version")
    return version if isinstance(version, str) else None


def _weights(manifest: Any, where: str) -> Iterator[JsWeight]:
    count = 0
    for group in _list(manifest, f"{where}: weightsManifest"):
        entries = group.get("weights") if isinstance(group, dict) else group
        for entry in _list(entries, f"{where}: weightsManifest: weights"):
            count += 1
            if count > _MAX_WEIGHTS:
                raise LimitError(
                    where, f"lists more than {_MAX_WEIGHTS:,} weights", hint=HAND_EDITED
                )
            yield _weight(entry, f"{where}: weightsManifest: weight {count}")


def _list(value: Any, where: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ReadError(where, "is not a list", received=shown(value), hint=HAND_EDITED)
    return value


def _weight(entry: Any, where: str) -> JsWeight:
    match entry:
        case {"name": str(name), "shape": list(shape), "dtype": str(dtype)} if _is_shape(shape):
            packed = entry.get("quantization")
            stored = packed.get("dtype") if isinstance(packed, dict) else None
            return JsWeight(name, tuple(shape), dtype, stored if isinstance(stored, str) else "")
    raise ReadError(where, "has no name, shape and dtype", received=shown(entry), hint=HAND_EDITED)


def _is_shape(shape: list[Any]) -> bool:
    return len(shape) <= MAX_RANK and all(map(is_size, shape))
