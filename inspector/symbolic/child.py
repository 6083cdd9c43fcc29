"""The process in which a program runs: it answers in lines of JSON on the way, and at the end."""

from __future__ import annotations

import gc
import io
import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from inspector.graph import Graph
from inspector.symbolic import dialect, guard, running
from inspector.symbolic.keras import classes, modules
from inspector.symbolic.keras.account import account
from inspector.symbolic.keras.layers import Layer
from inspector.symbolic.keras.models import Model
from inspector.symbolic.keras.session import Older, current
from inspector.symbolic.keras.tensors import Tensor
from inspector.symbolic.program import Program, program
from inspector.symbolic.recording import Recorder
from inspector.symbolic.wire import Telling

_MOST_MODELS = 100
_DEEPEST = 5  # calls inside one another that are told one by one


class _Silent(io.TextIOBase):
    """Where the program's own output goes: nowhere."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)

    def writable(self) -> bool:
        return True


def described(value: Any) -> dict[str, Any] | None:
    """What a value of the stand-in Keras is, for the record."""
    if isinstance(value, Tensor):
        history = value._keras_history
        if history is None:
            return None
        call = history.operation._calls[history.node_index]
        _named.add((history.operation._serial, *history[1:]))
        return {
            "kind": "tensor",
            "layer": str(history.operation.name),
            "class_name": str(history.operation.class_name),
            "node": history.node_index,
            "tensor": history.tensor_index,
            "shape": None if value.sizes is None else list(value.sizes),
            "inputs": [_taken(taken) for taken in call.inputs],
            "serial": history.operation._serial,
        }
    if isinstance(value, Layer) and "name" not in value.__dict__:
        return None  # it is being made, and has not got its name yet
    if isinstance(value, Model):
        return {"kind": "model", "layer": str(value.name), **_whole(value)}
    if isinstance(value, Layer):
        return {"kind": "layer", "layer": str(value.name), **_whole(value)}
    return None


_named: set[tuple[int, int, int]] = set()  # what has a name already


def _taken(tensor: Tensor, depth: int = 0) -> list[Any]:
    """What a call takes: a key, its layer; and what that takes in turn, where it has no name."""
    history = tensor._keras_history
    assert history is not None  # noqa: S101 - inputs of a call always have one
    key = (history.operation._serial, history.node_index, history.tensor_index)
    inner: list[Any] = []
    if key not in _named and depth < _DEEPEST:
        call = history.operation._calls[history.node_index]
        inner = [_taken(taken, depth + 1) for taken in call.inputs]
    return [*key, str(history.operation.class_name), str(history.operation.name), inner]


def _whole(layer: Layer) -> dict[str, Any]:
    name = "Functional" if layer.class_name == "Layer" else layer.class_name
    return {
        "class_name": name,
        "node": None,
        "tensor": None,
        "shape": None,
        "inputs": [],
        "serial": layer._serial,
    }


class _Run:
    """One program's run, and what of it was told already."""

    def __init__(self, request: dict[str, Any], send: Callable[[dict[str, Any]], None]) -> None:
        self.request = request
        self.send = send
        self.recorder = Recorder(described, current.files, lambda: current.made)
        self.told = {"bindings": 0, "frames": 1, "made": 0, "problems": 0}
        self.lock = threading.Lock()
        self.names: dict[str, Any] = {}
        current.frame = lambda: self.recorder.stack[-1]

    def progress(self) -> None:
        """Tell what is new since the last time."""
        with self.lock:
            found: dict[str, list[Any]] = {
                "bindings": self.recorder.bindings,
                "frames": self.recorder.frames,
                "made": self.recorder.made,
                "problems": current.problems,
            }
            news = {key: list(values[self.told[key] :]) for key, values in found.items()}
            self.told = {key: self.told[key] + len(values) for key, values in news.items()}
            if any(news.values()):
                self.send({"tell": "progress", **news})

    def late(self) -> None:
        """Time is over: tell what was found until now, and end."""
        try:
            self.progress()
            self.send_models()
            self.send({"tell": "late"})
        finally:
            _leave(3)

    def send_models(self) -> None:
        """Every model that there is, with the names that it has."""
        variables = {
            id(value): name for name, value in self.names.items() if isinstance(value, Model)
        }
        lines, telling = self._lines(), Telling()
        for model in list(current.models)[-_MOST_MODELS:]:
            graph = _graph_of(model)
            if graph is not None:
                name = variables.get(id(model), "")
                message = {
                    "tell": "model",
                    "variable": name,
                    "line": lines.get(model._serial, 0),
                    "serial": model._serial,
                    "inside": sorted(_serials_inside(model)),
                    "graph": telling.graph(graph),
                }
                self.send({"tell": "layers", "layers": telling.fresh()})
                self.send(message)
        if self.request.get("wiring"):
            message = {"tell": "wiring", **account(telling)}
            self.send({"tell": "layers", "layers": telling.fresh()})
            self.send(message)

    def _lines(self) -> dict[int, int]:
        return {
            binding["serial"]: binding["line"]
            for binding in self.recorder.bindings
            if binding["kind"] == "model"
        }

    def run(self, found: Program) -> None:
        file = self.request["file"]
        current.files[file] = found.name
        for line, message in found.skipped:
            current.report(message, line)
        self.names = running.namespace(self.recorder, file)
        running.run(found, self.recorder, file, self.names, self.progress)
        self._functions()

    def _functions(self) -> None:
        """Call what was asked for, or what gives a model where nothing else did."""
        wanted = self.request.get("name")
        callable_ones = running.functions_of(self.names, self.request["file"])
        if wanted:
            if wanted in callable_ones and not isinstance(self.names.get(wanted), Model):
                running.offered(wanted, self.names, self.recorder)
        elif not any(model._members() for model in current.models):
            called = {frame.function for frame in self.recorder.frames}
            for name in callable_ones:
                if name not in called:
                    running.offered(name, self.names, self.recorder)
        returned = [name for name in self.names if name.endswith("()")]
        self.send({"tell": "functions", "names": list(callable_ones), "returned": returned})


