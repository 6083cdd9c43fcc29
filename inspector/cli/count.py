"""`graphinspect count`."""

from __future__ import annotations

from inspector.cli.arguments import JsonOption, ModelsArgument, StrictOption


def count(models: ModelsArgument, json: JsonOption = False, strict: StrictOption = False) -> None:
    """Count layers by every convention, and parameters by type and by layer.

    Several models are compared in one table. Exit code 1 says that two witnesses disagree.

    Examples:

        graphinspect count resnet50

        graphinspect count resnet50 vgg16 mobilenetv2

        graphinspect count model.keras --json
    """
    from inspector.answers.count import count as counted  # noqa: PLC0415 - loads when asked
    from inspector.cli import output  # noqa: PLC0415
    from inspector.loader import load  # noqa: PLC0415

    answers = [counted(load(model)) for model in models]
    if json:
        from inspector.render.json import (  # noqa: PLC0415
            count_document,
            counts_document,
            dumped,
        )

        single = len(answers) == 1
        document = count_document(answers[0]) if single else counts_document(answers)
        output.write(dumped(document) + "\n")
    else:
        from inspector.render.count import comparison, count_screen  # noqa: PLC0415

        if len(answers) == 1:
            output.show(lambda width, live: count_screen(answers[0], width, interactive=live))
        else:
            output.show(lambda width, _: comparison(answers, width))
    disagree = any(agrees is False for answer in answers for _, agrees in answer.agreement)
    incomplete = any(not answer.totals.complete for answer in answers)
    if disagree or (strict and incomplete):
        output.leave(1)
