"""A notebook shows an answer as the screen of its command."""

from __future__ import annotations

import json
import pathlib

import pytest

import inspector
from inspector.answers.blocks import blocks
from inspector.answers.verify import Difference, Verification

SAMPLE = "sample_models/residual.keras"
PROGRAM = "sample_models/residual.py"
ANSWERS = {
    "audit": lambda: inspector.audit(SAMPLE),
    "calc": lambda: inspector.calc("Conv2D(8, 5)", input="32x32x3"),
    "code": lambda: inspector.code(SAMPLE),
    "count": lambda: inspector.count(SAMPLE),
    "diff": lambda: inspector.diff(SAMPLE, PROGRAM),
    "explain a class": lambda: inspector.explain("Conv2D"),
    "explain a layer": lambda: inspector.explain(SAMPLE, "stem_conv"),
    "explain a total": lambda: inspector.explain(SAMPLE),
    "lint": lambda: inspector.lint(SAMPLE),
    "params": lambda: inspector.params(SAMPLE),
    "trace": lambda: inspector.trace(PROGRAM),
    "transfer": lambda: inspector.transfer(SAMPLE, classes=3),
    "blocks": lambda: blocks(inspector.load(SAMPLE)),
    "verify": lambda: Verification(True, (), 31, "3.15.1"),
}
SAYS = {  # what stands on the screen, and in no repr
    "audit": "nothing found is not the same as safe",
    "calc": "5·5·3·8 + 8",
    "code": "keras.layers.Conv2D(",
    "count": "LAYERS, by whose count",
    "diff": "the same graph",
    "explain a class": "f·f·nC_in·nC_out + nC_out",
    "explain a layer": "3·3·3·16 + 16",
    "explain a total": "WHERE THEY COME FROM",
    "lint": "no findings",
    "params": "OUTPUT SHAPE",
    "trace": "LINE",
    "transfer": "frozen",
    "blocks": "OUTPUT SHAPE",
    "verify": "all 31 rows and the footer agree with Keras 3.15.1",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_shows_itself(name):
    shown = ANSWERS[name]()._repr_mimebundle_()
    assert set(shown) == {"text/plain", "text/html"}
    assert SAYS[name] in shown["text/plain"]
    assert shown["text/html"].startswith("<pre")
    assert "\x1b" not in shown["text/plain"] + shown["text/html"]


def test_names_from_a_file_are_no_html(tmp_path):
    with pathlib.Path("sample_models/custom.json").open(encoding="utf-8") as file:
        text = file.read()
    hostile = tmp_path / "hostile.json"
    hostile.write_text(text.replace('"hidden"', json.dumps("<img src=x onerror=alert(1)>")))
    for answer in (inspector.count(hostile), inspector.params(hostile)):
        shown = answer._repr_mimebundle_()
        assert "<img" in shown["text/plain"]
        assert "<img" not in shown["text/html"]


def test_a_count_is_still_a_tuple_of_facts():
    answer = inspector.count(SAMPLE)
    assert answer == inspector.count(SAMPLE)
    assert "_repr_mimebundle_" not in answer._fields


def test_a_model_shows_its_picture_and_its_counts():
    shown = inspector.load(SAMPLE)._repr_mimebundle_()
    assert set(shown) == {"text/plain", "text/html"}
    assert "LAYERS, by whose count" in shown["text/plain"]
    picture, counts = shown["text/html"].split("</svg>")
    assert picture.startswith('<div style="max-width: 800px"><svg')
    assert "<pre" in counts


def test_weights_without_a_graph_show_their_counts():
    shown = inspector.load("tests/fixtures/k3_simple.weights.h5")._repr_mimebundle_()
    assert "<svg" not in shown["text/html"]
    assert shown["text/html"].startswith("<pre")


def test_a_difference_is_shown():
    found = Difference("conv", "params", 10, 12)
    shown = Verification(False, (found,), 3, "3.15.1")._repr_mimebundle_()
    assert "differs from Keras 3.15.1 in 1 place" in shown["text/plain"]
    assert "conv" in shown["text/html"]
