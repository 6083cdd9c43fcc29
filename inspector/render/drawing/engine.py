"""Graphviz as a program: the bundled one where it is installed, else the system's own `dot`.

It runs in a process of its own, with a limit of time and one of memory, and reads and writes
nothing but its streams.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from importlib import metadata

from inspector.errors import LimitError, ReadError

SECONDS = 30
_BYTES = 2 << 30


def ran(arguments: Sequence[str], source: str, seconds: float = SECONDS) -> bytes:
    """What Graphviz writes for a graph in the DOT language.

    Raises:
        ReadError: there is no Graphviz, or it fails.
        LimitError: it takes longer than it may.
    """
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the program is found by its package
            [program(), "-q", *arguments],
            input=source.encode(),
            capture_output=True,
            timeout=seconds,
            check=False,
            preexec_fn=_bounded(),
        )
    except subprocess.TimeoutExpired as error:
        raise LimitError("graphviz", f"no layout within {seconds:g} s") from error
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise ReadError("graphviz", "failed", received=said[-1] if said else str(done.returncode))
    return done.stdout


@cache
def program() -> str:
    """The path of a Graphviz that can be run.

    Raises:
        ReadError: there is none.
    """
    for found in (_bundled(), shutil.which("graphviz-pure"), shutil.which("dot")):
        if found:
            return found
    raise ReadError("graphviz", "is not installed", hint="pip install graphviz-pure")


def bundled() -> bool:
    """Whether the program is the bundled one, which brings its own fonts."""
    return "graphviz-pure" in program()


def _bundled() -> str | None:
    try:
        files = metadata.files("graphviz-pure") or ()
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name in ("graphviz-pure", "graphviz-pure.exe"):
            path = file.locate()
            return shutil.which(str(path))
    return None


def _bounded() -> Callable[[], None] | None:
    """What limits the memory of the process, where the system can."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - not on Windows

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))

    return bound
