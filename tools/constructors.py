"""Writes how Keras' classes and functions are called: what `code` and `transfer` print from.

Run it from the root of the project, once in an environment with Keras 3, once in one with Keras 2
(`tf_keras`); it writes `inspector/readers/constructors/keras3.json` or `keras2.json`:

    python -m tools.constructors
    TF_USE_LEGACY_KERAS=1 python -m tools.constructors --keras 2

Each layer comes with its path, the names of its arguments in order, and the config that it has when
only its needed arguments are given: what `code` may leave out.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "inspector" / "readers" / "constructors"
_SKIPPED = {"Layer", "InputLayer", "Input", "InputSpec", "TFSMLayer", "JaxLayer", "FlaxLayer"}
_ABSTRACT = {"Wrapper", "AbstractRNNCell", "BaseRandomLayer"}
_APPLICATIONS = (
    ("convnext", "LayerScale"),
    ("convnext", "StochasticDepth"),
    ("inception_resnet_v2", "CustomScaleLayer"),
)
_PLAIN = (bool, int, float, str, type(None))
_SAMPLES: dict[str, Any] = {  # a value for each argument that some class cannot do without
    "axes": -1, "data_format": "channels_last", "dims": [1], "equation": "ab,bc->ac",
    "factor": 0.5, "filters": 1, "function": abs, "head_dim": 1, "height": 8, "input_dim": 2,
    "kernel_size": 1, "key_dim": 1, "l1": 0.1, "l2": 0.1, "n": 2, "num_bins": 3,
    "num_key_value_heads": 1, "num_query_heads": 1, "num_heads": 1, "num_tokens": 4,
    "output_dim": 2, "output_shape": 1,
    "rate": 0.5, "scale": 1.0, "seed": 1, "size": 2, "stddev": 0.1, "target_shape": [1],
    "units": 1, "width": 8, "pool_size": 2, "rank": 2, "activation": "relu",
    "bin_boundaries": [0.5],
    "value": 0.5, "value_range": [0, 255], "target_height": 4, "target_width": 4,
    "mask_value": 0.0,
    "output_size": 4, "norm": 1.0, "height_factor": 0.1, "width_factor": 0.1, "max_number": 2,
    "num_frequency_bins": 4, "theta": 1.0, "epsilon": 1e-3,
    "init_values": 1e-6, "projection_dim": 1,
    "drop_path_rate": 0.1,
}  # fmt: skip


def main() -> None:
    """Write the table of the Keras that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keras", type=int, choices=(2, 3), default=3)
    major = parser.parse_args().keras
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    keras = importlib.import_module("keras" if major == 3 else "tf_keras")
    table: dict[str, Any] = {"keras": keras.__version__, "layers": _sorted(_all(keras))}
    for kind in ("initializers", "regularizers", "constraints"):
        table[kind] = _sorted(_objects(keras, kind))
    table["operations"] = _sorted(_operations(keras)) if major == 3 else {}
    FOLDER.mkdir(exist_ok=True)
    lines = [f'"keras": {json.dumps(table.pop("keras"))}']
    for kind, found in table.items():
        rows = (f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in found.items())
        lines.append(f"{json.dumps(kind)}: {{\n" + ",\n".join(rows) + "\n}")
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    (FOLDER / f"keras{major}.json").write_text(text, encoding="utf-8", newline="\n")
    print({kind: len(found) for kind, found in table.items()})


def _sorted(found: Iterator[tuple[str, Any]]) -> dict[str, Any]:
    """By name; of two entries of one name, the first."""
    kept: dict[str, Any] = {}
    for name, entry in found:
        kept.setdefault(name, entry)
    return dict(sorted(kept.items()))


def _layers(keras: Any) -> Iterator[tuple[str, Any]]:
    for place in ("layers", "layers.experimental.preprocessing"):
        module = keras
        for part in place.split("."):
            module = getattr(module, part, None)
        for name in dir(module) if module is not None else ():
            found = getattr(module, name)
            if not inspect.isclass(found) or not issubclass(found, keras.layers.Layer):
                continue
            if found.__name__ in _SKIPPED | _ABSTRACT or name != _usual(module, found, name):
                continue
            yield found.__name__, _described(keras, found, f"{place}.{name}")


def _all(keras: Any) -> Iterator[tuple[str, Any]]:
    yield from _layers(keras)
    if keras.__name__ == "keras":  # the package of Keras 2 has no path to them from `tf.keras`
        yield from _inside_architectures(keras)


def _inside_architectures(keras: Any) -> Iterator[tuple[str, Any]]:
    """The layers that only architectures use, which no public path names."""
    for file, name in _APPLICATIONS:
        module = importlib.import_module(f"{keras.__name__}.src.applications.{file}")
        if hasattr(module, name):
            path = f"src.applications.{file}.{name}"
            yield name, _described(keras, getattr(module, name), path)


