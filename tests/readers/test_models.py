"""Small models of every kind in every format that two Kerases write, as Keras itself counts them.

`python -m tools.models write tests/models` wrote the files and the truth, once for each engine.
"""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

import inspector


def _tool():
    root = Path(__file__).parents[2]
    spec = importlib.util.spec_from_file_location("models_tool", root / "tools" / "models.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


models = _tool()
MODELS = Path(__file__).parents[1] / "models"
FIXTURES = Path(__file__).parents[1] / "fixtures"
LINES = [
    json.loads(line)
    for truth in sorted(MODELS.glob("truth_*.jsonl"))
    for line in truth.read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["file"])
def test_a_file_is_what_keras_says(line):
    assert list(models.differences(line, MODELS / line["file"], line["kind"])) == []


@pytest.mark.parametrize("engine", ["keras", "tf_keras"])
def test_every_format_of_both_engines_is_here(engine):
    kinds = {line["kind"] for line in LINES if line["by"].startswith(f"{engine} ")}
    last = "export" if engine == "keras" else "savedmodel"
    assert kinds == {"json", "h5", "keras", "weights", last}


def test_shapes_and_counts_are_known_but_for_a_class_of_the_users_own():
    unknown = {
        line["file"]: found
        for line in LINES
        if line["kind"] not in ("weights", "export")
        if (found := models.unknown(MODELS / line["file"]))
    }
    assert set(unknown) <= {file for file in unknown if "custom" in file}


@pytest.mark.parametrize(
    ("name", "params", "trainable"),
    [
        ("k2_custom_sm", 47, 29),  # a class of the user's own, of which a part is frozen
        ("k2_free_sm", 22, 6),  # a layer set free inside a frozen Sequential: it stays frozen
    ],
)
def test_what_trains_is_as_a_saved_model_lists_it(name, params, trainable):
    totals = inspector.load(FIXTURES / name).totals
    assert (totals.params, totals.trainable, totals.stored) == (params, trainable, params)


def test_a_class_of_the_users_own_gets_its_shape_from_the_layer_behind_it():
    rows = {row.name: row for row in inspector.load(FIXTURES / "k2_custom_sm").rows}
    assert rows["mine"].output_shape == (None, 3)
    assert rows["c"].arithmetic == "3·2 + 2"


# --- what is not told ---------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["keras_sequential.weights.h5", "tf_keras_sequential.weights.h5"])
def test_weights_alone_have_no_known_work_and_no_formula(graphinspect, file):
    answer = inspector.count(MODELS / file)
    assert answer.totals.macs is None
    screen = graphinspect("count", MODELS / file).out
    assert "%2F" not in screen
    assert re.search(r"multiply-adds +\?", screen)
    group = max(answer.model.rows, key=lambda row: row.params or 0).name
    told = graphinspect("explain", MODELS / file, group).out
    assert "? formula" in told
    assert "not told" in told
    assert "back-propagation" not in told


def test_a_class_of_the_users_own_is_explained_by_what_is_stored(graphinspect):
    run = graphinspect("explain", MODELS / "keras_custom.keras", "mine")
    assert run.code == 0
    assert "42" in run.out
    assert "not told" in run.out


def test_an_export_lists_what_trains():
    totals = inspector.load(FIXTURES / "k3_export").totals
    assert (totals.params, totals.trainable) == (418, 402)


def test_counts_taken_from_the_file_are_no_agreement_with_it(graphinspect):
    run = graphinspect("params", MODELS / "tf_keras_custom.h5")
    assert "formula = stored, for 1 of 3 layers with weights" in run.out
