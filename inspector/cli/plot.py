"""`graphinspect plot`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from inspector.cli.arguments import ModelArgument


class Direction(StrEnum):
    """The way the data goes."""

    down = "down"
    right = "right"


class Highlight(StrEnum):
    """What a picture is coloured by, instead of the kinds of layers."""

    frozen = "frozen"
    params = "params"
    names = "names"


class Theme(StrEnum):
    """The colours of a picture."""

    light = "light"
    dark = "dark"
    print = "print"


class Medium(StrEnum):
    """What a picture is written as."""

    svg = "svg"
    png = "png"
    pdf = "pdf"
    html = "html"
    dot = "dot"
    mmd = "mmd"
    md = "md"


def plot(  # noqa: PLR0917 - typer makes options of them, nobody passes them by position
    model: ModelArgument,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            show_default="NAME.svg",
            help="Where to write; the extension decides: .svg, .png, .pdf, .html, "
            ".dot, .mmd (Mermaid), .md. - is stdout.",
        ),
    ] = "",
    format_: Annotated[
        Medium | None,
        typer.Option("--format", help="What to write, whatever the file is called."),
    ] = None,
    expand: Annotated[
        list[str] | None,
        typer.Option(
            help="Open blocks: all, stage, or the name or letter of one; repeat it.",
            show_default=False,
        ),
    ] = None,
    from_: Annotated[
        str, typer.Option("--from", metavar="LAYER", help="Begin at this layer.")
    ] = "",
    to: Annotated[str, typer.Option("--to", metavar="LAYER", help="End at this layer.")] = "",
    direction: Annotated[Direction, typer.Option(help="The way the data goes.")] = Direction.down,
    show: Annotated[
        str,
        typer.Option(
            help="What to say of a layer, separated by commas: shapes, params, share, formula, "
            "dtype, names.",
            show_default="all but dtype",
        ),
    ] = "",
    highlight: Annotated[
        Highlight | None, typer.Option(help="Colour by this, instead of by kind of layer.")
    ] = None,
    theme: Annotated[Theme, typer.Option(help="The colours.")] = Theme.light,
    text: Annotated[
        bool, typer.Option("--text", help="Draw in the terminal; write no file.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write NAME.svg over a file that is there.")
    ] = False,
) -> None:
    """Draw the model: layers with shapes, formulas, parameters and their share.

    Repeated blocks of a model of more than 40 layers are drawn once. Prints the path of the file.

    Examples:

        graphinspect plot resnet50

        graphinspect plot model.keras -o model.png --theme dark

        graphinspect plot resnet50 --from pool1_pool --to conv2_block1_out
    """
    from inspector.answers.mentions import named  # noqa: PLC0415 - loads when asked
    from inspector.cli import output as streams  # noqa: PLC0415
    from inspector.render import plot as drawing  # noqa: PLC0415
    from inspector.render.drawing.picture import Wish  # noqa: PLC0415

    loaded, said = named(model)
    wish = Wish(
        expand=tuple(expand or ()),
        start=from_,
        end=to,
        direction=direction.value,
        show=tuple(word.strip() for word in show.split(",") if word.strip()),
        highlight=highlight.value if highlight else "",
        theme=theme.value,
    )
    if text:
        from inspector.render.text_drawing import text_drawing  # noqa: PLC0415

        made = drawing.beside(loaded, wish, said)
        fold = "all" not in wish.expand
        streams.show(lambda width, _: text_drawing(loaded, min(width, 120), fold=fold, said=made))
        return
    target = streams.target(output, format_, drawing.MEDIA, drawing.file_name(loaded), force)
    written, notes = drawing.Plot(loaded, wish, said).written(target.medium)
    for note in notes:
        streams.tell(f"note: {note}")
    streams.put(target, written)
