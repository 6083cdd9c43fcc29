"""`graphinspect audit`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.arguments import JsonOption, StrictOption

if TYPE_CHECKING:
    from inspector.errors import ReadError
    from inspector.security.findings import Audit, Finding


def audit(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A model file or folder, its URL, or - for standard input.",
            show_default=False,
        ),
    ] = "",
    json: JsonOption = False,
    strict: StrictOption = False,
    rules: Annotated[
        bool, typer.Option("--rules", help="List all rules instead, and leave.")
    ] = False,
) -> None:
    """Say what in a file would run or reach out if Keras loaded it, without loading it.

    Exit code 1 says that something high or critical was found, 2 that the file cannot be read.
    That nothing was found does not make a file safe.

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
    if answer.unreadable is not None:
        raise _refusal(answer, answer.unreadable)
    if json:
        from inspector.render.json import audit_document, dumped  # noqa: PLC0415

        output.write(dumped(audit_document(answer)) + "\n")
    else:
        from inspector.render.audit import audit_screen  # noqa: PLC0415

        output.show(lambda width, _: audit_screen(answer, width))
    if answer.dangerous or (strict and answer.unread):
        output.leave(1)


def _refusal(answer: Audit, finding: Finding) -> ReadError:
    """The error for a file of which nothing could be read."""
    from inspector.errors import ReadError  # noqa: PLC0415 - as above

    where = f"{answer.source}: {finding.path}" if finding.path else answer.source
    said = f"{finding.message} ({finding.code}, {finding.severity})"
    return ReadError(where, said, hint=finding.rule.advice)


def _list_rules(json: bool) -> None:
    from inspector.cli import output  # noqa: PLC0415 - as above
    from inspector.security.catalogue import RULES  # noqa: PLC0415

    if json:
        from inspector.render.json import dumped, rules_document  # noqa: PLC0415

        output.write(dumped(rules_document(RULES.values())) + "\n")
    else:
        from inspector.render.audit import rules_screen  # noqa: PLC0415

        output.show(lambda width, _: rules_screen(RULES.values(), width))
