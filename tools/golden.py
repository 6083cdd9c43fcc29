"""Writes the golden lines anew from an installed Keras: what layers and operations come to.

Run it from the root of the project, in an environment with Keras:

    python -m tools.golden            ask Keras again for every recorded line, and for new cases
    python -m tools.golden --check    report the lines that this Keras answers otherwise
    python -m tools.golden --from a.jsonl [--to b.jsonl]    for one file

A recorded line carries its own question: the config, and what the layer is called with. New
questions are added in `tools/golden_cases.py`. A Lambda whose code was left out of its line cannot
be asked, and is kept as it is; STFTSpectrogram needs scipy.
"""

from __future__ import annotations

import argparse
import copy
import importlib
import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tools import golden_cases

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden"
GROWING = (GOLDEN / "layers_keras3.jsonl", GOLDEN / "operations_keras3.jsonl")  # by new cases
MORE = ("layers_more", "variants", "layers_refused", "operations_more")
FILES = (*GROWING, *(GOLDEN / f"{name}_keras3.jsonl" for name in MORE))
REFUSALS = ("refusal", "raises")  # where a line says which exception is Keras' answer
Line = dict[str, Any]
_WHOLE = ("Embedding", "HashedCrossing", "Hashing", "IntegerLookup", "ReversibleEmbedding")


# --- shapes and tensors -------------------------------------------------------------------------


def is_shape(value: Any) -> bool:
    """Whether a recorded value is one shape, and no list of them."""
    return isinstance(value, list | tuple) and all(
        item is None or (isinstance(item, int) and not isinstance(item, bool)) for item in value
    )


def tensors(shapes: Any, dtype: str = "float32") -> Any:
    """Symbolic tensors of recorded shapes, nested as they are."""
    import keras

    if is_shape(shapes):
        return keras.KerasTensor(tuple(shapes), dtype=dtype)
    if isinstance(shapes, Mapping):
        return {key: tensors(shape, dtype) for key, shape in shapes.items()}
    return [tensors(shape, dtype) for shape in shapes]


def shapes(value: Any) -> Any:
    """The shapes of what a call gave, nested as it is, as JSON holds them."""
    if hasattr(value, "shape"):
        return list(value.shape)
    if isinstance(value, Mapping):
        return {key: shapes(item) for key, item in value.items()}
    return [shapes(item) for item in value]


# --- layers -------------------------------------------------------------------------------------


def layer_answer(line: Line) -> Line:
    """The line with what this Keras says of its layer."""
    import keras

    if without_code(line):
        return line
    keras.utils.clear_session()
    saved = {
        "module": line["module"],
        "class_name": line["class_name"],
        "config": settings(line["config"]),
        "registered_name": None,
    }
    return answered(line, keras.saving.deserialize_keras_object(saved, safe_mode=False))


def without_code(line: Line) -> bool:
    """Whether it is a Lambda that was recorded without its code, which names a path."""
    function = line["config"].get("function")
    return isinstance(function, dict) and function.get("config", {}).get("code") == ""


def settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a config without what the recorder noted beside Keras' own keys."""
    own = {key: value for key, value in config.items() if not key.startswith("_")}
    return copy.deepcopy(own)  # Keras revives a Lambda's code inside the dict it is given


def layer_line(case: golden_cases.LayerCase) -> Line:
    """A new line, from a case."""
    import keras

    keras.utils.clear_session()
    layer = getattr(keras.layers, case.class_name)(**case.kwargs)
    saved = keras.saving.serialize_keras_object(layer)
    line = {
        "class_name": case.class_name,
        "module": saved["module"],
        "config": saved["config"],
        "build_config": None,
        "inputs": case.inputs,
        "call": dict(case.call),
    }
    line = answered(line, layer)
    build_config = keras.saving.serialize_keras_object(layer).get("build_config")
    return plain({**line, "build_config": build_config})


def answered(line: Line, layer: Any) -> Line:
    """The line with the outputs and weights of `layer` called as the line says."""
    import keras

    outputs = called(line, layer)
    weights = [[weight.name, list(weight.shape), weight.trainable] for weight in layer.weights]
    return {
        **line,
        "outputs": shapes(outputs),
        "weights": weights,
        "params": layer.count_params(),
        "trainable": sum(number(weight) for weight in layer.trainable_weights),
        "keras": f"keras {keras.__version__}",
    }


def called(line: Line, layer: Any) -> Any:
    """What a call of `layer` gives; an input layer is a door, and is not called."""
    if line["inputs"] is None:
        return layer.output
    dtype = "int32" if line["class_name"] in _WHOLE else "float32"
    given = {key: argument(value) for key, value in line["call"].items()}
    return layer(tensors(line["inputs"], dtype), **given)


def argument(value: Any) -> Any:
    """An argument of a call: tensors for shapes, anything else as it is."""
    return tensors(value) if isinstance(value, list | tuple) else value


def number(weight: Any) -> int:
    """How many numbers a weight holds."""
    return math.prod(weight.shape)


# --- operations ---------------------------------------------------------------------------------


def operation_answer(line: Line) -> Line:
    """The line with what this Keras says of its operation."""
    import keras

    kind = getattr(importlib.import_module(line["module"]), line["op"])
    operation = kind(**{key: fixed(value) for key, value in line["config"].items()})
    args = [operand(value) for value in line["args"]]
    kwargs = {key: operand(value) for key, value in line["kwargs"].items()}
    outputs = operation.compute_output_spec(*args, **kwargs)
    return {**line, "outputs": shapes(outputs), "keras": f"keras {keras.__version__}"}