def _usual(module: Any, found: Any, name: str) -> str:
    """The name that a class is best known by: its own where it is public under that."""
    own = found.__name__
    return own if getattr(module, own, None) is found else name


def _objects(keras: Any, kind: str) -> Iterator[tuple[str, Any]]:
    module = getattr(keras, kind)
    base = getattr(module, kind[:-1].capitalize())
    for name in dir(module):
        found = getattr(module, name)
        if not inspect.isclass(found) or not issubclass(found, base) or found is base:
            continue
        if name == _usual(module, found, name) and name[0].isupper():
            yield found.__name__, _described(keras, found, f"{kind}.{name}")


def _described(keras: Any, found: Any, path: str) -> dict[str, Any]:
    parameters = [
        each
        for each in inspect.signature(found.__init__).parameters.values()
        if each.name != "self" and each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
    ]
    needed = [each.name for each in parameters if each.default is each.empty]
    defaults = {
        each.name: each.default
        for each in parameters
        if each.default is not each.empty and _is_json(each.default)
    }
    config = _config(keras, found, needed)
    names = [each.name for each in parameters]
    if config is None:
        print("no config of", path, needed)
    keys = {key: value for key, value in (config or {}).items() if key not in needed}
    for key, value in keys.items():
        if defaults.get(key, "") is None and not isinstance(value, str | dict | type(None)):
            del defaults[key]  # worked out from another argument: strides from pool_size
        elif _is_json(value):
            defaults[key] = value
    for key in ("name", "trainable", "dtype"):
        defaults.pop(key, None)
    return {"path": path, "takes": names, "needed": needed, "defaults": _listed(defaults)}


def _config(keras: Any, found: Any, needed: list[str]) -> dict[str, Any] | None:
    layers = keras.layers
    inner: dict[str, Any] = {
        "cell": lambda: layers.LSTMCell(1),
        "cells": lambda: [layers.LSTMCell(1)],
        "layers": list,
        "layer": lambda: layers.LSTM(1) if found.__name__ == "Bidirectional" else layers.Dense(1),
    }
    samples = {**_SAMPLES, **{name: make() for name, make in inner.items()}}
    for given in (samples, {**samples, "output_size": [4, 4], "size": [2, 2], "factor": 4}):
        try:
            config: dict[str, Any] = found(**{name: given[name] for name in needed}).get_config()
            return json.loads(json.dumps(config, default=_object)) if config else config
        except Exception as error:  # some classes need a backend that is not there
            print(found.__name__, type(error).__name__, str(error)[:80])
    return None


def _object(value: Any) -> Any:
    return value.get_config() if hasattr(value, "get_config") else repr(value)


def _is_json(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_json, value))
    if isinstance(value, dict):
        return all(map(_is_json, value.values()))
    return isinstance(value, _PLAIN)


def _listed(value: Any) -> Any:
    return json.loads(json.dumps(value))


# --- operations ---------------------------------------------------------------------------------


def _operations(keras: Any) -> Iterator[tuple[str, Any]]:
    """Every class of `keras.ops` with the function that makes it, and how both are called."""
    classes = _operation_classes()
    for place in ("ops", "ops.image", "ops.linalg", "ops.nn", "ops.numpy", "activations"):
        module = keras
        for part in place.split("."):
            module = getattr(module, part)
        for name in dir(module):
            function = getattr(module, name)
            if not inspect.isfunction(inspect.unwrap(function)) or name.startswith("_"):
                continue
            for made in _made(inspect.unwrap(function), classes):
                yield made, _function(function, classes[made], f"{place}.{name}")


def _operation_classes() -> dict[str, Any]:
    from keras.src.ops.operation import Operation

    classes: dict[str, Any] = {}
    for file in ("core", "einops", "image", "linalg", "math", "nn", "numpy"):
        members = vars(importlib.import_module(f"keras.src.ops.{file}"))
        found = {name: it for name, it in members.items() if inspect.isclass(it)}
        classes.update((name, it) for name, it in found.items() if issubclass(it, Operation))
    return classes


def _function(function: Any, made: Any, path: str) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters
    called = inspect.signature(made.call).parameters.values()
    defaults = {name: it.default for name, it in parameters.items()}
    return {
        "path": path,
        "takes": list(parameters),
        "call": [
            it.name for it in called if it.name != "self" and it.kind is it.POSITIONAL_OR_KEYWORD
        ],
        "defaults": _listed({name: it for name, it in defaults.items() if _is_json(it)}),
    }


def _made(function: Any, classes: dict[str, Any]) -> Iterator[str]:
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        return
    for name in re.findall(r"\b([A-Z]\w+)\([^)]*\)\s*\.symbolic_call", source):
        if name in classes:
            yield name
    for name in re.findall(r"\b([A-Z]\w+)\(", source):
        if name in classes and name.lower() == function.__name__.replace("_", ""):
            yield name


if __name__ == "__main__":
    main()
