"""Plans of transfer learning: every count is what a real Keras says of the printed program."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inspector import api
from inspector.answers.transfer_code import transfer_code
from inspector.errors import InspectError, RuleError
from inspector.render.transfer import footer

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("keras_child.py")
ALPACA = "mobilenetv2(input_shape=(160, 160, 3), include_top=False, weights=None)"
SMALL = "include_top=False, weights=None, input_shape=(64, 64, 3)"
INNER = "tests/fixtures/freezing_k{keras}.json"

# A model, what is asked of it, and what Keras 3.15.1 and tf_keras 2.21 count as trainable and not.
PLANS = {
    "alpaca": (
        ALPACA,
        {"classes": 1},
        (1281, 2257984), (1281, 2257984),
    ),
    "alpaca from 120": (
        ALPACA,
        {"classes": 1, "freeze": ["first=120"]},
        (1626177, 633088), (1626177, 633088),
    ),
    "alpaca frozen, then from 120": (
        ALPACA,
        {"classes": 1, "freeze": ["all"], "unfreeze": ["last=34"]},
        (1626177, 633088), (1281, 2257984),
    ),
    "vgg16 until block5": (
        f"vgg16({SMALL})",
        {
            "head": "Flatten; Dense(256, 'relu'); Dropout(0.5); Dense(10)",
            "freeze": ["until=block5_conv1"],
        },
        (7606538, 7635264), (7606538, 7635264),
    ),
    "vgg16 block4 frozen": (
        f"vgg16({SMALL})",
        {"freeze": ["block4"]},
        (8814912, 5899776), (8814912, 5899776),
    ),
    "resnet50 conv5": (
        f"resnet50({SMALL})",
        {"classes": 6, "freeze": ["all"], "unfreeze": ["conv5_*"], "training": True},
        (14988294, 8611712), (12294, 23587712),
    ),
    "resnet50 statistics": (
        f"resnet50({SMALL})",
        {"classes": 6, "freeze": ["BatchNormalization"]},
        (23493766, 106240), (23493766, 106240),
    ),
    "resnet50 no head": (
        "resnet50(weights=None)",
        {"freeze": ["conv[1-3]_*"]},
        (24133608, 1503104), (24133608, 1503104),
    ),
    "densenet121 from conv5": (
        f"densenet121({SMALL})",
        {"classes": 3, "freeze": ["until=conv5_block1_0_bn"], "unfreeze": ["bn"]},
        (2163203, 4877376), (2163203, 4877376),
    ),
    "densenet121 first 100": (
        f"densenet121({SMALL})",
        {"classes": 3, "freeze": ["first=100"], "unfreeze": ["BatchNormalization"]},
        (6161091, 879488), (6161091, 879488),
    ),
    "efficientnetb0 last 20": (
        f"efficientnetb0({SMALL})",
        {"classes": 5, "freeze": ["all", "BatchNormalization"], "unfreeze": ["last=20"]},
        (1357365, 2698611), (6405, 4049571),
    ),
    "efficientnetb0 from block6a": (
        f"efficientnetb0({SMALL})",
        {
            "head": "GlobalMaxPooling2D()\nkeras.layers.Dense(units=4, use_bias=False)",
            "freeze": ["all"],
            "unfreeze": ["from=block6a_expand_conv"],
        },
        (3160860, 893831), (5120, 4049571),
    ),
    "child frozen": (
        INNER,
        {"freeze": ["inner/first"]},
        (11, 15), (11, 15),
    ),
    "child frozen, then its model trained": (
        INNER,
        {"freeze": ["inner/first"], "unfreeze": ["inner"]},
        (11, 15), (26, 0),
    ),
    "model frozen, then its child trained": (
        INNER,
        {"freeze": ["inner"], "unfreeze": ["inner/first"]},
        (18, 8), (3, 23),
    ),
}  # fmt: skip


def _plan(name, keras):
    reference, asked, *_ = PLANS[name]
    return api.transfer(reference.format(keras=keras), **asked, keras=keras)


def _measured(name, keras):
    return PLANS[name][2 if keras == 3 else 3]


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch):
    monkeypatch.chdir(ROOT)  # the printed programs name fixtures from here


@pytest.mark.parametrize("keras", [3, 2])
@pytest.mark.parametrize("name", PLANS)
def test_counts_are_those_that_keras_gave(name, keras):
    answer = _plan(name, keras)
    assert (answer.trained.params, answer.non_trainable.params) == _measured(name, keras)
    kinds = (answer.trained, answer.frozen, answer.updated)
    assert sum(kind.params for kind in kinds) == answer.total.params
    assert sum(layer.trained for layer in answer.layers) == answer.trained.params


def _run(python, programs, *arguments):
    run = subprocess.run(
        [python, str(CHILD), *arguments],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        env={**os.environ, "TF_USE_LEGACY_KERAS": str(int("legacy" in arguments))},
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout.splitlines()[-1])


def _compared(keras, python, *arguments):
    plans = {name: _plan(name, keras) for name in PLANS}
    version, found = _run(python, [transfer_code(plan) for plan in plans.values()], *arguments)
    assert version.startswith(str(keras))
    for (name, plan), said in zip(plans.items(), found, strict=True):
        assert "error" not in said, f"{name}: {said}"
        ours = (plan.trained.params, plan.non_trainable.params)
        assert ours == (said["trainable"], said["non_trainable"]), name
        assert list(footer(plan)) == said["footer"], name


@pytest.mark.keras
def test_the_printed_programs_in_keras_3():
    _compared(3, sys.executable)


def _legacy():
    """A Python with Keras 2: the one that is named, or this one."""
    named = os.environ.get("GRAPHINSPECT_KERAS2_PYTHON")
    return named or (sys.executable if importlib.util.find_spec("tf_keras") else None)


@pytest.mark.keras
@pytest.mark.skipif(_legacy() is None, reason="no tf_keras is installed")
def test_the_printed_programs_in_keras_2():
    _compared(2, _legacy(), "legacy")


# --- states and traps ---------------------------------------------------------------------------


def test_statistics_move_only_where_they_may():
    still = api.transfer(ALPACA, classes=1, freeze=["first=120"])
    moving = api.transfer(ALPACA, classes=1, freeze=["first=120"], training=True)
    assert still.updated.params == 0
    assert moving.updated.params == 16832  # 12 layers from block_13_depthwise_BN on
    assert moving.frozen.params + moving.updated.params == still.frozen.params
    states = {layer.name: layer.state for layer in moving.layers}
    assert states["Conv1"] == "frozen"
    assert states["block_16_project"] == "trained"
    assert states["out_relu"] is None


def test_data_enter_at_the_first_layer_and_gradients_stop_at_the_first_trained():
    answer = api.transfer(ALPACA, classes=1, freeze=["first=120"])
    assert answer.inputs == (("input_layer", (None, 160, 160, 3)),)
    assert answer.first_trained == "mobilenetv2_1.00_160/block_13_depthwise"
    reached = {layer.name for layer in answer.layers if layer.gradient}
    assert "block_13_depthwise" in reached
    assert "block_13_pad" not in reached
    frozen = api.transfer(ALPACA, classes=1)
    assert frozen.first_trained == "dense"


def test_a_gradient_passes_through_frozen_layers():
    answer = api.transfer(ALPACA, freeze=["from=block_1_expand"])
    passed = [layer for layer in answer.layers if layer.gradient and layer.state == "frozen"]
    assert passed[-1].name == "Conv_1_bn"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"head": "Dense(3)"}, "works on the last axis alone"),
        ({"classes": 2, "training": True}, "does not reach 52 frozen BatchNormalization"),
        ({"freeze": ["all"]}, "nothing is trained"),
        ({"freeze": ["first=3"]}, "compile the model after"),
        ({"classes": 2, "unfreeze": ["last=3"], "freeze": ["all"]}, "Keras 2 would keep it"),
        ({"freeze": ["Conv1"], "unfreeze": ["all"]}, "changes nothing inside it"),
    ],
)
def test_known_traps_are_named(asked, words):
    answer = api.transfer(ALPACA, **asked)
    assert any(words in warning for warning in answer.warnings), answer.warnings


def test_a_head_that_does_not_fit_says_on_what_it_stands():
    with pytest.raises(RuleError) as caught:
        api.transfer("mobilenetv2", head="GlobalAveragePooling2D; Dense(1)")
    assert "global_average_pooling2d" in str(caught.value)
    assert "(None, 1000)" in caught.value.hint
    assert "include_top=False" in caught.value.hint


def test_a_head_on_class_probabilities_is_a_trap():
    answer = api.transfer("vgg16(weights=None)", classes=2)
    assert any('"predictions"' in warning for warning in answer.warnings)


@pytest.mark.parametrize(
    "head",
    [
        "__import__('os').system('true')",
        "Dense(__import__('os'))",
        "Dense(1) if True else Dense(2)",
        "x = Dense(1)",
        "os.Dense(1)",
        "Dens(1)",
        "Dense()",
        "Dense(1, 2, 3, unit=5)",
        "Dense(units=1, units=2)",
        "Dense(**{'units': 1})",
        "Dense(*[1])",
        "(" * 5000,
        ";",
        "Lambda(lambda x: x)",
        "Dense(1, name='a'); Dense(1, name='a')",
        "Dense(1, name=3)",
        "Dense(1)\nimport os",
    ],
)
def test_a_head_is_parsed_and_never_evaluated(head):
    with pytest.raises(InspectError) as caught:
        api.transfer(ALPACA, head=head)
    assert caught.value.hint


@pytest.mark.parametrize("word", ["first=200", "first=-1", "until=nothing", "conv99", "", "a/b"])
def test_words_that_mean_no_layer_are_refused(word):
    with pytest.raises(InspectError):
        api.transfer(ALPACA, freeze=[word])


@pytest.mark.parametrize(
    "name", ["a{value}b", 'quo"te', "new\nline", "x'; raise SystemExit #", "{"]
)
def test_a_name_does_not_become_code(name, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    text = (ROOT / "tests/fixtures/freezing_k3.json").read_text("utf-8")
    path = tmp_path / "hostile.json"
    path.write_text(text.replace('"first"', json.dumps(name)), encoding="utf-8")
    for word in (f"inner/{name}", f"until={name}", "inner/*"):
        try:
            answer = api.transfer(path, freeze=[word])
        except InspectError:
            continue
        tree = ast.parse(transfer_code(answer))
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        assert not any(isinstance(node, ast.Raise) for node in ast.walk(tree))
        if word != "inner/*":
            assert name in texts


def test_the_command_and_its_json(graphinspect):
    run = graphinspect(
        "transfer", "mobilenetv2", "--include-top", "false", "--input-shape", "160,160,3",
        "--classes", "1", "--json",
    )  # fmt: skip
    document = json.loads(run.out)
    assert run.code == 0
    assert document["schema"] == "graphinspect.transfer/1"
    assert document["totals"]["params"] == 2259265
    assert document["totals"]["trainable"] == 1281
    assert document["totals"]["non_trainable"] == 2257984
    assert {layer["state"] for layer in document["layers"]} == {None, "frozen", "trained"}
    assert "base.trainable = False" in document["code"]
