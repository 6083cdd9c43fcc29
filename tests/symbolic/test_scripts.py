"""Programs as people write them: our graph is the one that the real Keras made of each."""

import json
from pathlib import Path

import pytest

from inspector.model import analyzed, model_of
from inspector.readers.dialects import read_graph
from inspector.symbolic.outside import run_file

HERE = Path(__file__).resolve().parent.parent
SCRIPTS = HERE / "scripts"
DIALECTS = ("keras3", "tf_keras")


def golden(dialect):
    path = HERE / "golden" / f"scripts_{dialect}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


CASES = [(dialect, name) for dialect in DIALECTS for name in golden(dialect)]


def rows(model):
    """What is compared of every layer, in the order of `summary()`."""
    return [
        (row.path, row.class_name, row.params, row.trainable_params, row.output_shape)
        for row in model.walk()
    ]


def edges(graph):
    """Which call takes what; the graphs inside too."""
    found = {
        (node.layer.name, node.call, tuple((r.layer, r.call, r.output) for r in node.inputs))
        for node in graph.nodes
    }
    inner = [edges(layer.graph) for layer in graph.layers if layer.graph is not None]
    return found, inner, graph.inputs, graph.outputs


def built(graph, source):
    return model_of(analyzed(graph, source), source=source, format="script")


@pytest.mark.parametrize(("dialect", "name"), CASES)
def test_the_graph_is_that_of_keras(dialect, name):
    path = SCRIPTS / dialect / f"{name}.py"
    run = run_file(path, str(path))
    assert not run.problems
    assert not run.stopped
    assert run.dialect == dialect
    found = {model.variable: model for model in run.models if model.variable}
    expected = golden(dialect)[name]
    assert found.keys() == expected.keys()
    for variable, recorded in expected.items():
        ours = built(found[variable].graph, name)
        assert ours.name == recorded["name"]
        assert ours.totals.params == recorded["params"]
        assert ours.totals.trainable == recorded["trainable"]
        if "config" in recorded["model"]:
            theirs = built(read_graph(recorded["model"], name), name)
            assert edges(ours.graph) == edges(theirs.graph)
        counts = [
            [row.name, row.params]
            for row in ours.rows
            if not (row.operation and dialect == "keras3")
        ]
        assert counts == [entry for entry in recorded["layers"] if entry]
