"""The table of `params`: columns chosen, or the richest that fit."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from inspector.answers.params import Params
from inspector.errors import InspectError
from inspector.model import LayerRow
from inspector.printed import shape_text
from inspector.render.count import origin
from inspector.render.safe import plain
from inspector.render.screen import columns, line, note, number, width_of
from inspector.render.shapes import without_batch


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its title, its side, and what it says of a layer."""

    title: str
    side: str  # "l" or "r"
    say: Callable[[LayerRow], str]


def _short_shape(row: LayerRow) -> str:
    last = row.outputs[-1] if row.outputs else (None,)
    texts = [without_batch(shape) for shape in last]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _worked(row: LayerRow) -> str:
    """Class and arithmetic in one phrase, as the narrow table has it."""
    return f"{plain(row.class_name)}  {_arithmetic(row)}".rstrip()


def _arithmetic(row: LayerRow) -> str:
    if row.layers is not None:
        return f"{len(row.layers)} layers"
    return "" if row.arithmetic in (None, "0") else row.arithmetic or ""


def _formula(row: LayerRow) -> str:
    return "" if row.formula in (None, "0") else row.formula or ""


COLUMNS: dict[str, Column] = {
    "layer": Column("LAYER", "l", lambda row: plain(row.path if "/" in row.path else row.name)),
    "tree": Column("LAYER", "l", lambda row: "  " * row.path.count("/") + plain(row.name)),
    "class": Column("CLASS", "l", lambda row: plain(row.class_name)),
    "shape": Column(
        "OUTPUT SHAPE", "l", lambda row: shape_text(row.outputs[-1:][0] if row.outputs else (None,))
    ),
    "short": Column("OUTPUT SHAPE", "l", _short_shape),
    "worked": Column("CLASS AND ARITHMETIC", "l", _worked),
    "formula": Column("FORMULA", "l", _formula),
    "arithmetic": Column("ARITHMETIC", "l", _arithmetic),
    "params": Column("PARAMS", "r", lambda row: number(row.params)),
    "trainable": Column("TRAINABLE", "r", lambda row: number(row.trainable_params)),
    "stored": Column("STORED", "r", lambda row: _said(row.stored)),
    "summary": Column("SUMMARY", "r", lambda row: _said(row.summary)),
    "macs": Column("MACS", "r", lambda row: number(row.macs)),
}
CHOICES = tuple(key for key in COLUMNS if key not in ("tree", "short", "worked"))
_WIDE = ("layer", "class", "shape", "formula", "arithmetic", "params")
_MIDDLE = ("layer", "class", "short", "arithmetic", "params")
_NARROW = ("layer", "short", "worked", "params")
_DATA = ("layer", "class", "shape", "formula", "arithmetic", "params", "trainable", "stored",
         "summary", "macs")  # fmt: skip


def _said(witness: int | None) -> str:
    return "–" if witness is None else number(witness)


def params_screen(answer: Params, chosen: Sequence[str], width: int) -> Iterator[RenderableType]:
    """The table of an answer, with its totals and what the witnesses say."""
    totals = answer.totals
    least = "" if totals.complete else "at least "
    yield line(
        (plain(answer.model.name), "bold"),
        "   ",
        (least, "yellow"),
        (number(totals.params), "bold"),
        f" parameters = {number(totals.trainable)} trainable"
        f" + {number(totals.non_trainable)} non-trainable",
    )
    yield Text(origin(answer.model), style="dim")
    yield Text()
    layouts = [tuple(chosen)] if chosen else [_WIDE, _MIDDLE, _NARROW]
    tables = {layout: _table(answer, layout) for layout in layouts}
    layout = next((keys for keys in layouts if width_of(tables[keys]) <= width), layouts[-1])
    yield tables[layout]
    yield Text()
    if not chosen and "formula" not in layout:
        yield from _legend(answer)
    yield from _witnesses(answer)
    for text in _notes(answer):
        yield note(text)


