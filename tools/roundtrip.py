"""Prints the program of a model, runs it in a real Keras, and compares the graph that comes out.

    python -m tools.roundtrip                       every architecture and every fixture
    python -m tools.roundtrip resnet50 model.keras --style x --keras 3

With `--keras 2`, the Python that the environment variable GRAPHINSPECT_KERAS2_PYTHON names runs it.
A model with gaps, which only its author can fill, is told apart and not run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from inspector.answers.code import code
from inspector.answers.diff import Diff, diff
from inspector.errors import InspectError
from inspector.loader import load
from inspector.model import Model, analyzed, model_of
from inspector.readers.dialects import read_graph
from inspector.readers.zoo import architectures

ROOT = Path(__file__).resolve().parent.parent
CHILD = ROOT / "tests" / "answers" / "keras_child.py"


def rebuilt(programs: Sequence[str], keras: int) -> list[Any]:
    """What a real Keras says of the models that programs build: counts and `to_json()`."""
    legacy = ["legacy"] if keras == 2 else []
    named = os.environ.get("GRAPHINSPECT_KERAS2_PYTHON", sys.executable)
    run = subprocess.run(  # noqa: S603 - our own program
        [named if legacy else sys.executable, str(CHILD), "json", *legacy],
        input=json.dumps(list(programs)),
        capture_output=True,
        text=True,
        env={**os.environ, "TF_USE_LEGACY_KERAS": str(len(legacy)), "PYTHONHASHSEED": "0"},
        check=False,
    )
    if run.returncode:
        raise RuntimeError(run.stderr[-2000:])
    answers: list[Any] = json.loads(run.stdout.splitlines()[-1])[1]
    return answers


def compared(model: Model, answer: Any) -> Diff:
    """The model beside what was built from its program."""
    graph = read_graph(json.loads(answer["json"]), "to_json()")
    return diff(model, model_of(analyzed(graph, "to_json()"), source="to_json()", format="json"))


def known() -> Iterator[str]:
    """Every architecture, and every file among the fixtures and samples that holds a graph."""
    yield from architectures()
    for folder in ("tests/fixtures", "sample_models"):
        for path in sorted((ROOT / folder).iterdir()):
            if path.suffix in (".keras", ".h5", ".json"):
                yield str(path.relative_to(ROOT))


def main() -> None:
    """Report every model, and exit 1 when one came out otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*")
    parser.add_argument("--style", default="explicit")
    parser.add_argument("--keras", type=int, choices=(2, 3))
    parser.add_argument("--functions", action="store_true")
    asked = parser.parse_args()
    failed = 0
    todo: dict[int, list[tuple[str, Model, str]]] = {2: [], 3: []}
    for name in asked.models or known():
        try:
            model = load(name)
            source = code(model, style=asked.style, keras=asked.keras, functions=asked.functions)
        except InspectError as error:
            print(f"skip  {name}: {error}")
            continue
        if source.gaps:
            print(f"gaps  {name}: {'; '.join(source.gaps)}")
        else:
            todo[source.keras].append((name, model, source.text))
    for keras, jobs in todo.items():
        answers = rebuilt([text for _, _, text in jobs], keras) if jobs else []
        for (name, model, _), answer in zip(jobs, answers, strict=True):
            failed += not _report(name, keras, model, answer)
    sys.exit(1 if failed else 0)


def _report(name: str, keras: int, model: Model, answer: Any) -> bool:
    if "error" in answer:
        print(f"FAIL  {name} in Keras {keras}: {answer['error'][:300]}")
        return False
    found = compared(model, answer)
    names = "" if found.same_names else ", other names"
    counted = answer["trainable"] + answer["non_trainable"]
    if model.totals.complete and counted != model.totals.params:
        print(f"FAIL  {name} in Keras {keras}: {counted} parameters, not {model.totals.params}")
        return False
    if found.same_graph and found.same_flags:
        print(f"same  {name} in Keras {keras}{names}")
        return True
    loud = [each for each in found.differences if each.field not in ("name", "output_shape")]
    print(f"FAIL  {name} in Keras {keras}: {loud[:3]}")
    return False


if __name__ == "__main__":
    main()
