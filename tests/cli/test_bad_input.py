"""Bad input: one clear error line and a hint, exit 2, nothing on stdout, never a traceback."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from inspector.readers import zoo


def _vgg16() -> dict:
    return copy.deepcopy(zoo.recorded("vgg16")["model"])


def _layer(model: dict, name: str) -> dict:
    return next(layer for layer in model["config"]["layers"] if layer["config"]["name"] == name)


def _wrong_filters() -> str:
    model = _vgg16()
    _layer(model, "block1_conv1")["config"]["filters"] = "three"
    return json.dumps(model)


def _cycle() -> str:
    model = _vgg16()
    source = _layer(model, "block1_conv1")["inbound_nodes"][0]["args"][0]
    source["config"]["keras_history"] = ["block1_conv2", 0, 0]
    return json.dumps(model)


def _missing_layer() -> str:
    model = _vgg16()
    source = _layer(model, "block2_conv1")["inbound_nodes"][0]["args"][0]
    source["config"]["keras_history"] = ["gone", 0, 0]
    return json.dumps(model)


def _two_of_a_name() -> str:
    model = _vgg16()
    _layer(model, "fc2")["config"]["name"] = "fc1"
    _layer(model, "fc1")["name"] = "fc1"
    model["config"]["layers"][-2]["name"] = "fc1"
    return json.dumps(model)


def _too_small() -> str:
    model = _vgg16()
    _layer(model, "input_layer")["config"]["batch_shape"] = [None, 8, 8, 3]
    return json.dumps(model)


TEXTS = {
    "text.json": ("hello, I am no model\n", "is no model file", "to_json()"),
    "list.json": ("[1, 2, 3]", "is JSON, but not a Keras model", "class_name and config"),
    "number.json": ('{"class_name": 7, "config": {}}', "not a Keras model", "class_name"),
    "cut.json": (
        '{"class_name": "Functional", "config": {"layers": [',
        "not valid JSON",
        "cut off",
    ),
    "no_layers.json": (
        '{"class_name": "Functional", "config": {}}',
        "holds no layers",
        "subclassed",
    ),
    "layer.json": (
        '{"class_name": "Sequential", "config": {"layers": [17]}}',
        "is not a layer",
        "by hand",
    ),
    "deep.json": ("[" * 10_000 + "]" * 10_000, "nested", ""),
    "deep_object.json": ('{"class_name":' * 10_000 + "1" + "}" * 10_000, "nested", ""),
    "digits.json": ('{"class_name": ' + "9" * 5_000 + "}", "", ""),
    "filters.json": (_wrong_filters, "block1_conv1", "filters"),
    "cycle.json": (_cycle, "has a cycle", ""),
    "missing.json": (_missing_layer, '"gone"', ""),
    "twice.json": (_two_of_a_name, 'two layers named "fc1"', ""),
    "small.json": (_too_small, "block4", ""),
    "empty.json": ("", "is empty", ""),
    "blank.json": ("   \n", "", ""),
    "checkpoint.pt": ("\x80\x02}", "is not a Keras model", "PyTorch"),
    "model.onnx": ("\x08\x07", "is not a Keras model", "ONNX"),
    "model.tflite": ("TFL3", "is not a Keras model", "Netron"),
    "script.pkl": ("\x80\x04", "is not a Keras model", "runs code"),
}


def _fails(run, *expected: str) -> None:
    assert run.code == 2, run
    assert run.out == ""
    lines = run.err.splitlines()
    assert lines[0].startswith("error: "), run.err
    assert lines[1].startswith("hint: "), run.err
    assert len(lines) == 2, run.err
    assert "Traceback" not in run.err
    for words in expected:
        assert words in run.err


@pytest.mark.parametrize("name", TEXTS)
def test_a_bad_text_is_refused_with_a_hint(name, tmp_path, graphinspect):
    content, problem, hint = TEXTS[name]
    file = tmp_path / name
    file.write_text(content() if callable(content) else content, encoding="latin-1")
    start = time.monotonic()
    run = graphinspect("count", file)
    assert time.monotonic() - start < 2
    _fails(run, name, problem, hint)


@pytest.mark.parametrize("name", ["nowhere.keras", "resnet5", "no\nwhere", "nul\0byte", ""])
def test_a_name_that_means_nothing_is_refused(name, graphinspect):
    run = graphinspect("count", name)
    _fails(run)


def test_a_near_name_is_suggested(graphinspect):
    _fails(graphinspect("count", "resnet5"), "did you mean", "resnet50")


def test_a_folder_is_refused(tmp_path, graphinspect):
    _fails(graphinspect("count", tmp_path), "is a folder")


def test_a_damaged_hdf5_file(tmp_path, graphinspect):
    (tmp_path / "a.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(64))
    _fails(graphinspect("params", tmp_path / "a.h5"), "damaged")


def _zip(path, members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_a_truncated_archive(tmp_path, graphinspect):
    whole = _zip(tmp_path / "a.keras", [("config.json", json.dumps(_vgg16()))])
    whole.write_bytes(whole.read_bytes()[:-40])
    _fails(graphinspect("count", whole), "not a whole zip archive", "cut off")


def test_damaged_data_in_an_archive(tmp_path, graphinspect):
    whole = _zip(tmp_path / "a.keras", [("config.json", json.dumps(_vgg16()))])
    data = bytearray(whole.read_bytes())
    data[200:230] = bytes(30)
    whole.write_bytes(data)
    _fails(graphinspect("count", whole))


def test_an_archive_without_config(tmp_path, graphinspect):
    _fails(graphinspect("count", _zip(tmp_path / "a.keras", [("x", "y")])), "without config.json")


def test_an_empty_archive(tmp_path, graphinspect):
    _fails(graphinspect("count", _zip(tmp_path / "a.keras", [])), "without config.json")


def test_a_pytorch_archive_is_named_as_such(tmp_path, graphinspect):
    run = graphinspect("count", _zip(tmp_path / "model.pt", [("archive/data.pkl", "x")]))
    _fails(run, "PyTorch")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_with_two_configs(tmp_path, graphinspect):
    members = [("config.json", "{}"), ("config.json", json.dumps(_vgg16()))]
    _fails(graphinspect("count", _zip(tmp_path / "a.keras", members)), "two members")


def test_an_archive_that_unpacks_without_bounds(tmp_path, graphinspect):
    run = graphinspect("count", _zip(tmp_path / "a.keras", [("config.json", " " * (80 << 20))]))
    _fails(run, "unpacks to more")


def test_an_archive_packed_otherwise(tmp_path, graphinspect):
    path = _zip(tmp_path / "a.keras", [("config.json", "{}")], zipfile.ZIP_BZIP2)
    _fails(graphinspect("count", path), "method 12")


def test_standard_input_is_read_and_refused_alike(graphinspect):
    _fails(graphinspect("count", "-", stdin=b"nothing"), "standard input")
    assert graphinspect("count", "-", stdin=json.dumps(_vgg16()).encode()).code == 0


def test_a_name_with_an_escape_reaches_no_terminal(tmp_path, graphinspect):
    model = _vgg16()
    model["config"]["name"] = "evil\x1b[2Jname"
    (tmp_path / "a.json").write_text(json.dumps(model))
    for command in ("count", "params", "summary"):
        run = graphinspect(command, tmp_path / "a.json")
        assert "\x1b" not in run.out
        assert "\\x1b" in run.out


def test_debug_shows_the_traceback(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "inspector", "count", "nowhere.keras", "--debug"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" in run.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell with head")
def test_a_closed_pipe_is_quiet():
    command = f'"{sys.executable}" -m inspector params nasnetlarge --json | head -c 10'
    run = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    assert run.stderr == ""


def test_a_mistyped_architecture_without_command_is_suggested(graphinspect):
    _fails(graphinspect("resnet5"), "did you mean", "resnet50")


def test_a_filter_that_matches_nothing_is_refused(graphinspect):
    _fails(graphinspect("params", "vgg16", "--class", "Nope"), "Nope", "Conv2D")


def test_a_class_has_no_layer_to_explain(graphinspect):
    _fails(graphinspect("explain", "Conv2D", "extra"), "class")


def test_weights_alone_have_no_summary(graphinspect):
    file = Path(__file__).parents[1] / "fixtures" / "k2_simple.weights.h5"
    _fails(graphinspect("summary", file), "no layer graph")
    assert graphinspect("params", file).code == 0


@pytest.mark.parametrize("name", ["model.py", "notebook.ipynb"])
def test_source_without_a_model(name, tmp_path, graphinspect):
    (tmp_path / name).write_text('{"cells": []}')
    _fails(graphinspect("count", tmp_path / name), "builds no model")
