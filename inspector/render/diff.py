"""The screens of `diff`: the verdict, where two models part, and a ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from inspector.answers.diff import Diff, Difference, Neighbour
from inspector.answers.diff.compare import ADDED, INPUTS, REMOVED, RENAMED, SHAPE
from inspector.answers.diff.ledger import Row, ledger
from inspector.answers.outside import Outside
from inspector.render.names import braced
from inspector.render.safe import plain
from inspector.render.screen import Cell, columns, line, number, richest

_TITLES = ("Changed", "What", "From", "To", "Line")
_LINES = 3  # of a program, beside one row
_SPELLED = 4  # layers wired otherwise, before they are only counted
_SHOWN = 8  # rows of a list, before the rest is counted
_LEFT_OUT = {
    "statistics": "running averages of BatchNormalization, which other libraries do not count",
    "kept": "other numbers that training never changes",
    "idle_biases": "biases of convolutions before a BatchNormalization, which takes them out again",
}


def diff_screen(answer: Diff, width: int, *, interactive: bool) -> Iterator[RenderableType]:
    """Verdict first; then where they part, or the names that differ; then the numbers."""
    yield _verdict(answer)
    if answer.parting is not None:
        yield Text()
        yield from _parting(answer, width)
    yield from _changes(answer, width)
    yield from _names(answer)
    if not answer.same_graph:
        yield Text()
        yield from _ledger(answer)
    if interactive and answer.differences:
        left, right = (_typed(model.source) for model in (answer.left, answer.right))
        yield Text()
        yield Text(f"next: graphinspect diff {left} {right} --json  every difference", "dim")


def _typed(source: str) -> str:
    """A MODEL as it is typed into a shell."""
    text = plain(source.removeprefix("keras.applications."))
    return f'"{text}"' if set("( ") & set(text) else text


def _verdict(answer: Diff) -> Text:
    if not answer.same_graph:
        spots = ", ".join(_lines([answer.parting.why])) if answer.parting else ""
        where = f"{_where(answer)} ({spots})" if spots else _where(answer)
        return line(("≠ ", "red"), ("not the same graph", "bold"), f"   {where}")
    layers, params = len(answer.left.rows), number(answer.left.totals.params)
    names = "layer names too" if answer.same_names else "other layer names"
    flags = "" if answer.same_flags else "; other trainable flags"
    sign = ("= ", "green") if answer.same_flags else ("≠ ", "red")
    size = f"   {number(layers)} layers, {params} parameters; "
    return line(sign, ("the same graph", "bold"), f"{size}{names}{flags}")


def _where(answer: Diff) -> str:
    parting = answer.parting
    if parting is None:
        return "their outputs differ"
    why = parting.why
    if why.field == REMOVED:
        return f"they part at {plain(why.layer)}, which only the first has"
    if why.field == ADDED:
        return f"they part at {plain(why.layer)}, which only the second has"
    if not parting.common or why.field != INPUTS:
        return f"they part at {plain(why.layer)}: {_what(why)}"
    return f"they part after {plain(parting.common[-1][0].name)}, {parting.before} layers in"


def _what(found: Difference) -> str:
    return f"{plain(found.field)} {_value(found.left)}, {_value(found.right)}"


def _value(value: object) -> str:
    if isinstance(value, list):
        value = value[1:] if len(value) > 1 and value[0] is None else value  # the batch
        return f"({', '.join(map(_value, value))})"
    return plain(str(value))


# --- where they part ----------------------------------------------------------------------------


def _parting(answer: Diff, width: int) -> Iterator[RenderableType]:
    parting = answer.parting
    if parting is None:
        return
    yield richest((_parting_table(answer, classes) for classes in (True, False)), width)


def _parting_table(answer: Diff, classes: bool) -> Table:
    """The last layers in common and the first that differ; classes where there is room."""
    parting = answer.parting
    rows: list[Sequence[Cell]] = [
        [Text(cell, "dim") for cell in ("=", *_said(one), *_said(two))]
        for one, two in (parting.common if parting else ())
    ]
    sides = (parting.left, parting.right) if parting else ((), ())
    for place in range(max(map(len, sides))):
        cells: list[Cell] = [Text("≠" if place == 0 else "", "red")]
        for side in sides:
            cells += _said(side[place]) if place < len(side) else ("", "")
        rows.append(cells)
    titles = ["", plain(answer.left.name), "", plain(answer.right.name), ""]
    kept = range(5) if classes else (0, 1, 3)
    picked = ([row[place] for place in kept] for row in rows)
    return columns(picked, "l" * len(kept), titles=[titles[place] for place in kept])


def _said(found: Neighbour) -> tuple[str, str]:
    params = f" {number(found.params)}" if found.params else ""
    return plain(found.name), f"{plain(found.class_name)}{params}"


# --- what changed -------------------------------------------------------------------------------


def _changes(answer: Diff, width: int) -> Iterator[RenderableType]:
    """Every kind of change in one row, layers folded; consequences and names left out."""
    rows = list(_change_rows(answer.differences))
    if not rows:
        return
    yield Text()
    yield richest((_changes_table(rows[:_SHOWN], short) for short in (False, True)), width)
    if len(rows) > _SHOWN:
        more = len(rows) - _SHOWN
        yield Text(f"and {more} more {'kind' if more == 1 else 'kinds'} of change", "dim")
    shapes = sum(each.field == SHAPE for each in answer.differences)
    if shapes:
        differ = "output shapes differ" if shapes > 1 else "output shape differs"
        yield Text(f"{shapes} {differ} in consequence.", "dim")


def _changes_table(rows: Sequence[_Change], short: bool) -> Table:
    """The table of changes; where there is little room, lines without their files."""
    lines = [_short(row.lines) if short else "\n".join(row.lines) for row in rows]
    count = len(_TITLES) - (not any(lines))
    cells = [(*row[:4], said)[:count] for row, said in zip(rows, lines, strict=True)]
    return columns(cells, "l" * count, titles=[title.upper() for title in _TITLES[:count]])


def _short(lines: Sequence[str]) -> str:
    return " | ".join(dict.fromkeys(each.rpartition(":")[2] for each in lines))


class _Change(NamedTuple):
    """A row: changes of the same kind and the same values."""

    layers: str
    what: str
    left: str
    right: str
    lines: tuple[str, ...]  # of the programs that build the first model and the second


def _change_rows(found: Iterable[Difference]) -> Iterator[_Change]:
    """Changes of the same kind and the same values, with the layers that have them."""
    kept = [each for each in found if each.field not in (RENAMED, SHAPE)]
    groups: dict[tuple[str, str, str], list[Difference]] = {}
    for each in kept:
        key = each.field, _value(each.left), _value(each.right)
        if each.field == INPUTS:  # who takes what is another sentence for each
            key = each.field, "…", "…"
        groups.setdefault(key, []).append(each)
    for (name, left, right), changes in groups.items():
        if name == INPUTS and len(changes) <= _SPELLED:
            yield from (_rewired(each) for each in changes)
            continue
        layers = [plain(each.layer) for each in changes]
        folded = braced(layers)
        many = f"{len(layers)} layers: " if len(layers) > 1 and " and " not in folded else ""
        words = {
            ADDED: ("added", "–", right),
            REMOVED: ("removed", left, "–"),
            INPUTS: ("wired otherwise", "", ""),
        }
        said = words.get(name, (name.replace("_", " "), left, right))
        yield _Change(f"{many}{folded or '(outputs)'}", *said, _lines(changes))


def _rewired(each: Difference) -> _Change:
    taken = _joined(each.left), _joined(each.right)
    return _Change(plain(each.layer), "takes", *taken, _lines([each]))


def _lines(changes: Sequence[Difference]) -> tuple[str, ...]:
    """The lines of programs where layers are called: of the first model, then of the second."""
    said: list[str] = []
    for spots in ([each.left_at for each in changes], [each.right_at for each in changes]):
        known = sorted({spot for spot in spots if spot is not None}, key=lambda spot: spot.line)
        if known:
            more = f", {len(known) - _LINES} more" if len(known) > _LINES else ""
            numbers = ", ".join(str(spot.line) for spot in known[:_LINES])
            said.append(f"{plain(known[0].file)}:{numbers}{more}")
    return tuple(dict.fromkeys(said))


def _joined(names: Iterable[str]) -> str:
    return ", ".join(map(plain, names))


def _names(answer: Diff) -> Iterator[RenderableType]:
    renamed = [each for each in answer.differences if each.field == RENAMED]
    if not renamed:
        return
    yield Text()
    if not answer.same_graph and len(renamed) > _SHOWN:
        yield Text(f"{len(renamed)} layers were matched under other names.", "dim")
        return
    rows = [(_value(each.left), _value(each.right)) for each in renamed[:_SHOWN]]
    yield columns(rows, "ll", titles=("NAME IN THE FIRST", "IN THE SECOND"))
    if len(renamed) > _SHOWN:
        yield Text(f"and {len(renamed) - _SHOWN} more layers with another name", "dim")


# --- numbers ------------------------------------------------------------------------------------


def _ledger(answer: Diff) -> Iterator[RenderableType]:
    rows = [_ledger_cells(row) for row in ledger(answer)]
    names = plain(answer.left.name), plain(answer.right.name)
    yield columns(rows, "lrrr", titles=("", *names, "DIFFERENCE"))


def _ledger_cells(row: Row) -> tuple[str, str, str, str]:
    name = f"  {plain(row.name)}" if row.part else plain(row.name)
    return name, number(row.left), number(row.right), _signed(row.difference)


def _signed(value: int | None) -> str:
    """A difference with its sign.

    >>> _signed(5), _signed(-1200), _signed(0)
    ('+5', '−1,200', '=')
    """
    if value is None:
        return "?"
    return "=" if not value else f"{value:+,}".replace("-", "−")


# --- other media --------------------------------------------------------------------------------


def diff_markdown(answers: Sequence[Diff]) -> str:
    """What changed, for the description of a pull request."""
    parts = []
    for answer in answers:
        verdict = _verdict(answer).plain
        text = [f"**{_escaped(verdict)}**", ""]
        changes = [*_change_rows(answer.differences)]
        if changes:
            count = len(_TITLES) - (not any(row.lines for row in changes))
            cells = [(*row[:4], "; ".join(row.lines))[:count] for row in changes]
            text += _table(_TITLES[:count], cells)
        renamed = [each for each in answer.differences if each.field == RENAMED]
        if renamed:
            pairs = [(_value(each.left), _value(each.right)) for each in renamed]
            text += _table(("Name in the first", "in the second"), pairs)
        if not answer.same_graph:
            numbers = [_ledger_cells(row) for row in ledger(answer)]
            names = plain(answer.left.name), plain(answer.right.name)
            text += _table(("", *names, "Difference"), numbers)
        parts.append("\n".join(text).rstrip())
    return "\n\n".join(parts) + "\n"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [titles, ["---"] * len(titles), *rows]
    made = [f"| {' | '.join(cells)} |" for cells in (map(_escaped, row) for row in lines)]
    return [*made, ""]


def _escaped(text: str) -> str:
    if text == "---":
        return text
    for sign in "\\`*_{}[]<>|#":
        text = text.replace(sign, f"\\{sign}")
    return text.strip()


# --- published numbers --------------------------------------------------------------------------


def outside_screen(answer: Outside) -> Iterator[RenderableType]:
    """A total, what another library leaves out of it, and the number that it publishes."""
    reached = "=" if not answer.gap else "≠"
    signs = "".join(f" − {number(term.less)}" for term in answer.terms)
    sum_ = answer.terms[-1].params if answer.terms else answer.params
    yield line(
        (f"{reached} ", "green" if not answer.gap else "red"),
        (f"{number(answer.params)}{signs} = {number(sum_)}", "bold"),
    )
    name = plain(answer.model.name)
    yield Text(f"{name} in Keras beside {answer.library}, which publishes {answer.published:,}")
    yield Text()
    rows: list[tuple[Cell, ...]] = [(number(answer.params), "parameters as Keras counts them")]
    rows += [(f"− {number(term.less)}", _LEFT_OUT.get(term.key, term.key)) for term in answer.terms]
    rows.append((number(sum_), "what is left"))
    if answer.gap:
        rows.append((_signed(answer.gap), "not explained"))
    rows.append((number(answer.published), f"published: {answer.source}"))
    yield columns(rows, "rl", indent=2)
