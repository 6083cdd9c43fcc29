"""`graphinspect trace`."""

from __future__ import annotations

from importlib import import_module
from threading import Thread
from typing import Annotated

import typer

from inspector.cli.arguments import JsonOption, StrictOption


def trace(  # noqa: PLR0917 - typer takes them all by name
    script: Annotated[
        str,
        typer.Argument(
            metavar="SCRIPT",
            help="A .py or .ipynb file, FILE:FUNCTION to call it too, or - for standard input.",
            show_default=False,
        ),
    ],
    opened: Annotated[
        bool, typer.Option("--open", help="Open every call of a function, not only the first.")
    ] = False,
    rewrite: Annotated[
        bool,
        typer.Option("--rewrite", help="Print the program with a name of its own per binding."),
    ] = False,
    keras: Annotated[
        str | None,
        typer.Option("--keras", help="1, 2 or 3: the Keras it is written for.", metavar="1|2|3"),
    ] = None,
    engine: Annotated[
        str,
        typer.Option("--engine", help="keras: run it under the installed Keras instead."),
    ] = "symbolic",
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds that it may run.")] = 20,
    json: JsonOption = False,
    strict: StrictOption = False,
) -> None:
    """Which Python name means which node of the graph, line by line.

    The program runs in a process of its own, without Keras, watched but not in a sandbox.

    Examples:

        graphinspect trace resnet.py

        graphinspect trace resnet.py --rewrite

        graphinspect trace old_notebook.ipynb --keras 1 --json
    """
    from inspector.cli import output  # noqa: PLC0415
    from inspector.programs import rewritten  # noqa: PLC0415 - loads when asked
    from inspector.programs import trace as traced  # noqa: PLC0415

    if rewrite:
        output.write(rewritten(script, keras=keras, timeout=timeout))
        return
    if not json:  # what draws is imported while the program runs
        Thread(target=import_module, args=("inspector.render.trace",)).start()
    with output.waiting(f"running {script}"):
        answer = traced(script, opened=opened, keras=keras, engine=engine, timeout=timeout)
    if json:
        from inspector.render.json import dumped  # noqa: PLC0415
        from inspector.render.trace import trace_document  # noqa: PLC0415

        output.write(dumped(trace_document(answer)) + "\n")
    else:
        from inspector.render.trace import trace_screen  # noqa: PLC0415

        output.show(lambda width, live: trace_screen(answer, width, interactive=live))
    whole = all(made.model.totals.complete for made in answer.models)
    if strict and not (answer.run.complete and whole):
        output.leave(1)
