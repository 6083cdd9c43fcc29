"""`graphinspect diff`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.arguments import JsonOption, ModelsArgument

if TYPE_CHECKING:
    from rich.console import RenderableType

    from inspector.answers.diff import Diff


def diff(
    models: ModelsArgument,
    everything: Annotated[
        bool,
        typer.Option(
            "--all", help="Settings count that cannot change an untrained graph's result."
        ),
    ] = False,
    json: JsonOption = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, for a pull request.")
    ] = False,
) -> None:
    """Tell whether models are the same graph, and where they part.

    Layers are matched by what they compute; names have a verdict of their own. The first model is
    compared with each of the others. As second word, torchvision stands for its published numbers.

    Exit code 1 says that the graphs, or the trainable flags, differ.

    Examples:

        graphinspect diff resnet50 resnet50v2

        graphinspect diff before.keras after.keras --markdown

        graphinspect diff resnet50 torchvision
    """
    from inspector.answers.outside import libraries  # noqa: PLC0415 - loads when asked
    from inspector.cli import output  # noqa: PLC0415
    from inspector.errors import ReadError  # noqa: PLC0415

    first, *others = models
    if not others:
        hint = "name another one: graphinspect diff A B"
        raise ReadError("diff", "compares two models or more", received=first, hint=hint)
    if others[0] in libraries():
        _outside(first, others[0], json)
        return
    from inspector.answers.diff import diff as compared  # noqa: PLC0415
    from inspector.answers.lines import located  # noqa: PLC0415

    left, ours = located(first)
    rest = map(located, others)
    answers = [
        compared(left, right, everything=everything, lines=(ours, theirs)) for right, theirs in rest
    ]
    if json:
        from inspector.render.diff_json import diff_document, diffs_document  # noqa: PLC0415
        from inspector.render.json import dumped  # noqa: PLC0415

        document = diff_document(answers[0]) if len(answers) == 1 else diffs_document(answers)
        output.write(dumped(document) + "\n")
    elif markdown:
        from inspector.render.diff import diff_markdown  # noqa: PLC0415

        output.write(diff_markdown(answers))
    else:
        for place, answer in enumerate(answers):
            if place:
                output.write("\n")
            output.show(partial(_screen, answer))
    if not all(answer.same_graph and answer.same_flags for answer in answers):
        output.leave(1)


def _screen(answer: Diff, width: int, live: bool) -> Iterator[RenderableType]:
    from inspector.render.diff import diff_screen  # noqa: PLC0415 - loads when asked

    return diff_screen(answer, width, interactive=live)


def _outside(model: str, library: str, json: bool) -> None:
    """A total beside a published one."""
    from inspector.answers.outside import outside  # noqa: PLC0415 - loads when asked
    from inspector.cli import output  # noqa: PLC0415
    from inspector.loader import load  # noqa: PLC0415

    answer = outside(load(model), library)
    if json:
        from inspector.render.diff_json import outside_document  # noqa: PLC0415
        from inspector.render.json import dumped  # noqa: PLC0415

        output.write(dumped(outside_document(answer)) + "\n")
    else:
        from inspector.render.diff import outside_screen  # noqa: PLC0415

        output.show(lambda *_: outside_screen(answer))
    if answer.gap:
        output.leave(1)
