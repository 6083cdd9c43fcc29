"""The screen of `count`: every convention of counting layers, and where the parameters are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from inspector.answers.blocks.names import plural
from inspector.answers.count import ClassCount, Count, OffPath
from inspector.dims import Shape
from inspector.model import Model
from inspector.render.names import braced
from inspector.render.reference import typed
from inspector.render.safe import plain
from inspector.render.screen import (
    WIDEST,
    Cell,
    columns,
    heading,
    line,
    note,
    number,
    share,
    width_of,
)

_HEAVIEST = 5
_LONGEST_BAR = 40
_SHORTEST_BAR = 8  # shorter ones all look alike
_INDENT = 4
_SENTENCE = 59  # signs in the last column of LAYERS, on 80


def count_screen(answer: Count, width: int, *, interactive: bool) -> Iterator[RenderableType]:
    """The answer for one model, line by line."""
    width = min(width, WIDEST)
    yield _headline(answer)
    yield Text(origin(answer.model), style="dim")
    yield Text()
    yield heading("LAYERS", "by whose count")
    yield columns(_conventions(answer), "rll", indent=2)
    yield from _beside(answer, width)
    yield Text()
    yield heading("PARAMETERS")
    yield columns(_totals(answer), "lrl", indent=2)
    if answer.totals.params:
        yield Text()
        yield _by_class(answer, width)
        yield Text()
        yield _heaviest(answer)
        yield Text()
        yield from _formulas(answer, width)
    yield from _notes(answer.notes)
    if interactive:
        yield from _next(answer)


def comparison(answers: Sequence[Count], width: int) -> Iterator[RenderableType]:
    """The answer for several models: one table, one row each."""
    titles = ("MODEL", "DEPTH", "KERNEL", "WITH WEIGHTS", "LISTED", "PARAMS", "TRAINABLE", "MACS")
    rows = [
        (
            Text(plain(answer.model.name), style="bold"),
            number(answer.depth),
            number(answer.kernel),
            number(answer.with_weights),
            number(answer.listed),
            _at_least(answer) + number(answer.totals.params),
            number(answer.totals.trainable),
            number(answer.totals.macs),
        )
        for answer in answers
    ]
    full = columns(rows, "lrrrrrrr", titles=titles)
    if width_of(full) > width:
        lean = [(*row[:2], row[4], *row[5:6], row[7]) for row in rows]
        full = columns(lean, "lrrrr", titles=("MODEL", "DEPTH", "LISTED", "PARAMS", "MACS"))
    yield full
    yield Text()
    yield Text("depth: kernel layers on the longest path; MACs: for one example", style="dim")
    for answer in answers:
        yield from _notes(answer.notes)


def origin(model: Model) -> str:
    """What was read, and on whose authority, in one line."""
    inputs = ", ".join(_without_batch(shape) for shape in _inputs(model))
    entry = f"; input {inputs}" if inputs else ""
    if model.format == "zoo":
        return f"keras.applications as of Keras {model.keras_version}{entry}"
    saved = f", saved by Keras {plain(model.keras_version)}" if model.keras_version else ""
    return f"{plain(model.source)}{saved}{entry}"


def _inputs(model: Model) -> list[Shape | None]:
    return [model.analysis.shapes.get(ref) for ref in model.graph.inputs]


def _without_batch(shape: Shape | None) -> str:
    """A shape as `Input(shape=…)` takes it."""
    return "?" if shape is None else str(tuple(shape[1:])).replace("'", "")


def _at_least(answer: Count) -> str:
    return "" if answer.totals.complete else "at least "


def _headline(answer: Count) -> Text:
    return line(
        (plain(answer.model.name), "bold"),
        "   ",
        (number(answer.depth), "bold"),
        " layers deep, ",
        (number(answer.listed), "bold"),
        " listed, ",
        (_at_least(answer), "yellow"),
        (number(answer.totals.params), "bold"),
        " parameters",
    )


# --- layers -------------------------------------------------------------------------------------


def _conventions(answer: Count) -> Iterator[tuple[Cell, Cell, Cell]]:
    named = str(answer.depth) in _numbers(answer.model)
    depth = f": the {answer.depth} in the name" if named else ""
    yield Text(number(answer.depth), "bold"), "depth", f"kernels on the longest path{depth}"
    yield number(answer.kernel), "kernel", f"layers with a kernel{_of(answer.kernel_classes)}"
    others = _list(answer.other_classes)
    more = f"and {others}: " if others else ""
    beyond = f"; {answer.unknown} not known" if answer.unknown else ""
    yield number(answer.with_weights), "with weights", f'{more}"Depth" in the Keras docs{beyond}'
    yield number(answer.listed), "listed", _listed(answer)
    yield number(answer.longest_path), "longest path", f"edges {_ends(answer.model)}"
    if answer.blocks:
        yield number(answer.blocks), "blocks", _blocks(answer)


def _numbers(model: Model) -> list[str]:
    """The numbers that stand in a model's name, such as the 50 of resnet50v2."""
    letters = "".join(sign if sign.isdigit() else " " for sign in model.name)
    return letters.split()


