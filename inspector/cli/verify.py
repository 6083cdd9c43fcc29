"""`graphinspect verify`."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.arguments import JsonOption, ModelArgument


def verify(
    model: ModelArgument,
    json: JsonOption = False,
    timeout: Annotated[
        float, typer.Option(help="Seconds that Keras is given.", min=1, show_default=True)
    ] = 300,
) -> None:
    """Compare every number with a live model.summary(), in the Keras that is installed.

    Keras runs in a process of its own; GRAPHINSPECT_PYTHON names the Python that has it, where it
    is not this one. Exit code 1 says that a row or the footer differs.

    Examples:

        graphinspect verify resnet50

        graphinspect verify model.keras
    """
    from inspector import api  # noqa: PLC0415 - loads when asked
    from inspector.cli import output  # noqa: PLC0415

    loaded = api.load(model)
    with output.waiting("asking Keras, which takes a few seconds to start"):
        answer = api.verify(loaded, timeout=timeout)
    if json:
        from inspector.render.json import dumped, verify_document  # noqa: PLC0415

        output.write(dumped(verify_document(loaded, answer)) + "\n")
    else:
        from inspector.render.verify import verify_screen  # noqa: PLC0415

        output.show(lambda _, __: verify_screen(loaded, answer))
    if not answer.agrees:
        output.leave(1)
