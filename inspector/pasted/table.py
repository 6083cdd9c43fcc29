"""The text of a `model.summary()` of any Keras, as it is pasted: tables with rules, and boxes."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from inspector.dims import Dim, Shape
from inspector.errors import ReadError
from inspector.printed import PrintedRow, boxed_rows

_TITLES = ("Layer (type)", "Output Shape", "Param #", "Trainable", "Connected to")
_HEADING = re.compile(r"Layer \(type[^)]*\)")
_COUNT = re.compile(r"\s*(\d[\d,]*)(\s*\(unbuilt\))?\s*$")
_FOOTER = re.compile(r"(Total|Trainable|Non-trainable|Optimizer) params:\s*(\d[\d,]*)")
_QUOTE = re.compile(r"^\s*(?:>\s?)+")
_BOX = re.compile(r"^\s*[┏+][━┳+-]{8,}[┓+]\s*$")
_RULE = re.compile(r"^[\s|_=¯‾-]*$")
_SHAPE = re.compile(r"\(([^()]*)\)")
_SQUEEZED = re.compile(  # a row whose columns were lost, as some forums do
    r"^\s*(?P<bars>\|*)\s*(?P<label>\S.*?\s\(\w+\)?)\s+"
    r"(?P<shape>\[?\(.*?\)\]?|multiple|\?)\s+(?P<count>\d[\d,]*)(?P<rest>(?:\s.*)?)$"
)
_SQUEEZED_HEADING = re.compile(r"Layer \(type[^)]*\) Output Shape Param #")
_TAKEN = re.compile(r"(.+?)\[(\d+)\]\[(\d+)\]")
_ITEMS = re.compile(r"[^\s,'\"\[\]]+(?:\[[\d…]*\]?)*")
_HINT = "paste the whole table that model.summary() prints, headings and totals included"
_MOST = 100_000  # rows


class Taken(NamedTuple):
    """A tensor in the column Connected to."""

    layer: str
    call: int
    output: int


@dataclass(frozen=True, slots=True)
class Table:
    """A pasted summary; a total is `None` where its line was not pasted."""

    rows: tuple[PrintedRow, ...]
    total: int | None = None
    trainable: int | None = None
    non_trainable: int | None = None
    optimizer: int | None = None
    connected: bool = False  # whether the column Connected to is there

    @property
    def params(self) -> int | None:
        """What the total says of the model itself, without its optimizer."""
        return None if self.total is None else self.total - (self.optimizer or 0)


def read_table(text: str) -> Table:
    """The rows and totals of a pasted summary.

    Raises:
        ReadError: there is no table in it, or a row of it is not understood.
    """
    lines = [_QUOTE.sub("", line).rstrip() for line in text.expandtabs(4).splitlines()]
    if any(_BOX.match(line) for line in lines):
        rows, _ = boxed_rows(lines)
    else:
        rows = tuple(_rows(textwrap.dedent("\n".join(lines)).splitlines()))
    if not rows:
        raise ReadError("summary", "holds no rows", hint=_HINT)
    totals = {found[1]: int(found[2].replace(",", "")) for found in _FOOTER.finditer(text)}
    return Table(
        rows=rows,
        total=totals.get("Total"),
        trainable=totals.get("Trainable"),
        non_trainable=totals.get("Non-trainable"),
        optimizer=totals.get("Optimizer"),
        connected=any(row.connected is not None for row in rows),
    )


def shapes_in(text: str) -> tuple[Shape | None, ...]:
    """The shapes of one cell; `None` for one that is cut off or not known.

    >>> shapes_in("[(None, 28, 28, 1)]"), shapes_in("multiple"), shapes_in("(None, 11")
    (((None, 28, 28, 1),), (None,), (None,))
    """
    found = _SHAPE.findall(text)
    if text.count("(") != len(found) or not found:
        return (None,)
    return tuple(_shape(inner) for inner in found)


def _shape(text: str) -> Shape | None:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not all(word.isdigit() or word == "None" for word in words):
        return None
    return tuple(_dim(word) for word in words)


def _dim(word: str) -> Dim:
    return None if word == "None" else int(word)


def taken_in(text: str | None) -> tuple[Taken, ...]:
    """The tensors that a cell of Connected to names."""
    return tuple(_taken(item) for item in _ITEMS.findall(text or ""))


def _taken(item: str) -> Taken:
    """One tensor; of one that is cut off, what is left of its name, which then ends in `…`."""
    whole = _TAKEN.fullmatch(item)
    if whole is not None:
        return Taken(whole[1], int(whole[2]), int(whole[3]))
    name, bracket, _ = item.partition("[")
    name = name.rstrip("….")
    return Taken(name if bracket else f"{name}…", 0, 0)


# --- tables with rules --------------------------------------------------------------------------


@dataclass(slots=True)
class _Cells:
    """The cells of a row while its lines are gathered, by title."""

    line: int
    level: int
    texts: dict[str, list[str]] = field(default_factory=dict)


def _rows(lines: Sequence[str]) -> Iterator[PrintedRow]:
    head = next((at for at, line in enumerate(lines) if _HEADING.search(line)), None)
    if head is None or _SQUEEZED_HEADING.search(lines[head]):
        yield from _squeezed(lines)
        return
    starts = _starts(lines[head])
    gathered: list[_Cells] = []
    for number, line in enumerate(lines[head + 1 :], start=head + 2):
        if _FOOTER.search(line):
            break
        if _RULE.match(line):
            continue
        _gather(gathered, line, number, starts)
        if len(gathered) > _MOST:
            raise ReadError("summary", f"has more than {_MOST:,} rows", hint=_HINT)
    if not gathered:
        yield from _squeezed(lines[head + 1 :])
        return
    for cells in gathered:
        yield _row(cells)


def _starts(heading: str) -> dict[str, int]:
    """Where the columns of a heading begin, in order."""
    found = {_TITLES[0]: 0}
    for title in _TITLES[1:]:
        place = _place(heading, title)
        if place >= 0:
            found[title] = place
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _place(heading: str, title: str) -> int:
    """Where a title begins, also where a narrow column cut it; -1 where it is not there."""
    for length in range(len(title), 3, -1):
        place = heading.find(title[:length])
        if place >= 0:
            return place
    return -1


def _gather(gathered: list[_Cells], line: str, number: int, starts: dict[str, int]) -> None:
    """Put one line where it belongs: a count begins a row, anything else goes on with one."""
    level = len(line) - len(line.lstrip("|"))
    cells = _cut(line, level, starts)
    count = _COUNT.match(cells.get("Param #", ""))
    # A column that begins inside a word is none: its digits would be a part of a number.
    held = all(line[start - level - 1 : start - level] in ("", " ") for start in starts.values())
    if (count is None or not held) and (squeezed := _SQUEEZED.match(line)):
        cells = dict(zip(_TITLES[:3], squeezed.group("label", "shape", "count"), strict=True))
        if "Connected to" in starts:
            cells["Connected to"] = squeezed["rest"]
        count = _COUNT.match(cells["Param #"])
    if count is not None and cells[_TITLES[0]].strip():
        gathered.append(_Cells(number, level))
    elif not gathered:
        return
    for title, text in cells.items():
        gathered[-1].texts.setdefault(title, []).append(text)


def _cut(line: str, level: int, starts: dict[str, int]) -> dict[str, str]:
    """The cells of a line; inside a nested model, its bars push the columns to the left."""
    inner = line.rstrip("|") if level else line
    titles = list(starts)
    ends = [*list(starts.values())[1:], len(line) + 1]
    cells = {}
    for place, title in enumerate(titles):
        start = level if place == 0 else starts[title] - level
        end = ends[place] - (level if place + 1 < len(titles) else 0)
        cells[title] = inner[max(start, 0) : max(end, 0)]
    return cells


def _row(cells: _Cells) -> PrintedRow:
    texts = {title: _joined(title, parts) for title, parts in cells.texts.items()}
    label = texts.get(_TITLES[0], "")
    name, apart, class_name = label.rpartition(" (")
    if not apart:
        name, class_name = label, ""
    count = _COUNT.match(texts.get("Param #", ""))
    if count is None:
        place = f"summary, line {cells.line}"
        raise ReadError(place, "prints no count", received=label[:60], hint=_HINT)
    return PrintedRow(
        name=name.strip(),
        class_name=class_name.removesuffix(")") if class_name.endswith(")") else f"{class_name}…",
        output_shape=texts.get("Output Shape", ""),
        params=int(count[1].replace(",", "")),
        built=count[2] is None,
        trainable={"Y": True, "N": False}.get(texts.get("Trainable", "").strip()),
        connected=texts.get("Connected to"),
        level=cells.level,
    )


def _joined(title: str, parts: Sequence[str]) -> str:
    """The lines of one cell as one: names and shapes break anywhere."""
    text = ""
    for part in parts:
        more = part.strip()
        apart = title == _TITLES[0] and more.startswith("(")
        if title == "Connected to":  # older tables have one tensor a line, without quotes
            apart = text.endswith(",") or not text.startswith("['")
        text += f" {more}" if apart and text and more else more
    return text


def _squeezed(lines: Sequence[str]) -> Iterator[PrintedRow]:
    """Rows whose columns are parted by a single space."""
    for line in lines:
        found = _SQUEEZED.match(line)
        if found is None:
            continue
        name, _, class_name = found["label"].rpartition(" (")
        whole = class_name.endswith(")")
        rest = found["rest"].strip()
        yield PrintedRow(
            name=name,
            class_name=class_name.rstrip(")") if whole else f"{class_name}…",
            output_shape=found["shape"],
            params=int(found["count"].replace(",", "")),
            connected=rest if _TAKEN.search(rest) else None,
            level=len(found["bars"]),
        )
