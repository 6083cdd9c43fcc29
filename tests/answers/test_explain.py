"""What `explain` says of layers, totals and classes, held to Keras' own numbers."""

from __future__ import annotations

import json
import math  # noqa: F401 - `worth` evaluates text that names it
import re
from pathlib import Path
from typing import Any

import pytest

import inspector
from inspector.answers.classes import explain_class, meant_class
from inspector.answers.explain import explain_layer
from inspector.answers.places import place_of, places
from inspector.answers.sizes import Size, sizes, windowed
from inspector.answers.terms import WAYS, Term, explain_total
from inspector.errors import InspectError
from inspector.readers.zoo import architectures, recorded
from inspector.rules import all_layers, layer_rule

LAYERS = all_layers()

GOLDEN = Path(__file__).parents[1] / "golden"


def worth(text: str) -> int:
    """What an arithmetic comes to, worked out by Python."""
    signs = {"−": "-", "·": "*", "⌊": "math.floor(", "⌋": ")", "⌈": "math.ceil(", "⌉": ")"}
    spelled = "".join(signs.get(sign, sign) for sign in text).replace("mod", "%")
    assert re.fullmatch(r"[-+*/%(),. 0-9]*", re.sub(r"math\.floor|math\.ceil|max", "", spelled))
    return int(eval(spelled))  # noqa: S307 - only the signs of arithmetic are left


def right(size: Size) -> bool:
    """Whether an arithmetic gives its number, or says `n` where nobody knows the number."""
    return size.value is None if "n" in size.text else worth(size.text) == size.value


# --- sizes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", architectures())
def test_the_arithmetic_of_every_window_gives_the_real_size(key):
    seen = 0
    for place in places(inspector.load(key)):
        rule = layer_rule(place.row.class_name)
        node = next(n for n in place.inside.graph.nodes if n.layer.name == place.row.name)
        if rule is None or not node.inputs or place.row.layers is not None:
            continue
        taken = [place.inside.shapes[ref] for ref in node.inputs]
        given = place.row.outputs[0][0]
        found = sizes(rule, place.finding.layer.config, taken, given)
        assert all(right(size) for size in found), place.row.path
        if windowed(rule):
            seen += 1
            real = {"height": given[1], "width": given[2]}
            assert {axis: size.value for size in found for axis in size.axes} == real
    assert seen


def _golden_windows() -> list[dict[str, Any]]:
    names = ("layers_keras3.jsonl", "layers_more_keras3.jsonl")
    lines = [line for name in names for line in (GOLDEN / name).read_text("utf-8").splitlines()]
    records = [json.loads(line) for line in lines]
    return [
        record
        for record in records
        if (rule := layer_rule(record["class_name"])) and windowed(rule) and _single(record)
    ]


def _single(record: dict[str, Any]) -> bool:
    return isinstance(record["inputs"], list) and not isinstance(record["inputs"][0], list)


@pytest.mark.parametrize("record", _golden_windows(), ids=lambda r: r["class_name"])
def test_windows_over_all_settings_give_the_size_that_keras_recorded(record):
    rule = layer_rule(record["class_name"])
    assert rule is not None
    given = record["outputs"]
    given = given[0] if isinstance(given[0], list) else given
    found = sizes(rule, record["config"], [tuple(record["inputs"])], tuple(given))
    assert found
    space = given[1:]
    if rule.ndim and len(given) == rule.ndim and "return_sequences" in rule.options:
        space = given[2:]
    first = record["config"].get("data_format") == "channels_first"
    space = space[1:] if first else space[:-1]
    values = [size.value for size in found for _ in size.axes]
    assert sorted(map(str, values)) == sorted(map(str, space))
    assert all(map(right, found))


def test_windows_there_are_plenty():
    assert len(_golden_windows()) > 100


# --- totals -------------------------------------------------------------------------------------


