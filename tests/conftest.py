"""What tests share: the command line run in this process, and real models where Keras is."""

from __future__ import annotations

import importlib.util
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"
collect_ignore = ["scripts"]  # programs to be traced: some are of Python 2, some fail on purpose


@dataclass(frozen=True)
class Run:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def graphinspect(monkeypatch, capsys) -> Callable[..., Run]:
    """Run the command line in this process: `graphinspect("count", "resnet50")`."""

    def run(*arguments: object, stdin: bytes = b"") -> Run:
        from inspector import loader
        from inspector.cli import main

        loader._standard_input.cache_clear()
        monkeypatch.setattr(sys, "argv", ["graphinspect", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        try:
            main()
            code: object = 0
        except SystemExit as stop:
            code = stop.code
        out, err = capsys.readouterr()
        return Run(code if isinstance(code, int) else 0 if code is None else 1, out, err)

    return run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, visibly, what needs a real Keras where none is installed."""
    if importlib.util.find_spec("keras") is not None:
        return
    for item in items:
        if item.get_closest_marker("keras"):
            item.add_marker(pytest.mark.skip(reason="no Keras is installed"))
