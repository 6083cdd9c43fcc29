"""Draws all architectures of `keras.applications`, and times it beside `keras.utils.plot_model`.

    python benchmarks/plot.py [--only resnet50 ...] [--columns plot_model] [--seconds 180]
                              [--record FILE] [--table]

Each picture is drawn in a process of its own, so that its memory is its own; the larger of Python's
and of the layout program's counts. `plot_model` draws the model that Keras itself has built, with
shapes and names; building it is not timed, though TensorFlow is in the memory. What fails is named
with its reason. `--record` keeps every picture as a line of JSON, and a further run goes on where
the last one ended; `--table` prints the record as Markdown.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from inspector.readers.zoo import architectures

_MEMORY = """
import resource
most = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF,
        resource.RUSAGE_CHILDREN)]
print("memory", max(most) / (1 << 20 if sys.platform == "darwin" else 1 << 10))
"""
_OURS = """
import sys
from inspector.cli import main
sys.argv = ["graphinspect", "plot", *sys.argv[1:]]
try:
    main()
except SystemExit as ended:
    if ended.code:
        raise
"""
_KERAS = """
import sys, time
import keras
build = {name.lower(): made for name, made in vars(keras.applications).items() if callable(made)}
model = build[sys.argv[1]](weights=None)
start = time.perf_counter()
keras.utils.plot_model(model, to_file=sys.argv[3], show_shapes=True, show_layer_names=True)
print("seconds", time.perf_counter() - start)
"""
_COLUMNS = (
    "svg folded", "svg flat", "png folded", "png flat", "plot_model svg", "plot_model png",
)  # fmt: skip
_TALLEST = 32_766  # pixels: what the painter of Graphviz shrinks a larger picture to, or one more


class Drawn(NamedTuple):
    """One picture: seconds, MiB at most, KiB and pixels of the file, and why there is none."""

    model: str
    column: str
    seconds: float
    memory: float = 0
    size: float = 0
    pixels: tuple[int, int] | None = None
    failure: str = ""


def main() -> None:
    """Draw everything and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="these architectures")
    parser.add_argument("--columns", default="", metavar="WORD", help="only columns with this word")
    parser.add_argument("--seconds", type=float, default=180, help="limit for one picture")
    parser.add_argument("--record", type=Path, help="a file that keeps what was drawn")
    parser.add_argument("--table", action="store_true", help="print the record, draw nothing")
    asked = parser.parse_args()
    known = _read(asked.record) if asked.record else {}
    if not asked.table:
        for name in asked.only or architectures():
            for one in _drawn(name, known, asked):
                known[one.model, one.column] = one
                if asked.record:
                    with asked.record.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(one._asdict()) + "\n")
    print("\n".join(table(known)))


def _read(path: Path) -> dict[tuple[str, str], Drawn]:
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    made = (Drawn(**json.loads(line)) for line in lines)
    return {(one.model, one.column): one for one in made}


def _drawn(
    name: str, known: dict[tuple[str, str], Drawn], asked: argparse.Namespace
) -> Iterator[Drawn]:
    """Every picture of a model that is not known yet."""
    keras = importlib.util.find_spec("keras") is not None
    for column in _COLUMNS:
        theirs = column.startswith("plot_model")
        if (name, column) in known or asked.columns not in column or (theirs and not keras):
            continue
        medium = "svg" if "svg" in column else "png"
        with tempfile.TemporaryDirectory() as folder:
            command = [name, "-o", f"{folder}/picture.{medium}"]
            if column.endswith("flat"):
                command += ["--expand", "all"]
            program = _KERAS if theirs else _OURS
            made = drawn(program, command, Path(command[2]), asked.seconds)
        yield made._replace(model=name, column=column)


def drawn(program: str, arguments: list[str], file: Path, seconds: float) -> Drawn:
    """Run a program that draws, and ask it for its memory at the end."""
    start = time.perf_counter()
    command = [sys.executable, "-c", program + _MEMORY, *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # the layout program with it
            return Drawn("", "", seconds, failure=f"no picture within {seconds:g} s")
    took = time.perf_counter() - start
    if process.returncode or not file.exists():
        return Drawn(
            "", "", took, failure=_reason(err.decode(errors="replace"), process.returncode)
        )
    words = out.decode().split()
    said = {word: words[place + 1] for place, word in enumerate(words[:-1])}
    return Drawn(
        "", "", float(said.get("seconds", took)), float(said["memory"]),
        file.stat().st_size / 1024, _pixels(file),
    )  # fmt: skip


def _reason(said: str, code: int) -> str:
    """What a program says when it fails, of Graphviz rather than of the one that runs it."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "ssertion" in line or line.startswith(("b'", "Error"))]
    said = [*telling[:1], *lines[-1:], f"exit {code}"][0]
    return said[:160]


def _pixels(file: Path) -> tuple[int, int] | None:
    """The size that the head of a PNG tells."""
    head = file.read_bytes()[:24]
    return struct.unpack(">II", head[16:24]) if head[1:4] == b"PNG" else None


def table(known: dict[tuple[str, str], Drawn]) -> Iterator[str]:
    """The record as Markdown: seconds / MiB at most, and what failed."""
    columns = [column for column in _COLUMNS if any(c == column for _, c in known)]
    yield "| seconds / MiB | " + " | ".join(columns) + " |"
    yield "|---|" + "---:|" * len(columns)
    for name in sorted({model for model, _ in known}):
        cells = (_cell(known.get((name, column))) for column in columns)
        yield f"| {name} | {' | '.join(cells)} |"
    medians = (_median(known.values(), column) for column in columns)
    yield f"| median | {' | '.join(medians)} |"
    yield ""
    failed: dict[str, dict[str, None]] = {}
    for one in sorted(known.values(), key=lambda one: (one.model, one.column)):
        if one.failure:
            reason = re.sub(r" with args \[.*?\]", "", one.failure)
            failed.setdefault(f"{one.column.split()[0]} fails: {reason}", {})[one.model] = None
    yield from (f"- {reason}: {', '.join(models)}" for reason, models in failed.items())
    shrunk = sorted(o.model for o in known.values() if o.pixels and max(o.pixels) >= _TALLEST)
    if shrunk:
        yield f"- \\* shrunk to {_TALLEST:,} pixels, and hard to read: {', '.join(shrunk)}"


def _cell(one: Drawn | None) -> str:
    if one is None:
        return ""
    if one.failure:
        return "fails"
    shrunk = "\\*" if one.pixels and max(one.pixels) >= _TALLEST else ""
    return f"{one.seconds:.2f} / {one.memory:.0f}{shrunk}"


def _median(known: Iterable[Drawn], column: str) -> str:
    done = [one for one in known if one.column == column and not one.failure]
    if not done:
        return ""
    seconds = statistics.median(one.seconds for one in done)
    return f"{seconds:.2f} / {statistics.median(one.memory for one in done):.0f}"


if __name__ == "__main__":
    main()