def _of(classes: Sequence[ClassCount]) -> str:
    found = _list(classes, " + ")
    return f": {found}" if found else ""


def _list(classes: Sequence[ClassCount], joint: str = ", ", limit: int = 3) -> str:
    shown = [f"{found.layers} {plain(found.class_name)}" for found in classes[:limit]]
    rest = sum(found.layers for found in classes[limit:])
    return joint.join([*shown, *([f"{rest} others"] if rest else [])])


def _listed(answer: Count) -> str:
    if answer.operations:
        more = "1 operation" if answer.operations == 1 else f"{answer.operations} operations"
        return f"len(model.layers); summary() prints {more} more"
    if any(row.layers is not None for row in answer.model.rows):
        return "len(model.layers); the others look into the models inside"
    return "len(model.layers), the rows of model.summary()"


def _ends(model: Model) -> str:
    graph = model.graph
    if len(graph.inputs) == len(graph.outputs) == 1 and not graph.sequential:
        return f"from {plain(graph.inputs[0].layer)} to {plain(graph.outputs[0].layer)}"
    return "from an input to an output"


def _blocks(answer: Count) -> str:
    """What the repeated blocks are, and what a reader counts who counts stem and head as well."""
    begins, ends = (answer.signature.startswith("stem"), answer.signature.endswith("head"))
    around = " and ".join(["stem"] * begins + ["head"] * ends)
    seen = (answer.blocks or 0) + begins + ends
    more = f"; with {around}, the {seen} one sees" if around else ""
    full = ", ".join(f"{_sizes(sizes)} {plural(word)}" for word, sizes in answer.stages)
    words = dict.fromkeys(plural(word) for word, _ in answer.stages)
    return next(
        text
        for text in (full + more, full, " and ".join(words) + more, f"repeated blocks{more}")
        if len(text) <= _SENTENCE or text.startswith("repeated")
    )


def _sizes(sizes: Sequence[int]) -> str:
    return ", ".join(map(str, sizes))


_PLACES = {"Add": "on other branches", "Concatenate": "on other branches", "Multiply": "in gates"}


def _beside(answer: Count, width: int) -> Iterator[RenderableType]:
    """Why `kernel` and `depth` differ: the kernels that lie beside the longest path."""
    beside = len(answer.off_path)
    if not beside or answer.depth is None or answer.kernel is None:
        return
    yield Text()
    kinds = _kinds(answer.off_path_groups)
    said = " and ".join(f"{len(paths)} {kind}" for kind, paths in kinds.items())
    if answer.kernel - beside == answer.depth:
        text = f"{answer.kernel} − {beside} = {answer.depth}: {said}, beside the longest path"
    else:
        text = f"{answer.depth} of the {answer.kernel} lie on one path; beside it, {said}"
    lists = [(plain(braced(paths, width - 2 * _INDENT)),) for paths in kinds.values()]
    yield columns([(text,), *lists], "l", indent=_INDENT)


def _kinds(groups: Sequence[OffPath]) -> dict[str, list[str]]:
    """The kernels beside the longest path, by what to call them there."""
    kinds: dict[str, list[str]] = {}
    for group in groups:
        shortcut = group.projection and group.junction == "Add"
        one = "projection shortcuts" if shortcut else _PLACES.get(group.junction, "on other paths")
        kinds.setdefault(one, []).extend(group.paths)
    return {
        kind[:-1] if len(paths) == 1 and kind.endswith("shortcuts") else kind: paths
        for kind, paths in kinds.items()
    }


# --- parameters ---------------------------------------------------------------------------------


def _totals(answer: Count) -> Iterator[tuple[Cell, Cell, Cell]]:
    totals = answer.totals
    yield "total", Text(_at_least(answer) + number(totals.params), "bold"), _witnesses(answer)
    yield "trainable", number(totals.trainable), "what training changes"
    yield "non-trainable", number(totals.non_trainable), _kept(answer.model)
    counted = "MACs for one example; bias not counted"
    yield "multiply-adds", number(totals.macs), _uncounted(answer) or counted


def _uncounted(answer: Count) -> str:
    """Why nobody can say how many multiply-adds there are; empty when somebody can."""
    model = answer.model
    if answer.totals.macs is not None:
        return ""
    if not model.graph.nodes:
        return "no layer graph: how often a weight is used is not told"
    if any(shape is None or None in shape[1:] for shape in _inputs(model)):
        return "the size of the input is open"
    rows = (row for row in model.walk() if row.macs is None and row.layers is None)
    classes = dict.fromkeys(plain(row.class_name) for row in rows)
    return f"no confirmed count for {', '.join(list(classes)[:3])}"


