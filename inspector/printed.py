"""What Keras prints: a shape as its text, and the text of `model.summary()` taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, pairwise

from inspector.dims import Shape
from inspector.errors import ReadError

_TOP = re.compile(r"[┏+][━┳+-]+[┓+]")  # rich draws with letters only where a console has no more
_BOTTOM = re.compile(r"[└+][─┴+-]+[┘+]")
_RULE = re.compile(r"[├┡|+][─━┼╇+-]+[┤┩|+]")
_FOOTER = re.compile(r"\s*(Total|Trainable|Non-trainable|Optimizer) params: ([\d,]+) \(")
_COUNT = re.compile(r"([\d,]+)( \(unbuilt\))?")
_TITLES = ("Layer (type)", "Output Shape", "Param #", "Connected to", "Trainable")
_STEP = "   "  # how far Keras indents each level of nesting


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """One row of the printed table, as text wherever Keras prints no more than text."""

    name: str
    class_name: str
    output_shape: str  # "?" for a layer that was never called
    params: int
    built: bool = True
    trainable: bool | None = None  # None: it owns no weights, or the column was not asked for
    connected: str | None = None  # None: Keras calls the graph linear and leaves the column out
    level: int = 0  # how many models it is nested in, under `expand_nested`


@dataclass(frozen=True, slots=True)
class PrintedSummary:
    """A whole printed summary; `total` includes the optimizer's numbers, as Keras' own does."""

    name: str
    rows: tuple[PrintedRow, ...]
    total: int
    trainable: int
    non_trainable: int
    optimizer: int | None = None  # None: Keras printed no such line
    keras_version: str = ""

    @property
    def params(self) -> int:
        """How many numbers the model itself holds, without its optimizer."""
        return self.total - (self.optimizer or 0)


def shape_text(outputs: Sequence[Shape | None]) -> str:
    """The outputs of one call as `summary()` prints them.

    >>> shape_text([(None, 32, 8)]), shape_text([(None,)]), shape_text([None])
    ('(None, 32, 8)', '(None)', '?')
    """
    texts = ["?" if shape is None else f"({', '.join(map(str, shape))})" for shape in outputs]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def parse_summary(text: str, keras_version: str = "") -> PrintedSummary:
    """The rows and the footer of a printed `model.summary()` of Keras 3.

    >>> printed = parse_summary('''Model: "tiny"
    ... ┏━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┓
    ... ┃ Layer (type)  ┃ Output Shape ┃ Param # ┃
    ... ┡━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━┩
    ... │ dense (Dense) │ (None, 4)    │      12 │
    ... └───────────────┴──────────────┴─────────┘
    ...  Total params: 12 (48.00 B)
    ...  Trainable params: 12 (48.00 B)
    ...  Non-trainable params: 0 (0.00 B)
    ... ''')
    >>> printed.rows[0].name, printed.rows[0].class_name, printed.rows[0].params, printed.total
    ('dense', 'Dense', 12, 12)

    Raises:
        ReadError: it is no such text.
    """
    lines = text.splitlines()
    rows, (top, bottom) = boxed_rows(lines)
    footer = _footer(lines[bottom + 1 :])
    if not {"Total", "Trainable", "Non-trainable"} <= footer.keys():
        raise _unreadable("its footer names no totals")
    return PrintedSummary(
        name=_quoted(lines[:top]),
        rows=rows,
        total=footer["Total"],
        trainable=footer["Trainable"],
        non_trainable=footer["Non-trainable"],
        optimizer=footer.get("Optimizer"),
        keras_version=keras_version,
    )


def boxed_rows(lines: Sequence[str]) -> tuple[tuple[PrintedRow, ...], tuple[int, int]]:
    """The rows of the table that rich drew, and the lines at which it begins and ends.

    Raises:
        ReadError: there is no such table.
    """
    top = _first(lines, _TOP, 0)
    bottom = _first(lines, _BOTTOM, top + 1)
    titles, *cells = _table(lines[top : bottom + 1])
    titles = [_title(title.strip()) for title in titles]
    return tuple(_row(dict(zip(titles, row, strict=True))) for row in cells), (top, bottom)


def _unreadable(problem: str) -> ReadError:
    hint = "give the whole text that model.summary() of Keras 3 prints"
    return ReadError("printed summary", problem, hint=hint)


def _first(lines: Sequence[str], pattern: re.Pattern[str], start: int) -> int:
    for place in range(start, len(lines)):
        if pattern.fullmatch(lines[place].strip()):
            return place
    raise _unreadable("it holds no whole table")


def _quoted(lines: Sequence[str]) -> str:
    head = " ".join(line.strip() for line in lines)
    return head.partition('"')[2].rpartition('"')[0]


def _footer(lines: Iterable[str]) -> dict[str, int]:
    found = (_FOOTER.match(line) for line in lines)
    return {match[1]: int(match[2].replace(",", "")) for match in found if match}


# --- the table ----------------------------------------------------------------------------------


def _table(lines: Sequence[str]) -> Iterator[list[str]]:
    """The cells of every row, headings first; lines between two rules are one row."""
    edges = [place for place, mark in enumerate(lines[0].strip()) if mark in "┏┳┓+"]
    pieces: list[list[str]] = []
    for line in lines[1:]:
        if _RULE.fullmatch(line.strip()) or _BOTTOM.fullmatch(line.strip()):
            if pieces:
                yield [reduce(_joined, column, "").rstrip() for column in zip(*pieces, strict=True)]
            pieces = []
        else:
            pieces.append(_split(line.strip(), edges))


def _split(line: str, edges: Sequence[int]) -> list[str]:
    """The cells of one line, cut where the rules say: a name may hold the mark of an edge."""
    at = {column: place for place, column in enumerate(_columns(line))}
    if any(edge not in at for edge in edges):
        raise _unreadable("a line of its table does not fit its rules")
    return [line[at[left] + 2 : at[right] - 1] for left, right in pairwise(edges)]


def _columns(line: str) -> Iterable[int]:
    """The column of the screen at which each character starts; some take two, or none."""
    if line.isascii():
        return range(len(line))
    from rich.cells import get_character_cell_size  # noqa: PLC0415 - heavy, and seldom needed

    return accumulate((get_character_cell_size(mark) for mark in line[:-1]), initial=0)


def _joined(text: str, more: str) -> str:
    """Two lines of one cell: Keras breaks at spaces, and inside a word only in a full line."""
    rest = more.strip()
    if not text or not rest:
        return text or more
    folded = not text.endswith((" ", ",")) and not rest.startswith("(")
    return text.rstrip() + ("" if folded else " ") + (rest + " " * (len(more) - len(rest)))


def _title(text: str) -> str:
    """A heading in full, where a narrow column cut it short."""
    stem = text.removesuffix("…")
    return next((title for title in _TITLES if stem and title.startswith(stem)), text)


def _row(cells: dict[str, str]) -> PrintedRow:
    label = cells.get("Layer (type)", "")
    name, _, class_name = label.lstrip().rpartition(" (")
    count = _COUNT.fullmatch(cells.get("Param #", "").strip())
    if not name or count is None:
        raise _unreadable(f"a row of its table has no name or no count: {label!r}")
    level = 0
    if name.startswith("└ "):
        level = (len(label) - len(label.lstrip())) // len(_STEP)
        name = name.removeprefix("└ ")
    return PrintedRow(
        name=name,
        class_name=class_name.removesuffix(")"),
        output_shape=cells.get("Output Shape", ""),
        params=int(count[1].replace(",", "")),
        built=count[2] is None,
        trainable={"Y": True, "N": False}.get(cells.get("Trainable", "").strip()),
        connected=cells.get("Connected to"),
        level=level,
    )
