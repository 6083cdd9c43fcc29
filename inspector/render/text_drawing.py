"""A model drawn in text as `git log --graph` draws history: shortcuts left, main path right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rich.text import Text

from inspector.answers.blocks import blocks
from inspector.model import Model
from inspector.render.boxes import Said
from inspector.render.drawing.metrics import shortened
from inspector.render.safe import plain
from inspector.render.screen import WIDEST, number
from inspector.render.states import CELL
from inspector.render.text_rows import CONCAT, JOIN, OUTPUT, Row, flat_rows, folded_rows

_GAP = 2
_PYTHON = 20  # columns for names in Python
_NAMES = 26  # columns for names; a longer one has a line of its own


def text_drawing(
    model: Model,
    width: int = 80,
    *,
    fold: bool = True,
    said: Said = Said(),  # noqa: B008 - frozen
) -> Iterator[Text]:
    """The drawing line by line, `width` columns wide; no name and no number is cut.

    Args:
        model: to draw.
        width: columns.
        fold: equal blocks in a row as one; otherwise every call of a layer has a line.
        said: what is known beside the graph: columns for names in Python and for training.
    """
    found = blocks(model)
    rows = list(folded_rows(found, said) if fold else flat_rows(found, said))
    groups = sum(bool(row.params) for row in rows)
    at_least = "" if model.totals.complete else "at least "
    total = f"{at_least}{number(model.totals.params)} parameters"
    yield Text.assemble(
        (plain(model.name), "bold"),
        f"   {len(model.rows)} layers drawn in {groups} groups; {total}",
    )
    if found.signature:
        yield from (Text(line, "dim") for line in _wrapped(found.signature, width, " + "))
    yield Text()
    yield from _laid_out(rows, min(width, WIDEST))
    legend = _legend(rows)
    if legend:
        yield Text()
        yield from (Text(text, "dim") for text in _wrapped(legend, width, "   "))


def _laid_out(rows: Sequence[Row], width: int) -> Iterator[Text]:
    shapes = max((len(row.shape) for row in rows), default=0)
    params = max(max((len(row.params) for row in rows), default=0), len("PARAMS"))
    names = [len(row.gutter) + _GAP + len(row.name) for row in rows if len(row.name) <= _NAMES]
    column = max(names, default=0) + _GAP
    more = _columns(rows)
    heads = "".join(f"{head:<{wide}}" for head, _, wide in more)
    ends = f"{heads}{'OUTPUT SHAPE':>{max(shapes, 12)}}{'PARAMS':>{params + _GAP}}"
    yield Text(f"{ends:>{width}}", "dim")
    for row in rows:
        end = ""
        if row.params:
            end = "".join(f"{cell(row):<{wide}}" for _, cell, wide in more)
            end += (
                f"{row.shape:>{max(shapes, 12) if more else shapes}}{row.params:>{params + _GAP}}"
            )
        yield from _row(row, column, end, width)


def _columns(rows: Sequence[Row]) -> list[tuple[str, Callable[[Row], str], int]]:
    """Columns before the shape, where there is anything to say in them: head, cell, width."""
    made: list[tuple[str, Callable[[Row], str], int]] = []
    for head, cell in (("IN PYTHON", _python), ("TRAINING", _training)):
        wide = max((len(cell(row)) for row in rows), default=0)
        if wide:
            made.append((head, cell, max(wide, len(head)) + _GAP))
    return made


def _python(row: Row) -> str:
    return shortened(row.python, _PYTHON)


def _training(row: Row) -> str:
    return CELL[row.state]


def _row(row: Row, column: int, end: str, width: int) -> Iterator[Text]:
    """One row in as many lines as it takes: a long name, the terms, and the numbers at the end."""
    through = "".join("│" if sign in "●○◆⊕⊞" else sign for sign in row.gutter)
    through = through if row.open else " " * len(through)
    head = Text(row.gutter, "cyan")
    if row.name:
        head.append(" " * _GAP).append(row.name, "bold")
    lines = _wrapped(row.said, width - column, " → ", " + ", "  ") if row.said else []
    if lines and head.cell_len + _GAP > column:
        yield head
        head = Text(through, "cyan")
    for place, said in enumerate(lines):
        if place:
            yield head
            head = Text(through, "cyan")
        head.append(" " * (column - head.cell_len)).append(said)
    room = width - head.cell_len - len(end)
    if end and room < _GAP:
        yield head
        head = Text(through, "cyan")
        room = max(width - head.cell_len - len(end), _GAP)
    yield head.append(" " * room + end) if end else head


def _wrapped(text: str, room: int, *joints: str) -> list[str]:
    """A text in lines of at most `room` columns, parted behind its joints only."""
    pieces = re.split("|".join(f"(?<={re.escape(joint)})" for joint in joints), text)
    lines = [""]
    for piece in pieces:
        if lines[-1] and len(lines[-1]) + len(piece.rstrip()) > room:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _legend(rows: Sequence[Row]) -> str:
    """What the signs that occur stand for."""
    gutters = "".join(row.gutter for row in rows)
    said = " ".join(row.said for row in rows)
    signs = (
        (JOIN in gutters, f"{JOIN}: tensors are added, or joined another way"),
        (CONCAT in gutters, f"{CONCAT}: Concatenate"),
        (OUTPUT in gutters, f"{OUTPUT}: an output"),
        (" /" in said, "/2: strides of 2"),
        (any(row.times for row in rows), "×2: two such blocks in a row"),
    )
    return "   ".join(text for occurs, text in signs if occurs)
