"""`graphinspect summary`."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.arguments import ModelArgument


def summary(
    model: ModelArgument,
    line_length: Annotated[
        int | None,
        typer.Option(help="Width of the table.", show_default="as Keras", min=20),
    ] = None,
    expand_nested: Annotated[
        bool, typer.Option("--expand-nested", help="Open the models inside.")
    ] = False,
    show_trainable: Annotated[
        bool, typer.Option("--show-trainable", help="Add the column Trainable.")
    ] = False,
) -> None:
    """Print the very text that Keras' own model.summary() prints, without Keras.

    The lines that Keras adds for an optimizer once a model was trained are left out.

    Example:

        graphinspect summary resnet50
    """
    from inspector.cli import output  # noqa: PLC0415 - loads when asked
    from inspector.loader import load  # noqa: PLC0415
    from inspector.render.summary import summary_text  # noqa: PLC0415

    output.write(
        summary_text(
            load(model),
            line_length=line_length,
            expand_nested=expand_nested,
            show_trainable=show_trainable,
        )
    )
