"""Graphs compared: told otherwise they are the same, and one change is what is reported."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector import api
from inspector.answers.diff import diff
from inspector.answers.diff.ledger import ledger
from inspector.graph import Node, TensorRef
from tests.answers import graphs

ROOT = Path(__file__).parents[2]
SEEDS = st.integers(0, 10**6)
SIZES = st.integers(3, 40)


def _compared(left, right):
    return diff(graphs.model(left), graphs.model(right))


def _loud(answer):
    return [each for each in answer.differences if each.field not in ("name", "output_shape")]


# --- the same, told otherwise -------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES)
def test_other_names_and_another_order_make_no_other_graph(seed, size):
    graph = graphs.random_graph(seed, size)
    other = graphs.reordered(graphs.renamed(graph, seed + 1), seed + 2)
    answer = _compared(graph, other)
    assert answer.same_graph
    assert not answer.same_names
    assert not _loud(answer)
    assert len(answer.pairs) == size + 1


@settings(max_examples=30, deadline=None)
@given(SEEDS, SIZES)
def test_another_order_alone_changes_nothing(seed, size):
    graph = graphs.random_graph(seed, size)
    answer = _compared(graph, graphs.reordered(graph, seed))
    assert answer.same_graph
    assert answer.same_names
    assert not answer.differences


# --- one change ---------------------------------------------------------------------------------


def _place(graph, seed, kinds):
    found = [n for n, node in enumerate(graph.nodes) if node.layer.class_name in kinds]
    return found[seed % len(found)] if found else None


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES)
def test_a_changed_setting_is_what_is_reported(seed, size):
    graph = graphs.random_graph(seed, size)
    place = _place(graph, seed, ("Dense", "Activation"))
    if place is None:
        return
    answer = _compared(graph, graphs.configured(graph, place, activation="gelu"))
    assert not answer.same_graph
    assert answer.same_names
    assert [(each.layer, each.field, each.right) for each in _loud(answer)] == [
        (graph.nodes[place].layer.name, "activation", "gelu")
    ]
    assert answer.parting.why.field == "activation"


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES)
def test_an_inserted_layer_is_what_is_reported(seed, size):
    graph = graphs.random_graph(seed, size)
    place = 1 + seed % size
    left, right = graph, graphs.inserted(graph, place)
    answer = _compared(left, right)
    assert [(each.layer, each.field) for each in _loud(answer)] == [("fresh", "added")]
    back = _compared(right, left)
    assert [(each.layer, each.field) for each in _loud(back)] == [("fresh", "removed")]


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES)
def test_a_layer_wired_otherwise_is_what_is_reported(seed, size):
    graph = graphs.random_graph(seed, size)
    place = _place(graph, seed, ("Dense", "Dropout", "Activation"))
    if place is None or place < 2:
        return
    node = graph.nodes[place]
    other = TensorRef(graph.nodes[(seed // 7) % (place - 1)].layer.name)
    if other == node.inputs[0]:
        return
    changed = graphs.with_node(graph, place, Node(node.layer, 0, (other,)))
    answer = _compared(graph, changed)
    # Two layers that do the same may have changed places: then the graph is still the same.
    if answer.same_graph:
        assert not answer.same_names
        return
    if answer.same_names:
        assert (node.layer.name, "inputs") in [(each.layer, each.field) for each in _loud(answer)]


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES)
def test_a_change_under_other_names_is_what_is_reported(seed, size):
    graph = graphs.random_graph(seed, size)
    place = _place(graph, seed, ("Dense", "Activation"))
    if place is None:
        return
    changed = graphs.configured(graph, place, activation="gelu")
    answer = _compared(graph, graphs.reordered(graphs.renamed(changed, seed), seed))
    assert [(each.field, each.right) for each in _loud(answer)] == [("activation", "gelu")]
    # Layers that do the same in the same place may stand for one another.
    (found,) = _loud(answer)
    again = [n for n, node in enumerate(graph.nodes) if node.layer.name == found.layer]
    assert _compared(changed, graphs.configured(graph, *again, activation="gelu")).same_graph


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES, st.booleans())
def test_a_layer_of_another_class_is_one_change(seed, size, told_otherwise):
    graph = graphs.random_graph(seed, size)
    place = _place(graph, seed, ("Dense", "Dropout", "Activation"))
    if place is None:
        return
    node = graph.nodes[place]
    other = graphs.layer(node.layer.name, "LayerNormalization")
    changed = graphs.with_node(graph, place, Node(other, 0, node.args))
    if told_otherwise:
        changed = graphs.reordered(graphs.renamed(changed, seed), seed)
    (found,) = _loud(_compared(graph, changed))
    assert (found.field, found.right) == ("class_name", "LayerNormalization")


def test_a_shared_layer_is_not_two_equal_ones():
    door = graphs.layer("in", "InputLayer", {"batch_shape": [None, 6]})
    one, two = (graphs.layer(name, "Dense", {"units": 6}) for name in ("one", "two"))
    add = graphs.layer("add", "Add")
    start = TensorRef("in")
    shared = graphs.joined(
        [
            Node(door),
            Node(one, 0, (start,)),
            Node(one, 1, (start,)),
            Node(add, 0, ([TensorRef("one"), TensorRef("one", 1)],)),
        ]
    )
    apart = graphs.joined(
        [
            Node(door),
            Node(one, 0, (start,)),
            Node(two, 0, (start,)),
            Node(add, 0, ([TensorRef("one"), TensorRef("two")],)),
        ]
    )
    answer = _compared(shared, apart)
    assert not answer.same_graph
    assert {each.field for each in _loud(answer)} == {"shared"}


def test_two_layers_that_change_places():
    door = graphs.layer("in", "InputLayer", {"batch_shape": [None, 6]})
    one = graphs.layer("a", "Dense", {"units": 6})
    two = graphs.layer("b", "LayerNormalization")
    end = graphs.layer("c", "Dense", {"units": 2})

    def line(*layers):
        nodes = [Node(door)]
        for each in layers:
            nodes.append(Node(each, 0, (TensorRef(nodes[-1].layer.name),)))
        return graphs.joined(nodes)

    answer = _compared(line(one, two, end), line(two, one, end))
    assert not answer.same_graph
    assert answer.parting.before == 1
    assert {each.layer for each in _loud(answer)} <= {"a", "b", "c"}


# --- known models -------------------------------------------------------------------------------


def test_the_forum_s_listings_are_one_graph():
    answer = api.diff(ROOT / "sample_models/digits.keras", ROOT / "sample_models/digits_x.keras")
    assert answer.same_graph
    assert answer.same_names


@pytest.mark.parametrize("model", ["simple", "shared", "nested", "att", "tr", "opt"])
def test_a_model_and_its_copy_from_another_keras(model):
    folder = ROOT / "tests" / "fixtures"
    left = next(p for p in (folder / f"k2_{model}.keras", folder / f"k2_{model}.h5") if p.exists())
    right = folder / f"k3_{model}.keras"
    assert api.diff(left, right).same_graph


def test_resnet50_and_its_second_version_part_after_the_first_convolution():
    answer = api.diff("resnet50", "resnet50v2")
    assert not answer.same_graph
    assert answer.parting.common[-1][0].name == "conv1_conv"
    assert answer.parting.left[0].name == "conv1_bn"
    assert answer.parting.right[0].name == "pool1_pad"
    rows = {row.name: row.difference for row in ledger(answer)}
    assert rows["parameters"] == 25613800 - 25636712
    assert rows["Conv2D"] + rows["BatchNormalization"] == rows["parameters"]
    assert rows["trainable"] + rows["non-trainable"] == rows["parameters"]


def test_a_top_is_what_a_model_without_it_lacks():
    answer = api.diff("mobilenetv2", "mobilenetv2(include_top=False)")
    fields = [(each.layer, each.field) for each in _loud(answer)]
    assert fields == [
        ("input_layer", "input_shape"),
        ("global_average_pooling2d", "removed"),
        ("predictions", "removed"),
    ]
    assert answer.parting.why.layer == "global_average_pooling2d"


def test_frozen_layers_leave_the_graph_and_change_the_flags():
    graph = graphs.random_graph(1, 10)
    place = _place(graph, 0, ("Dense",))
    node = graph.nodes[place]
    frozen = Node(replace(node.layer, trainable=False), 0, node.args)
    answer = _compared(graph, graphs.with_node(graph, place, frozen))
    assert answer.same_graph
    assert not answer.same_flags


def test_initializers_count_only_when_asked():
    graph = graphs.random_graph(1, 10)
    place = _place(graph, 0, ("Dense",))
    value = {"module": "keras.initializers", "class_name": "HeNormal", "config": {"seed": None}}
    other = graphs.configured(graph, place, kernel_initializer=value)
    left, right = graphs.model(graph), graphs.model(other)
    assert diff(left, right).same_graph
    asked = diff(left, right, everything=True)
    assert [each.field for each in _loud(asked)] == ["kernel_initializer"]


def test_5000_layers_are_compared_within_two_seconds():
    graph = graphs.random_graph(3, 5000)
    left = graphs.model(graph)
    place = _place(graph, 2000, ("Dense",))
    right = graphs.model(graphs.renamed(graphs.configured(graph, place, activation="gelu"), 1))
    start = time.process_time()
    answer = diff(left, right)
    assert time.process_time() - start < 2
    assert [each.field for each in _loud(answer)] == ["activation"]


# --- the command --------------------------------------------------------------------------------

PUBLISHED = {
    "resnet50": (25636712, [53120, 26560], 25557032),
    "resnet101": (44707176, [105344, 52672], 44549160),
    "resnet152": (60419944, [151424, 75712], 60192808),
    "densenet121": (8062504, [83648], 7978856),
    "efficientnetb0": (5330571, [42016, 7], 5288548),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_number_is_reached_term_by_term(name, graphinspect):
    run = graphinspect("diff", name, "torchvision", "--json")
    document = json.loads(run.out)
    ours, terms, theirs = PUBLISHED[name]
    assert run.code == 0
    assert document["params"] == ours
    assert [term["less"] for term in document["terms"]] == terms
    assert document["published"] == theirs
    assert document["gap"] == 0


def test_the_command_says_it_in_every_way(graphinspect):
    run = graphinspect("diff", "resnet50", "resnet50v2")
    assert run.code == 1
    assert "they part after conv1_conv, 3 layers in" in run.out.splitlines()[0]
    document = json.loads(graphinspect("diff", "resnet50", "resnet50v2", "--json").out)
    assert document["schema"] == "graphinspect.diff/1"
    assert document["same_graph"] is False
    keys = {"layer", "field", "left", "right", "left_at", "right_at"}
    assert keys == set(document["differences"][0])
    text = graphinspect("diff", "resnet50", "resnet50v2", "--markdown").out
    assert text.startswith("**≠ not the same graph")
    several = graphinspect("diff", "vgg16", "vgg16", "vgg19", "--json")
    assert several.code == 1
    assert [each["same_graph"] for each in json.loads(several.out)["diffs"]] == [True, False]


def test_one_model_alone_is_refused(graphinspect):
    run = graphinspect("diff", "resnet50")
    assert run.code == 2
    assert "hint:" in run.err


# --- lines of programs --------------------------------------------------------------------------

_PROGRAM = """from keras import Input, Model, layers
a = Input((8, 8, 3), name="a")
b = layers.Conv2D(4, 3, padding="same", name="b")(a)

