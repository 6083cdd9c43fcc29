"""`graphinspect explain`: what stands on the screen and in the document."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from rich.console import Console

import inspector
from inspector.render.explain import layer_screen
from inspector.render.explain_class import class_screen
from inspector.render.explain_json import explain_document
from inspector.render.explain_total import total_screen
from inspector.rules import all_layers

LAYERS = all_layers()

SUMMARIES = Path(__file__).parents[1] / "golden" / "summaries"


def test_a_convolution(graphinspect):
    run = graphinspect("explain", "resnet50", "conv1_conv")
    assert run.code == 0
    lines = run.out.splitlines()
    assert lines[0] == "conv1_conv   9,472 parameters = 7·7·3·64 + 64"
    where = "Conv2D in resnet50, row 3 of 177; 64 filters of 7×7, stride 2, padding valid"
    assert lines[1] == where
    for text in (
        "⌊(230 − 7) / 2⌋ + 1 = 112",
        "(230, 230, 3)   from conv1_pad",
        "f·f·nC_in·nC_out",
        "back-propagation",
        "118,013,952",
        "802,816",
        "✓ summary 9,472",
    ):
        assert text in run.out


def test_batch_normalization(graphinspect):
    out = graphinspect("explain", "resnet50", "conv1_bn").out
    first = "conv1_bn   256 parameters = 4·64: 128 trainable + 128 non-trainable"
    assert out.splitlines()[0] == first
    assert out.count("running average") == 2
    assert "none of the 4 changes" in " ".join(out.split())


def test_a_total(graphinspect):
    out = graphinspect("explain", "resnet50").out
    first = "resnet50   25,636,712 parameters = 23,481,472 + 2,049,000 + 106,240"
    assert out.splitlines()[0] == first
    assert "conv5_block{1,2,3}_2_conv" in out
    assert "25,557,032" in out


@pytest.mark.parametrize("by", ["class", "model", "name"])
def test_the_rows_of_a_total_add_up(graphinspect, by):
    rows = graphinspect("explain", "resnet50", "--by", by).out.splitlines()
    table = rows[rows.index(next(row for row in rows if row.startswith("  TERM"))) + 1 :]
    sums = [
        int(row.split()[-2].replace(",", ""))
        for row in table[: next(n for n, row in enumerate(table) if row.startswith("  total"))]
        if not row.startswith("   ")
    ]
    assert sum(sums) == 25_636_712


def test_a_class(graphinspect):
    out = graphinspect("explain", "conv2d").out
    assert out.splitlines()[0] == "Conv2D   parameters = f·f·nC_in·nC_out + nC_out"
    assert "5·5·3·8 + 8" in out
    assert "608" in out
    assert "⌈n / s⌉" in out


@pytest.mark.parametrize(
    ("words", "kind"),
    [(("resnet50", "conv1_conv"), "layer"), (("resnet50",), "total"), (("LSTM",), "class")],
)
def test_the_document(graphinspect, words, kind):
    document = json.loads(graphinspect("explain", *words, "--json").out)
    assert (document["schema"], document["kind"]) == ("graphinspect.explain/1", kind)


def test_the_document_of_a_layer(graphinspect):
    document = json.loads(graphinspect("explain", "resnet50", "conv1_conv", "--json").out)
    assert document["layer"]["params"] == 9472
    assert document["calls"][0]["sizes"] == [
        {"axes": ["height", "width"], "arithmetic": "⌊(230 − 7) / 2⌋ + 1", "value": 112}
    ]
    assert document["weights"][0]["changed"] == "learned"
    assert document["macs"]["total"] == 118_013_952


@pytest.mark.parametrize(
    ("words", "problem", "hint"),
    [
        (("resnet50", "conv1"), "no layer of this name; received 'conv1'", "conv1_conv"),
        (("resnet50", "conv1_con"), "no layer of this name", "conv1_conv"),
        (("resnet50", "zzzz"), "no layer of this name", "params MODEL"),
        (("Conv2X",), "names no file", "Conv2D"),
        (("resnet51",), "names no file", "resnet50"),
        (("no/such.keras",), "names no file", "check the path"),
    ],
)
def test_what_names_nothing_is_refused_with_a_hint(graphinspect, words, problem, hint):
    run = graphinspect("explain", *words)
    assert (run.code, run.out) == (2, "")
    error, advice = run.err.splitlines()
    assert error.startswith("error: ")
    assert problem in error
    assert advice.startswith("hint: ")
    assert hint in advice


def test_strict_is_about_what_is_unknown(graphinspect):
    unbuilt = SUMMARIES / "unbuilt.json"
    assert graphinspect("explain", unbuilt).code == 0
    assert graphinspect("explain", unbuilt, "--strict").code == 1
    assert graphinspect("explain", "resnet50", "--strict").code == 0


def test_names_from_files_cannot_act_on_a_terminal(graphinspect, tmp_path):
    name = "a\x1b[31m/b"
    layers = [
        {"class_name": "InputLayer", "config": {"name": "in\n", "batch_shape": [None, 4]}},
        {"class_name": "Dense", "config": {"name": name, "units": 3, "activation": "\x1b]0;x"}},
    ]
    config = {"name": "m\x1b[2J", "layers": layers}
    file = tmp_path / "evil.json"
    file.write_text(json.dumps({"class_name": "Sequential", "config": config}))
    for words in ((file,), (file, name), (file, name, "--json"), (file, "\x1b")):
        run = graphinspect("explain", *words)
        assert "\x1b" not in run.out + run.err


def test_a_terminal_without_the_signs_gets_ascii(monkeypatch, graphinspect):
    from inspector.cli import output

    plain = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", plain)
    output.write("⌊(230 − 7) / 2⌋ + 1 = 112 ⌈224 / 2⌉\n")
    plain.flush()
    written = plain.buffer.getvalue().decode("ascii")
    assert written == "floor((230 - 7) / 2) + 1 = 112 ceil(224 / 2)\n"


# --- every screen at the width of a terminal ----------------------------------------------------


def _drawn(screen, answer, width: int) -> list[str]:
    console = Console(width=width, file=io.StringIO(), color_system=None)
    for part in screen(answer, width, interactive=True):
        console.print(part)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("name", LAYERS)
def test_every_class_fits(name, width):
    answer = inspector.explain(f"keras.layers.{name}")
    assert max(map(len, _drawn(class_screen, answer, width))) <= width
    json.dumps(explain_document(answer))


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("file", sorted(SUMMARIES.glob("*.json")), ids=lambda file: file.stem)
def test_every_layer_and_total_fits(file, width):
    model = inspector.load(str(file))
    for row in model.walk():
        answer = inspector.explain(model, row.path)
        lines = _drawn(layer_screen, answer, width)
        assert max(map(len, lines)) <= width
        json.dumps(explain_document(answer))
    for by in (None, "class", "model", "name"):
        answer = inspector.explain(model, by=by)
        assert max(map(len, _drawn(total_screen, answer, width))) <= width
        json.dumps(explain_document(answer))


@pytest.mark.parametrize("key", ["resnet50", "mobilenetv2", "inceptionv3", "convnexttiny"])
def test_every_layer_of_an_architecture_can_be_explained(key):
    model = inspector.load(key)
    for row in [*model.walk()][::7]:
        answer = inspector.explain(model, row.path)
        assert answer.row is row
        assert max(map(len, _drawn(layer_screen, answer, 80))) <= 80
