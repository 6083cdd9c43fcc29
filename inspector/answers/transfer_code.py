"""The script that does what a plan says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inspector.answers.transfer import Transfer
from inspector.graph import Layer

IMPORTS = {
    3: "import keras",
    2: "from tensorflow import keras  # Keras 2: TensorFlow up to 2.15, or tf_keras",
}
_WIDEST = 70  # columns of a line, before its arguments get one of their own


def transfer_code(answer: Transfer) -> str:
    """Python that builds the model, sets its flags, and leaves it in the variable `model`."""
    variable = "base" if answer.head else "model"
    lines = [IMPORTS[answer.keras]]
    if any(step.selection.matches for step in answer.steps):
        lines.insert(0, "from fnmatch import fnmatchcase\n")
    lines += ["", *_loaded(answer, variable)]
    for step in answer.steps:
        lines += step.lines(variable)
    if answer.head:
        lines += ["", *_headed(answer)]
    done = f"# compile now: {answer.trained.params:,} of {answer.total.params:,} are trained"
    return "\n".join([*lines, done]) + "\n"


def _loaded(answer: Transfer, variable: str) -> Iterator[str]:
    base = answer.base
    if base.format == "zoo":
        function, sign, rest = base.source.partition("(")
        call = f"{function}({rest if sign else ')'}"
        if len(call) + len(variable) > _WIDEST:
            call = f"{function}(\n    {rest.removesuffix(')')}\n)"
        yield f"{variable} = {call}"
    elif base.format in ("live", "script", "notebook") or base.source == "standard input":
        yield f"{variable} = ...  # the model that was given"
    elif base.format == "json":
        yield f"with open({base.source!r}, encoding='utf-8') as file:"
        yield f"    {variable} = keras.models.model_from_json(file.read())"
    else:
        yield f"{variable} = keras.models.load_model({base.source!r})"


def _headed(answer: Transfer) -> Iterator[str]:
    doors = [node.layer for node in answer.whole.nodes if not node.inputs]
    shapes = dict(answer.inputs)
    calls = [_input(door, shapes[door.name]) for door in doors]
    if len(calls) == 1:
        yield f"inputs = {calls[0]}"
    else:
        yield "inputs = ["
        yield from (f"    {call}," for call in calls)
        yield "]"
    yield f"x = base(inputs, training={answer.training})"
    *inner, last = answer.head
    for made in inner:
        yield f"x = {made.code}(x)"
    yield f"outputs = {last.code}(x)"
    yield "model = keras.Model(inputs, outputs)"


def _input(door: Layer, shape: Any) -> str:
    """The call of `keras.Input` that makes the same door."""
    kind = door.config.get("dtype")
    given = f", dtype={kind!r}" if isinstance(kind, str) and kind != "float32" else ""
    if shape is None:
        return "..."
    if shape[:1] == (None,):
        return f"keras.Input(shape={tuple(shape[1:])!r}{given})"
    return f"keras.Input(batch_shape={tuple(shape)!r}{given})"