def _table(answer: Params, keys: Sequence[str]) -> Table:
    chosen = [COLUMNS["tree" if answer.tree and key == "layer" else key] for key in keys]
    rows: list[list[Text]] = []
    for row in answer.layers:
        style = "" if row.params is None or row.params else "dim"
        if row.agrees is False:
            style = "red"
        rows.append([Text(column.say(row), style) for column in chosen])
    if not answer.filtered:
        rows.append([Text(_total(answer, key), "bold") for key in keys])
    align = "".join(column.side for column in chosen)
    return columns(rows, align, titles=[column.title for column in chosen])


def _total(answer: Params, key: str) -> str:
    totals = answer.totals
    said = {
        "params": number(totals.params),
        "trainable": number(totals.trainable),
        "macs": number(totals.macs),
        "summary": _said(totals.summary),
        "stored": _said(totals.stored),
    }
    if key == "layer":
        return "total" if totals.complete else "total, at least"
    return said.get(key, "")


def _legend(answer: Params) -> Iterator[RenderableType]:
    """Each formula once, beside the class it belongs to."""
    seen = dict.fromkeys(
        (plain(row.class_name), _formula(row)) for row in answer.layers if _formula(row)
    )
    if seen:
        yield columns([(Text(name, "dim"), Text(said, "dim")) for name, said in seen], "ll")
        yield Text()


def _witnesses(answer: Params) -> Iterator[Text]:
    told = [row for row in answer.model.walk() if row.agrees is not None]
    if not told:
        yield Text("– no witness: graphinspect verify asks a live Keras", "dim")
        return
    wrong = [row for row in told if not row.agrees]
    for row in wrong:
        text = f" {plain(row.path)}: formula {number(row.params)}, "
        yield line(("✗", "red"), text, f"stored {_said(row.stored)}, summary {_said(row.summary)}")
    if wrong or answer.model.format == "weights":
        return
    said = [name for name in ("stored", "summary") if any(getattr(row, name) for row in told)]
    owning = [row for row in told if row.params]
    spelled = sum(1 for row in owning if row.formula is not None or row.layers is not None)
    if owning and not spelled:
        yield Text("– no formula: every count is what the file stores", "dim")
        return
    number_of = f"all {spelled}" if spelled == len(owning) else f"{spelled} of {len(owning)}"
    text = f" formula = {' = '.join(said or ['stored'])}, for {number_of} layers with weights"
    yield line(("✓", "green"), text)


def _notes(answer: Params) -> list[str]:
    notes = [f"{row.path}: {text}" for row in answer.model.walk() for text in row.notes]
    return [*answer.notes, *notes]


def chosen_columns(text: str) -> tuple[str, ...]:
    """The columns that a comma-separated list names.

    Raises:
        InspectError: one of them is no column.
    """
    keys = tuple(word.strip().lower() for word in text.split(",") if word.strip())
    for key in keys:
        if key not in CHOICES:
            raise InspectError(
                "--columns", "is no column", received=key, hint=f"choose from {', '.join(CHOICES)}"
            )
    return keys


# --- as text for other programs -----------------------------------------------------------------


def params_csv(answer: Params, chosen: Sequence[str]) -> str:
    """Comma-separated values, one row a layer; a cell that a spreadsheet would run is quoted."""
    keys = chosen or _DATA
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(keys)
    for row in answer.layers:
        writer.writerow(
            [
                _cell(
                    COLUMNS[key].say(row).replace(",", "")
                    if COLUMNS[key].side == "r"
                    else COLUMNS[key].say(row)
                )
                for key in keys
            ]
        )
    return stream.getvalue()


def _cell(text: str) -> str:
    if text in ("?", "–"):
        return ""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def params_markdown(answer: Params, chosen: Sequence[str]) -> str:
    """A Markdown table, fit for a report or a pull request."""
    keys = chosen or ("layer", "class", "shape", "arithmetic", "params")
    shown = [COLUMNS[key] for key in keys]
    lines = [
        _markdown_row(column.title.capitalize() for column in shown),
        _markdown_row("---:" if column.side == "r" else "---" for column in shown),
    ]
    lines += [_markdown_row(_escaped(column.say(row)) for column in shown) for row in answer.layers]
    if not answer.filtered:
        lines.append(_markdown_row(_total(answer, key) for key in keys))
    return "\n".join(lines) + "\n"


def _markdown_row(cells: Iterator[str] | Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    for sign in "\\`*_{}[]<>|#":
        text = text.replace(sign, f"\\{sign}")
    return text
