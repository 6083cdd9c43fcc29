"""The commands that read or write Python programs, as functions; those on models are in `api`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from inspector import loader
from inspector.api import load
from inspector.deep import with_room
from inspector.errors import ReadError

if TYPE_CHECKING:
    from inspector.answers.code import Source
    from inspector.answers.lint import Lint
    from inspector.answers.trace import Trace
    from inspector.symbolic.outside import Run


def trace(
    script: str | os.PathLike[str],
    *,
    opened: bool = False,
    keras: str | None = None,
    engine: str = "symbolic",
    timeout: float = 20,
) -> Trace:
    """Every binding of a name to a tensor, a layer or a model, while a program runs.

    The program runs in a process of its own against a stand-in Keras. It is watched, but not in a
    sandbox: trace only what you would run yourself.

    Args:
        script: a `.py` or `.ipynb` file; `FILE:FUNCTION` calls a function of it too.
        opened: open every call of a function, and not only the first one of each.
        keras: "1", "2" or "3", the Keras it is written for; by default the program tells.
        engine: "symbolic", or "keras" for the Keras that is installed.
        timeout: seconds that it may run.

    Raises:
        ReadError: it is no program.
        KerasError: `engine` is "keras", and there is none.
    """
    from inspector.answers.trace import trace as traced  # noqa: PLC0415 - only for programs

    run = _run(script, keras=keras, engine=engine, timeout=timeout)
    answer = traced(run, opened=opened)
    if engine == "keras":  # which tells names only
        return answer
    from dataclasses import replace  # noqa: PLC0415 - few commands need them

    from inspector.answers.lint import lint_program  # noqa: PLC0415

    found = lint_program(run, loader.program_text(os.fspath(script)))
    return replace(answer, findings=found.findings)


def lint(model: Any, *, keras: str | None = None, timeout: float = 20) -> Lint:
    """Mistakes of wiring in a program or a model, each with its place: few, and right.

    Args:
        model: a program, as `trace` takes it, or any other MODEL, as `load` takes it. A program
            runs; nothing in a model is executed.
        keras: as `trace` takes it.
        timeout: seconds that a program may run.

    Raises:
        InspectError: as `load` and `trace` do. A program without a model is none.

    >>> lint("resnet50").findings
    ()
    """
    from inspector.answers.lint import lint_model, lint_program  # noqa: PLC0415 - as above

    if isinstance(model, str | os.PathLike) and loader.is_program(os.fspath(model)):
        run = _run(model, keras=keras, engine="symbolic", timeout=timeout)
        return lint_program(run, loader.program_text(os.fspath(model)))
    return lint_model(load(model))


def rewritten(
    script: str | os.PathLike[str], *, keras: str | None = None, timeout: float = 20
) -> str:
    """The text of a program with a name of its own for every binding of a tensor.

    Args:
        script: as `trace` takes it; it runs, to tell which names hold tensors.
        keras: as `trace` takes it.
        timeout: seconds that it may run.

    Raises:
        ReadError: it is no program.
    """
    from inspector.answers.rewrite import rewrite  # noqa: PLC0415 - only for programs

    run = _run(script, keras=keras, engine="symbolic", timeout=timeout)
    return rewrite(run, loader.program_text(os.fspath(script)))


def _run(script: str | os.PathLike[str], *, keras: str | None, engine: str, timeout: float) -> Run:
    if keras not in (None, "1", "2", "3"):
        raise ReadError("--keras", "is none of 1, 2 and 3", received=str(keras))
    if engine not in ("symbolic", "keras"):
        raise ReadError("--engine", "is neither symbolic nor keras", received=engine)
    return loader.run(os.fspath(script), keras=keras, engine=engine, seconds=timeout, wiring=True)


def code(
    model: Any, *, style: str | None = None, keras: int | None = None, functions: bool = False
) -> Source:
    """Functional API source that rebuilds the graph of a model.

    Args:
        model: a MODEL, as `load` takes it.
        style: "explicit", a name for each tensor, or "x"; as usual the first, with functions "x".
        keras: 2 or 3, for which it is written; by default the Keras that wrote the model.
        functions: repeated blocks as functions, their calls in loops where only names change.

    Raises:
        InspectError: as `load` does, or the model has no graph.

    >>> print(code("vgg16", style="x").text.splitlines()[-2])
    x = keras.layers.Dense(1000, activation="softmax", name="predictions")(x)
    """
    from inspector.answers import code as writing  # noqa: PLC0415 - loads when asked

    loaded = load(model)
    return with_room(lambda: writing.code(loaded, style=style, keras=keras, functions=functions))
