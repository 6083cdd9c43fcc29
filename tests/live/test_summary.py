"""Our text of `summary`, and our numbers, against a Keras that runs now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from inspector import live, loader
from inspector.answers.verify import verify
from inspector.render.summary import summary_text

ROOT = Path(__file__).parent.parent.parent
OPTIONS = {
    "plain": {},
    "nested": {"expand_nested": True},
    "trainable": {"show_trainable": True, "expand_nested": True},
}
ARCHITECTURES = ("ResNet50", "MobileNetV2", "EfficientNetB0", "ConvNeXtTiny", "VGG16")
pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    """A folder of `.keras` files, each beside the texts that Keras printed for it."""
    folder = tmp_path_factory.mktemp("summaries")
    command = [sys.executable, "-m", "tools.summaries", "--keras", "--to", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("variant", OPTIONS)
def test_files_print_as_keras_prints_them(saved, variant):
    paths = sorted(saved.glob("*.keras"))
    assert paths
    for path in paths:
        text = summary_text(loader.load(path), line_length=100, **OPTIONS[variant])
        assert text == (saved / f"{path.stem}.{variant}.txt").read_text("utf-8"), path.stem


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_architectures_print_as_keras_prints_them(name):
    witness = live.summary(live.Request("architecture", name, line_length=100))
    model = loader.load(name)
    assert summary_text(model, line_length=100) == witness.plain
    answer = verify(model, witness.printed)
    assert (answer.differences, answer.notes) == ((), ())


def test_a_file_that_keras_refuses_is_told_in_its_own_words(tmp_path):
    path = tmp_path / "no.keras"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(live.KerasError, match=r"refused .*no\.keras; received"):
        live.summary(live.Request("file", str(path)))
