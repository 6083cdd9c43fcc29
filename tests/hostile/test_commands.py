"""Every hostile file through the commands: soon, in little memory, with nothing run or opened."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hostile import cases
from hostile.case import ANSWERS, REFUSED, Case

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits need POSIX")

COMMANDS = (["count"], ["params", "--json"])
ROOT = Path(__file__).parents[2]
_LIFE = 40  # commands that one process runs
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
ENDS = {ANSWERS: {0, 1}, REFUSED: {2}}


class Child:
    """A process that runs one command after the other, and is started again where one kills it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._runs = 0

    def run(self, *words: str) -> dict[str, Any]:
        """How a command ended."""
        if self._runs == _LIFE:  # what earlier commands left in memory is not the next one's
            self.end()
        self._runs += 1
        if self._process is None:
            # -B: writing bytecode is Python's doing, and would be seen as ours.
            self._process = subprocess.Popen(
                [sys.executable, "-B", str(Path(__file__).with_name("watched.py"))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"},
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            self._process = None
            pytest.fail(f"{words} ended the process: {code}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        """Let the process go."""
        if self._process is not None:
            self._process.communicate()
            self._process, self._runs = None, 0


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    """The process that all commands of this module run in."""
    child = Child()
    yield child
    child.end()


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, tuple[Path, Case]]:
    """All hostile files, written once."""
    written = cases.written(tmp_path_factory.mktemp("hostile"))
    return {case.name: (path, case) for path, case in written}


NAMES = [case.name for case in cases.cases(cases.Trap(Path("nowhere")))]


def test_the_set_covers_what_it_should():
    assert len(NAMES) == len(set(NAMES)) > 150


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_file(name, files, child):
    path, case = files[name]
    ends = set()
    for command, *options in COMMANDS:
        run = child.run(command, str(path), *options)
        _check(run, options)
        ends.add(run["code"])
        if case.outcome in ENDS:
            assert run["code"] in ENDS[case.outcome], run["err"]
    assert ends == {2} or 2 not in ends
    _check(child.run("audit", str(path), "--json"), ["--json"])
    assert not list((path.parents[1] / "markers").iterdir())


def _check(run: dict[str, Any], options: list[str]) -> None:
    assert run["code"] in {0, 1, 2}, run["code"]
    assert run["seen"] == []
    assert not CONTROL.search(run["out"])
    assert not CONTROL.search(run["err"])
    assert "CANARY-" not in run["out"] + run["err"]
    if run["code"] == 2:
        assert run["out"] == ""
        first, second, *more = run["err"].splitlines()
        assert first.startswith("error: ")
        assert second.startswith("hint: ")
        assert not more
    elif options:
        json.loads(run["out"], parse_constant=_no_number)


def _no_number(name: str) -> float:
    raise AssertionError(name)


def test_the_watch_sees_what_it_should(tmp_path):
    """Else the test above proves nothing."""
    program = (
        "import sys, runpy, marshal, socket; watched = runpy.run_path(sys.argv[1]);"
        "watch = watched['Watch'](); watch.named = '/named'; sys.addaudithook(watch);"
        "open(sys.argv[2], 'w').close(); exec('1'); marshal.loads(marshal.dumps(1));"
        "socket.socket().close(); import email.mime.audio; watch.named = None; print(watch.seen)"
    )
    watched = str(Path(__file__).with_name("watched.py"))
    run = subprocess.run(
        [sys.executable, "-B", "-c", program, watched, str(tmp_path / "x")],
        capture_output=True,
        text=True,
        check=True,
    )
    for event in ("open: ", "exec: ", "marshal.loads: ", "socket.__new__: "):
        assert event in run.stdout
    assert run.stdout.count("open: ") == 1


def test_what_a_file_system_holds(tmp_path):
    for path, outcome in cases.places(tmp_path / "places"):
        start = time.monotonic()
        run = subprocess.run(
            [sys.executable, "-B", "-m", "inspector", "count", path],
            capture_output=True,
            check=False,
            timeout=10,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert run.returncode in ENDS[outcome], run.stderr
        assert time.monotonic() - start < 5  # of which starting Python takes most
        assert not CONTROL.search((run.stdout + run.stderr).decode())
        assert b"Traceback" not in run.stderr