def _check(term: Term) -> None:
    if term.kind == "layers":
        assert term.each is not None
        assert term.params == term.each * len(term.paths)
        assert worth(term.arithmetic) == term.each
        return
    assert term.params == sum(child.params or 0 for child in term.children)
    assert term.trainable == sum(child.trainable for child in term.children)
    assert [path for child in term.children for path in child.paths] == list(term.paths)
    for child in term.children:
        _check(child)


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("key", architectures())
def test_terms_add_up_at_every_level(key, by):
    model, printed = inspector.load(key), recorded(key)["summary"]
    answer = explain_total(model, by)
    _check(answer.total)
    assert (answer.total.params, answer.total.trainable) == (printed["total"], printed["trainable"])
    assert len(set(answer.total.paths)) == len(answer.total.paths)
    assert len(answer.total.paths) == inspector.count(model).with_weights
    assert answer.complete


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize(
    "file", sorted((GOLDEN / "summaries").glob("*.json")), ids=lambda f: f.stem
)
def test_the_total_is_that_of_summary_whatever_is_nested_shared_or_frozen(file, by):
    model = inspector.load(str(file))
    answer = explain_total(model, by)
    assert (answer.total.params or 0, answer.total.trainable) == (
        model.totals.params,
        model.totals.trainable,
    )
    if answer.complete:
        _check(answer.total)


def test_an_unknown_way_is_refused():
    with pytest.raises(InspectError, match="no way"):
        explain_total(inspector.load("vgg16"), "colour")


def test_the_models_inside_are_the_terms_where_they_hold_most():
    frozen = explain_total(inspector.load(str(GOLDEN / "summaries" / "frozen.json")))
    assert [(term.kind, term.params) for term in frozen.total.children] == [
        ("model", 128),
        ("layers", 25),
        ("layers", 6),
    ]
    assert explain_total(inspector.load("convnexttiny")).by == "class"


def test_equal_blocks_are_found_by_name():
    total = explain_total(inspector.load("resnet50"), "name").total
    by_name = {term.label: term for term in total.children}
    stages = [len(by_name[f"conv{stage}"].children) for stage in (2, 3, 4, 5)]
    assert stages == [3, 4, 6, 3]


# --- layers -------------------------------------------------------------------------------------


def test_a_layer_inside_is_named_by_its_path_or_by_its_name():
    model = inspector.load(str(GOLDEN / "summaries" / "frozen.json"))
    assert place_of(model, "base/norm") == place_of(model, "norm")
    answer = explain_layer(model, "norm")
    assert answer.parents == ("frozen", "base")
    assert (answer.position, answer.of) == (3, 3)


def _two_towers(folder: Path) -> Path:
    def layer(class_name: str, **config: Any) -> dict[str, Any]:
        return {"class_name": class_name, "module": "keras.layers", "config": config}

    def tower(name: str) -> dict[str, Any]:
        door = layer("InputLayer", name="door", batch_shape=[None, 4])
        layers = [door, layer("Dense", name="dense", units=4)]
        return {"class_name": "Sequential", "config": {"name": name, "layers": layers}}

    layers = [layer("InputLayer", name="in", batch_shape=[None, 4]), tower("left"), tower("right")]
    model = {"class_name": "Sequential", "config": {"name": "twice", "layers": layers}}
    (folder / "twice.json").write_text(json.dumps(model))
    return folder / "twice.json"


def test_a_name_that_two_layers_have_needs_a_path(tmp_path):
    model = inspector.load(_two_towers(tmp_path))
    with pytest.raises(InspectError, match="2 layers") as caught:
        place_of(model, "dense")
    assert "left/dense, right/dense" in caught.value.hint


def test_every_weight_of_frozen_layers_says_by_whom():
    model = inspector.load(str(GOLDEN / "summaries" / "frozen.json"))
    norm = explain_layer(model, "norm")
    assert [part.changed for part in norm.weights] == ["frozen"] * 4
    assert norm.frozen_by == ("base/norm",)
    assert explain_layer(model, "cold").frozen_by == ("cold",)
    assert [part.changed for part in explain_layer(model, "warm").weights] == ["learned"] * 2


def test_statistics_are_told_from_what_is_frozen():
    answer = inspector.explain("resnet50", "conv1_bn")
    assert {part.name: part.changed for part in answer.weights} == {
        "gamma": "learned",
        "beta": "learned",
        "moving_mean": "statistic",
        "moving_variance": "statistic",
    }
    assert answer.frozen_by == ()


