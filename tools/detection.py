"""How much of the hostile set an audit finds, and how much `modelscan` does where it is installed.

    python -m tools.detection [FOLDER]

Prints, for each severity of `tests/hostile`, or of a folder with its `manifest.csv`, how many files
there are and how many each finds at all: any finding of `graphinspect audit` as serious as the set
asks for, any issue of modelscan.
"""

from __future__ import annotations

import csv
import importlib
import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inspector.deep import with_room
from inspector.errors import InspectError
from inspector.security.walk import audit_path

ROOT = Path(__file__).parents[1]
_SECONDS = 30  # that modelscan is given for one file
_ORDER = ("none", "info", "low", "medium", "high", "critical")


def main() -> None:
    """Write the set to a temporary folder, and count."""
    scan = _modelscan()
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for path, severity in _listed(Path(sys.argv[1])) if sys.argv[1:] else _own(Path(folder)):
            counts[severity, "files"] += 1
            counts[severity, "audit"] += _audited(path, severity)
            if scan is not None:
                for outcome in _scanned(scan, path):
                    counts[severity, outcome] += 1
    columns = sorted({column for _, column in counts})
    print("severity", *columns, sep="\t")
    for severity in reversed(_ORDER):
        print(severity, *(counts[severity, column] for column in columns), sep="\t")


def _own(folder: Path) -> Iterator[tuple[Path, str]]:
    """The files of the tests, and what an audit must say of each at least."""
    sys.path.insert(0, str(ROOT / "tests"))
    cases = importlib.import_module("hostile.cases")
    for path, case in cases.written(folder):
        yield path, case.severity


def _listed(folder: Path) -> Iterator[tuple[Path, str]]:
    """The files that a manifest lists, by its columns `file` and `audit_severity`."""
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield folder / row["file"], row["audit_severity"]


def _audited(path: Path, severity: str) -> bool:
    try:
        worst = with_room(lambda: audit_path(path, path.name)).worst or "none"
    except InspectError:
        return False
    wanted = severity if severity not in {"none", "info"} else "info"
    return _ORDER.index(worst) >= _ORDER.index(wanted)


def _modelscan() -> Any:
    try:
        settings = importlib.import_module("modelscan.settings").DEFAULT_SETTINGS
        scan = importlib.import_module("modelscan.modelscan").ModelScan
        importlib.import_module("tensorflow")  # without it, .keras and SavedModels are not scanned
    except ImportError:
        return None

    def issues(path: Path) -> list[Any]:
        """What modelscan says of a file; its scanner is made anew, as its errors stay with it."""
        scanner = scan(settings=settings)
        scanner.scan(path)
        found: list[Any] = scanner.issues.all_issues
        return found

    return issues


def _scanned(scan: Any, path: Path) -> Iterator[str]:
    """What came of a scan, in a process of its own: it may not end, or end badly."""
    receiver, sender = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(_SECONDS)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        try:
            os.write(sender, json.dumps(len(scan(path))).encode())
        finally:
            os._exit(0)
    os.close(sender)
    with os.fdopen(receiver) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    if not said:
        yield "modelscan failed"
    elif int(said):
        yield "modelscan"


if __name__ == "__main__":
    main()
