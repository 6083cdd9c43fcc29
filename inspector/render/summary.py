"""The text of `model.summary()`, as Keras 3 lays it out, from what is known without Keras."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from shutil import get_terminal_size

from inspector.errors import InspectError, ReadError
from inspector.graph import Graph, Layer
from inspector.infer import Analysis, distinct_weights
from inspector.model import LayerRow, Model
from inspector.printed import shape_text
from inspector.render.safe import plain

_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")
_UNBUILT = "0 (unbuilt)"
_MARGIN = 4  # columns of the terminal that Keras leaves free
_NARROWEST = 4  # columns of a column
# Layers without a `build` of their own: Keras calls them built before any shape is known.
_BUILT_AT_ONCE = frozenset(
    {
        *(f"{kind}Pooling{rank}D" for kind in ("Average", "Max") for rank in (1, 2, 3)),
        *(f"Global{kind}Pooling{rank}D" for kind in ("Average", "Max") for rank in (1, 2, 3)),
        *(f"SpatialDropout{rank}D" for rank in (1, 2, 3)),
        *("Activation", "ActivityRegularization", "AlphaDropout", "Dropout", "ELU"),
        *("GaussianDropout", "GaussianNoise", "Identity", "InputLayer", "LeakyReLU", "Masking"),
        *("ReLU", "Reshape", "Softmax", "UnitNormalization"),
    }
)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the table: its title, where it ends, and on which side its text stands."""

    title: str
    end: float  # as a share of the line
    justify: str = "left"


_CHAIN = (
    _Column("Layer (type)", 0.45),
    _Column("Output Shape", 0.80),
    _Column("Param #", 1.0, "right"),
)
_WEB = (
    _Column("Layer (type)", 0.3),
    _Column("Output Shape", 0.56),
    _Column("Param #", 0.74, "right"),
    _Column("Connected to", 1.0),
)


def summary_text(
    model: Model,
    *,
    line_length: int | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
) -> str:
    """What Keras prints for the model once it is loaded, but for what nobody knows: that is `?`.

    Raises:
        InspectError: the line is too short for the table.
    """
    if not model.graph.nodes:
        raise ReadError(
            model.source,
            "holds no layer graph, so that there is no summary of it",
            hint="params lists the weights that it holds",
        )
    chain = is_chain(model.graph)
    columns = _columns(_CHAIN if chain else _WEB, show_trainable)
    screen = get_terminal_size().columns
    if line_length is None:
        usual = (88 if chain else 108) + (12 if show_trainable else 0)
        line_length = min(usual, screen - _MARGIN)
    widths = _widths(columns, line_length)
    titles = [column.title for column in columns]
    cells = [
        [cell[title] for title in titles]
        for cell in _cells(model.rows, model.analysis, expand_nested)
    ]
    footer = [plain(text) for text in _footer(model)]
    heading = f'Model: "{plain(model.name)}"'
    return _drawn(heading, columns, widths, cells, footer, max(line_length, screen))


def is_chain(graph: Graph) -> bool:
    """Whether Keras leaves out "Connected to": every call takes one tensor, and gives it to one."""
    if graph.sequential:
        return True
    if any(len(node.inputs) > 1 for node in graph.nodes):
        return False
    calls = Counter(node.layer.name for node in graph.nodes)
    takers = Counter(ref.layer for node in graph.nodes for ref in node.inputs)
    doors = sum(not node.inputs for node in graph.nodes)
    return doors <= 1 and all(count == 1 for count in (*calls.values(), *takers.values()))


# --- columns ------------------------------------------------------------------------------------


def _columns(columns: Sequence[_Column], show_trainable: bool) -> tuple[_Column, ...]:
    if not show_trainable:
        return tuple(columns)
    narrower = (_Column(each.title, each.end * 0.90, each.justify) for each in columns)
    return (*narrower, _Column("Trainable", 1.0, "center"))


def _widths(columns: Sequence[_Column], line_length: int) -> list[int]:
    """The width of each column, rounded as Keras rounds it."""
    widths: list[int] = []
    for column in columns:
        widths.append(int(column.end * line_length) - sum(widths))
    if min(widths) < _NARROWEST:
        raise InspectError(
            "summary",
            "the table does not fit into the line",
            received=f"{line_length} columns",
            hint="ask for a longer line, or widen the terminal",
        )
    return widths


# --- cells --------------------------------------------------------------------------------------


