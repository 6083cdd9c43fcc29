"""The process that runs Keras, tried with packages that only pretend to be Keras."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from inspector import live
from inspector.errors import KerasError

TABLE = (Path(__file__).parent.parent / "golden" / "summaries" / "chain.plain.txt").read_text(
    "utf-8"
)
PRETENDER = f"""
import os, sys
print("chatter on standard output")
os.write(1, b"more of it, past Python\\n")
__version__ = "3.99"

class Model:
    def summary(self, print_fn, line_length, **options):
        print_fn({TABLE!r}, line_break=False)

class models:
    model_from_json = staticmethod(lambda text: Model())

class applications:
    Tiny = staticmethod(lambda weights, shape=None: Model())

class saving:
    @staticmethod
    def load_model(path, safe_mode, compile=True):
        if compile:
            raise ValueError("long story\\nNo such loss")
        return Model()

class backend:
    backend = staticmethod(lambda: "none")
"""
REQUEST = live.Request("json", "{}")


@pytest.fixture
def pretend(tmp_path, monkeypatch):
    """Make `import keras` in the child run the given source."""

    def installed(source: str) -> None:
        (tmp_path / "keras.py").write_text(source, "utf-8")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.delenv(live.PYTHON, raising=False)

    return installed


def test_chatter_does_not_spoil_the_answer(pretend):
    pretend(PRETENDER)
    answer = live.summary(REQUEST)
    assert answer.text == TABLE
    assert (answer.keras_version, answer.backend, answer.plain) == ("3.99", "none", None)
    assert answer.printed.total == 330
    assert answer.printed.keras_version == "3.99"


def test_an_architecture_comes_with_its_arguments_and_without_weights(pretend):
    pretend(PRETENDER)
    request = live.Request("architecture", "Tiny", {"shape": [1, 2], "weights": "imagenet"})
    assert live.summary(request).printed.rows[0].name == "image"


def test_training_settings_that_keras_refuses_do_not_hide_the_layers(pretend):
    pretend(PRETENDER)
    answer = live.summary(live.Request("file", "model.keras"))
    assert answer.notes == (
        "loaded without its training settings, which Keras refused: ValueError: No such loss",
    )


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("raise ImportError('no backend')", "does not import in", "graphinspect[tensorflow]"),
        ("import os; os._exit(3)", r"ended without an answer \(exit code 3\)", "does it import"),
        ("models = None", "refused the JSON; received AttributeError", "ask count or params"),
        ("__import__('time').sleep(60)", "no answer within 1 seconds", "more time"),
    ],
)
def test_failures_are_told_in_one_line(pretend, source, message, hint):
    pretend(source)
    with pytest.raises(KerasError, match=message) as caught:
        live.summary(REQUEST, timeout=1 if "sleep" in source else 60)
    assert hint in caught.value.hint
    assert "\n" not in str(caught.value)


def test_the_python_of_the_environment_is_asked(monkeypatch):
    monkeypatch.setenv(live.PYTHON, "/no/such/python")
    with pytest.raises(KerasError, match=r"does not start.*received /no/such/python"):
        live.summary(REQUEST)


def test_a_live_object_is_asked_in_place():
    class Held:
        def summary(self, print_fn, line_length, show_trainable):
            assert show_trainable
            print_fn(TABLE)

    assert live.printed(Held()).total == 330
    with pytest.raises(KerasError, match="no model; received int"):
        live.printed(3)


ASKING = """
import sys
from inspector import live
from inspector.errors import KerasError
try:
    live.summary(live.Request("json", "{}"))
except KerasError as error:
    assert "does not start" in str(error)
else:
    raise SystemExit("an answer from nowhere")
raise SystemExit(sorted({"keras", "tensorflow"} & sys.modules.keys()) or 0)
"""


def test_the_process_that_asks_meets_no_keras():
    environment = {**os.environ, live.PYTHON: "/no/such/python"}
    asked = subprocess.run(
        [sys.executable, "-c", ASKING], env=environment, capture_output=True, check=False
    )
    assert (asked.returncode, asked.stderr) == (0, b"")
