"""The screen of `calc`: the number first, then what it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from inspector.answers.calc import Calc, Line
from inspector.dims import Shape
from inspector.render.safe import plain
from inspector.render.screen import columns, note, number, width_of
from inspector.render.shapes import without_batch


def calc_screen(answer: Calc, width: int) -> Iterator[RenderableType]:
    """The specs of an answer with their numbers, and what is worth saying about them."""
    if answer.checked is not None:
        from inspector.render.pasted_summary import summary_screen  # noqa: PLC0415 - as needed

        yield from summary_screen(answer.checked, width)
        return
    lines = list(_opened(answer.lines))
    side, stacked = _beside(answer, lines), _stacked(answer, lines)
    yield side if width_of(side) <= width else stacked
    texts = list(_remarks(answer))
    if texts:
        yield Text()
    for text in texts:
        yield Text(text)
    for text in _notes(answer):
        yield note(text)


def _opened(lines: Sequence[Line]) -> Iterator[tuple[int, Line]]:
    """Every line with its depth: the rows of a model inside stand below its own."""
    stack = [(0, line) for line in reversed(lines)]
    while stack:
        depth, line = stack.pop()
        yield depth, line
        inner = line.row.layers or ()
        stack.extend(
            (depth + 1, Line(f"({row.name}) {row.class_name}", row, ())) for row in reversed(inner)
        )


def _beside(answer: Calc, lines: Sequence[tuple[int, Line]]) -> Table:
    """Arithmetic under the spec, formula under the shapes: the two can be read across."""
    rows: list[list[Text]] = []
    for depth, line in lines:
        indent = "  " * depth
        rows.append([_number(line), Text(indent + plain(line.spec)), Text(_shapes(line))])
        worked, formula = _worked(line)
        if worked:
            rows.append([Text(), Text(f"{indent}= {worked}", "dim"), Text(formula, "dim")])
    rows.append(_total(answer))
    return columns(rows, "rll", titles=("PARAMS", "SPEC", _title(answer)))


def _stacked(answer: Calc, lines: Sequence[tuple[int, Line]]) -> Table:
    """The same for a narrow screen, everything below the spec."""
    rows: list[list[Text]] = []
    for depth, line in lines:
        indent = "  " * depth
        rows.append([_number(line), Text(indent + plain(line.spec))])
        worked, formula = _worked(line)
        texts = (_shapes(line), worked and f"= {worked}", formula and f"= {formula}")
        rows.extend([Text(), Text(f"{indent}{text}", "dim")] for text in texts if text)
    rows.append(_total(answer)[:2])
    return columns(rows, "rl", titles=("PARAMS", "SPEC"))


def _title(answer: Calc) -> str:
    return "FORMULA" if answer.kind == "pytorch" else "SHAPES AND FORMULA"


def _number(line: Line) -> Text:
    style = "yellow" if line.row.params is None else "bold" if line.row.params else "dim"
    return Text(number(line.row.params), style)


def _total(answer: Calc) -> list[Text]:
    totals = answer.totals
    words = "total" if totals.complete else "total, at least"
    if totals.non_trainable:
        words += f": {number(totals.trainable)} trainable + {number(totals.non_trainable)} not"
    return [Text(number(totals.params), "bold"), Text(words, "bold"), Text()]


def _shapes(line: Line) -> str:
    last = line.row.outputs[-1] if line.row.outputs else ()
    if not line.inputs and not last:
        return ""
    taken, given = _listed(line.inputs), _listed(last)
    return f"{taken} → {given}" if taken else given


def _listed(shapes: Sequence[Shape | None]) -> str:
    texts = ["?" if shape is None else without_batch(shape) for shape in shapes]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]" if texts else ""


def _worked(line: Line) -> tuple[str, str]:
    """The arithmetic and the formula of a spec; with `= ?` where a size is open."""
    if line.partly:
        return f"{line.partly} = ?", line.partly_formula
    if not line.row.params or line.row.arithmetic is None:
        return "", ""
    formula = line.row.formula or ""
    fixed = line.row.non_trainable_params
    if fixed and line.row.trainable_params:
        formula += f", of which {number(line.row.trainable_params)} trainable"
    return line.row.arithmetic, formula


def _remarks(answer: Calc) -> Iterator[str]:
    """What applies to these specs: what flows where, and the option that would change a number."""
    chained = [plain(line.spec) for line in answer.lines if line.chained]
    if len(chained) == 1:
        yield f"{chained[0]} names no input: it takes the output of the spec before it."
    elif chained:
        yield "A spec that names no input takes the output of the spec before it."
    for line in answer.lines:
        if line.partly and line.row.params is None:
            symbols = _open_symbols(line)
            yield (
                f"{plain(line.spec)} hangs on {symbols}, which nothing tells: add --input SHAPE "
                f'(such as 32x32x3), or write "{plain(line.spec)} on SHAPE".'
            )
            break
    for found in answer.otherwise:
        spec = plain(answer.lines[found.line].spec)
        biases = "one bias" if found.setting.endswith("False") else "two biases"
        yield f"With {found.setting}, {spec} has {biases} a direction: {number(found.params)}."


def _open_symbols(line: Line) -> str:
    words = re.findall(r"[A-Za-z_]\w*|\([^()+]*/g\)", line.partly)
    return " and ".join(dict.fromkeys(words)) or "its input"


def _notes(answer: Calc) -> list[str]:
    notes = [
        f"{line.spec}: {text}"
        for line in answer.lines
        for text in line.row.notes
        if not line.partly
    ]
    return [*notes, *answer.notes]
