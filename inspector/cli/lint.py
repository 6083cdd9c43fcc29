"""`graphinspect lint`."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.arguments import JsonOption, StrictOption


def lint(
    model: Annotated[
        str,
        typer.Argument(
            metavar="SCRIPT-or-MODEL",
            help="A .py or .ipynb file, FILE:FUNCTION to call it too, - with --script for one on "
            "standard input; or a MODEL, as count takes it.",
            show_default=False,
        ),
    ],
    keras: Annotated[
        str | None,
        typer.Option("--keras", help="1, 2 or 3: the Keras it is written for.", metavar="1|2|3"),
    ] = None,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds that it may run.")] = 20,
    json: JsonOption = False,
    strict: StrictOption = False,
) -> None:
    """Wiring mistakes, with the line: exit code 1 where something is found.

    A program runs in a process of its own, without Keras, watched but not in a sandbox.
    Nothing in a model file is executed.

    Examples:

        graphinspect lint resnet.py

        graphinspect lint old_notebook.ipynb --json

        graphinspect lint model.keras
    """
    from inspector.cli import output  # noqa: PLC0415
    from inspector.programs import lint as linted  # noqa: PLC0415 - loads when asked

    with output.waiting(f"reading {model}"):
        answer = linted(model, keras=keras, timeout=timeout)
    if json:
        from inspector.render.json import dumped  # noqa: PLC0415
        from inspector.render.lint import lint_document  # noqa: PLC0415

        output.write(dumped(lint_document(answer)) + "\n")
    else:
        from inspector.render.lint import lint_screen  # noqa: PLC0415

        output.show(lambda width, live: lint_screen(answer, width, interactive=live))
    if answer.findings or (strict and answer.run is not None and not answer.run.complete):
        output.leave(1)
