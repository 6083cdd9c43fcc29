"""Runs the test programs under a real Keras, and writes down the models that they make.

    python -m tools.programs keras3      in an environment with Keras 3
    python -m tools.programs tf_keras    in one with tf_keras

Each folder of `tests/scripts` holds programs for one Keras. For every name that holds a model at
the end, the model's own JSON and what its summary counts are written to `tests/golden/scripts_*`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "tests" / "scripts"


def main(dialect: str, *only: str) -> int:
    """Record the programs of a folder, or of some of it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if dialect == "tf_keras":
        os.environ["TF_USE_LEGACY_KERAS"] = "1"
        import tf_keras as keras
    else:
        import keras
    target = ROOT / "tests" / "golden" / f"scripts_{dialect}.json"
    record = json.loads(target.read_text("utf-8")) if target.exists() else {}
    for path in sorted((SCRIPTS / dialect).glob("*.py")):
        if not only or path.stem in only:
            models = recorded(path, keras)
            if models is not None:
                record[path.stem] = models
    kept = {path.stem for path in (SCRIPTS / dialect).glob("*.py")}
    lines = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(record[name])}" for name in sorted(record) if name in kept
    )
    target.write_text(f"{{\n{lines}\n}}\n", "utf-8", newline="\n")
    return 0


def recorded(path: Path, keras: Any) -> dict[str, Any] | None:
    """The models of one program by name."""
    keras.backend.clear_session()
    names: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(path.read_text("utf-8"), str(path), "exec"), names)  # noqa: S102 - ours
    except Exception:
        traceback.print_exc()
        print(f"{path.name}: did not run")
        return None
    return {
        name: model_object(value) for name, value in names.items() if isinstance(value, keras.Model)
    }


def model_object(model: Any) -> dict[str, Any]:
    """What is compared: the wiring as Keras saves it, shapes and counts as Keras says."""
    try:
        saved = _lean(json.loads(model.to_json()))
    except Exception as error:
        saved = {"error": str(error)}
    return {
        "model": saved,
        "name": model.name,
        "params": model.count_params(),
        "trainable": sum(_size(weight) for weight in model.trainable_weights),
        "layers": [[layer.name, layer.count_params()] for layer in model.layers],
    }


_LEFT_OUT = ("_initializer", "_regularizer", "_constraint")  # they change no graph


def _lean(value: Any) -> Any:
    """A saved model without what changes no graph: what is left fits into a test."""
    if isinstance(value, list):
        return [_lean(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _lean(item)
        for key, item in value.items()
        if not key.endswith(_LEFT_OUT) and key not in ("build_config", "compile_config")
    }


def _size(weight: Any) -> int:
    size = 1
    for axis in weight.shape:
        size *= axis
    return int(size)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
