"""The screen of `verify`: the verdict, and the rows that differ."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from inspector.answers.verify import Difference, Value, Verification
from inspector.model import Model
from inspector.render.safe import plain
from inspector.render.screen import columns, line, note, number


def verify_screen(model: Model | None, answer: Verification) -> Iterator[RenderableType]:
    """The answer for one model, line by line; its name and total where it is at hand."""
    name = f"{plain(model.name)}   " if model else ""
    keras = f"Keras {plain(answer.keras_version)}"
    if answer.agrees:
        total = f": {number(model.totals.params)} parameters" if model else ""
        said = f"all {answer.rows} rows and the footer agree with {keras}{total}"
        yield line(("✓ ", "green"), (name, "bold"), said)
    else:
        count = len({found.layer for found in answer.differences})
        what = "place" if count == 1 else "places"
        yield line(("✗ ", "red"), (name, "bold"), f"differs from {keras} in {count} {what}")
        yield Text()
        rows = [_row(found) for found in answer.differences]
        yield columns(rows, "llrr", titles=("LAYER", "WHAT", "OURS", "KERAS"))
    if answer.notes:
        yield Text()
    for text in answer.notes:
        yield note(text)


def _row(found: Difference) -> tuple[str, str, str, str]:
    layer = plain(found.layer) if found.layer else "(footer)"
    return layer, found.field.replace("_", " "), _said(found.ours), _said(found.theirs)


def _said(value: Value) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if isinstance(value, int) else plain(value)
