"""`graphinspect code`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from inspector.cli.arguments import ModelArgument, StrictOption
from inspector.cli.transfer import KerasOption


class Style(StrEnum):
    """How variables are called."""

    explicit = "explicit"
    x = "x"


def code(
    model: ModelArgument,
    style: Annotated[
        Style | None,
        typer.Option(
            help="A name for each tensor, or x for whatever came last. Without it explicit, and x "
            "with --functions.",
            show_default=False,
        ),
    ] = None,
    functions: Annotated[
        bool, typer.Option("--functions", help="Write repeated blocks as functions.")
    ] = False,
    keras: KerasOption = None,
    strict: StrictOption = False,
) -> None:
    """Print Functional API source that rebuilds the graph.

    What only its author can write, a custom class or the function of a Lambda, is a marked gap.

    Examples:

        graphinspect code resnet50 > resnet50.py

        graphinspect code resnet50 --functions

        graphinspect code model.keras --style x

        graphinspect code model.h5 --keras 3
    """
    from inspector import programs  # noqa: PLC0415 - loads when asked
    from inspector.cli import output  # noqa: PLC0415

    answer = programs.code(
        model,
        style=style.value if style else None,
        keras=int(keras.value) if keras else None,
        functions=functions,
    )
    output.write(answer.text)
    if functions and not answer.functions:
        output.tell("note: no block repeats in a way that one function can build")
    for gap in answer.gaps:
        output.tell(f"note: a gap is left for {gap}")
    if strict and answer.gaps:
        output.leave(1)
