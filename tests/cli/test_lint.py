"""`lint` as it is run: its screens, its document, its exit codes; and what has no finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import inspector
from inspector.readers import zoo

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_models"
BUG = SAMPLES / "resnet50_bug.py"
HEALTHY = [path for path in sorted(SAMPLES.glob("*.py")) if path != BUG]
PROGRAMS = sorted((ROOT / "tests" / "scripts").rglob("*.py"))


def line_of(text, path=BUG):
    """The number of the one line that holds a text."""
    lines = path.read_text("utf-8").splitlines()
    (number,) = (place for place, line in enumerate(lines, 1) if text in line)
    return number


def test_the_shortcut_bug_is_one_finding_that_names_its_three_lines():
    (found,) = inspector.lint(BUG).findings
    wrong = line_of('name=f"res{stage}{block}_1")(X)')
    assert (found.code, found.severity, found.line) == ("GI101", "error", wrong)
    saved = line_of("def convolutional_block") + 1
    lines = BUG.read_text("utf-8").splitlines()
    while "X_shortcut = X" not in lines[saved - 1]:
        saved += 1
    merged = wrong
    while "Add()([X, X_shortcut])" not in lines[merged - 1]:
        merged += 1
    assert [mark.line for mark in found.marks] == [saved, wrong, merged]
    assert [lines[mark.line - 1][mark.start : mark.end] for mark in found.marks] == [
        "X_shortcut", "X", "[X, X_shortcut]",
    ]  # fmt: skip
    assert [mark.cause for mark in found.marks] == [False, True, False]


def test_its_evidence_is_what_keras_counts():
    """A convolution of 1 by 1 from 256, and from 64, to 256 channels, as ResNet50 has them."""
    (found,) = inspector.lint(BUG).findings
    rows = {row.name: row.params for row in inspector.params("resnet50").layers}
    assert f"it would have 1·1·64·256 + 256 = {rows['conv2_block1_0_conv']:,}" in found.notes[0]
    assert "(8, 8, 512) from bn3a_2c and (4, 4, 512) from bn3a_1" in found.notes[1]


def test_the_screen_shows_the_lines_with_marks(graphinspect, monkeypatch):
    monkeypatch.chdir(ROOT)
    run = graphinspect("lint", "sample_models/resnet50_bug.py")
    assert (run.code, run.err) == (1, "")
    wrong = line_of('name=f"res{stage}{block}_1")(X)')
    lines = run.out.splitlines()
    assert lines[0] == "error GI101: the shortcut starts from the end of the main path"
    assert lines[1].startswith(f"  --> sample_models/resnet50_bug.py:{wrong}:")
    place = next(n for n, line in enumerate(lines) if line.startswith(f"{wrong} │"))
    column = lines[place].rindex("(X)") + 1
    assert lines[place + 1][column] in "╯╰"  # the mark stands below the wrong name
    assert lines[-1].startswith("✗ 1 error in sample_models/resnet50_bug.py; the script stops")


def test_no_findings_is_one_line(graphinspect):
    run = graphinspect("lint", SAMPLES / "resnet50_course.py")
    assert run.code == 0
    assert run.out.count("\n") == 1
    assert run.out.startswith("no findings in ")
    assert "177 calls of layers" in run.out


@pytest.mark.parametrize("command", ["lint", "trace"])
def test_the_documents_hold_the_same_findings(graphinspect, command):
    run = graphinspect(command, BUG, "--json")
    document = json.loads(run.out)
    assert document["schema"] == f"graphinspect.{command}/1"
    (found,) = document["findings"]
    for key in ("code", "severity", "line", "message", "hint", "variable"):
        assert found[key], key
    assert (found["code"], found["variable"]) == ("GI101", "X_shortcut")


@pytest.mark.parametrize("path", HEALTHY, ids=lambda path: path.name)
def test_healthy_samples_have_no_finding(path):
    assert not inspector.lint(path).findings


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_programs_as_people_write_them_have_no_finding(path):
    assert not inspector.lint(path).findings


def test_no_architecture_has_a_finding():
    found = {key: inspector.lint(key).findings for key in zoo.architectures()}
    assert not {key for key, value in found.items() if value}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.keras")), ids=lambda path: path.name)
def test_sample_files_have_no_finding(path):
    answer = inspector.lint(path)
    assert answer.checked
    assert not answer.findings


def saved(layers, ends):
    """A functional model as Keras 3 writes it."""
    return {
        "class_name": "Functional",
        "module": "keras",
        "config": {
            "name": "wrong",
            "trainable": True,
            "layers": layers,
            "input_layers": [[ends[0], 0, 0]],
            "output_layers": [[ends[1], 0, 0]],
        },
    }


def layer(class_name, name, config, *taken):
    tensors = [
        {"class_name": "__keras_tensor__", "config": {"shape": shape, "keras_history": [one, 0, 0]}}
        for one, shape in taken
    ]
    args = [tensors if len(tensors) > 1 else tensors[0]] if tensors else []
    return {
        "module": "keras.layers",
        "class_name": class_name,
        "config": {"name": name, **config},
        "name": name,
        "inbound_nodes": [{"args": args, "kwargs": {}}] if tensors else [],
    }


IMAGE = [None, 16, 16, 8]
FILES = [
    pytest.param(
        layer("Add", "end", {}, ("in", IMAGE), ("in", IMAGE)), "GI102", id="added to itself"
    ),
    pytest.param(
        layer("Softmax", "end", {"axis": -1}, ("middle", IMAGE)), "GI109", id="softmax twice"
    ),
    pytest.param(
        layer("BatchNormalization", "end", {"axis": 1}, ("conv", IMAGE)), "GI108", id="the axis"
    ),
]


@pytest.mark.parametrize(("last", "code"), FILES)
def test_a_model_file_is_told_by_layer(graphinspect, tmp_path, last, code):
    conv = {"filters": 8, "kernel_size": [3, 3], "padding": "same", "data_format": "channels_last"}
    layers = [
        layer("InputLayer", "in", {"batch_shape": IMAGE, "dtype": "float32"}),
        layer("Conv2D", "conv", conv, ("in", IMAGE)),
        layer("Softmax", "middle", {"axis": -1}, ("conv", IMAGE)),
        last,
    ]
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(saved(layers, ("in", "end"))), encoding="utf-8")
    document = json.loads(graphinspect("lint", path, "--json").out)
    assert [(one["code"], one["line"], one["path"]) for one in document["findings"]] == [
        (code, None, "end")
    ]
    run = graphinspect("lint", path)
    assert run.code == 1
    assert "layer end" in run.out


def test_a_frozen_layer_is_judged_as_its_keras_does(tmp_path):
    """Frozen after compile() and before the first fit(): Keras 2 trains it, Keras 3 does not."""
    path = tmp_path / "frozen.py"
    path.write_text(
        "from tensorflow.keras.layers import Dense, Input\n"
        "from tensorflow.keras.models import Sequential\n"
        "base = Sequential([Input((8,)), Dense(8, activation='relu')])\n"
        "model = Sequential([base, Dense(1)])\n"
        "model.compile('adam', 'mse')\n"
        "base.trainable = False\n"
        "model.fit([1], [1])\n",
        encoding="utf-8",
    )
    assert [one.code for one in inspector.lint(path, keras="2").findings] == ["GI111"]
    assert not inspector.lint(path, keras="3").findings


def test_text_of_a_program_never_acts_on_a_terminal(graphinspect, tmp_path):
    path = tmp_path / "escape.py"
    path.write_text(
        "from keras import Input, Model\nfrom keras.layers import Add\n"
        "x = Input((8,), name='a\\x1b[31m')\nx = Add(name='b\\x1b]0;')([x, x])  # \x1b[32m\n"
        "m = Model(x, x)\n",
        encoding="utf-8",
    )
    for options in ((), ("--json",)):
        run = graphinspect("lint", path, *options)
        assert run.code == 1
        assert "\x1b" not in run.out


@pytest.mark.parametrize("text", ["", "x = (", "while True: pass\n", "raise SystemExit\n", "0/0\n"])
def test_whatever_the_program_it_ends_with_an_answer(graphinspect, tmp_path, text):
    path = tmp_path / "odd.py"
    path.write_text(text, encoding="utf-8")
    run = graphinspect("lint", path, "--timeout", "1")
    assert run.code == (2 if text == "x = (" else 0)
    assert "Traceback" not in run.out + run.err


def test_a_missing_program_is_an_error(graphinspect):
    run = graphinspect("lint", "nowhere.py")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("error: nowhere.py")
