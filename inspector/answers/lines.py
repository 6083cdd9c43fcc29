"""Where the program that builds a model calls each of its layers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from inspector.answers.mentions import graphs, numbered
from inspector.graph import NOTHING, escaped
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
    called = {(wired.serial, wired.number): wired.line for wired in run.wiring.calls}
    kept = {whole.serial: numbered(whole.kept) for whole in run.wiring.models}
    file = Path(run.source).name
    made = {}
    for prefix, serial, graph in graphs(found):
        numbers = kept.get(serial, {})
        for node in graph.nodes:
            if not node.layer.identity.isdecimal():
                continue
            identity = int(node.layer.identity)
            calls = numbers.get(identity, ())
            line = called.get((identity, calls[node.call])) if node.call < len(calls) else None
            if line:
                made[prefix + escaped(node.layer.name), node.call] = Spot(file, line)
    return made
