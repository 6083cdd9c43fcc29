"""The same program under the Keras that is installed, for comparison with the stand-in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from inspector import live
from inspector.errors import KerasError
from inspector.graph import Graph
from inspector.live import traced
from inspector.readers.dialects import read_graph
from inspector.symbolic.outside import Answer, Found, Run

_ROOT = str(Path(__file__).resolve().parent.parent.parent)


def run_live(
    data: bytes, source: str, *, folder: str = "", name: str = "", seconds: float = 300
) -> Run:
    """What becomes of a program under the real Keras; nothing guards it there.

    Raises:
        KerasError: there is none, or it gave no answer.
    """
    del name  # only what the program itself calls is run
    request = {
        "source": data.decode("utf-8", "surrogateescape"),
        "where": source,
        "file": f"<program {Path(source).name}>",
        "folder": folder,
        "root": _ROOT,
    }
    python = os.environ.get(live.PYTHON) or sys.executable
    answer = _LiveAnswer(source)
    for line in _said(python, json.dumps(request).encode("ascii"), seconds):
        message = json.loads(line)
        if message["tell"] == "missing":
            problem = f"Keras does not import in {python}"
            raise KerasError("live Keras", problem, received=message["detail"][:200])
        if message["tell"] != "end":
            answer.take(message)
    return answer.run("")


def _said(python: str, question: bytes, seconds: float) -> list[str]:
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONIOENCODING": "utf-8", "PYTHONSAFEPATH": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own program, in a Python the user chose
            [python, str(Path(traced.__file__))],
            input=question,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**os.environ, **quiet},
        )
    except OSError as error:
        problem = f"this Python does not start: {error.strerror}"
        raise KerasError("live Keras", problem, received=python) from error
    except subprocess.TimeoutExpired as error:
        problem = f"gave no answer within {seconds:g} seconds"
        raise KerasError("live Keras", problem, hint="allow it more: --timeout") from error
    lines = done.stdout.decode("ascii", "replace").splitlines()
    if not lines or '"tell": "keras"' not in lines[0] + '"tell": "missing"':
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [""]
        raise KerasError("live Keras", "ended without an answer", received=last[0][:200])
    return lines


class _LiveAnswer(Answer):
    """What the real Keras has said: its models come as it saves them."""

    def _saved(self, message: Mapping[str, Any]) -> None:
        graph = read_graph(message["model"], self.source)
        self.models.append(
            Found(
                variable=str(message["variable"]),
                line=int(message["line"]),
                serial=int(message["serial"]),
                inside=frozenset(int(item) for item in message["inside"]),
                graph=_identified(graph, message["serials"]),
            )
        )


def _identified(graph: Graph, serials: Mapping[str, int]) -> Graph:
    """The graph with the numbers that bindings know its layers by."""
    layers = {
        layer.name: replace(layer, identity=str(serials.get(layer.name, "")))
        for layer in graph.layers
    }
    nodes = tuple(
        replace(node, layer=layers.get(node.layer.name, node.layer)) for node in graph.nodes
    )
    return replace(graph, layers=tuple(layers.values()), nodes=nodes)
