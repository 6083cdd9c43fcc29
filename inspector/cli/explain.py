"""`graphinspect explain`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.arguments import JsonOption, StrictOption

if TYPE_CHECKING:
    from inspector.answers.classes import ClassExplanation
    from inspector.answers.explain import LayerExplanation
    from inspector.answers.terms import TotalExplanation


class By(StrEnum):
    """What a total can be taken apart by."""

    class_ = "class"
    model = "model"
    name = "name"
    block = "block"


def explain(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="A MODEL, or a layer class: Conv2D, LSTM.", show_default=False
        ),
    ],
    layer: Annotated[
        str | None,
        typer.Argument(metavar="[LAYER]", help="A layer's name or path.", show_default=False),
    ] = None,
    by: Annotated[
        By | None,
        typer.Option(
            help="Take a total apart by class, models inside, beginnings of names, or blocks.",
            show_default="what tells most",
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show every term of a total.")] = False,
    json: JsonOption = False,
    strict: StrictOption = False,
) -> None:
    """Take one number apart: a layer's parameters, a model's total, or the rule of a class.

    Examples:

        graphinspect explain resnet50 conv1_conv

        graphinspect explain resnet50 --by block

        graphinspect explain Conv2D
    """
    from inspector import api  # noqa: PLC0415 - loads when asked
    from inspector.answers.explain import LayerExplanation  # noqa: PLC0415
    from inspector.answers.terms import TotalExplanation  # noqa: PLC0415
    from inspector.cli import output  # noqa: PLC0415

    answer = api.explain(model, layer, by=by.value if by else None)
    if json:
        from inspector.render.explain_json import explain_document  # noqa: PLC0415
        from inspector.render.json import dumped  # noqa: PLC0415

        output.write(dumped(explain_document(answer)) + "\n")
    elif isinstance(answer, LayerExplanation):
        from inspector.render.explain import layer_screen  # noqa: PLC0415

        output.show(lambda width, live: layer_screen(answer, width, interactive=live))
    elif isinstance(answer, TotalExplanation):
        from inspector.render.explain_total import total_screen  # noqa: PLC0415

        output.show(
            lambda width, live: total_screen(answer, width, interactive=live, everything=everything)
        )
    else:
        from inspector.render.explain_class import class_screen  # noqa: PLC0415

        output.show(lambda width, live: class_screen(answer, width, interactive=live))
    if strict and not _complete(answer):
        output.leave(1)


def _complete(answer: LayerExplanation | TotalExplanation | ClassExplanation) -> bool:
    """Whether nothing in the answer is unknown, and no witness contradicts it."""
    from inspector.answers.explain import LayerExplanation  # noqa: PLC0415 - loads when asked
    from inspector.answers.terms import TotalExplanation  # noqa: PLC0415

    if isinstance(answer, LayerExplanation):
        return answer.row.params is not None and answer.row.agrees is not False
    if isinstance(answer, TotalExplanation):
        return answer.complete
    return answer.example is not None
