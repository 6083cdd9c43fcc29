"""`trace` of the course's ResNet50, beside the same program under the real Keras.

python -m benchmarks.trace
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

PROGRAM = Path(__file__).resolve().parent.parent / "sample_models" / "resnet50_course.py"
TIMES = 5


def seconds(*options: str) -> float:
    """How long one call of the command takes."""
    command = [sys.executable, "-m", "inspector", "trace", str(PROGRAM), *options]
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    """Print both times, and how many times longer Keras takes."""
    ours = min(seconds() for _ in range(TIMES))
    print(f"symbolic  {ours:6.2f} s, the best of {TIMES}")
    theirs = seconds("--engine", "keras", "--timeout", "600")
    print(f"keras     {theirs:6.2f} s, {theirs / ours:.0f} times as long")


if __name__ == "__main__":
    main()
