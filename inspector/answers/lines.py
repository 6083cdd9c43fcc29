"""Where the program that builds a model calls each of its layers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from inspector.answers.mentions import in_model
from inspector.graph import NOTHING
from inspector.loader import loaded_with_run
from inspector.model import Model

if TYPE_CHECKING:
    from inspector.symbolic.outside import Found, Run


class Spot(NamedTuple):
    """A line of a program."""

    file: str  # without its folder
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


Lines = Mapping[tuple[str, int], Spot]  # by path of a layer and number of its call


def located(reference: object) -> tuple[Model, Lines]:
    """A model, and the line of each call of a layer, where a program builds it.

    Args:
        reference: a MODEL, as `load` takes it. A program runs, once.

    Raises:
        InspectError: as `load` does.

    >>> dict(located("vgg16")[1])
    {}
    """
    model, run = loaded_with_run(reference)
    if run is None:
        return model, NOTHING
    from inspector.scripts import found_in  # noqa: PLC0415 - files need none of it

    return model, lines(run, found_in(run, model))


def lines(run: Run, found: Found) -> dict[tuple[str, int], Spot]:
    """The line of each call in a model, models inside included; calls without one are left out."""
    file = Path(run.source).name
    called = {
        (wired.serial, wired.number): Spot(file, wired.line)
        for wired in run.wiring.calls
        if wired.line
    }
    return in_model(run, found, called)
