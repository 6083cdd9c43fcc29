"""What training does to layers: counts are those of a real Keras, words those of `transfer`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import inspector
from inspector.answers.states import states
from inspector.answers.transfer import transfer

ROOT = Path(__file__).parents[1]
TRUTH = [
    json.loads(line)
    for writer in ("keras", "tf_keras")
    for line in (ROOT / "models" / f"truth_{writer}.jsonl").read_text("utf-8").splitlines()
]
# Weights and exports hold no layers; of a class without a rule nobody knows what is trained.
GRAPHS = [
    one for one in TRUTH if one["kind"] not in ("weights", "export") and "custom" not in one["file"]
]
# What a SavedModel says of each variable is not in the graph that a plan is made of.
PLANNED = [one for one in GRAPHS if one["kind"] != "savedmodel"]


@pytest.mark.parametrize("truth", GRAPHS, ids=lambda truth: truth["file"])
def test_as_many_numbers_are_trained_as_keras_counts(truth):
    model = inspector.load(ROOT / "models" / truth["file"])
    found = states(model.analysis)
    assert found.trained == truth["trainable"]
    assert found.trained + found.frozen + found.updated == model.totals.params


@pytest.mark.parametrize("truth", GRAPHS, ids=lambda truth: truth["file"])
def test_layers_have_the_state_that_their_counts_tell(truth):
    found = states(inspector.load(ROOT / "models" / truth["file"]).analysis)
    for name, _, _, params, trainable, *_ in truth["layers"]:
        state = found.of[name.replace("/", "%2F")]
        if params is None:
            continue
        assert bool(trainable) == (state in ("trained", "partly")), name
        assert (state == "") == (params == 0), name


@pytest.mark.parametrize("truth", PLANNED, ids=lambda truth: truth["file"])
def test_words_are_those_of_the_transfer_plan(truth):
    model = inspector.load(ROOT / "models" / truth["file"])
    words = {"state-updated": "updated", None: ""}
    found = states(model.analysis).of
    for plan in transfer(model).layers:
        word = words.get(plan.state, plan.state)
        assert found[plan.path] == word or found[plan.path] == "partly", plan.path


def test_a_model_inside_may_be_trained_in_part():
    """Keras counts 627 trained and 288 not; `base` is called with `training=False`."""
    model = inspector.load(ROOT / "fixtures" / "partly_frozen.json")
    found = states(model.analysis)
    assert {path: state for path, state in found.of.items() if state} == {
        "base": "partly",
        "base/c1": "frozen",
        "base/bn1": "frozen",
        "base/c2": "trained",
        "base/bn2": "trained",
        "only_stats": "updated",
        "dense": "trained",
    }
    assert (found.trained, found.frozen + found.updated) == (627, 288)
    assert found.updated == 16  # the averages of `only_stats`; those of `bn2` stand still


def test_what_nobody_knows_is_said_to_be_unknown():
    model = inspector.load(ROOT / "models" / "keras_custom.h5")
    assert states(model.analysis).of["mine"] == "unknown"
    assert states(model.analysis, told=False).of["first"] == "unknown"