def _graph_of(model: Model) -> Graph | None:
    try:
        with current.within():
            graph = model.graph()
    except Exception as error:  # a model of the program's own kind may be anything
        current.report(f"{model.name} has no graph: {error}", 0)
        return None
    return graph if graph.layers else None


def _serials_inside(model: Model) -> set[int]:
    """The models that are layers of a model, however deep."""
    found: set[int] = set()
    stack: list[Layer] = [model]
    while stack:
        for layer in stack.pop()._sublayers():
            held = layer._config.get("layer")
            for one in (layer, held):
                if isinstance(one, Model) and one._serial not in found:
                    found.add(one._serial)
                    stack.append(one)
    return found


def answer(request: dict[str, Any], send: Callable[[dict[str, Any]], None]) -> None:
    """Run the program that is asked for; whatever is found goes to `send`."""
    found = program(request["source"].encode("utf-8", "surrogateescape"), request["where"])
    spoken = dialect.spoken(found.tree, request.get("keras"))
    if request.get("older"):
        spoken = dialect.Spoken("tf_keras", str(request["older"]))
    current.dialect, current.sure = spoken.dialect, spoken.sure
    classes.open_session()
    modules.install()
    told = {"dialect": spoken.dialect, "why": spoken.why, "notebook": found.notebook}
    send({"tell": "keras", **told})
    run = _Run(request, send)
    guard.watch(request["seconds"], run.late)
    if request.get("folder"):
        sys.path.append(request["folder"])
    sys.argv = [request["file"]]
    guard.disarm()
    gc.disable()  # a program lives for a moment only
    try:
        run.run(found)
    except MemoryError:
        current.report("there is no more memory for it")
    except Older as sign:
        send({"tell": "older", "why": str(sign)})
        return
    run.progress()
    run.send_models()
    run.progress()
    send({"tell": "end"})


def _leave(code: int) -> None:
    _exit(code)


_exit = os._exit


def main() -> None:
    """Answer the request on standard input, in lines of JSON on standard output."""
    asked = sys.stdin.buffer.read()
    if not asked:  # it was started for a program that never came
        _leave(0)
    request = json.loads(asked)
    reply_to = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    stream = os.fdopen(reply_to, "w", encoding="ascii", errors="replace")
    guard.limit_memory(request["memory"])
    sys.stdin = io.StringIO()
    sys.stdout = sys.stderr = _Silent()
    lock = threading.Lock()

    def send(message: dict[str, Any]) -> None:
        text = json.dumps(message)
        with lock:
            stream.write(f"{text}\n")
            stream.flush()

    try:
        answer(request, send)
    except BaseException as error:
        from inspector.errors import InspectError  # noqa: PLC0415 - where nothing went right

        known = isinstance(error, InspectError)
        parts = list(error.args) if known else ["", f"{type(error).__name__}: {error}", "", ""]
        send({"tell": "error", "known": known, "parts": [str(part) for part in parts]})
    _leave(0)
