"""`model.json` of TensorFlow.js: both ways the topology is written, and what is refused."""

from __future__ import annotations

import json

import pytest

from inspector.errors import ReadError
from inspector.readers.dialects import read_graph
from inspector.readers.stored import placed, tfjs_groups
from inspector.readers.tfjs import JsWeight, is_tfjs, read_tfjs

LAYERS = {
    "class_name": "Sequential",
    "config": {
        "name": "s",
        "layers": [
            {
                "class_name": "Dense",
                "config": {
                    "name": "dense_Dense1",
                    "units": 3,
                    "use_bias": True,
                    "batch_input_shape": [None, 4],
                    "dtype": "float32",
                    "trainable": True,
                },
            },
            {
                "class_name": "Dense",
                "config": {"name": "dense_Dense2", "units": 2, "use_bias": False},
            },
        ],
    },
}
MANIFEST = [
    {
        "paths": ["group1-shard1of1.bin"],
        "weights": [
            {"name": "dense_Dense1/kernel", "shape": [4, 3], "dtype": "float32"},
            {
                "name": "dense_Dense1/bias",
                "shape": [3],
                "dtype": "float32",
                "quantization": {
                    "dtype": "uint8",
                    "min": 0,
                    "scale": 1,
                    "original_dtype": "float32",
                },
            },
        ],
    },
    {"weights": [{"name": "dense_Dense2/kernel", "shape": [3, 2], "dtype": "float32"}]},
]


def converted(**changes: object) -> dict[str, object]:
    """What the converter writes for an HDF5 file."""
    topology = {"keras_version": "2.11.0", "backend": "tensorflow", "model_config": LAYERS}
    return {
        "format": "layers-model",
        "generatedBy": "keras v2.11.0",
        "convertedBy": "TensorFlow.js Converter v4.22.0",
        "modelTopology": topology,
        "weightsManifest": MANIFEST,
        **changes,
    }


def test_a_converted_model():
    found = read_tfjs(converted(), "model.json")
    assert found.model == {"keras_version": "2.11.0", **LAYERS}
    assert found.keras_version == "2.11.0"
    assert found.weights == (
        JsWeight("dense_Dense1/kernel", (4, 3), "float32"),
        JsWeight("dense_Dense1/bias", (3,), "float32", "uint8"),
        JsWeight("dense_Dense2/kernel", (3, 2), "float32"),
    )
    assert found.notes == ()


def test_a_model_that_javascript_wrote():
    topology = {**LAYERS, "keras_version": "tfjs-layers 4.22.0", "backend": "tensor_flow.js"}
    found = read_tfjs({"modelTopology": topology}, "model.json")
    assert found.model["class_name"] == "Sequential"
    assert found.keras_version == "tfjs-layers 4.22.0"
    assert found.weights == ()
    assert found.notes == ("no weights manifest",)


def test_its_weights_find_their_layers():
    found = read_tfjs(converted(), "model.json")
    graph = read_graph(found.model, "model.json")
    placement = placed(tfjs_groups(found.weights), graph)
    assert {path: [w.shape for w in held] for path, held in placement.layers.items()} == {
        "dense_Dense1": [(4, 3), (3,)],
        "dense_Dense2": [(3, 2)],
    }
    assert placement.unmapped == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [(converted(), True), ({"weightsManifest": []}, True), (LAYERS, False), ([], False)],
)
def test_it_is_told_by_its_keys(value, expected):
    assert is_tfjs(value) is expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            converted(format="graph-model", modelTopology={"node": []}),
            "model.json: is a graph-model of TensorFlow.js: operations of TensorFlow, "
            "no Keras layers",
        ),
        (
            {"modelTopology": {"node": [], "library": {}}},
            "model.json: is a graph-model of TensorFlow.js: operations of TensorFlow, "
            "no Keras layers",
        ),
        (
            converted(format="tfjs-9"),
            "model.json: is of a format of TensorFlow.js that is not known; received 'tfjs-9'",
        ),
        (
            converted(modelTopology=None),
            "model.json: is a model.json of TensorFlow.js without a topology; received None",
        ),
        (
            converted(modelTopology={"model_config": 3}),
            "model.json: its topology holds no Keras model; received 3",
        ),
        (
            converted(weightsManifest=3),
            "model.json: weightsManifest: is not a list; received 3",
        ),
        (
            converted(weightsManifest=[{"weights": 3}]),
            "model.json: weightsManifest: weights: is not a list; received 3",
        ),
        (
            converted(weightsManifest=[{"weights": [{"name": "a", "shape": [-1], "dtype": "x"}]}]),
            "model.json: weightsManifest: weight 1: has no name, shape and dtype; "
            "received {'dtype': 'x', 'name': 'a', 'shape': [-1]}",
        ),
    ],
)
def test_what_cannot_be_read_says_why(value, message):
    with pytest.raises(ReadError) as caught:
        read_tfjs(json.loads(json.dumps(value)), "model.json")
    assert str(caught.value) == message
    assert caught.value.hint
