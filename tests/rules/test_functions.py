"""Functions of TensorFlow inside models of Keras 2 give the shapes that tf_keras gave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector.infer import analyze
from inspector.readers.dialects import read_graph
from inspector.rules.ops.known import Known
from inspector.rules.ops.tensorflow import name_of
from inspector.rules.rule import FUNCTIONS

GOLDEN = Path(__file__).parent.parent / "golden"


def recorded(name):
    text = (GOLDEN / f"{name}_tf_keras.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


FUNCTIONS_RECORDED = recorded("functions")
NODES_RECORDED = recorded("nodes")
# Keras 2 leaves operands out of the file, so that it cannot load these models itself.
LOST = ("tf.einsum", "tf.meshgrid", "x == y", "x != y")
UNRULED = ("ctc_greedy_decoder",)


def call(line):
    return line["call"]


def found(line):
    """The shapes that the walk gives, and those that tf_keras gave, layer by layer."""
    analysis = analyze(read_graph(line["model"], "golden"))
    for name, shapes in line["shapes"].items():
        theirs = [None if shape is None else tuple(shape) for shape in shapes]
        yield name, list(analysis.findings[name].outputs[0]), theirs, analysis.findings[name]


def knowable(line):
    return not line["call"].startswith(LOST) and not any(name in line["call"] for name in UNRULED)


def test_there_are_enough():
    assert len(FUNCTIONS_RECORDED) > 400
    assert len(NODES_RECORDED) > 400


@pytest.mark.parametrize("line", [x for x in FUNCTIONS_RECORDED if knowable(x)], ids=call)
def test_gives_what_keras_gives(line):
    for name, ours, theirs, finding in found(line):
        assert ours == theirs, name
        assert not finding.reason
        assert finding.weights == ()


@pytest.mark.parametrize("line", [x for x in FUNCTIONS_RECORDED if not knowable(x)], ids=call)
def test_says_what_it_cannot_know(line):
    unknown = [finding for _, ours, _, finding in found(line) if None in ours]
    assert unknown
    assert all(finding.reason for finding in unknown)


# Where a graph computes a shape, TensorFlow 2.21 or the walk may know more than the other.
@pytest.mark.parametrize("line", NODES_RECORDED, ids=call)
def test_never_contradicts_a_node(line):
    for name, ours, theirs, _ in found(line):
        for mine, shape in zip(ours, theirs, strict=False):
            if mine is not None and shape is not None:
                assert len(mine) == len(shape), name
                for pair in zip(mine, shape, strict=True):
                    assert None in pair or pair[0] == pair[1], name


def test_most_nodes_are_known():
    same = [all(ours == theirs for _, ours, theirs, _ in found(x)) for x in NODES_RECORDED]
    assert sum(same) / len(same) > 0.9


@pytest.mark.parametrize(
    ("class_name", "config", "name"),
    [
        ("TFOpLambda", {"function": "math.add"}, "add"),
        ("TFOpLambda", {"function": "compat.v1.math.reduce_mean"}, "reduce_mean"),
        ("TFOpLambda", {"function": "__operators__.add"}, "add"),
        ("TFOpLambda", {"function": "image.transpose"}, "image.transpose"),
        ("ClassMethod", {"cls_ref": "RaggedTensor", "method_name": "from_rows"}, "from_rows"),
        ("InstanceProperty", {"attr_name": "values"}, "property values"),
        ("InstanceMethod", {"attr_name": "to_tensor"}, "method to_tensor"),
        ("TensorFlowOpLayer", {"node_def": {}}, "node"),
    ],
)
def test_spellings_of_one_function(class_name, config, name):
    assert name_of(class_name, config) == name


def test_names_are_registered_as_they_are_looked_up():
    for name in FUNCTIONS:
        assert name_of("TFOpLambda", {"function": name}) in (name, name.rpartition(" ")[2])


def test_known_numbers_survive_a_copy():
    import copy

    shape = Known((2,), (None, 4))
    assert copy.deepcopy(shape).numbers == (None, 4)
    assert shape == (2,)
