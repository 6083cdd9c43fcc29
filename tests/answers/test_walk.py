"""What the walk makes of whole graphs that Keras wrote: shared, nested, frozen, custom."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import inspector
from inspector.readers import zoo

SAMPLES = Path(__file__).parents[2] / "sample_models"


def _row(model, path):
    return next(row for row in model.walk() if row.path == path)


def test_the_course_model():
    answer = inspector.count(SAMPLES / "transfer.json")
    totals = answer.totals
    assert (totals.params, totals.trainable, totals.non_trainable) == (2_259_265, 1_281, 2_257_984)
    assert (answer.listed, answer.with_weights, answer.kernel, answer.depth) == (5, 105, 53, 53)


def test_the_base_of_the_course_model_unfrozen_from_layer_120_on(tmp_path):
    model = json.loads((SAMPLES / "transfer.json").read_text())
    base = model["config"]["layers"][1]
    base["config"]["trainable"] = True
    for place, layer in enumerate(base["config"]["layers"]):
        layer["config"]["trainable"] = place >= 120
    (tmp_path / "model.json").write_text(json.dumps(model))
    assert inspector.load(tmp_path / "model.json").totals.trainable == 1_626_177


def test_three_dense_layers():
    answer = inspector.params(SAMPLES / "digits.keras")
    assert answer.totals.params == 55_050
    assert [row.params for row in answer.layers] == [0, 50_240, 4_160, 650]
    assert inspector.load(SAMPLES / "digits_x.keras").rows == answer.layers


def test_a_shared_model_counts_once_and_works_twice():
    model = inspector.load(SAMPLES / "twins.keras")
    encoder = _row(model, "encoder")
    assert (encoder.calls, encoder.params, encoder.trainable_params) == (2, 37_104, 0)
    assert model.totals.params == 37_104 + 33
    once = sum(row.macs for row in encoder.layers)
    assert encoder.macs == 2 * once
    assert len(encoder.output_shapes) == 2


def test_a_custom_layer_is_counted_by_what_the_file_stores():
    model = inspector.load(SAMPLES / "custom.keras")
    row = _row(model, "scale")
    assert (row.params, row.stored, row.formula) == (8, 8, None)
    assert "not told" in row.notes[-1]
    assert (model.totals.params, model.totals.complete, model.totals.stored) == (139, True, 139)
    assert (row.trainable_params, model.totals.trainable) == (None, None)


def test_a_custom_layer_is_unknown_and_all_else_is_right():
    model = inspector.load(SAMPLES / "custom.json")
    counts = {row.name: row.params for row in model.rows}
    assert counts == {"measurements": 0, "hidden": 104, "scale": None, "double": 0, "answer": 27}
    assert _row(model, "scale").output_shape == (None, 8)  # as the file recorded it
    assert "no rule" in _row(model, "scale").notes[0]
    assert (model.totals.params, model.totals.complete) == (131, False)
    assert _row(model, "double").notes == ()


def test_nothing_of_a_custom_file_is_executed():
    events = []
    watched = ("exec", "compile", "marshal.loads", "pickle.find_class", "import")
    names = ("sample", "custom", "__main__")

    def watch(event, arguments):
        if event in watched and (event != "import" or arguments[0] in names):
            events.append((event, arguments[0]))

    inspector.params("vgg16")  # our own modules are imported and compiled by now
    inspector.params(SAMPLES / "digits.keras")
    sys.addaudithook(watch)
    inspector.params(SAMPLES / "custom.keras")
    inspector.count(SAMPLES / "custom.keras")
    found = list(events)
    watched = ()
    assert found == []


def test_strict_ends_with_1_where_something_is_unknown(graphinspect):
    assert graphinspect("count", SAMPLES / "custom.json").code == 0
    assert graphinspect("count", SAMPLES / "custom.json", "--strict").code == 1
    assert graphinspect("params", SAMPLES / "custom.json", "--strict").code == 1
    assert graphinspect("params", SAMPLES / "custom.keras", "--strict").code == 0
    assert graphinspect("params", SAMPLES / "digits.keras", "--strict").code == 0


def test_a_witness_that_disagrees_ends_with_1(monkeypatch, graphinspect):
    content = zoo.recorded("vgg16")
    content["summary"]["rows"][1][3] += 1
    monkeypatch.setattr(zoo, "recorded", lambda key: content)
    run = graphinspect("params", "vgg16")
    assert run.code == 1
    assert "✗" in run.out
    assert graphinspect("count", "vgg16").code == 1


@pytest.mark.parametrize("shape", [[None, None, None, 3], [None, 100, None, 3]])
def test_unknown_sizes_flow(shape, tmp_path):
    model = zoo.recorded("resnet50")["model"]
    model["config"]["layers"][0]["config"]["batch_shape"] = shape
    (tmp_path / "model.json").write_text(json.dumps(model))
    loaded = inspector.load(tmp_path / "model.json")
    assert loaded.totals.params == 25_636_712
    assert loaded.totals.macs is None
    assert _row(loaded, "conv5_block3_out").output_shape[2:] == (None, 2048)


def test_an_unbuilt_model_is_unknown_not_zero(tmp_path):
    layer = {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {"name": "dense", "trainable": True, "units": 4, "use_bias": True},
        "registered_name": None,
    }
    model = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "unbuilt", "trainable": True, "layers": [layer]},
    }
    (tmp_path / "model.json").write_text(json.dumps(model))
    loaded = inspector.load(tmp_path / "model.json")
    assert loaded.rows[0].params is None
    assert not loaded.totals.complete
