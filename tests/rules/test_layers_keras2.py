"""Every layer rule against what a real tf_keras said of the same layer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inspector.graph import Layer
from inspector.infer import _apply, _own
from inspector.rules import layer_rule
from inspector.rules.rule import Spec, bound, spec_of

GOLDEN = Path(__file__).parent.parent / "golden"
INNER = ("layer", "backward_layer", "cell", "cells", "layers")


def recorded(*names: str) -> list[dict[str, Any]]:
    texts = [(GOLDEN / f"{name}_tf_keras.jsonl").read_text("utf-8") for name in names]
    return [json.loads(line) for text in texts for line in text.splitlines()]


LINES = recorded("layers", "layers_more")


def as_layer(record: dict[str, Any]) -> Layer:
    """A recorded layer as the reader hands it over, with the layers inside it."""
    config = {
        key: as_layers(value) if key in INNER else value for key, value in record["config"].items()
    }
    return Layer(
        name=config.get("name") or "layer",
        class_name=record["class_name"],
        config=config,
        trainable=config.get("trainable", True),
        dialect=2,
    )


def as_layers(value: Any) -> Any:
    if isinstance(value, list):
        return [as_layers(item) for item in value]
    return as_layer(value) if isinstance(value, dict) and "class_name" in value else value


def shapes(value: Any) -> Any:
    """Recorded lists as shapes: a list of sizes becomes a tuple, anything around it stays."""
    if not isinstance(value, list):
        return value
    if all(size is None or isinstance(size, int) for size in value):
        return tuple(value)
    return [shapes(item) for item in value]


def flat(value: Any) -> Iterator[tuple[int | None, ...]]:
    if isinstance(value, tuple):
        yield value
    else:
        for item in value:
            yield from flat(item)


def spec_from(record: dict[str, Any]) -> Spec:
    layer = as_layer(record)
    rule = layer_rule(layer.class_name)
    assert rule is not None, f"{layer.class_name} has no rule"
    call = {key: shapes(value) for key, value in record["call"].items()}
    inputs = shapes(record["inputs"])
    known = bound(rule, () if inputs is None else (inputs,), call)
    flags = {key: value for key, value in call.items() if key not in rule.takes}
    return _own(layer, spec_of(rule, layer, known, flags, _apply))


def plain(name: str) -> str:
    """The name of a weight without the path that TensorFlow gave it."""
    return name.rpartition("/")[2].removesuffix(":0")


def label(record: dict[str, Any]) -> str:
    return f"{record['class_name']}-{record['inputs']}"


@pytest.mark.parametrize("record", LINES, ids=label)
def test_layer_is_as_keras_2_says(record):
    spec = spec_from(record)
    assert list(spec.outputs) == list(flat(shapes(record["outputs"])))
    assert [(weight.name, list(weight.shape)) for weight in spec.weights] == [
        (plain(name), shape) for name, shape, _ in record["weights"]
    ]
    assert spec.params == record["params"]
    assert sum(w.size for w in spec.weights if w.trainable) == record["trainable"]


def legacy(class_name: str, inputs: Any, **config: Any) -> Spec:
    return spec_from({"class_name": class_name, "config": config, "inputs": inputs, "call": {}})


# As the source of Keras 1.2.2 builds them; no installed Keras can be asked.
@pytest.mark.parametrize(
    ("class_name", "inputs", "config", "params", "output"),
    [
        ("MaxoutDense", [None, 5], {"output_dim": 3, "nb_feature": 4}, 4 * 5 * 3 + 4 * 3, (3,)),
        ("MaxoutDense", [None, 5], {"output_dim": 3, "bias": False}, 4 * 5 * 3, (3,)),
        ("Highway", [None, 6], {}, 2 * (36 + 6), (6,)),
        ("Highway", [None, 6], {"bias": False}, 2 * 36, (6,)),
        ("TimeDistributedDense", [None, 7, 5], {"units": 3}, 5 * 3 + 3, (7, 3)),
        ("SReLU", [None, 4, 3], {}, 4 * 12, (4, 3)),
        ("ParametricSoftplus", [None, 4, 3], {}, 2 * 12, (4, 3)),
        (
            "Deconvolution2D",
            [None, 8, 8, 3],
            {"filters": 4, "kernel_size": [3, 2], "output_shape": [None, 17, 16, 4]},
            3 * 2 * 3 * 4 + 4,
            (17, 16, 4),
        ),
        ("RandomFourierFeatures", [None, 5], {"output_dim": 9}, 5 * 9 + 9 + 1, (9,)),
    ],
)
def test_classes_of_keras_1(class_name, inputs, config, params, output):
    spec = legacy(class_name, inputs, **config)
    assert spec.params == params
    assert spec.outputs == ((None, *output),)