def test_a_shared_layer_shows_every_call_and_its_weights_once():
    answer = explain_layer(inspector.load(str(GOLDEN / "summaries" / "shared.json")), "twin")
    assert [call.inputs[0].layers for call in answer.calls] == [("left",), ("right",), ("twin",)]
    assert sum(part.params for part in answer.weights) == answer.row.params == 272


def test_a_layer_without_weights_has_nothing_to_learn():
    answer = inspector.explain("resnet50", "pool1_pool")
    assert (answer.row.params, answer.weights, answer.values) == (0, (), 56 * 56 * 64)
    assert answer.calls[0].sizes[0].text == "⌊(114 − 3) / 2⌋ + 1"


def test_who_feeds_a_layer_and_whom_it_feeds():
    answer = inspector.explain("resnet50", "conv2_block1_add")
    (call,) = answer.calls
    assert [flow.layers for flow in call.inputs] == [
        ("conv2_block1_0_bn",),
        ("conv2_block1_3_bn",),
    ]
    assert call.outputs[0].layers == ("conv2_block1_out",)
    assert inspector.explain("resnet50", "predictions").calls[0].outputs[0].door


def test_an_unknown_layer_says_why(tmp_path):
    model = {
        "class_name": "Sequential",
        "config": {
            "name": "odd",
            "layers": [
                {"class_name": "InputLayer", "config": {"name": "door", "batch_shape": [None, 4]}},
                {"class_name": "Mine", "module": "mine", "config": {"name": "mine"}},
            ],
        },
    }
    (tmp_path / "odd.json").write_text(json.dumps(model))
    answer = inspector.explain(tmp_path / "odd.json", "mine")
    assert (answer.row.params, answer.weights, answer.work.reason) == (None, (), "unknown layer")
    assert "Mine" in answer.reason
    total = inspector.explain(tmp_path / "odd.json")
    assert (total.complete, total.total.params) == (False, None)


def test_a_model_inside_is_explained_by_its_own_terms():
    answer = inspector.explain("convnexttiny", "convnext_tiny_stem")
    assert answer.inner is not None
    assert answer.inner.total.params == answer.row.params == answer.row.summary


# --- classes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LAYERS)
def test_every_class_can_be_explained(name):
    answer = explain_class(name)
    assert answer.doc.endswith(".")
    assert name in answer.family
    if answer.example is not None:
        assert worth(answer.example.arithmetic) == answer.example.params
        assert all(map(right, answer.example.sizes))


def test_only_what_no_config_describes_has_no_example():
    without = {name for name in LAYERS if explain_class(name).example is None}
    foreign = {"FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"}
    assert without <= foreign | {"DenseFeatures", "SequenceFeatures"}


def test_what_changes_the_count_of_a_convolution():
    counts = {option.setting.key: option.counts for option in explain_class("Conv2D").options}
    assert counts == {
        "filters": True,
        "kernel_size": True,
        "strides": False,
        "padding": False,
        "data_format": None,
        "dilation_rate": False,
        "groups": True,
        "use_bias": True,
    }
    example = explain_class("Conv2D").example
    assert example is not None
    assert example.axes == (False, False, True)


@pytest.mark.parametrize("word", ["conv2d", "Conv2D", "CONV2D", "keras.layers.Conv2D"])
def test_a_class_is_found_whatever_its_case(word):
    assert meant_class(word) == "Conv2D"


def test_a_model_wins_over_a_class_when_it_is_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert meant_class("Dense") == "Dense"
    Path("Dense").write_text("{}")
    assert meant_class("Dense") is None
    assert meant_class("./LSTM") is None
    assert meant_class("vgg16") is None


def test_a_total_by_block_goes_by_stage_and_by_block():
    """ResNet50 in four stages; the parameters of its blocks are sums of Keras' summary."""
    total = explain_total(inspector.load("resnet50"), "block").total
    stages = [term for term in total.children if term.kind == "block"]
    assert [(term.label, term.params, len(term.children)) for term in stages] == [
        ("conv2", 220_032, 3),
        ("conv3", 1_230_336, 4),
        ("conv4", 7_129_088, 6),
        ("conv5", 14_998_528, 3),
    ]
    first, second, _ = stages[0].children
    assert (first.label, first.params) == ("conv2_block1", 76_928)
    assert (second.label, second.params) == ("conv2_block2", 71_552)
