"""What all screens of the terminal share: columns without boxes, and a width that fits.

Colours only repeat what a word or a sign says already, and only name the terminal's own palette,
so that plain black on white loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from inspector.render.safe import plain

WIDEST = 120  # further apart, a row is hard to follow with the eye
Cell = str | Text


def number(count: int | None) -> str:
    """A count with thousands separated, `?` for one that nobody knows."""
    return "?" if count is None else f"{count:,}"


def share(part: int, whole: int) -> str:
    """A part of the whole in percent.

    >>> share(1, 8)
    '12.5%'
    """
    return f"{part / whole:.1%}" if whole else "–"


def line(*parts: Cell | tuple[str, str]) -> Text:
    """One line of parts, each plain or with a style."""
    return Text.assemble(*parts, no_wrap=False)


def heading(text: str, rest: str = "") -> Text:
    """The title of a section."""
    return Text.assemble((text, "bold"), (f", {rest}" if rest else "", ""))


def columns(
    rows: Iterable[Sequence[Cell]],
    align: str,
    *,
    titles: Sequence[str] = (),
    indent: int = 0,
) -> Table:
    """Rows in columns parted by two spaces; `align` has one letter per column, `l` or `r`.

    A cell that does not fit is folded, never cut.
    """
    table = Table(
        box=None,
        show_header=bool(titles),
        show_edge=False,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="dim",
    )
    if indent:
        table.add_column(Text(), width=indent - 2 if indent > 2 else 0)
    for place, side in enumerate(align):
        table.add_column(
            Text(titles[place] if titles else ""),  # a str would load rich's emoji
            justify="right" if side == "r" else "left",
            overflow="fold",
            no_wrap=False,
        )
    for row in rows:
        cells = [cell if isinstance(cell, Text) else Text(cell) for cell in row]
        table.add_row(*([Text("")] if indent else []), *cells)
    return table


@cache
def _ruler() -> Console:
    # No terminal: rich gives a dumb one 80 columns whatever width it is told.
    return Console(width=100_000, color_system=None, force_terminal=False)


def width_of(part: RenderableType) -> int:
    """The columns that something takes when nothing is folded."""
    console = _ruler()
    return Measurement.get(console, console.options, part).maximum


def richest(candidates: Iterable[Table], width: int) -> Table:
    """The first table that fits; the last, the leanest, when none does."""
    tables = list(candidates)
    return next((table for table in tables if width_of(table) <= width), tables[-1])


def note(text: str) -> Text:
    """Something the reader should know beside the answer."""
    return Text.assemble(("note: ", "yellow"), plain(text))
