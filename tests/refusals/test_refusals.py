"""What we say Keras 3 and tf_keras would refuse is what they refused when they were asked."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from inspector.errors import InspectError
from inspector.readers.containers import open_path
from inspector.refusals import keras3, refusals, tf_keras
from inspector.refusals.told import told

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
KERAS = {"keras3": keras3, "tf_keras": tf_keras}

# What no config tells apart from one that loads: the value of a setting, or the shapes of a call.
UNTOLD = (
    "expected a positive integer",  # units=-1; count itself refuses that
    "from operation",  # layers of Keras 3 that take no symbolic input
    "A merge layer should be called",
    "should be called on a list",
    "with at least 3 dimensions",
    "must be fully-defined",
    "is incompatible with the layer",
    "negative_slope of a ReLU layer cannot be a negative value",
    "Could not locate class 'CuDNN",  # tf_keras finds them in a Sequential, not in a Functional
    "'str' object is not callable",  # SpectralNormalization, which tf_keras cannot read back
)


# tf_keras gives these back as they are, and no model.
NO_MODEL = {"made:subclassed:json", "made:subclassed_bare:json"}


def _cases():
    path = ROOT / "tools" / "refusal_cases.py"
    spec = importlib.util.spec_from_file_location("refusal_cases", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def models():
    """Every model that was asked about, by the name of its case."""
    tool = _cases()
    found = {case.name: (case.model, case.format) for case in tool.cases()}
    for path in tool.files():
        try:
            opened = open_path(path, path.name)
        except InspectError:
            continue
        if opened.model is not None:
            found[f"file:{path.name}"] = (opened.model, opened.format)
    return found


@pytest.mark.parametrize("name", KERAS)
def test_every_verdict_is_what_keras_did(models, name):
    keras, alarms, misses, asked = KERAS[name](), [], [], 0
    for line in (GOLDEN / f"refusals_{name}.jsonl").read_text("utf-8").splitlines():
        answer = json.loads(line)
        if answer["case"] not in models:
            continue  # a file of weights alone, which is no model
        asked += 1
        reasons = refusals(*models[answer["case"]], keras)
        if answer["loads"] and reasons and answer["case"] not in NO_MODEL:
            alarms.append((answer["case"], reasons))
        told_by_nothing = any(sign in answer.get("error", "") for sign in UNTOLD)
        if not (answer["loads"] or reasons or told_by_nothing):
            misses.append((answer["case"], answer["error"]))
    assert asked > 2_000
    assert not alarms
    assert not misses


@pytest.mark.parametrize("name", KERAS)
def test_both_verdicts_are_many(name):
    answers = [
        json.loads(line)["loads"]
        for line in (GOLDEN / f"refusals_{name}.jsonl").read_text("utf-8").splitlines()
    ]
    assert min(answers.count(True), answers.count(False)) > 200


def test_the_line_names_the_first_reason_and_who_would_load_it():
    path = ROOT / "tests" / "fixtures" / "k2.1.6_seq.h5"
    line = told(open_path(path, "a").model, "h5")
    assert line.startswith("Keras 3.15.1 would not load it: its Sequential is a bare list")
    assert line.endswith("; tf_keras 2.21.0 would")


def test_nothing_is_said_of_what_keras_3_loads():
    path = ROOT / "tests" / "fixtures" / "k3_simple.keras"
    assert told(open_path(path, "a").model, "keras") is None


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("k2.1.6_seq.h5", "Keras 3.15.1 would not load it"),
        ("k2_simple_sm", "no longer reads a SavedModel"),
        ("k3_sub.keras", "custom_objects"),
        ("k3_simple.keras", None),
    ],
)
@pytest.mark.parametrize("command", ["count", "params"])
def test_the_commands_say_it_in_one_line(graphinspect, command, file, said):
    run = graphinspect(command, ROOT / "tests" / "fixtures" / file)
    lines = [line for line in run.out.splitlines() if "would not load" in line]
    assert len(lines) == (said is not None)
    assert said is None or said in run.out


@pytest.mark.parametrize("command", ["count", "params"])
def test_the_commands_warn_of_code_in_one_line(graphinspect, command):
    run = graphinspect(command, ROOT / "sample_models" / "custom.keras")
    warnings = [line for line in run.out.splitlines() if "graphinspect audit" in line]
    assert len(warnings) == 1
    assert "KI001" in warnings[0]


@pytest.mark.parametrize("model", [None, 3, [], {}, {"class_name": "Sequential"}, {"config": 1}])
@pytest.mark.parametrize("name", KERAS)
def test_what_is_no_model_is_refused(model, name):
    for form in ("h5", "keras", "json"):
        assert refusals(model, form, KERAS[name]())
