"""The screen of `lint`, as compilers write: the place, the lines, and marks below them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from inspector.answers.lint import Finding, Lint, Mark
from inspector.render.safe import plain
from inspector.render.screen import WIDEST

_PROSE = 80
_SHAPE = re.compile(r"\([\d?, ]+\)")
_STYLES = {"error": "bold red", "warning": "bold yellow"}


def lint_screen(answer: Lint, width: int, *, interactive: bool) -> Iterator[Text]:
    """What a terminal shows."""
    width = min(width, WIDEST) if interactive else width
    for found in answer.findings:
        yield from _finding(found, answer, width)
        yield Text()
    yield from _closing(answer)


def _finding(found: Finding, answer: Lint, width: int) -> Iterator[Text]:
    style = _STYLES[found.severity]
    yield Text.assemble(
        (f"{found.severity} {found.code}", style), (f": {plain(found.title)}", "bold")
    )
    yield from _place(found, answer, width)
    if found.marks:
        yield from _lines(found, answer.lines, style, width)
    elif found.message != found.title:
        yield from _labelled(
            "  what: ", found.message.removeprefix(f"{found.title}: "), width, "dim"
        )
    for note in found.notes:
        yield from _labelled("  note: ", note, width, "dim")
    yield from _labelled("  hint: ", found.hint, width, "cyan")


def _place(found: Finding, answer: Lint, width: int) -> Iterator[Text]:
    """Where it is, as editors understand it; and in which call."""
    place = f"{answer.source}: layer {found.path}"
    if found.line is not None:
        place = f"{answer.source}:{found.line}" + (f":{found.column}" if found.column else "")
    within = f"  {plain(found.within)}" if found.within else ""
    if cell_len(place) + len(within) + 6 <= width:
        yield Text.assemble(("  --> ", "dim"), plain(place), within)
        return
    yield Text.assemble(("  --> ", "dim"), plain(place))
    if within:
        yield Text(f"    {within}")


def _labelled(label: str, text: str, width: int, style: str) -> Iterator[Text]:
    room = max(min(width, _PROSE) - len(label), 20)
    for place, line in enumerate(_wrapped(plain(text), room)):
        head = (label, style) if not place else " " * len(label)
        yield Text.assemble(head, line)


def _wrapped(text: str, room: int) -> list[str]:
    """Lines of some length; a shape stays in one."""
    joined = _SHAPE.sub(lambda shape: shape[0].replace(" ", "\xa0"), text)
    lines = textwrap.wrap(joined, room, break_long_words=False)
    return [line.replace("\xa0", " ") for line in lines]


# --- lines of the program -----------------------------------------------------------------------


def _lines(found: Finding, lines: Sequence[str], style: str, width: int) -> Iterator[Text]:
    marks = sorted(found.marks, key=lambda mark: (mark.line, mark.start))
    digits = len(str(marks[-1].line))
    empty = f"{'':{digits}} │"
    yield Text(empty, style="dim")
    before = 0
    for mark in marks:
        if mark.line != before:
            if before and mark.line > before + 1:
                yield Text("...", style="dim")
            written, shift = _shown(lines, mark, width - digits - 3)
            yield Text.assemble((f"{mark.line:>{digits}} │ ", "dim"), written)
        before = mark.line
        written, shift = _shown(lines, mark, width - digits - 3)
        for below in _below(mark, written, shift, width - digits - 3):
            yield Text.assemble((f"{empty} ", "dim"), (below, style if mark.cause else "cyan"))
    yield Text(empty, style="dim")


def _shown(lines: Sequence[str], mark: Mark, room: int) -> tuple[str, int]:
    """A line of the program as far as it fits, and how many of its characters are left out."""
    written = lines[mark.line - 1] if 0 < mark.line <= len(lines) else ""
    written = "".join(sign if sign.isprintable() else " " for sign in written).rstrip()
    if cell_len(written) <= room:
        return written, 0
    if mark.end < room:
        return written[: room - 1] + "…", 0
    shift = max(min(mark.end - room + 2, mark.start), 0)
    rest = written[shift:]
    return "…" + (rest if len(rest) < room else rest[: room - 2] + "…"), shift - 1


def _below(mark: Mark, written: str, shift: int, room: int) -> Iterator[str]:
    """The mark under a line, and its text: to the right of it, or to its left where that fits."""
    start, end = max(mark.start - shift, 0), max(min(mark.end - shift, len(written)), 1)
    left = cell_len(written[:start])
    wide = max(cell_len(written[start:end]), 1)
    text, middle = plain(mark.text), wide // 2
    if wide > 1:
        yield f"{'':{left}}{'─' * middle}┬{'─' * (wide - middle - 1)}"
    column = left + (middle if wide > 1 else 0)
    indent = len(written) - len(written.lstrip())
    if column + 2 + cell_len(text) <= room:
        yield f"{'':{column}}╰ {text}"
    elif indent + cell_len(text) + 2 <= column:
        yield f"{'':{indent}}{text} {'─' * (column - indent - cell_len(text) - 1)}╯"
    else:
        column = min(column, room // 2)
        for place, part in enumerate(_wrapped(text, max(room - column - 2, 20))):
            yield f"{'':{column}}{' ' if place else '╰'} {part}"


# --- the last line ------------------------------------------------------------------------------


def _closing(answer: Lint) -> Iterator[Text]:
    source = plain(answer.source)
    if not answer.findings:
        calls = f"{answer.checked:,} call{'' if answer.checked == 1 else 's'} of layers"
        yield Text.assemble(("no findings", "bold"), f" in {source}: {calls}{_unfinished(answer)}")
        return
    warnings = len(answer.findings) - answer.errors
    parts = [
        f"{count} {word}{'' if count == 1 else 's'}"
        for count, word in ((answer.errors, "error"), (warnings, "warning"))
        if count
    ]
    yield Text.assemble(
        ("✗ ", "red"), (", ".join(parts), "bold"), f" in {source}{_unfinished(answer)}"
    )


def _unfinished(answer: Lint) -> str:
    run = answer.run
    if run is None:
        return ""
    if run.stopped:
        return f"; {plain(run.stopped)}"
    if not run.models:
        return "; the script stops before it has a model" if run.problems else "; it makes no model"
    if run.problems and not answer.findings:
        count = len(run.problems)
        return f"; {count} line{'' if count == 1 else 's'} did not run as written, see trace"
    return ""


# --- as a document ------------------------------------------------------------------------------


def lint_document(answer: Lint) -> dict[str, Any]:
    """`graphinspect.lint/1`."""
    run = answer.run
    problems = () if run is None else run.problems
    return {
        "schema": "graphinspect.lint/1",
        "source": answer.source,
        "checked": answer.checked,
        "complete": run is None or run.complete,
        "findings": [finding_object(found) for found in answer.findings],
        "problems": [{"line": line or None, "message": text} for line, text in problems],
    }


def finding_object(found: Finding) -> dict[str, Any]:
    """One finding, as `lint` and `trace` tell it."""
    return {
        "code": found.code,
        "severity": found.severity,
        "line": found.line,
        "column": found.column,
        "path": found.path or None,
        "variable": found.variable or None,
        "within": found.within or None,
        "title": found.title,
        "message": found.message,
        "hint": found.hint,
        "notes": list(found.notes),
        "marks": [
            {
                "line": mark.line,
                "start": mark.start,
                "end": mark.end,
                "text": mark.text,
                "cause": mark.cause,
            }
            for mark in found.marks
        ],
    }