def operation_line(case: golden_cases.OperationCase) -> Line:
    """A new line, from a case."""
    line = {
        "op": case.op,
        "module": f"keras.src.ops.{case.module}",
        "config": dict(case.config),
        "args": list(case.args),
        "kwargs": dict(case.kwargs),
        "outputs": None,
    }
    return plain(operation_answer(line))


def fixed(value: Any) -> Any:
    """A setting with tuples for the lists that JSON made of them."""
    return tuple(map(fixed, value)) if isinstance(value, list) else operand(value)


def operand(value: Any) -> Any:
    """An argument of an operation, from its recorded form."""
    if isinstance(value, list):
        items = [operand(item) for item in value]
        is_key = any(isinstance(item, slice) or item is ... for item in items)
        return tuple(items) if is_key else items
    if not isinstance(value, dict):
        return value
    if "class_name" in value:
        return marked(value)
    if value.keys() == {"tensor"}:
        return tensors(value["tensor"])
    if value.keys() <= {"slice", "ellipsis"} and value:
        return slice(*value["slice"]) if "slice" in value else ...
    return {key: operand(item) for key, item in value.items()}


def marked(value: dict[str, Any]) -> Any:
    """What one of Keras' own markers stands for, such as `__slice__` or `__numpy__`."""
    import keras

    return keras.saving.deserialize_keras_object(value)


# --- files --------------------------------------------------------------------------------------


def plain(line: Line) -> Line:
    """The line as JSON gives it back: tuples as lists."""
    copy: Line = json.loads(json.dumps(line))
    return copy


def recorded(path: Path) -> Iterator[Line]:
    """The lines of a golden file."""
    with path.open(encoding="utf-8") as stream:
        for text in stream:
            yield json.loads(text)


def answer_of(line: Line) -> Callable[[Line], Line]:
    """Which of the two kinds of line it is."""
    return operation_answer if "op" in line else layer_answer


def question(line: Line) -> str:
    """What a line asks, without the name that its layer happens to have."""
    config = {key: value for key, value in line["config"].items() if key != "name"}
    asked = {key: line.get(key) for key in ("op", "class_name", "inputs", "call", "args")}
    return json.dumps([asked, config, line.get("kwargs")], sort_keys=True)


def added(path: Path, known: set[str]) -> Iterator[Line]:
    """Lines for the new cases of a file's kind that it does not hold yet."""
    if path.name.startswith("operations"):
        lines = (operation_line(case) for case in golden_cases.OPERATIONS)
    else:
        lines = (layer_line(case) for case in golden_cases.LAYERS)
    return (line for line in lines if question(line) not in known)


def label(line: Line) -> str:
    """A line by name, for a report."""
    return str(line.get("op") or f"{line['class_name']} {line['config'].get('name')}")


def refusal(line: Line, error: Exception) -> Line | None:
    """The line of a question that Keras is known to refuse, with how it refuses it now."""
    key = next((key for key in REFUSALS if key in line), None)
    return None if key is None else {**line, key: type(error).__name__}


def replayed(path: Path) -> Iterator[tuple[Line, Line | None, str]]:
    """Every recorded line, with this Keras' answer, or with why it gives none."""
    for line in recorded(path):
        try:
            yield line, plain(answer_of(line)(line)), ""
        except Exception as error:  # whatever Keras raises is what the report is for
            told = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            yield line, refusal(line, error), told


def differences(line: Line, fresh: Line) -> str:
    """What this Keras answers otherwise, in words; empty when it agrees."""
    return "; ".join(
        f"{key} is {value}, recorded was {line.get(key)}"
        for key, value in fresh.items()
        if key != "keras" and value != line.get(key)
    )


def check(path: Path) -> int:
    """Report the lines that differ; returns how many."""
    found = total = 0
    for line, fresh, told in replayed(path):
        total += 1
        problem = told if fresh is None else differences(line, fresh)
        if problem:
            found += 1
            print(f"{path.name}: {label(line)}: {problem}", file=sys.stderr)
    print(f"{path.name}: {total} lines, {found} differ")
    return found


def rewrite(path: Path, target: Path) -> int:
    """Write every line anew; one that Keras refuses is kept. Returns how many were refused."""
    lines, refused = [], 0
    for line, fresh, told in replayed(path):
        if fresh is None:
            refused += 1
            print(f"{path.name}: {label(line)}: kept, {told}", file=sys.stderr)
        lines.append(fresh or line)
    if path in GROWING:
        lines += added(path, {question(line) for line in lines})
    target.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    print(f"{target.name}: {len(lines)} lines, {refused} kept unasked")
    return refused


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check golden files; 1 when a line differs or Keras refuses it."""
    parser = argparse.ArgumentParser(prog="python -m tools.golden", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--from", dest="source", type=Path, help="this file alone")
    parser.add_argument("--to", type=Path, help="write there instead")
    parser.add_argument("--check", action="store_true", help="report differences, write nothing")
    options = parser.parse_args(arguments)
    if options.to and not options.source:
        parser.error("--to needs --from")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    found = 0
    for path in [options.source] if options.source else FILES:
        found += check(path) if options.check else rewrite(path, options.to or path)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