def _witnesses(answer: Count) -> Text:
    text = Text()
    if all(agrees is None for _, agrees in answer.agreement):
        return Text("no witness yet: graphinspect verify asks Keras", "dim")
    for witness, agrees in sorted(answer.agreement, reverse=True):
        said = number(getattr(answer.totals, witness))
        if agrees is None:
            absent = " (no file)" if answer.model.format == "zoo" else ""
            text.append(f"– {witness}{absent}  ", "dim")
        elif agrees:
            text.append("✓", "green").append(f" {witness}  ")
        else:
            text.append("✗", "red").append(f" {witness} says {said}  ")
    text.rstrip()
    return text


def _kept(model: Model) -> str:
    """Why the non-trainable parameters are that: statistics, or layers that are frozen."""
    frozen = 0
    statistics: Counter[str] = Counter()
    for row in model.walk():
        if row.layers is not None or not row.non_trainable_params:
            continue
        if not row.trainable:
            frozen += 1
        else:
            statistics[row.class_name] += 1
    words = [_statistic(name) for name in statistics if not name.endswith("?")]
    if frozen:
        words.append(f"{frozen} frozen layer{'s' if frozen > 1 else ''}")
    return ", ".join(words)


def _statistic(class_name: str) -> str:
    if class_name == "BatchNormalization":
        return "BatchNormalization moving mean and variance"
    return plain(class_name)


def _by_class(answer: Count, width: int) -> Table:
    owning = [found for found in answer.by_class if found.params != 0]
    light = [found for found in answer.by_class if found.params == 0]
    total = sum(found.params or 0 for found in owning) or 1
    rows = [_class_row(found, total) for found in owning]
    if light:
        kinds = f"{len(light)} type{'s' if len(light) > 1 else ''} without weights"
        layers = sum(found.layers for found in light)
        rows.append((kinds, number(layers), "0", share(0, total)))
    titles = ["BY TYPE", "LAYERS", "PARAMS", "SHARE"]
    taken = sum(2 + max(map(cell_len, column)) for column in zip(titles, *rows, strict=True))
    room = min(width - _INDENT - taken, _LONGEST_BAR)
    if room < _SHORTEST_BAR:
        return columns(rows, "lrrr", titles=titles, indent=_INDENT)
    bars = [bar((found.params or 0) / total, room) for found in owning] + [""] * bool(light)
    drawn = [(*row, drawing) for row, drawing in zip(rows, bars, strict=True)]
    return columns(drawn, "lrrrl", titles=[*titles, ""], indent=_INDENT)


def _class_row(found: ClassCount, total: int) -> tuple[str, str, str, str]:
    part = "?" if found.params is None else share(found.params, total)
    return plain(found.class_name), number(found.layers), number(found.params), part


def bar(part: float, length: int) -> str:
    """A bar for a part of 1, in half steps; the smallest part still shows.

    >>> bar(0.5, 4), bar(0.001, 4)
    ('━━', '╸')
    """
    halves = max(1, round(part * length * 2)) if part else 0
    return "━" * (halves // 2) + "╸" * (halves % 2)


def _heaviest(answer: Count) -> Table:
    shown = answer.heaviest[:_HEAVIEST]
    rest = answer.heaviest[_HEAVIEST:]
    total = answer.totals.params
    rows = [
        (
            plain(braced(group.paths, 36)),
            group.arithmetic,
            number(group.params),
            f"×{len(group.paths)}" if len(group.paths) > 1 else "",
            share(group.params * len(group.paths), total),
        )
        for group in shown
    ]
    if rest:
        layers = sum(len(group.paths) for group in rest)
        params = sum(group.params * len(group.paths) for group in rest)
        label = f"{layers} other{'s' if layers > 1 else ''} with weights"
        rows.append((label, "", number(params), "", share(params, total)))
    titles = ("HEAVIEST LAYERS", "ARITHMETIC", "PARAMS", "", "SHARE")
    return columns(rows, "llrlr", titles=titles, indent=_INDENT)


def _formulas(answer: Count, width: int) -> Iterator[Text]:
    """The formula of every class among the heaviest layers, once."""
    seen = dict.fromkeys(
        (plain(group.class_name), group.formula)
        for group in answer.heaviest[:_HEAVIEST]
        if group.formula
    )
    texts = [f"{name}  {formula}" for name, formula in seen]
    row = " " * _INDENT
    for text in texts:
        if len(row) > _INDENT and len(row) + len(text) > width:
            yield Text(row.rstrip(), "dim")
            row = " " * _INDENT
        row += text + " " * _INDENT
    yield Text(row.rstrip(), "dim")


def _notes(notes: Sequence[str]) -> Iterator[Text]:
    if notes:
        yield Text()
    for text in notes:
        yield note(text)


def _next(answer: Count) -> Iterator[Text]:
    word = typed(answer.model)
    if word:
        command = f"graphinspect verify {word}"
        yield line("\n", ("next: ", "dim"), (command, "cyan"), ("  asks a live Keras", "dim"))
