"""`graphinspect params`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from inspector.cli.arguments import JsonOption, ModelArgument, StrictOption


class Sort(StrEnum):
    """What rows can be sorted by."""

    params = "params"
    trainable = "trainable"
    macs = "macs"


def params(  # noqa: PLR0917 - typer makes options of them, nobody passes them by position
    model: ModelArgument,
    columns: Annotated[
        str,
        typer.Option(
            help="Columns, separated by commas: layer, class, shape, formula, arithmetic, params, "
            "trainable, stored, summary, macs.",
            show_default="what fits",
        ),
    ] = "",
    sort: Annotated[
        Sort | None, typer.Option(help="Largest first, instead of summary() order.")
    ] = None,
    class_: Annotated[
        list[str] | None,
        typer.Option("--class", help="Keep layers of this class; repeat it; * is allowed."),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", help="Keep layers whose name or path matches; * is allowed."),
    ] = None,
    nested: Annotated[
        bool, typer.Option("--nested", help="Open the models inside, row by row.")
    ] = False,
    json: JsonOption = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print comma-separated values.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a Markdown table.")] = False,
    strict: StrictOption = False,
) -> None:
    """Show every layer: class, output shape, formula, arithmetic and parameters.

    Rows stand in the order of model.summary(). Exit code 1 says that a witness disagrees.

    Examples:

        graphinspect params resnet50 --sort params

        graphinspect params resnet50 --class Conv2D --columns layer,arithmetic

        graphinspect params model.keras --csv > layers.csv
    """
    from inspector.answers.params import params as listed  # noqa: PLC0415 - loads when asked
    from inspector.cli import output  # noqa: PLC0415
    from inspector.loader import load  # noqa: PLC0415

    answer = listed(
        load(model),
        classes=class_ or (),
        names=name or (),
        sort=sort.value if sort else None,
        nested=nested,
    )
    if json:
        from inspector.render.json import dumped, params_document  # noqa: PLC0415

        output.write(dumped(params_document(answer)) + "\n")
    else:
        from inspector.render import params as table  # noqa: PLC0415

        chosen = table.chosen_columns(columns)
        if csv:
            output.write(table.params_csv(answer, chosen))
        elif markdown:
            output.write(table.params_markdown(answer, chosen))
        else:
            output.show(lambda width, _: table.params_screen(answer, chosen, width))
    if not answer.agrees or (strict and not answer.totals.complete):
        output.leave(1)
