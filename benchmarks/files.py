"""Times `graphinspect count` on large files beside the packaged ResNet50, and counts bytes read.

    python -m benchmarks.files [--runs 11] [--folder made/]

ResNet50 as Keras saves it in HDF5 and as `.keras`, 100 MB each, and 100,000 variables in a
`.weights.h5`, which h5py lists as well. Commands take turns, so that a machine that changes its
pace favours none; reported are medians and ratios. Keras and h5py write the files, once; without
them nothing can be measured here.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from unittest import mock

from benchmarks.count import timed
from inspector import load

RESNET = """
import keras, sys
model = keras.applications.ResNet50(weights=None)
for ending in ("h5", "keras"):
    model.save(f"{sys.argv[1]}/resnet50.{ending}")
"""
VARIABLES = """
import h5py, sys
with h5py.File(f"{sys.argv[1]}/many.weights.h5", "w") as file:
    for number in range(50_000):
        held = file.create_group(f"layers/dense_{number}/vars" if number else "layers/dense/vars")
        held["0"], held["1"] = [[1.0] * 4] * 4, [1.0] * 4
"""
LISTED = """
import h5py, sys
from math import prod
sizes = []
with h5py.File(sys.argv[1]) as file:
    file.visititems(lambda _, found: sizes.append(prod(getattr(found, "shape", (0,)))))
print(sum(sizes))
"""
SLOW_RUNS = 3  # of what takes many seconds, in h5py most of all
COUNT = [sys.executable, "-m", "inspector", "count"]


class Counting(io.FileIO):
    """A file that counts the bytes that are read of it."""

    read_so_far = 0

    def readinto(self, buffer: Any) -> int | None:
        """Read into a buffer."""
        return self._counted(super().readinto(buffer))

    def read(self, size: int | None = -1) -> bytes:
        """Read some bytes."""
        data = super().read(-1 if size is None else size)
        self._counted(len(data))
        return data

    def readall(self) -> bytes:
        """Read all bytes."""
        data = super().readall()
        self._counted(len(data))
        return data

    @staticmethod
    def _counted(size: int | None) -> int | None:
        Counting.read_so_far += size or 0
        return size


@contextmanager
def counting() -> Iterator[Callable[[], int]]:
    """Count what is read of any file that is opened meanwhile."""

    def opened(path: Path, mode: str = "r", buffering: int = -1, **_: Any) -> Any:
        raw = Counting(path, mode.replace("b", ""))
        return io.BufferedReader(raw) if buffering else raw

    before = Counting.read_so_far
    with mock.patch.object(Path, "open", opened):
        yield lambda: Counting.read_so_far - before


def bytes_read(path: Path) -> tuple[int, int]:
    """How many bytes of a file `load` reads, and how many it has."""
    load("vgg16")  # the packaged tables are read with the first model
    with counting() as read:
        model = load(path)
        found = read()
    if model.totals.stored is None:
        raise SystemExit(f"{path}: its stored shapes were not read")
    return found, path.stat().st_size


def made(folder: Path) -> None:
    """Write the files that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, program in (("resnet50.keras", RESNET), ("many.weights.h5", VARIABLES)):
        if not (folder / name).exists():
            print(f"writing {name} ...", file=sys.stderr)
            subprocess.run([sys.executable, "-c", program, str(folder)], check=True)


def report(folder: Path, runs: int) -> None:
    """Take turns, then print both tables."""
    h5, keras, many = (
        folder / name for name in ("resnet50.h5", "resnet50.keras", "many.weights.h5")
    )
    print(f"{'bytes read by load()':28}{'read':>12}{'of':>14}{'%':>8}")
    for path in (h5, keras):
        read, size = bytes_read(path)
        print(f"{path.name:28}{read:12,}{size:14,}{100 * read / size:8.2f}")
    commands = {
        "count resnet50": [*COUNT, "resnet50"],
        "count resnet50.h5": [*COUNT, str(h5)],
        "count resnet50.keras": [*COUNT, str(keras)],
        "count many.weights.h5": [*COUNT, str(many)],
        "h5py lists many.weights.h5": [sys.executable, "-c", LISTED, str(many)],
    }
    walls: dict[str, list[float]] = {name: [] for name in commands}
    processor: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            if "many" in name and turn > SLOW_RUNS:
                continue
            finished = timed(command)
            if turn:  # the first is for caches
                walls[name].append(finished.wall)
                processor[name].append(finished.processor)
    print(f"\n{runs} runs each, of the slow ones {SLOW_RUNS}, in turns; medians")
    print(f"{'':28}{'wall s':>9}{'cpu s':>9}{'x':>8}  of")
    for name in commands:
        other = "h5py lists many.weights.h5" if "many" in name else "count resnet50"
        wall, base = median(walls[name]), median(walls[other])
        print(f"{name:28}{wall:9.3f}{median(processor[name]):9.3f}{wall / base:8.2f}  {other}")


def main() -> None:
    """Write the files, measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="counted runs of each command")
    parser.add_argument("--folder", type=Path, help="where the files are kept for the next time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        made(folder)
        report(folder, options.runs)


if __name__ == "__main__":
    main()
