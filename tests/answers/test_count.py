"""The counts of `count`: expected values from Keras, its documentation and the names of models."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import inspector
from inspector.printed import shape_text
from inspector.readers.zoo import architectures, recorded
from inspector.render.json import count_document

GOLDEN = Path(__file__).parents[1] / "golden"
MEASURED = {
    row["model"]: row for row in csv.DictReader((GOLDEN / "measured_keras_3.15.1.csv").open())
}
DOCUMENTED = {
    row["model"]: int(row["depth"])
    for row in csv.DictReader((GOLDEN / "keras_documentation_depth.csv").open())
}
IN_THE_NAME = {
    "vgg16": 16,
    "vgg19": 19,
    "resnet50": 50,
    "resnet101": 101,
    "resnet152": 152,
    "resnet50v2": 50,
    "resnet101v2": 101,
    "resnet152v2": 152,
    "densenet121": 121,
    "densenet169": 169,
    "densenet201": 201,
}


def test_all_forty_architectures_are_there():
    assert len(architectures()) == 40
    assert MEASURED.keys() <= {one.name for one in architectures().values()}


@pytest.mark.parametrize("key", architectures())
def test_every_row_is_as_keras_printed_it(key):
    summary = recorded(key)["summary"]
    model = inspector.load(key)
    ours = [[r.name, r.class_name, shape_text(r.outputs[-1]), r.params] for r in model.rows]
    assert ours == summary["rows"]
    totals = model.totals
    assert (totals.params, totals.trainable, totals.non_trainable) == (
        summary["total"],
        summary["trainable"],
        summary["non_trainable"],
    )
    assert totals.complete
    assert dict(inspector.count(key).agreement) == {"stored": None, "summary": True}


@pytest.mark.parametrize(("key", "depth"), IN_THE_NAME.items())
def test_depth_is_the_number_in_the_name(key, depth):
    assert inspector.count(key).depth == depth


@pytest.mark.parametrize(("name", "depth"), DOCUMENTED.items())
def test_with_weights_is_the_depth_of_the_keras_documentation(name, depth):
    assert inspector.count(name).with_weights == depth


def test_the_documentation_has_26_depths():
    assert len(DOCUMENTED) == 26


# The measured table walked layers only, so that a path through operations was cut short there;
# Keras itself says max(model._nodes_by_depth) = 181 and 209 for these two.
THROUGH_OPERATIONS = {"MobileNetV3Small": 181, "MobileNetV3Large": 209}


@pytest.mark.parametrize("name", MEASURED)
def test_counts_and_macs_are_as_measured_in_keras(name, tmp_path):
    measured = MEASURED[name]
    answer = inspector.count(_at_size(name, int(measured["input"]), tmp_path))
    assert answer.listed == int(measured["len_layers"])
    assert answer.with_weights == int(measured["layers_with_weights"])
    assert answer.kernel == int(measured["conv_dense_layers"])
    assert answer.totals.params == int(measured["params"])
    assert answer.totals.macs == int(measured["macs_convdense"])
    expected = THROUGH_OPERATIONS.get(name, int(measured["topological_depth_edges"]))
    assert answer.longest_path == expected
    if name not in THROUGH_OPERATIONS:
        assert answer.depth == int(measured["longest_weighted_path"])


def _at_size(name: str, size: int, folder: Path) -> str:
    """The packaged architecture with the input size at which it was measured."""
    model = recorded(name.lower())["model"]
    door = model["config"]["layers"][0]["config"]
    if door["batch_shape"] != [None, size, size, 3]:
        door["batch_shape"] = [None, size, size, 3]
    (folder / "model.json").write_text(json.dumps(model))
    return str(folder / "model.json")


def test_the_kernels_beside_the_path_of_resnet50():
    answer = inspector.count("resnet50")
    assert answer.longest_path == 168
    assert answer.off_path == tuple(f"conv{stage}_block1_0_conv" for stage in (2, 3, 4, 5))
    (group,) = answer.off_path_groups
    assert (group.junction, group.projection) == ("Add", True)
    assert answer.kernel - len(answer.off_path) == answer.depth


def test_loading_twice_is_equal():
    assert inspector.load("resnet50") == inspector.load("keras.applications.ResNet50")


@pytest.mark.parametrize("word", ["ResNet50", "resnet-50", "RESNET_50", "efficientnet-b0"])
def test_case_and_separators_of_a_name_do_not_matter(word):
    assert inspector.count(word).model.format == "zoo"


def test_blocks_are_counted_with_models_inside_opened():
    """The 16 of ResNet50, and the 17 of the MobileNetV2 inside a transfer model."""
    assert inspector.count("resnet50").blocks == 16
    transfer = inspector.count(str(Path(__file__).parents[2] / "sample_models" / "transfer.json"))
    assert transfer.blocks == 17
    document = count_document(inspector.count("vgg16"))
    assert document["layers"]["blocks"] == 5
    assert document["signature"] == "(2·A + 3·B) + head"