def _cells(
    rows: Iterable[LayerRow], analysis: Analysis, expand_nested: bool
) -> Iterator[dict[str, str]]:
    """The cells of every row by title; under `expand_nested`, models inside after their row."""
    connected = _connections(analysis.graph)
    stack = [(row, analysis, 0) for row in reversed(tuple(rows))]
    while stack:
        row, around, level = stack.pop()
        finding, count = around.findings[row.name], _count(row, around)
        prefix = f"{'   ' * level}└ " if level else ""
        yield {
            "Layer (type)": f"{prefix}{plain(row.name)} ({plain(row.class_name)})",
            "Output Shape": _shape(row),
            "Param #": count,
            "Connected to": "-" if level else connected.get(row.name, "-"),
            "Trainable": _trainable(finding.layer, count),
        }
        if expand_nested and finding.layer.graph is not None and finding.inner is not None:
            inside = [inner for inner in row.layers or () if not inner.operation]
            stack.extend((inner, finding.inner, level + 1) for inner in reversed(inside))


def _connections(graph: Graph) -> dict[str, str]:
    """Where the tensors of each layer come from, call after call: `conv[0][0], pool[0][0]`."""
    found: dict[str, list[str]] = {}
    for node in sorted(graph.nodes, key=lambda node: node.call):
        for ref in node.inputs:
            text = f"{plain(ref.layer)}[{ref.call}][{ref.output}]"
            found.setdefault(node.layer.name, []).append(text)
    return {name: ", ".join(texts) for name, texts in found.items()}


def _shape(row: LayerRow) -> str:
    return shape_text(row.outputs[-1]) if row.outputs else "?"


def _count(row: LayerRow, around: Analysis) -> str:
    """The parameters of a row; `?` for those that only a Keras with the class could count."""
    if _unbuilt(around) and row.class_name not in _BUILT_AT_ONCE and not _built(row, around):
        return _UNBUILT
    return "?" if row.params is None else f"{row.params:,}"


def _unbuilt(analysis: Analysis) -> bool:
    """Whether a Sequential model was never told the shape of its input."""
    graph = analysis.graph
    return graph.sequential and analysis.shapes.get(graph.inputs[0]) is None


def _built(row: LayerRow, around: Analysis) -> bool:
    """Whether a model inside an unbuilt one knows its own shapes."""
    inner = around.findings[row.name].inner
    return inner is not None and not _unbuilt(inner)


def _trainable(layer: Layer, count: str) -> str:
    """The layer's own flag, as Keras shows it: the flags of the models around it do not count."""
    if count in ("0", _UNBUILT):
        return "-"
    return "Y" if layer.trainable else "N"


# --- footer -------------------------------------------------------------------------------------


def _footer(model: Model) -> Iterator[str]:
    totals = model.totals
    if totals.trainable is None or totals.non_trainable is None:
        yield f" Total params: {totals.params:,}"
        return
    learned = fixed = 0
    for weight, trained in distinct_weights(model.analysis):
        bits = weight.size * weight.bits
        learned, fixed = (learned + bits, fixed) if trained else (learned, fixed + bits)
    sure = "" if totals.complete or _unbuilt(model.analysis) else "at least "
    yield f" Total params: {sure}{totals.params:,} ({size_text(learned + fixed)})"
    yield f" Trainable params: {sure}{totals.trainable:,} ({size_text(learned)})"
    yield f" Non-trainable params: {sure}{totals.non_trainable:,} ({size_text(fixed)})"


def size_text(bits: int) -> str:
    """A size as Keras writes it.

    >>> size_text(8 * 102_546_848)
    '97.80 MB'
    """
    amount = bits / 8
    for unit in _UNITS[:-1]:
        if amount < 1024:
            return f"{amount:.2f} {unit}"
        amount /= 1024
    return f"{amount:.2f} {_UNITS[-1]}"


# --- drawing ------------------------------------------------------------------------------------


def _drawn(
    heading: str,
    columns: Sequence[_Column],
    widths: Sequence[int],
    cells: Iterable[Sequence[str]],
    footer: Iterable[str],
    screen: int,
) -> str:
    from rich.console import Console  # noqa: PLC0415 - the other answers do without
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(width=sum(widths), show_lines=True)
    for column, width in zip(columns, widths, strict=True):
        table.add_column(column.title, justify=column.justify, width=width)  # type: ignore[arg-type]
    for row in cells:
        table.add_row(*map(Text, row))
    console = Console(
        file=io.StringIO(),  # not the terminal: neither its colours nor its signs may differ
        width=screen,
        highlight=False,
        force_terminal=False,
        force_jupyter=False,
        color_system=None,
        legacy_windows=False,
    )
    with console.capture() as captured:
        for part in (Text(heading), table, *map(Text, footer)):
            console.print(part)
    return captured.get()
