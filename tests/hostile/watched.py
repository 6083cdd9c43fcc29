"""Runs commands in one process that is watched and kept small, and tells how each ended.

Each line on standard input is a list of arguments, each line on standard output says what came of
them: the exit code, both streams, seconds, and what was done that no reader of a model may do.
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

MEMORY = 512 << 20  # bytes of address space
SECONDS = 10

_TELLING = (
    *("socket.", "subprocess.", "ctypes.", "pickle.", "marshal.loads", "exec", "compile"),
    *("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename", "os.mkdir"),
    *(
        "os.symlink",
        "os.link",
        "shutil.",
        "urllib.",
        "http.",
        "ftplib.",
        "webbrowser.",
        "tempfile.",
    ),
)
_OF_PYTHON = {"_frozen_importlib", "_frozen_importlib_external", "importlib", "typing", "inspect"}


class Watch:
    """Keeps what the interpreter does while a command runs, its own imports left out."""

    def __init__(self) -> None:
        self.named: str | None = None  # the file or folder that may be opened
        self.seen: list[str] = []
        own = {sys.prefix, sys.base_prefix, str(Path(__file__).resolve().parents[2] / "inspector")}
        self.own = tuple(f"{folder}{os.sep}" for folder in own)

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """The hook of `sys.addaudithook`."""
        if self.named is None or not (event == "open" or event.startswith(_TELLING)):
            return
        if event == "open" and self._may_open(arguments[0]):
            return
        if event in {"exec", "compile", "marshal.loads"} and _of_python():
            return
        self.seen.append(f"{event}: {arguments!r:.200}")

    def _may_open(self, path: object) -> bool:
        if isinstance(path, int):  # opened before, under its name
            return True
        text = os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type]  # noqa: PTH100
        return text.startswith((*self.own, str(self.named)))


def _of_python() -> bool:
    """Whether Python itself asks: to import a module of ours, or to read its annotations."""
    frame = sys._getframe()
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.startswith(("_frozen_importlib", "importlib.")) or name in {
            "typing",
            "inspect",
            "annotationlib",
        }:
            return True
        frame = frame.f_back
    return False


def main() -> None:
    """Answer line by line."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _late)
    watch = Watch()
    sys.addaudithook(watch)
    answers = sys.stdout
    for line in sys.stdin:
        answers.write(json.dumps(_run(json.loads(line), watch)) + "\n")
        answers.flush()


def _late(*_: object) -> None:
    raise TimeoutError


def _run(words: list[str], watch: Watch) -> dict[str, object]:
    from inspector.cli import main as graphinspect

    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    streams = sys.argv, sys.stdout, sys.stderr
    sys.argv, sys.stdout, sys.stderr = ["graphinspect", *words], out, err
    watch.seen, watch.named = [], os.path.abspath(words[1])  # noqa: PTH100 - links stay links
    start = time.monotonic()
    signal.alarm(SECONDS)
    code: object
    try:
        code = graphinspect() or 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException as error:
        code = f"{type(error).__name__}: {error!s:.200}"
    finally:
        signal.alarm(0)
        watch.named = None
        sys.argv, sys.stdout, sys.stderr = streams
    texts = [_text(stream) for stream in (out, err)]
    seconds = time.monotonic() - start
    return {"code": code, "out": texts[0], "err": texts[1], "seconds": seconds, "seen": watch.seen}


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
