"""`graphinspect verify`."""

from __future__ import annotations

from inspector.cli.arguments import JsonOption, ModelArgument


def verify(model: ModelArgument, json: JsonOption = False) -> None:
    """Compare every number with a live model.summary(), in the Keras that is installed.

    Keras runs in a process of its own. Exit code 1 says that a row or the footer differs.

    Example:

        graphinspect verify resnet50
    """
