"""Times `graphinspect count resnet50` beside Keras, bare Python and its own two libraries.

    python benchmarks/count.py [--runs 11]

All commands take turns in one run, so that a machine that changes its pace does not favour one;
each is started once before, so that files are cached and bytecode is compiled. Reported are
medians of wall and processor time, the largest resident memory, and ratios to ours.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import median

KERAS = (
    "import keras; model = keras.applications.ResNet50(weights=None); "
    "model.summary(print_fn=lambda text: None)"
)
COMMANDS = {
    "graphinspect count resnet50": [sys.executable, "-m", "inspector", "count", "resnet50"],
    "python -c pass": [sys.executable, "-c", "pass"],
    "import typer, rich.table": [sys.executable, "-c", "import typer, rich.table"],
    "Keras: build, summary()": [sys.executable, "-c", KERAS],
}
OURS = next(iter(COMMANDS))


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process."""

    wall: float  # seconds
    processor: float  # seconds, user and system
    memory: float  # MiB, the largest resident set; 0 where the system does not tell


def main() -> None:
    """Take turns, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="counted runs of each command")
    runs = parser.parse_args().runs
    commands = dict(COMMANDS)
    if importlib.util.find_spec("keras") is None:
        print("no Keras is installed: pip install 'graphinspect[tensorflow]' to compare with it")
        del commands["Keras: build, summary()"]
    measured: dict[str, list[Run]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            finished = timed(command)
            if turn:
                measured[name].append(finished)
    report(measured, runs)


def timed(command: list[str]) -> Run:
    """Run a command to its end, its output thrown away."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    # Where it is set, a checkout would be compiled anew at every start; an installation never is.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    if not hasattr(os, "wait4"):
        process.wait()
        return Run(time.perf_counter() - start, 0.0, 0.0)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale)


def report(measured: dict[str, list[Run]], runs: int) -> None:
    """Print medians, and every command's ratio to ours."""
    ours = median(run.wall for run in measured[OURS])
    memory = max(run.memory for run in measured[OURS])
    print(f"{runs} runs each, in turns; medians, memory as largest")
    print(f"{'':28}{'wall s':>9}{'cpu s':>9}{'MiB':>8}{'x our time':>12}{'x our MiB':>11}")
    for name, done in measured.items():
        wall = median(run.wall for run in done)
        processor = median(run.processor for run in done)
        largest = max(run.memory for run in done)
        print(
            f"{name:28}{wall:9.3f}{processor:9.3f}{largest:8.0f}"
            f"{wall / ours:12.2f}{largest / memory if memory else 0:11.2f}"
        )


if __name__ == "__main__":
    main()
