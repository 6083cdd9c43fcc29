"""Draws all architectures of `keras.applications`, and times it beside `keras.utils.plot_model`.

    python benchmarks/plot.py [--only resnet50 ...] [--without-keras] [--seconds 120]

Each picture is drawn in a process of its own, so that its memory is its own; that of the layout
program counts. `plot_model` draws the model that Keras itself has built, with shapes and names, in
the same run; building it is not counted. What fails is named with its reason.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from inspector.readers.zoo import architectures

_MEMORY = """
import resource
most = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF,
        resource.RUSAGE_CHILDREN)]
print(max(most) / (1 << 20 if sys.platform == "darwin" else 1 << 10))
"""
_OURS = """
import sys
from inspector.cli import main
sys.argv = ["graphinspect", "plot", sys.argv[1], *sys.argv[2:]]
try:
    main()
except SystemExit:
    pass
"""
_KERAS = """
import sys, time
import keras
build = {name.lower(): made for name, made in vars(keras.applications).items() if callable(made)}
model = build[sys.argv[1]](weights=None)
start = time.perf_counter()
keras.utils.plot_model(model, to_file=sys.argv[2], show_shapes=True, show_layer_names=True)
print("seconds", time.perf_counter() - start)
"""


class Drawn(NamedTuple):
    """One finished picture: seconds, MiB at most, KiB of the file, and why there is none."""

    seconds: float
    memory: float
    size: float
    failure: str = ""


def main() -> None:
    """Draw everything and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="these architectures")
    parser.add_argument("--without-keras", action="store_true", help="do not run plot_model")
    parser.add_argument("--seconds", type=float, default=120, help="limit for one picture")
    asked = parser.parse_args()
    keras = importlib.util.find_spec("keras") is not None and not asked.without_keras
    print(f"{'':20}{'svg folded':>18}{'svg flat':>18}{'png folded':>18}{'png flat':>18}", end="")
    print(f"{'plot_model png':>20}" if keras else "")
    failures = []
    for name in asked.only or architectures():
        cells = []
        with tempfile.TemporaryDirectory() as folder:
            for medium in ("svg", "png"):
                for flags in ([], ["--expand", "all"]):
                    file = f"{folder}/{medium}{len(flags)}.{medium}"
                    cells.append(drawn(_OURS, [name, "-o", file, *flags], file, asked.seconds))
            if keras:
                file = f"{folder}/keras.png"
                cells.append(drawn(_KERAS, [name, file], file, asked.seconds))
        print(f"{name:20}" + "".join(map(_cell, cells)), flush=True)
        failures += [f"{name}: {cell.failure}" for cell in cells if cell.failure]
    print("\n".join(["seconds / MiB at most", *failures]))


def drawn(program: str, arguments: list[str], file: str, seconds: float) -> Drawn:
    """Run a program that draws, and ask it for its memory at the end."""
    start = time.perf_counter()
    command = [sys.executable, "-c", program + _MEMORY, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return Drawn(seconds, 0, 0, f"no picture within {seconds:g} s")
    took = time.perf_counter() - start
    path = Path(file)
    if process.returncode or not path.exists():
        said = err.decode(errors="replace").strip().splitlines()
        return Drawn(took, 0, 0, (said[-1] if said else f"exit {process.returncode}")[:200])
    words = out.decode().split()
    if "seconds" in words:  # it says itself how long drawing took
        took = float(words[words.index("seconds") + 1])
    return Drawn(took, float(words[-1]), path.stat().st_size / 1024)


def _cell(cell: Drawn) -> str:
    text = "failed" if cell.failure else f"{cell.seconds:.2f} / {cell.memory:.0f}"
    return f"{text:>18}"


if __name__ == "__main__":
    main()
