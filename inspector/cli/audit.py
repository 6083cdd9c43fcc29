"""`graphinspect audit`."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.arguments import JsonOption


def audit(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A model file or folder, or - for standard input.",
            show_default=False,
        ),
    ] = "",
    json: JsonOption = False,
    rules: Annotated[
        bool, typer.Option("--rules", help="List all rules instead, and leave.")
    ] = False,
) -> None:
    """Say what in a file would run or reach out if Keras loaded it, without loading it.

    Exit code 1 says that something high or critical was found. That nothing was found does not
    make a file safe.

    Examples:

        graphinspect audit model.keras

        graphinspect audit model.h5 --json

        graphinspect audit --rules
    """
    from inspector.cli import output  # noqa: PLC0415 - loads when asked

    if rules:
        _list_rules(json)
        return
    if not file:
        raise typer.BadParameter("name a file, or ask for --rules", param_hint="FILE")
    from inspector.loader import audited  # noqa: PLC0415

    answer = audited(file)
    if json:
        from inspector.render.json import audit_document, dumped  # noqa: PLC0415

        output.write(dumped(audit_document(answer)) + "\n")
    else:
        from inspector.render.audit import audit_screen  # noqa: PLC0415

        output.show(lambda width, _: audit_screen(answer, width))
    if answer.dangerous:
        output.leave(1)


def _list_rules(json: bool) -> None:
    from inspector.cli import output  # noqa: PLC0415 - as above
    from inspector.security.catalogue import RULES  # noqa: PLC0415

    if json:
        from inspector.render.json import dumped, rules_document  # noqa: PLC0415

        output.write(dumped(rules_document(RULES.values())) + "\n")
    else:
        from inspector.render.audit import rules_screen  # noqa: PLC0415

        output.show(lambda width, _: rules_screen(RULES.values(), width))
