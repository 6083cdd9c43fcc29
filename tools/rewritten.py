"""Runs programs and their rewriting under a real Keras, and says whether the models are the same.

    python -m tools.rewritten keras3 [NAME…]      in an environment with Keras 3
    python -m tools.rewritten tf_keras [NAME…]    in one with tf_keras

The programs are those of `tests/scripts`, and for Keras 3 those of `sample_models` too. Models are
compared by `diff` and layer by layer; the exit code is 1 where two of them differ.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import inspector
from inspector.model import Model, analyzed, model_of
from inspector.readers.dialects import read_graph
from tools.programs import ROOT, SCRIPTS, recorded


def main(dialect: str, *only: str) -> int:
    """Compare every program of a folder, or some of it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if dialect == "tf_keras":
        os.environ["TF_USE_LEGACY_KERAS"] = "1"
        import tf_keras as keras
    else:
        import keras
    paths = sorted((SCRIPTS / dialect).glob("*.py"))
    if dialect == "keras3":
        paths += sorted((ROOT / "sample_models").glob("*.py"))
    wrong = 0
    for path in paths:
        if not only or path.stem in only:
            told = outcome(path, keras)
            wrong += told.startswith("differs")
            print(f"{path.stem:20} {told}", flush=True)
    return int(wrong > 0)


def outcome(path: Path, keras: Any) -> str:
    """What became of one program and of its rewriting."""
    before = recorded(path, keras)
    if before is None:
        return "the program itself does not run"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_text(inspector.rewritten(path), "utf-8")
        after = recorded(copy, keras)
    if after is None:
        return "differs: rewritten it does not run"
    if before.keys() != after.keys():
        return f"differs: {sorted(before)} and {sorted(after)}"
    other = [name for name in before if not alike(before[name], after[name])]
    return f"differs: {', '.join(other)}" if other else f"{len(before)} models alike"


def alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two recorded models have the same counts, and the same graph where one is told."""
    told = ("name", "params", "trainable", "layers")
    if any(one[key] != other[key] for key in told):
        return False
    if "config" not in one["model"]:
        return True
    found = inspector.diff(_model(one), _model(other))
    return found.same_graph and found.same_names and found.same_flags


def _model(record: Mapping[str, Any]) -> Model:
    graph = read_graph(_without_code(record["model"]), "recorded")
    return model_of(analyzed(graph, "recorded"), source="recorded", format="json")


def _without_code(value: Any) -> Any:
    """A saved model without the bytes of its lambdas: they are others each time it is run.

    They hold the path of the program, and `marshal` writes equal code down in several ways.
    """
    if isinstance(value, list):
        return [_without_code(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__lambda__":
        return {**value, "config": {**value["config"], "code": ""}}
    kept = {key: _without_code(item) for key, item in value.items()}
    if isinstance(kept.get("function"), list):  # as Keras 2 writes one
        kept["function"] = ["", *kept["function"][1:]]
    return kept


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