def twice(x, units, name):
    inner = layers.Dense(units, name=name)(x)
    return layers.ReLU(name=name + "_out")(inner)

c = layers.Conv2D(4, 3, padding="same", name="c")(b)
d = layers.Add(name="d")([b, c])
e = twice(layers.Flatten(name="f")(d), 5, "e")
model = Model(a, e)
"""


def _programs(tmp_path, *changes):
    paths = []
    changed = _PROGRAM
    for old, new in changes:
        assert old in changed
        changed = changed.replace(old, new)
    for name, text in (("one.py", _PROGRAM), ("two.py", changed)):
        paths.append(tmp_path / name)
        paths[-1].write_text(text, "utf-8")
    return paths


def test_a_difference_of_programs_tells_the_lines(tmp_path, graphinspect):
    changes = ("[b, c]", "[c, c]"), ('"f")(d), 5', '"f")(d), 6')
    one, two = _programs(tmp_path, *changes)
    two.write_text("# moved down\n" + two.read_text("utf-8"), "utf-8")
    run = graphinspect("diff", one, two)
    assert "(one.py:10, two.py:11)" in run.out.splitlines()[0]
    assert run.out.count("one.py:6") == 1  # where the Dense is made, in the function
    document = json.loads(graphinspect("diff", one, two, "--json").out)
    lines = {each["layer"]: (each["left_at"], each["right_at"]) for each in document["differences"]}
    assert lines["d"] == ("one.py:10", "two.py:11")
    assert lines["e"] == ("one.py:6", "two.py:7")
    assert "one.py:10; two.py:11" in graphinspect("diff", one, two, "--markdown").out


def test_a_file_has_no_lines(graphinspect):
    run = graphinspect("diff", "resnet50", "resnet50v2")
    assert "LINE" not in run.out


def test_what_only_one_program_has_stands_in_its_lines(tmp_path):
    one, two = _programs(
        tmp_path, ("d = layers.Add", 'c = layers.ReLU(name="new")(c)\nd = layers.Add')
    )
    (added,) = api.diff(one, two).differences
    assert (added.field, added.left_at, str(added.right_at)) == ("added", None, "two.py:10")


def test_the_size_of_an_input_moves_no_layer():
    small = api.load("resnet50(input_shape=(64, 64, 3), include_top=False)")
    large = api.load("resnet50(include_top=False, input_shape=(224, 224, 3))")
    found = api.diff(small, large)
    assert {each.field for each in found.differences} == {"input_shape", "output_shape"}
    assert len(found.pairs) == len(small.rows)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (3, [[3, 3], [3, 3]], True),
        ([1, 2], [[1, 1], [2, 2]], True),
        ([1, 2], [[1, 2], [1, 2]], False),
        (1, [[0, 1], [0, 1]], False),
    ],
)
def test_padding_is_spelled_in_several_ways(tmp_path, one, other, same):
    paths = []
    for name, padding in (("one.py", one), ("two.py", other)):
        paths.append(tmp_path / name)
        paths[-1].write_text(
            "from keras import Input, Model, layers\n"
            "a = Input((8, 8, 3), name='a')\n"
            f"model = Model(a, layers.ZeroPadding2D({padding})(a))\n",
            "utf-8",
        )
    assert api.diff(*paths).same_graph == same
