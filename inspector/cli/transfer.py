"""`graphinspect transfer`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.arguments import JsonOption, ModelArgument, StrictOption
from inspector.cli.plot import Theme

if TYPE_CHECKING:
    from inspector.answers.transfer import Transfer


class Keras(StrEnum):
    """The major versions whose rules differ."""

    two = "2"
    three = "3"


KerasOption = Annotated[
    Keras | None,
    typer.Option("--keras", help="The major version of Keras.", show_default="the model's own"),
]


def transfer(  # noqa: PLR0917 - typer makes options of them, nobody passes them by position
    model: ModelArgument,
    freeze: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LAYERS",
            help="Set to trainable=False: all, first=N, last=N, until=LAYER, from=LAYER, a layer's "
            "name or path, a class, a beginning (block5), a pattern (conv5_*). Repeat it.",
            show_default="all, under a head",
        ),
    ] = None,
    unfreeze: Annotated[
        list[str] | None,
        typer.Option(metavar="LAYERS", help="Set to trainable=True, after every --freeze."),
    ] = None,
    head: Annotated[
        str,
        typer.Option(
            help='Layers on top: "GlobalAveragePooling2D; Dropout(0.2); Dense(1)".',
            show_default=False,
        ),
    ] = "",
    classes: Annotated[
        int | None, typer.Option(min=1, help="A short head with so many outputs.")
    ] = None,
    training: Annotated[
        bool,
        typer.Option("--training/--inference", help="How the base is called under the head."),
    ] = False,
    keras: KerasOption = None,
    plot: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="Draw it: .svg, .png or .pdf; - is stdout.", show_default=False
        ),
    ] = "",
    expand: Annotated[
        list[str] | None,
        typer.Option(
            help="Open blocks of the drawing: all, stage, or one; repeat it.", show_default=False
        ),
    ] = None,
    theme: Annotated[Theme, typer.Option(help="The colours of the drawing.")] = Theme.light,
    json: JsonOption = False,
    strict: StrictOption = False,
) -> None:
    """Show what is frozen, what is trained, and where the data enters, with a new head.

    Data always enters at the first layer: frozen layers still compute.

    Examples:

        graphinspect transfer mobilenetv2 --include-top false --classes 1

        graphinspect transfer vgg16 --freeze until=block5_conv1

        graphinspect transfer model.keras --freeze "conv5_*" --json

        graphinspect transfer model.keras --freeze first=20 --plot plan.svg
    """
    from inspector import api  # noqa: PLC0415 - loads when asked
    from inspector.cli import output  # noqa: PLC0415

    answer = api.transfer(
        model,
        freeze=freeze or (),
        unfreeze=unfreeze or (),
        head=head,
        classes=classes,
        training=training,
        keras=int(keras.value) if keras else None,
    )
    if plot:
        _draw(answer, plot, tuple(expand or ()), theme)
    elif json:
        from inspector.render.json import dumped  # noqa: PLC0415
        from inspector.render.transfer_json import transfer_document  # noqa: PLC0415

        output.write(dumped(transfer_document(answer)) + "\n")
    else:
        from inspector.render.transfer import transfer_screen  # noqa: PLC0415

        output.show(lambda width, live: transfer_screen(answer, width, interactive=live))
    if strict and not answer.complete:
        output.leave(1)


def _draw(answer: Transfer, file: str, expand: tuple[str, ...], theme: Theme) -> None:
    from inspector.cli import output  # noqa: PLC0415 - loads when asked
    from inspector.render.drawing.picture import Wish  # noqa: PLC0415
    from inspector.render.transfer_plot import DRAWN, transfer_plot  # noqa: PLC0415

    target = output.target(file, None, DRAWN, file, force=True)
    made = transfer_plot(answer, Wish(expand=expand, theme=theme.value))
    written, notes = made.written(target.medium)
    for note in notes:
        output.tell(f"note: {note}")
    output.put(target, written)
