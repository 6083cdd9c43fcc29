"""Models as Keras writes them, small: the ground that hostile files are made from."""

from __future__ import annotations

import json
from typing import Any

Config = dict[str, Any]


def layer(class_name: str, name: str = "", module: str = "keras.layers", **config: Any) -> Config:
    """A layer of Keras 3."""
    return {
        "module": module,
        "class_name": class_name,
        "config": {"name": name or class_name.lower(), "trainable": True, **config},
        "registered_name": None,
        "build_config": {"input_shape": [None, 4]},
    }


def entry(name: str = "in", *sizes: int) -> Config:
    """An input of Keras 3."""
    shape = [None, *(sizes or (4,))]
    return {
        "module": "keras.layers",
        "class_name": "InputLayer",
        "config": {"batch_shape": shape, "dtype": "float32", "sparse": False, "name": name},
        "registered_name": None,
    }


def dense(name: str = "dense", units: Any = 2, **config: Any) -> Config:
    """A Dense layer of Keras 3."""
    return layer("Dense", name, units=units, activation="linear", use_bias=True, **config)


def function(bytecode: str) -> Config:
    """A function of Keras 3 with its code in it."""
    code = {"code": bytecode, "defaults": None, "closure": None}
    return {"class_name": "__lambda__", "config": code}


def reference(module: str, name: str) -> Config:
    """A function of Keras 3 by where it stands."""
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def computed(bytecode: str, name: str = "lam") -> Config:
    """A Lambda layer of Keras 3."""
    return layer("Lambda", name, function=function(bytecode), arguments={})


def sequential(*layers: Config, name: str = "model", **more: Any) -> Config:
    """A Sequential model of Keras 3."""
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": name, "trainable": True, "layers": list(layers)},
        "registered_name": "Sequential",
        "build_config": {"input_shape": [None, 4]},
        **more,
    }


def tensor(name: str, call: Any = 0, place: Any = 0) -> Config:
    """What a layer gave, as an argument of another."""
    history = [name, call, place]
    config = {"shape": [None, 4], "dtype": "float32", "keras_history": history}
    return {"class_name": "__keras_tensor__", "config": config}


def called(made: Config, *arguments: Any, times: int = 1) -> Config:
    """A layer of a Functional model with its calls."""
    calls = [{"args": list(arguments), "kwargs": {}}] * times if arguments else []
    return {**made, "name": made["config"]["name"], "inbound_nodes": calls}


def functional(*layers: Config, last: str = "", name: str = "model", **more: Any) -> Config:
    """A Functional model of Keras 3 from its first layer to its last."""
    ends = {
        "input_layers": [[layers[0]["config"]["name"], 0, 0]],
        "output_layers": [[last or layers[-1]["config"]["name"], 0, 0]],
    }
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {"name": name, "trainable": True, "layers": list(layers), **ends},
        "registered_name": "Functional",
        **more,
    }


def chain(*names: str) -> Config:
    """A Functional model of Dense layers with these names, one after the other."""
    layers, last = [called(entry())], "in"
    for name in names:
        layers.append(called(dense(name, 4), tensor(last)))
        last = name
    return functional(*layers, name=names[0] or "model")


def old_dense(name: str = "dense", **config: Any) -> Config:
    """A Dense layer of Keras 2."""
    settings = {"name": name, "trainable": True, "dtype": "float32", "units": 2, **config}
    return {"class_name": "Dense", "config": {**settings, "activation": "linear", "use_bias": True}}


def old_computed(bytecode: str, name: str = "lam") -> Config:
    """A Lambda layer of Keras 2."""
    held = {"class_name": "__tuple__", "items": [bytecode, None, None]}
    config = {"name": name, "trainable": True, "dtype": "float32", "function": held}
    return {"class_name": "Lambda", "config": {**config, "function_type": "lambda"}}


def old_sequential(*layers: Config) -> Config:
    """A Sequential model of Keras 2, with an input in front."""
    shape = [None, 4]
    first = {"batch_input_shape": shape, "dtype": "float32", "sparse": False, "name": "in"}
    entries = [{"class_name": "InputLayer", "config": first}, *layers]
    return {"class_name": "Sequential", "config": {"name": "model", "layers": entries}}


GOOD = sequential(entry(), dense())


def text(config: Any) -> bytes:
    """A config as the bytes of its JSON."""
    return json.dumps(config).encode()
