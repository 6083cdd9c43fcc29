"""Reads ResNet50 with its weights, 100 MB, over a local web server that waits before each answer.

    python benchmarks/remote.py [--delay 0.02] [--runs 3]

Reported are the bytes that the server sent, as a share of the file, its requests, and the wall time
of `graphinspect count URL` from start to end. Needs Keras, to write the files, and the extra
`[remote]`. The server runs on the loopback address, in this process.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
WRITE = (
    "import keras, sys; model = keras.applications.ResNet50(weights=None); "
    "[model.save(name) for name in sys.argv[1:]]"
)


def main() -> None:
    """Write the files, read them over the server, print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=0.02, help="seconds before each answer")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("resnet50.h5", "resnet50.keras")]
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        subprocess.run([sys.executable, "-c", WRITE, *map(str, paths)], check=True, env=environment)
        for path in paths:
            measured(server(), path, options.delay, options.runs)


def server() -> Any:
    """The web server of the tests."""
    place = ROOT / "tests" / "remote" / "server.py"
    spec = importlib.util.spec_from_file_location("server", place)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(place)
    module = importlib.util.module_from_spec(spec)
    sys.modules["server"] = module
    spec.loader.exec_module(module)
    return module


def measured(web: Any, path: Path, delay: float, runs: int) -> None:
    """Count one file over the server, and print what it took."""
    walls = []
    for _ in range(runs + 1):  # the first run compiles
        with web.served(web.Site({path.name: path}, delay=delay)) as site:
            command = [sys.executable, "-m", "inspector", "count", site.url(path.name), "--json"]
            begin = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            walls.append(time.perf_counter() - begin)
    size = path.stat().st_size
    print(
        f"{path.name:15} {size / 1e6:6.1f} MB   sent {site.sent:9,} bytes = {site.sent / size:.2%}"
        f"   {len(site.asked)} requests   {median(walls[1:]):.2f} s"
    )


if __name__ == "__main__":
    main()
