"""Programs and their rewriting make the same models under the real Keras."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = {
    "keras3": ("unet", "siamese", "seq2seq_attention", "resnet_class", "one_name", "many_names"),
    "tf_keras": ("oplambda", "convnet", "older_merged", "shared"),
}


@pytest.mark.keras
@pytest.mark.parametrize("dialect", NAMES)
def test_the_models_are_the_same(dialect):
    pytest.importorskip({"keras3": "keras", "tf_keras": "tf_keras"}[dialect])
    done = subprocess.run(
        [sys.executable, "-m", "tools.rewritten", dialect, *NAMES[dialect]],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    told = [line for line in done.stdout.splitlines() if line.endswith("models alike")]
    assert len(told) == len(NAMES[dialect]), done.stdout
