"""The screen and the document of `trace`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from inspector.answers.trace import Call, Named, Row, Section, Trace, scope
from inspector.dims import Shape
from inspector.render.lint import finding_object
from inspector.render.names import numbered
from inspector.render.safe import plain
from inspector.render.screen import columns, number
from inspector.render.shapes import without_batch
from inspector.symbolic.outside import Binding

_MOST_PROBLEMS = 12
_MOST_NAMES = 5
_GRAPH = "The graph stores layers and their connections, never the name of a variable."


def trace_screen(answer: Trace, width: int, *, interactive: bool) -> Iterator[RenderableType]:
    """What a terminal shows."""
    yield from _heading(answer)
    yield from _sections(answer.sections, width)
    for line, message in answer.problems[:_MOST_PROBLEMS]:
        place = f"line {line}: " if line else ""
        yield Text.assemble(("note: ", "yellow"), plain(f"{place}{message}"))
    if len(answer.problems) > _MOST_PROBLEMS:
        rest = len(answer.problems) - _MOST_PROBLEMS
        yield Text.assemble(("note: ", "yellow"), f"{rest} more, with --json")
    if answer.run.stopped:
        text = f"{answer.run.stopped}; this is what was found until then"
        yield Text.assemble(("incomplete: ", "yellow"), plain(text))
    yield Text("")
    yield from _closing(answer)
    if interactive and answer.bindings:
        hint = f"graphinspect trace {answer.run.source} --rewrite"
        yield Text.assemble(("next: ", "dim"), (plain(hint), "cyan"), "  a name for each tensor")


def _heading(answer: Trace) -> Iterator[Text]:
    run, only = answer.run, answer.model
    if only is not None and only.found.variable:
        codes = (b.code for b in run.bindings if b.serial == only.found.serial and b.code)
        code = plain(next(codes, only.found.variable))
        place = f"   line {only.found.line}: {code}" if only.found.line else f"   {code}"
        yield Text.assemble((plain(run.source), "bold"), place)
    else:
        count = len(answer.models)
        text = "no model" if not count else f"{count} models" if count > 1 else "one model"
        yield Text.assemble((plain(run.source), "bold"), f"   {text}")
    spoken = f"Keras {run.keras} ({run.why})"
    for made in answer.models if only is None else [only]:
        totals = made.model.totals
        least = "" if totals.complete else "at least "
        yield Text.assemble(
            (f"{plain(made.model.name)}: " if only is None else "", "dim"),
            (f"{len(made.model.rows)} layers", "bold"),
            ", ",
            (f"{least}{number(totals.params)} parameters", "bold"),
        )
    yield Text(plain(f"{spoken}; X₁, X₂, …: first, second binding of X in one call"), style="dim")


def _sections(sections: Sequence[Section], width: int) -> Iterator[RenderableType]:
    tables = [[_cells(row) for row in section.rows] for section in sections]
    titles = ("LINE", "NAME", "IS", "IN THE GRAPH", "SHAPE")
    widths = _widths([titles, *(row for table in tables for row in table)])
    for place, (section, rows) in enumerate(zip(sections, tables, strict=True)):
        yield Text("")
        yield _title(section)
        table = columns(rows, "rlllr", titles=titles if not place else ())
        _aligned(table, widths, width)
        yield table


def _widths(rows: Iterable[Sequence[Any]]) -> list[int]:
    """The widest cell of each column, so that all tables stand below one another."""
    measured = [[len(str(cell)) for cell in row] for row in rows]
    return [max(column) for column in zip(*measured, strict=True)]


def _aligned(table: Table, widths: Sequence[int], width: int) -> None:
    if sum(widths) + 2 * len(widths) > width:
        return  # each table for itself, folded where it must be
    for column, wide in zip(table.columns, widths, strict=True):
        column.min_width = wide


def _title(section: Section) -> Text:
    frame = section.frame
    if not frame.number:
        return Text("The program itself", style="bold")
    lines = (
        f"lines {frame.first}–{frame.last}" if frame.last > frame.first else f"line {frame.first}"
    )
    times = "once" if section.times == 1 else f"{section.times} times"
    text = f"  {lines}, called {times}" if frame.line else f"  {lines}, called with its defaults"
    if section.times > 1:
        text += f"; opened: the call of line {frame.line}"
    return Text.assemble((f"{plain(frame.function)}()", "bold"), (text, "dim"))


def _cells(row: Row) -> tuple[str | Text, ...]:
    first, last = row.first, row.last
    line = str(first.line) if first.line == last.line else f"{first.line}–{last.line}"
    if row.rounds:
        names = f"{_name(row.names[0])} … {_name(row.names[-1])}"
        return (line, names, f"{row.rounds} more rounds like this one", "--open shows them", "")
    return (line, _names(row.names), _value(row), _in_graph(row), _shape(last))


def _names(names: Sequence[Named]) -> str:
    if len(names) < 3:
        return ", ".join(map(_name, names))
    return f"{_name(names[0])} … {_name(names[-1])}"


def _name(named: Named) -> str:
    return numbered(plain(named.name), named.number)


def _value(row: Row) -> str:
    value = row.value
    if isinstance(value, Named):
        return f"{_name(value)} of the caller" if row.outer else _name(value)
    if isinstance(value, Call):
        return _call(value) + (", …" if row.calls > 1 else "")
    if len(row.names) > 1:
        return f"{len(row.names)} layers, one after the other"
    return f"a {row.first.kind}: {plain(row.first.class_name)}"


def _call(value: Call) -> str:
    takes = [_name(one) if isinstance(one, Named) else _call(one) for one in value.takes]
    inside = ", ".join(takes)
    function = "Input" if value.function == "InputLayer" else value.function
    return f"{plain(function)}({f'[{inside}]' if len(takes) > 1 else inside})"


def _in_graph(row: Row) -> str | Text:
    if row.same:
        return Text("the same tensor", style="cyan")
    if row.calls:
        calls = "1 call" if row.calls == 1 else f"{row.calls} calls"
        return f"{calls}, {row.layers} layer{'' if row.layers == 1 else 's'}"
    binding = row.first
    if len(row.names) > 1:
        return f"{plain(binding.layer)} … {plain(row.last.layer)}"
    text = plain(binding.layer)
    if binding.node:
        text += f", call {binding.node + 1}"
    return f"{text}, output {binding.tensor + 1}" if binding.tensor else text


def _shape(binding: Binding) -> str:
    if binding.kind != "tensor":
        return ""
    shape: Shape | None = binding.shape
    return without_batch(shape)


def _closing(answer: Trace) -> Iterator[Text]:
    for meaning in answer.meanings[:_MOST_NAMES]:
        if meaning.bound < 2:
            continue
        name = plain(meaning.name)
        yield Text(
            f"{name} was bound {meaning.bound} times: {meaning.tensors} different "
            f"node{'' if meaning.tensors == 1 else 's'}; the graph contains no {name}."
        )
    yield from _sum(answer)
    yield Text(
        f"{_GRAPH} A layer is wired to the tensor it is called on, and stays so when the name "
        "moves on."
    )


def _sum(answer: Trace) -> Iterator[Text]:
    """The nodes of the model by the names that mean them."""
    only = answer.model
    if only is None or answer.unnamed is None:
        return
    nodes = len(only.found.graph.nodes)
    parts = [(meaning.alone, meaning.name) for meaning in answer.meanings if meaning.alone]
    if sum(count for count, _ in parts) + answer.unnamed != nodes or len(parts) > _MOST_NAMES:
        if answer.unnamed:
            yield Text(f"{answer.unnamed} of its {nodes} nodes never had a name.")
        return
    words = [f"{count} named {plain(name)}" for count, name in parts]
    if answer.unnamed:
        words.append(f"{answer.unnamed} without a name")
    yield Text(f"{' + '.join(words)} = {nodes} nodes of the graph.")


# --- as a document ------------------------------------------------------------------------------


def trace_document(answer: Trace) -> dict[str, Any]:
    """`graphinspect.trace/1`."""
    run = answer.run
    return {
        "schema": "graphinspect.trace/1",
        "file": run.source,
        "keras": run.keras,
        "dialect": run.dialect,
        "told_by": run.why,
        "complete": run.complete,
        "stopped": run.stopped or None,
        "bindings": [_binding(answer, binding) for binding in run.bindings],
        "models": [
            {
                "variable": made.found.variable or None,
                "line": made.found.line or None,
                "name": made.model.name,
                "layers": len(made.model.rows),
                "params": made.model.totals.params,
                "complete": made.model.totals.complete,
            }
            for made in answer.models
        ],
        "names": [
            {"variable": name, "bound": bound, "nodes": tensors}
            for name, bound, tensors, _ in answer.meanings
        ],
        "unnamed": answer.unnamed,
        "problems": [{"line": line or None, "message": text} for line, text in answer.problems],
        "findings": [finding_object(found) for found in answer.findings],
    }


def _binding(answer: Trace, binding: Binding) -> dict[str, Any]:
    frame = answer.run.frames[binding.frame]
    return {
        "line": binding.line,
        "scope": scope(answer.run, binding.frame),
        "call": binding.frame,
        "call_line": frame.line or None,
        "variable": binding.variable,
        "version": binding.version,
        "kind": binding.kind,
        "layer": binding.layer,
        "class_name": binding.class_name,
        "node": binding.node,
        "tensor": binding.tensor,
        "output_shape": None if binding.shape is None else list(binding.shape),
        "code": binding.code,
    }
