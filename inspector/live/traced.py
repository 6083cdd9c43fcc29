"""A program traced under the real Keras, in a process of its own; the stand-in tells the same."""

from __future__ import annotations

import ast
import builtins
import io
import json
import os
import sys
from typing import Any


class _Serials:
    """A number for each layer, the same whenever it is met."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.kept: list[Any] = []

    def of(self, layer: Any) -> int:
        if id(layer) not in self.numbers:
            self.numbers[id(layer)] = len(self.kept) + 1
            self.kept.append(layer)
        return self.numbers[id(layer)]


_serials = _Serials()
_named: set[tuple[int, int, int]] = set()


def described(value: Any) -> dict[str, Any] | None:
    """What a value of Keras is, for the record."""
    import keras

    history = getattr(value, "_keras_history", None)
    if history is not None:
        layer, node, place = history
        key = (_serials.of(layer), int(node), int(place))
        _named.add(key)
        return {
            **_about(layer, "tensor"),
            "node": key[1],
            "tensor": key[2],
            "shape": _shape(value),
            "inputs": [_taken(taken) for taken in _inputs(value)],
        }
    named = {"name", "_name"} & vars(value).keys() if hasattr(value, "__dict__") else ()
    if isinstance(value, keras.Model | keras.layers.Layer) and named:
        return _about(value, "model" if isinstance(value, keras.Model) else "layer")
    return None


def _about(layer: Any, kind: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "layer": str(layer.name),
        "class_name": type(layer).__name__,
        "node": None,
        "tensor": None,
        "shape": None,
        "inputs": [],
        "serial": _serials.of(layer),
    }


def _shape(tensor: Any) -> list[int | None] | None:
    try:
        return [None if size is None else int(size) for size in tensor.shape]
    except (TypeError, ValueError):
        return None


def _inputs(tensor: Any) -> list[Any]:
    layer, node, _ = tensor._keras_history
    found = layer._inbound_nodes[node]
    given = getattr(found, "input_tensors", None)
    if not isinstance(given, list | tuple):
        given = getattr(found, "keras_inputs", [])
    return [one for one in given if hasattr(one, "_keras_history") and one is not tensor]


def _taken(tensor: Any, depth: int = 0) -> list[Any]:
    layer, node, place = tensor._keras_history
    key = (_serials.of(layer), int(node), int(place))
    inner: list[Any] = []
    if key not in _named and depth < 5:
        inner = [_taken(taken, depth + 1) for taken in _inputs(tensor)]
    return [*key, type(layer).__name__, str(layer.name), inner]


def run(request: dict[str, Any], send: Any) -> None:
    """Run the program statement by statement; what fails is told, and the rest goes on."""
    import keras

    from inspector.symbolic.program import program
    from inspector.symbolic.recording import Recorder
    from inspector.symbolic.rewriting import BOUND, CALL, ENTERED, FRAME, LEFT, UNPACKED, told

    file = request["file"]
    found = program(request["source"].encode("utf-8", "surrogateescape"), request["where"])
    send({"tell": "keras", "dialect": f"keras{keras.__version__[0]}",
          "why": f"the installed {keras.__version__}", "notebook": found.notebook})  # fmt: skip
    recorder = Recorder(described, {file: found.name}, lambda: 0)
    rewritten = told(found.tree, found.text.split("\n"))
    recorder.sites[file] = rewritten.sites
    scope = dict(vars(builtins))
    scope.update(
        {
            CALL: lambda function, /, *args, **kwargs: function(*args, **kwargs),
            BOUND: lambda place, frame, *pairs: recorder.bound(file, place, frame, *pairs),
            ENTERED: recorder.entered,
            LEFT: recorder.left,
            UNPACKED: lambda _, value: value,
            FRAME: 0,
        }
    )
    names: dict[str, Any] = {"__name__": "__main__", "__file__": file, "__builtins__": scope}
    problems = _executed(rewritten.statements, names, file)
    send({"tell": "progress", "bindings": recorder.bindings, "frames": recorder.frames[1:],
          "made": [], "problems": problems})  # fmt: skip
    _send_models(names, recorder.bindings, send)
    send({"tell": "end"})


def _executed(statements: list[ast.stmt], names: dict[str, Any], file: str) -> list[Any]:
    problems = []
    for statement in statements:
        try:
            exec(compile(ast.Module([statement], []), file, "exec"), names)  # noqa: S102 - asked for
        except SystemExit:
            problems.append([statement.lineno, "the program ends itself here"])
            break
        except Exception as error:  # whatever Keras says is the answer
            text = " ".join(str(error).split())[:300]
            problems.append([statement.lineno, f"{type(error).__name__}: {text}"])
    return problems


def _send_models(names: dict[str, Any], bindings: list[Any], send: Any) -> None:
    import keras

    lines = {entry["serial"]: entry["line"] for entry in bindings if entry["kind"] == "model"}
    for name, value in names.items():
        if not isinstance(value, keras.Model):
            continue
        try:
            saved = json.loads(value.to_json())
        except Exception:  # noqa: S112 - a class of the program, which no file could hold either
            continue
        serial = _serials.of(value)
        inside = [_serials.of(one) for one in value.layers if isinstance(one, keras.Model)]
        serials = {one.name: _serials.of(one) for one in getattr(value, "operations", value.layers)}
        send({"tell": "saved", "variable": name, "line": lines.get(serial, 0), "serial": serial,
              "inside": inside, "model": saved, "serials": serials})  # fmt: skip


def main() -> None:
    """Answer the request on standard input, in lines of JSON on standard output."""
    reply_to = os.dup(1)
    os.dup2(2, 1)
    request = json.loads(sys.stdin.read())
    sys.path.append(request["root"])
    sys.stdout = io.StringIO()
    with os.fdopen(reply_to, "w", encoding="ascii") as stream:

        def send(message: dict[str, Any]) -> None:
            stream.write(json.dumps(message) + "\n")
            stream.flush()

        try:
            import keras  # noqa: F401 - whether it is there
        except Exception as error:  # a broken installation raises anything
            send({"tell": "missing", "detail": f"{type(error).__name__}: {error}"})
            return
        if request["folder"]:
            sys.path.append(request["folder"])
        sys.argv = [request["file"]]
        run(request, send)


if __name__ == "__main__":
    main()
