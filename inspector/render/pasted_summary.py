"""The screen of a pasted summary: the verdict first, then every row beside what it should print."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from inspector.answers.fitting import Solution
from inspector.answers.pasted_summary import MODELS, CheckedRow, CheckedSummary
from inspector.graph import Layer
from inspector.render.safe import plain
from inspector.render.screen import columns, line, note, number, richest
from inspector.render.shapes import without_batch

_NAMED = 2  # solutions of one row beside the likeliest
_TOLD = 5  # rows with several solutions


def summary_screen(answer: CheckedSummary, width: int) -> Iterator[RenderableType]:
    """The verdict, the rows, and what was inferred."""
    yield _verdict(answer)
    yield Text()
    yield richest((_table(answer, keys) for keys in ("lscwp", "lswp", "lwp")), width)
    yield Text()
    for row in answer.wrong:
        yield from map(_indented, _reasons(answer, row))
    yield from map(_indented, _totals(answer))
    yield from (_indented(text, "dim") for text in _inferred(answer))
    for text in answer.notes:
        yield note(text)


def _indented(text: str, style: str = "") -> Padding:
    return Padding(Text(text, style), (0, 0, 0, 2))


def _verdict(answer: CheckedSummary) -> Text:
    rows, wrong = len(answer.rows), answer.wrong
    if wrong:
        first = wrong[0]
        asks = f", its {_asks(first)}" if _asks(first) else ""
        prints = f"{plain(first.printed.name)} prints {number(first.printed.params)}"
        counted = f"{len(wrong)} of {rows} {'row' if rows == 1 else 'rows'}"
        fit = "does not fit" if len(wrong) == 1 else "do not fit"
        return line(("✗", "red"), f" {counted} {fit}: {prints}{asks}")
    if answer.lacking:
        total = number(answer.table.params)
        return line(
            ("✗", "red"), f" the rows add up to {number(answer.added)}, the total says {total}"
        )
    if answer.split_wrong:
        return line(("✗", "red"), " trainable and non-trainable do not add up to the total")
    unknown = sum(row.fits is None for row in answer.rows)
    if unknown:
        return line(
            ("✓", "green"), f" {rows - unknown} of {rows} rows fit, {unknown} cannot be checked"
        )
    return line(("✓", "green"), f" all {rows} rows fit")


def _asks(row: CheckedRow) -> str:
    if row.params is None:
        return ""
    if row.params == row.printed.params:
        return "shape is another"
    if row.inside is not None:
        return f"rows inside add up to {number(row.inside)}"
    subject = "class asks" if row.asked_for is None else "input asks"
    return f"{subject} for {number(row.params)}"


def _table(answer: CheckedSummary, keys: str) -> Table:
    titles = {"l": "LAYER", "s": "OUTPUT SHAPE", "c": "CLASS", "w": "CLASS AND ARITHMETIC",
              "p": "PARAMS"}  # fmt: skip
    if "c" in keys:
        titles["w"] = "ARITHMETIC"
    rows: list[list[Text]] = []
    for row in answer.rows:
        style = "red" if row.fits is False else "" if row.printed.params else "dim"
        cells = [Text(_cell(row, key, keys), style) for key in keys]
        rows.append([*cells, Text(number(row.printed.params), style), _sign(row.fits)])
    total = answer.table.params
    said = {"l": "total", "p": number(answer.totals.params)}
    pasted = "–" if total is None else number(total)
    sign = None if total is None else total == answer.totals.params or answer.shared
    rows.append([*(Text(said.get(key, ""), "bold") for key in keys), Text(pasted, "bold"),
                 _sign(sign)])  # fmt: skip
    align = "".join("r" if key == "p" else "l" for key in keys) + "rl"
    return columns(rows, align, titles=[*(titles[key] for key in keys), "PASTED", ""])


def _sign(fits: bool | None) -> Text:
    if fits is None:
        return Text("?", "yellow")
    return Text("✓", "green") if fits else Text("✗", "red")


def _cell(row: CheckedRow, key: str, keys: str) -> str:
    if key == "l":
        return "  " * row.printed.level + plain(row.printed.name)
    if key == "s":
        return _listed(row)
    if key == "c":
        return plain(row.class_name)
    if key == "p":
        return number(row.params)
    worked = _worked(row)
    return worked if "c" in keys else f"{plain(row.class_name)}  {worked}".rstrip()


def _listed(row: CheckedRow) -> str:
    texts = ["?" if shape is None else without_batch(shape) for shape in row.outputs]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _worked(row: CheckedRow) -> str:
    best = row.solutions[0] if row.solutions else row.asked_for
    return best.spec.arithmetic if best is not None and best.spec.weights else ""


# --- what is wrong ------------------------------------------------------------------------------


def _reasons(answer: CheckedSummary, row: CheckedRow) -> Iterator[str]:
    name, printed = plain(row.printed.name), number(row.printed.params)
    if row.inside is not None:
        yield f"{name} prints {printed}; the rows inside it add up to {number(row.inside)}."
        return
    if row.asked_for is None:
        yield _without_number(row)
        return
    asks, fed = row.asked_for, _fed(answer, row)
    yield f"{fed}{name} has {asks.spec.arithmetic} = {number(asks.params)}{_kernel(asks)}."
    if row.would_fit is not None:
        sizes = [shape[-1] for shape in row.would_fit.inputs[:1] if shape]
        yield (
            f"{printed} = {row.would_fit.spec.arithmetic} would fit an input of {sizes[0]:,} "
            f"{'channels' if 'Conv' in row.class_name else 'values'}{_such_as(answer, row)}."
        )


def _without_number(row: CheckedRow) -> str:
    name, printed = plain(row.printed.name), number(row.printed.params)
    if row.printed.params:
        return f"{name} prints {printed}; no setting of {plain(row.class_name)} comes to that."
    inputs = ", ".join("?" if shape is None else str(shape) for shape in row.inputs)
    return (
        f"{name} prints {_listed(row)}, which {plain(row.class_name)} does not give for {inputs}."
    )


def _fed(answer: CheckedSummary, row: CheckedRow) -> str:
    """What flows in, and where it comes from: `flatten gives 4·4·64 = 1,024 values, so `."""
    if len(row.sources) != 1 or row.sources[0] < 0 or not row.inputs or row.inputs[0] is None:
        return ""
    source = answer.rows[row.sources[0]]
    given = row.inputs[0]
    before = source.inputs[0] if source.inputs else None
    if source.class_name == "Flatten" and before is not None and None not in before[1:]:
        sizes = "·".join(map(str, before[1:]))
        return f"{plain(source.printed.name)} gives {sizes} = {given[-1]:,} values, so "
    return f"{plain(source.printed.name)} gives {without_batch(given)}, so "


def _such_as(answer: CheckedSummary, row: CheckedRow) -> str:
    """A picture that has so many values, where the row stands behind a Flatten."""
    source = answer.rows[row.sources[0]] if row.sources and row.sources[0] >= 0 else None
    before = source.inputs[0] if source is not None and source.inputs else None
    size = row.would_fit.inputs[0] if row.would_fit is not None else None
    if source is None or source.class_name != "Flatten" or not before or not size:
        return ""
    channels, values = before[-1], size[-1]
    if not channels or not values or values % channels:
        return ""
    side = isqrt(values // channels)
    return f", such as ({side}, {side}, {channels})" if side * side * channels == values else ""


def _kernel(solution: Solution) -> str:
    size = solution.config.get("kernel_size")
    return f", the nearest with a kernel of {_times(size)}" if size else ""


def _times(size: Any) -> str:
    return "×".join(map(str, size)) if isinstance(size, tuple | list) else str(size)


def _totals(answer: CheckedSummary) -> Iterator[str]:
    if answer.lacking:
        more = "more" if answer.lacking > 0 else "less"
        exactly = ""
        gaps = [row.params - row.printed.params for row in answer.wrong if row.params is not None]
        if gaps and sum(gaps) == answer.lacking:
            names = ", ".join(plain(row.printed.name) for row in answer.wrong)
            exactly = f", which is exactly what {names} lacks"
        yield (
            f"The pasted rows add up to {number(answer.added)}; the pasted total is "
            f"{number(abs(answer.lacking))} {more}{exactly}."
        )
    if answer.suspects:
        names = ", ".join(
            f"{plain(answer.rows[at].printed.name)} ({number(answer.rows[at].printed.params)})"
            for at in answer.suspects
        )
        yield f"By themselves these could be right; one may carry the difference: {names}."
    if answer.shared:
        yield "A layer stands in it twice: the total counts it once."
    if answer.split_wrong:
        table = answer.table
        yield (
            f"Trainable {number(table.trainable)} and non-trainable {number(table.non_trainable)} "
            f"do not add up to {number(table.params)}."
        )


# --- what is inferred ---------------------------------------------------------------------------


def _inferred(answer: CheckedSummary) -> Iterator[str]:
    several: dict[str, list[str]] = {}
    for row in answer.rows:
        if len(row.solutions) > 1:
            several.setdefault(_alternatives(row), []).append(plain(row.printed.name))
    for said, names in list(several.items())[:_TOLD]:
        rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
        yield f"{', '.join(names[:3])}{rest}: {said}"
    if len(several) > _TOLD:
        yield f"{len(several) - _TOLD} more kinds of rows have several solutions"
    if any(row.solutions and row.solutions[0].spec.weights for row in answer.rows):
        yield (
            "A summary prints no kernel sizes and no biases: they are inferred."
            f"{' --json has every solution.' if several else ''}"
        )
    models = [row for row in answer.rows if row.class_name in MODELS and row.inside is None]
    if models:
        closed = ", ".join(plain(row.printed.name) for row in models[:5])
        yield f"{closed}: summary(expand_nested=True) would show what is inside"


def _alternatives(row: CheckedRow) -> str:
    first, *others = [_described(solution) for solution in row.solutions]
    named = "; ".join(others[:_NAMED])
    rest = f"; and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    return f"{first}; as well as {named}{rest}"


def _described(solution: Solution) -> str:
    inner = solution.config.get("layer")
    words = [f"{inner.class_name} inside"] if isinstance(inner, Layer) else []
    words.append(solution.spec.arithmetic)
    return " ".join(words)


def summary_object(answer: CheckedSummary) -> dict[str, Any]:
    """What the document of `calc` has beside the layers, for a pasted summary."""
    return {
        "agrees": answer.agrees,
        "added": answer.added,
        "wrong": [row.path for row in answer.wrong],
        "suspects": [answer.rows[at].path for at in answer.suspects],
        "solutions": {
            row.path: [solution.spec.arithmetic for solution in row.solutions]
            for row in answer.rows
            if row.solutions and row.solutions[0].spec.weights
        },
    }
