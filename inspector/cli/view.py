"""`graphinspect view`."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.arguments import ModelArgument


def view(
    model: ModelArgument,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            show_default="a temporary file",
            help="Where to write the page. - is stdout.",
        ),
    ] = "",
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Write the page, and leave the browser alone.")
    ] = False,
) -> None:
    """Show the model in the browser: fold, search, and take every number apart.

    The page is one file that fetches nothing. Prints its path.

    Examples:

        graphinspect view resnet50

        graphinspect view model.keras -o model.html --no-open
    """
    from inspector.answers.mentions import named  # noqa: PLC0415 - loads when asked
    from inspector.cli import output as streams  # noqa: PLC0415
    from inspector.render.page import page  # noqa: PLC0415
    from inspector.render.plot import file_name  # noqa: PLC0415

    loaded, said = named(model)
    text = page(loaded, said)
    path = output or streams.temporary(file_name(loaded, "html"))
    streams.put(streams.Target(path, "html"), text.encode("utf-8", "replace"))
    if path != "-" and not no_open:
        streams.opened(path)
