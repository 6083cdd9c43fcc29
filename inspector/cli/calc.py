"""`graphinspect calc`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from inspector.cli.arguments import JsonOption, StrictOption

_MAX = 4 << 20  # characters of a paste
_PROMPT = (
    "Paste layers, a PyTorch print, a layer config or a model.summary(); end with an empty line "
    "or Ctrl-D."
)


def calc(
    specs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SPEC]...",
            help="Layers as they are written or printed; what is piped in, without any.",
            show_default=False,
        ),
    ] = None,
    shape: Annotated[
        str,
        typer.Option(
            "--input",
            metavar="SHAPE",
            help="What flows into the first layer, such as 32x32x3.",
            show_default=False,
        ),
    ] = "",
    keras: Annotated[
        int | None,
        typer.Option(help="The Keras that specs are written for: 1, 2 or 3.", show_default=False),
    ] = None,
    json: JsonOption = False,
    strict: StrictOption = False,
) -> None:
    """Count the parameters of pasted layers; no model is needed, and nothing pasted is run.

    Understood are Keras calls, short forms, PyTorch prints, JSON configs, and the text of a
    model.summary(), whose rows are checked. Exit code 1 says that a row cannot be right.

    Examples:

        graphinspect calc "Conv2D(8, 5)" --input 32x32x3

        graphinspect calc "conv f=5 3->8" "dense 784->64" "lstm 128 in 64"

        graphinspect calc "Conv2d(3, 8, kernel_size=(5, 5))"

        graphinspect calc < pasted_summary.txt
    """
    from inspector.answers.calc import calc as counted  # noqa: PLC0415 - loads when asked
    from inspector.cli import output  # noqa: PLC0415

    answer = counted(specs or [_pasted()], shape or None, keras)
    if json:
        from inspector.render.json import calc_document, dumped  # noqa: PLC0415

        output.write(dumped(calc_document(answer)) + "\n")
    else:
        from inspector.render.calc import calc_screen  # noqa: PLC0415

        output.show(lambda width, _: calc_screen(answer, width))
    if not answer.agrees or (strict and not answer.totals.complete):
        output.leave(1)


def _pasted() -> str:
    """What stands on standard input; at a terminal, what is pasted until an empty line."""
    if not sys.stdin.isatty():
        return sys.stdin.read(_MAX)
    from inspector.cli import output  # noqa: PLC0415 - as above

    output.tell(_PROMPT)
    lines: list[str] = []
    for line in sys.stdin:
        if not line.strip() and _over(lines):
            break
        lines.append(line)
    return "".join(lines)


def _over(lines: list[str]) -> bool:
    """Whether an empty line ends the paste: newer summaries have one after every row."""
    text = "".join(lines)
    if not text.strip():
        return False
    table = "Param #" in text
    return not table or "Total params" in text
