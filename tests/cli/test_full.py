"""A disk that is full where the answer goes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")  # Linux: every write fails, as on a full disk


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("option", [[], ["--json"]])
def test_a_full_disk_is_an_error_and_no_traceback(option):
    with FULL.open("w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "inspector", "count", "resnet50", *option],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert run.returncode == 2
    assert run.stderr.startswith("error: standard output: ")
    assert "Traceback" not in run.stderr
