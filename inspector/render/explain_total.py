"""The screen of `explain MODEL`: a total as a tree of terms, and what others make of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from inspector.answers.terms import Term, TotalExplanation
from inspector.render.count import origin
from inspector.render.names import braced
from inspector.render.reference import quoted, typed
from inspector.render.safe import plain
from inspector.render.screen import (
    WIDEST,
    Cell,
    columns,
    heading,
    line,
    number,
    richest,
    share,
)

_SMALL = 24  # a tree of so many terms is shown whole
_SHOWN = 6  # terms of one sum on a terminal; the others as one row
_LEVELS = {"class": 2, "model": 3, "name": 2, "block": 2}  # deeper ones only when all is asked for
_ROOMS = (60, 52, 46, 42, 38, 36, 34, 33, 32, 30, 28, 26, 24, 20)  # for names, the widest that fits
_BY = {
    "class": "by class",
    "model": "by the models inside",
    "name": "by how the names begin",
    "block": "by repeated blocks, in the order of the model",
}


def total_screen(
    answer: TotalExplanation, width: int, *, interactive: bool, everything: bool = False
) -> Iterator[RenderableType]:
    """The answer for a whole model: the total, its terms, and how others count it."""
    full = everything or not interactive or _size(answer.total) <= _SMALL
    width = min(width, WIDEST) if interactive else width
    yield _headline(answer)
    yield Text(origin(answer.model), style="dim")
    yield Text()
    yield heading("WHERE THEY COME FROM", _BY[answer.by])
    yield _tree(answer, width, full)
    yield from _left_over(answer)
    if answer.complete:
        yield Text()
        yield heading("THE SAME MODEL, COUNTED OTHERWISE")
        yield columns(list(_otherwise(answer)), "rl", indent=2)
    if interactive:
        yield from _next(answer)


def inner_terms(answer: TotalExplanation, width: int) -> Iterator[RenderableType]:
    """The terms of a model inside another, without the frame of a screen."""
    yield _tree(answer, width, full=False)
    yield from _left_over(answer)


def _size(term: Term) -> int:
    return 1 + sum(map(_size, term.children))


def _headline(answer: TotalExplanation) -> Text:
    total = answer.total
    known = [child.params for child in total.children if child.params is not None]
    sums = f" = {' + '.join(map(number, known))}" if 1 < len(known) <= 4 else ""
    return line(
        (plain(answer.model.name), "bold"),
        "   ",
        (_at_least(answer), "yellow"),
        (number(total.params), "bold"),
        f" parameters{sums}",
    )


def _at_least(answer: TotalExplanation) -> str:
    return "" if answer.complete or answer.total.params is None else "at least "


# --- the tree -----------------------------------------------------------------------------------


def _tree(answer: TotalExplanation, width: int, full: bool) -> Table:
    return richest((_table(answer, room, full) for room in _rooms(full)), width)


def _rooms(full: bool) -> Sequence[int]:
    return (10_000, *_ROOMS) if full else _ROOMS


def _table(answer: TotalExplanation, room: int, full: bool) -> Table:
    rows = list(_rows(answer, answer.total, 0, room, full, answer.path))
    label = "total, at least" if _at_least(answer) else "total"
    rows.append((Text(label, "bold"), "", Text(number(answer.total.params), "bold"), ""))
    return columns(rows, "llrr", titles=("TERM", "ARITHMETIC", "PARAMS", "SHARE"), indent=2)


def _rows(
    answer: TotalExplanation, parent: Term, depth: int, room: int, full: bool, inside: str
) -> Iterator[tuple[Cell, ...]]:
    last = not full and depth + 1 >= _LEVELS[answer.by]
    groups = _alike(parent.children, fold=last)
    shown = groups if full or len(groups) <= _SHOWN + 1 else groups[:_SHOWN]
    for group in shown:
        yield _row(answer, parent, group, depth, room, inside)
        if not last and len(group) == 1:
            within = group[0].label if group[0].kind == "model" else inside
            yield from _rows(answer, group[0], depth + 1, room, full, within)
    rest = [term for group in groups[len(shown) :] for term in group]
    if rest:
        yield _others(answer, rest, depth)


def _alike(terms: Sequence[Term], *, fold: bool) -> list[list[Term]]:
    """Terms of the same making together, such as the equal blocks of a stage."""
    groups: dict[object, list[Term]] = {}
    for place, term in enumerate(terms):
        folded = fold and term.kind in ("name", "block")
        groups.setdefault(_making(term) if folded else place, []).append(term)
    return list(groups.values())


def _making(term: Term) -> tuple[object, ...]:
    children = tuple(_making(child) for child in term.children)
    return (term.class_name, term.arithmetic, term.params, children)


def _row(
    answer: TotalExplanation,
    parent: Term,
    group: Sequence[Term],
    depth: int,
    room: int,
    inside: str,  # the model whose layers need no path here
) -> tuple[Cell, ...]:
    term = group[0]
    params = None if term.params is None else term.params * len(group)
    labels = term.paths if term.kind == "layers" else [each.label for each in group]
    labels = [label.removeprefix(f"{inside}/") for label in labels]
    label = plain(braced(labels, max(room - 2 * depth, 8)))
    style = "bold" if depth == 0 and term.children else ""
    return (
        Text("  " * depth + label, style),
        _said(parent, term, len(group)),
        number(params),
        "" if params is None else share(params, answer.total.params or 0),
    )


def _said(parent: Term, term: Term, alike: int) -> str:
    """The arithmetic of equal layers; how many layers a wider term holds."""
    if term.kind != "layers":
        count = len(term.paths)
        layers = f"{count} layer{'s' if count > 1 else ''}"
        return f"{alike} × {number(term.params)}, {layers} each" if alike > 1 else layers
    class_name = "" if parent.kind == "class" else f"{plain(term.class_name)}  "
    arithmetic = term.arithmetic if term.params is not None else "not known"
    if len(term.paths) == 1:
        return f"{class_name}{arithmetic}"
    inner = f"({arithmetic})" if "·" in arithmetic or " " in arithmetic else arithmetic
    return f"{class_name}{len(term.paths)}×{inner}"


def _others(answer: TotalExplanation, rest: Sequence[Term], depth: int) -> tuple[Cell, ...]:
    params = sum(term.params or 0 for term in rest)
    layers = sum(len(term.paths) for term in rest)
    unknown = any(term.params is None for term in rest)
    label = Text("  " * depth + f"{len(rest)} more terms", "dim")
    return (
        label,
        f"{layers} layers, see --all",
        ("at least " if unknown else "") + number(params),
        share(params, answer.total.params or 0),
    )


def _left_over(answer: TotalExplanation) -> Iterator[Text]:
    if answer.weightless:
        owns = "owns" if answer.weightless == 1 else "own"
        text = f"  {_layers(answer.weightless)} more {owns} no weights: nothing to learn"
        yield Text(text, "dim")
    if answer.shared:
        yield Text(f"  {_layers(answer.shared)} share weights that are counted above", "dim")
    if not answer.complete:
        yield line(("  ? ", "yellow"), "what nobody can count is left out of every sum")


def _layers(count: int) -> str:
    return f"{count} layer{'s' if count > 1 else ''}"


# --- other conventions --------------------------------------------------------------------------

_LESS = {
    "statistics": "running averages of batch normalization (PyTorch: buffers)",
    "kept": "numbers that are set, not trained",
    "idle_biases": "biases that batch normalization cancels (often left out)",
}


def _otherwise(answer: TotalExplanation) -> Iterator[tuple[Cell, Cell]]:
    total = answer.total
    params = total.params or 0
    yield Text(number(params), "bold"), "total: model.summary() and count_params() of Keras"
    trainable = [other for other in answer.otherwise if other.params == total.trainable]
    for other in answer.otherwise:
        same = " = trainable" if other in trainable else ""
        yield number(other.params), f"− {number(other.less)} {_LESS[other.key]}{same}"
    if not trainable:
        yield number(total.trainable), _trainable(answer)


def _trainable(answer: TotalExplanation) -> str:
    total = answer.total
    rest = (total.params or 0) - total.trainable
    if not rest:
        return "trainable: all of it"
    frozen = f"{number(answer.frozen)} frozen" if answer.frozen else ""
    set_ = f"{number(rest - answer.frozen)} averaged or set" if rest > answer.frozen else ""
    return f"trainable: total − {' − '.join(filter(None, (frozen, set_)))}"


def _next(answer: TotalExplanation) -> Iterator[Text]:
    heaviest = max(_leaves(answer.total), key=lambda term: term.each or 0, default=None)
    word = typed(answer.model)
    if heaviest is None or not word:
        return
    command = f"graphinspect explain {word} {quoted(plain(heaviest.paths[0]))}"
    yield line("\n", ("next: ", "dim"), (command, "cyan"))


def _leaves(term: Term) -> Iterator[Term]:
    if term.kind == "layers":
        yield term
    for child in term.children:
        yield from _leaves(child)
