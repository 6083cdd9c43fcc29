"""The live witness: what an installed Keras prints for a model, asked in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from inspector.errors import KerasError
from inspector.graph import Graph, Layer, escaped
from inspector.live import child
from inspector.printed import PrintedSummary, parse_summary
from inspector.readers.stored import StoredWeight

PYTHON = "GRAPHINSPECT_PYTHON"  # names the Python whose Keras is asked
_CHILD = Path(child.__file__)
_WHERE = "live Keras"
_LONGEST = 300  # characters of what Keras says; it quotes whole configs
_INSTALL = (
    'pip install "graphinspect[tensorflow]", or keras with any backend; '
    f"or name a Python that has them in {PYTHON}"
)


@dataclass(frozen=True, slots=True)
class Request:
    """Which model Keras shall summarise."""

    kind: Literal["architecture", "file", "json"]
    subject: str  # a name in keras.applications, a path, or the text of a to_json()
    options: Mapping[str, Any] = field(default_factory=dict)  # arguments of an architecture
    safe_mode: bool = True  # of load_model: refuse a file that carries code
    line_length: int | None = None  # also print it at this width, without the Trainable column
    expand_nested: bool = False  # in that second text


@dataclass(frozen=True, slots=True)
class LiveSummary:
    """What a live Keras printed, and who it was."""

    printed: PrintedSummary
    text: str  # with the Trainable column, so wide that nothing wraps
    plain: str | None  # at the width asked for, as `model.summary()` prints it
    keras_version: str
    backend: str
    notes: tuple[str, ...] = ()


def summary(request: Request, *, python: str | None = None, timeout: float = 300) -> LiveSummary:
    """What Keras prints for the model asked for.

    Args:
        python: the Python that has Keras; otherwise the one that the environment variable
            GRAPHINSPECT_PYTHON names, otherwise this one.
        timeout: seconds after which the process is ended.

    Raises:
        KerasError: there is no Keras, it refused the model, or it gave no answer.
    """
    interpreter = python or os.environ.get(PYTHON) or sys.executable
    reply = _reply(_run(interpreter, _question(request), timeout))
    if "error" in reply:
        raise _error(reply, request, interpreter)
    return LiveSummary(
        printed=parse_summary(reply["text"], reply["keras"]),
        text=reply["text"],
        plain=reply["plain"],
        keras_version=reply["keras"],
        backend=reply["backend"],
        notes=tuple(reply["notes"]),
    )


def printed(model: Any) -> PrintedSummary:
    """What a live Keras model, already in the caller's hands, prints of itself.

    Raises:
        KerasError: it has no `summary()` as Keras models do.
    """
    if not callable(getattr(model, "summary", None)):
        hint = "give a Keras model, a path or the name of an architecture"
        raise KerasError(_WHERE, "no model", received=type(model).__name__, hint=hint)
    package = sys.modules.get("keras")
    version = str(getattr(package, "__version__", ""))
    return parse_summary(child.wide_text(model), version)


def identified(graph: Graph, model: Any) -> Graph:
    """The graph of a live model, with layers marked that are one object at several places."""
    objects = {str(layer.name): layer for layer in getattr(model, "layers", ())}
    layers = {layer.name: _marked(layer, objects.get(layer.name)) for layer in graph.layers}
    nodes = tuple(
        node._replace(layer=layers.get(node.layer.name, node.layer)) for node in graph.nodes
    )
    return graph._replace(layers=tuple(layers.values()), nodes=nodes)


def _marked(layer: Layer, found: Any) -> Layer:
    if found is None:
        return layer
    inside = None if layer.graph is None else identified(layer.graph, found)
    trainable = bool(getattr(found, "trainable", layer.trainable))
    return replace(layer, graph=inside, identity=f"object {id(found)}", trainable=trainable)


def held(graph: Graph, model: Any) -> dict[str, tuple[StoredWeight, ...]]:
    """The weights that the layers of a live model have in memory, by path; it was built from them.

    They count the layers that no rule covers, and tell which weights training changes.
    """
    trained = {id(weight) for weight in getattr(model, "trainable_weights", ())}
    found: dict[str, tuple[StoredWeight, ...]] = {}
    waiting = [(graph, model, "")]
    for inside, holder, prefix in waiting:
        objects = {str(layer.name): layer for layer in getattr(holder, "layers", ())}
        for layer in inside.layers:
            path, live_layer = prefix + escaped(layer.name), objects.get(layer.name)
            if layer.graph is not None and live_layer is not None:
                waiting.append((layer.graph, live_layer, f"{path}/"))
            elif getattr(live_layer, "built", False):
                weights = getattr(live_layer, "weights", ())
                found[path] = tuple(_stored(weight, id(weight) in trained) for weight in weights)
    return found


def _stored(weight: Any, trainable: bool) -> StoredWeight:
    sizes = tuple(int(size) for size in weight.shape)
    dtype = getattr(weight.dtype, "name", weight.dtype)  # TensorFlow has an object for it
    return StoredWeight(str(weight.name), sizes, str(dtype), trainable)


def _question(request: Request) -> bytes:
    """The request as the child reads it."""
    question = {
        "kind": request.kind,
        "subject": request.subject,
        "options": dict(request.options),
        "safe_mode": request.safe_mode,
        "line_length": request.line_length,
        "expand_nested": request.expand_nested,
    }
    return json.dumps(question).encode("ascii")


def _run(python: str, question: bytes, timeout: float) -> subprocess.CompletedProcess[bytes]:
    quiet = {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONIOENCODING": "utf-8",  # otherwise rich may draw its tables in ASCII
        "PYTHONSAFEPATH": "1",  # a keras.py in the working folder is not Keras
    }
    try:
        return subprocess.run(  # noqa: S603 - our own program, in a Python the user chose
            [python, str(_CHILD)],
            input=question,
            capture_output=True,
            timeout=timeout,
            check=False,
            env={**os.environ, **quiet},
        )
    except OSError as error:
        problem = f"this Python does not start: {error.strerror}"
        hint = f"set {PYTHON} to a Python that has Keras"
        raise KerasError(_WHERE, problem, received=python, hint=hint) from error
    except subprocess.TimeoutExpired as error:
        problem = f"gave no answer within {timeout:g} seconds"
        raise KerasError(_WHERE, problem, hint="allow it more time") from error


def _reply(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    for line in reversed(done.stdout.decode("utf-8", "replace").splitlines()):
        if line.startswith(child.MARK):
            reply: dict[str, Any] = json.loads(line.removeprefix(child.MARK))
            return reply
    said = [line.strip() for line in done.stderr.decode("utf-8", "replace").splitlines()]
    last = next((line for line in reversed(said) if line), "")
    ending = f"exit code {done.returncode}" if done.returncode >= 0 else "killed"
    raise KerasError(
        _WHERE,
        f"ended without an answer ({ending})",
        received=last[:200],
        hint=f"does it import? try: python -c 'import keras', with the Python of {PYTHON}",
    )


def _error(reply: Mapping[str, Any], request: Request, python: str) -> KerasError:
    detail = str(reply["detail"])
    detail = detail if len(detail) <= _LONGEST else f"{detail[:_LONGEST]}…"
    if reply["error"] == "missing":
        problem = f"Keras does not import in {python}"
        return KerasError(_WHERE, problem, received=detail, hint=_INSTALL)
    named = "the JSON" if request.kind == "json" else request.subject
    hint = "Keras opens fewer files than this program does: ask count or params instead"
    return KerasError(_WHERE, f"refused {named}", received=detail, hint=hint)
