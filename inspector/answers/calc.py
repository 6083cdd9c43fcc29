"""What pasted layers come to: each spec with its number, its shapes and its formula."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from inspector.answers.single import single
from inspector.dims import Shape, plus
from inspector.errors import ReadError, RuleError
from inspector.graph import Graph, Layer, Node
from inspector.infer import Analysis, analyze
from inspector.model import LayerRow, Totals, model_of
from inspector.pasted.building import Entry, Pasted
from inspector.pasted.kinds import kind_of
from inspector.pasted.sizes import shape_of
from inspector.shown import Shown

if TYPE_CHECKING:
    from inspector.answers.pasted_summary import CheckedSummary


@dataclass(frozen=True, slots=True)
class Line:
    """One spec as it was pasted, and what it comes to."""

    spec: str
    row: LayerRow
    inputs: tuple[Shape | None, ...]
    partly: str = ""  # the arithmetic with symbols, where a size of the input is open
    partly_formula: str = ""
    chained: bool = False  # it names no input, and takes the output of the spec before it
    open: bool = False  # it names no input, and there is none before it


@dataclass(frozen=True, slots=True)
class Otherwise:
    """Another setting that people may have meant, and what it would come to."""

    line: int  # its place among the lines
    setting: str
    params: int


@dataclass(frozen=True, slots=True)
class Calc(Shown):
    """Pasted specs, counted."""

    kind: str  # "keras", "pytorch", "mixed", "summary"
    lines: tuple[Line, ...]
    totals: Totals
    notes: tuple[str, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()
    checked: CheckedSummary | None = None  # of a pasted summary

    @property
    def layers(self) -> tuple[LayerRow, ...]:
        """The rows of all specs, in order."""
        return tuple(line.row for line in self.lines)

    @property
    def agrees(self) -> bool:
        """Whether no row of a pasted summary is one that cannot be right."""
        return self.checked is None or self.checked.agrees


def calc(
    specs: Sequence[str],
    shape: str | Sequence[int | None] | None = None,
    keras: int | None = None,
) -> Calc:
    """Count what is pasted: layer calls, short forms, PyTorch prints, configs, or a summary.

    Args:
        specs: pasted texts; without an input of its own, one takes the output of the one before.
        shape: what flows into the first layer, as `32x32x3`.
        keras: 1, 2 or 3, where the way in which they are written does not tell.

    Raises:
        ReadError: a spec is not understood; with its place.
        RuleError: a layer that Keras could not build either.
    """
    given = _given(shape)
    if keras not in (None, 1, 2, 3):
        raise ReadError("--keras", "is no version of Keras", received=str(keras), hint="1, 2 or 3")
    texts = [text for text in specs if text.strip()]
    if not texts:
        hint = 'as in graphinspect calc "Conv2D(8, 5)" --input 32x32x3'
        raise ReadError("spec", "is empty", hint=hint)
    kinds = [kind_of(text) for text in texts]
    if "summary" in kinds:
        if len(texts) > 1:
            hint = "paste it alone"
            raise ReadError("spec", "is a summary beside other specs", hint=hint)
        return _summary(texts[0])
    parts = [_part(kind, group, given if not place else None, keras)
             for place, (kind, group) in enumerate(_grouped(kinds, texts))]  # fmt: skip
    return parts[0] if len(parts) == 1 else _joined(parts)


def _summary(text: str) -> Calc:
    from inspector.answers.pasted_summary import (  # noqa: PLC0415 - only for a summary
        checked_summary,
        row_of,
    )

    checked = checked_summary(text)
    lines = tuple(
        Line(f"{row.printed.name} ({row.class_name})", row_of(row), row.inputs)
        for row in checked.rows
    )
    return Calc("summary", lines, checked.totals, checked.notes, checked=checked)


def _given(shape: str | Sequence[int | None] | None) -> Shape | None:
    if shape is None or shape == "":
        return None
    return shape_of(shape if isinstance(shape, str) else str(tuple(shape)))


def _grouped(kinds: Sequence[str], texts: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Specs of one kind that follow each other, which is how outputs flow on."""
    group: list[str] = []
    for place, (kind, text) in enumerate(zip(kinds, texts, strict=True)):
        group.append(text)
        last = place + 1 == len(kinds)
        if last or kinds[place + 1] != kind or kind != "program":
            yield kind, group
            group = []


def _part(kind: str, texts: list[str], given: Shape | None, keras: int | None) -> Calc:
    if kind == "pytorch":
        return _modules(texts[0])
    if kind == "object":
        from inspector.pasted.objects import read_object  # noqa: PLC0415 - few pastes are one

        return _layers(read_object(texts[0], given, "spec"))
    from inspector.pasted.program import read_program  # noqa: PLC0415 - as above

    return _layers(read_program(texts, given, keras))


def _joined(parts: Sequence[Calc]) -> Calc:
    totals = Totals(
        params=sum(part.totals.params for part in parts),
        trainable=plus(part.totals.trainable for part in parts),
        non_trainable=plus(part.totals.non_trainable for part in parts),
        macs=plus(part.totals.macs for part in parts),
        complete=all(part.totals.complete for part in parts),
    )
    kinds = {part.kind for part in parts}
    lines = tuple(line for part in parts for line in part.lines)
    starts = [sum(len(part.lines) for part in parts[:place]) for place in range(len(parts))]
    others = tuple(
        replace(found, line=found.line + start)
        for part, start in zip(parts, starts, strict=True)
        for found in part.otherwise
    )
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    return Calc(kinds.pop() if len(kinds) == 1 else "mixed", lines, totals, notes, others)


# --- PyTorch ------------------------------------------------------------------------------------


def _modules(text: str) -> Calc:
    from inspector.answers.modules import counted  # noqa: PLC0415 - only for PyTorch
    from inspector.pasted.pytorch import read_modules  # noqa: PLC0415 - as above

    modules = read_modules(text, "spec")
    found = counted(modules)
    texts = [module.text for module in modules for _ in range(module.count)]
    lines = [Line(text, row, ()) for text, row in zip(texts, found.rows, strict=True)]
    return Calc("pytorch", tuple(lines), found.totals, found.notes)


# --- Keras --------------------------------------------------------------------------------------


def _layers(pasted: Pasted) -> Calc:
    analysis = _analyzed(pasted)
    model = model_of(analysis, source="paste", format="paste")
    rows = {row.name: row for row in model.rows}
    nodes = {(node.layer.name, node.call): node for node in pasted.graph.nodes}
    seen: set[str] = set()
    lines = []
    for entry in pasted.entries:
        row = rows[entry.layer]
        if entry.layer in seen:  # a layer called again owns nothing more
            continue
        seen.add(entry.layer)
        lines.append(_line(entry, row, analysis, nodes[entry.layer, entry.call]))
    notes = (*pasted.notes, *_notes(pasted))
    others = tuple(_otherwise(lines, analysis, pasted.graph))
    return Calc("keras", tuple(lines), model.totals, notes, others)


def _analyzed(pasted: Pasted) -> Analysis:
    """What the rules say; an error names the spec as it was pasted."""
    try:
        return analyze(pasted.graph)
    except RuleError as error:
        found = re.match(r'layer "(.*)" \(', error.where)
        named = [entry.text for entry in pasted.entries if found and entry.layer == found[1]]
        hint = _shape_hint(error, pasted, where=found[1] if found else "")
        where = named[0] if named else error.where
        raise RuleError(where, error.problem, received=error.received, hint=hint) from error


def _shape_hint(error: RuleError, pasted: Pasted, where: str) -> str:
    """What to do about an error; where the first layer is given too few sizes, how to give more."""
    lacking = re.match(r"expects an input with (\d+) axes", error.problem)
    given = re.fullmatch(r"\(None((?:, \w+)*),?\)", error.received)
    sizes = re.findall(r"\w+", given[1]) if given else []
    if not lacking or not given or pasted.entries[0].layer != where:
        return error.hint.replace("in the file", "in the spec")
    missing = int(lacking[1]) - 1 - len(sizes)
    if missing < 1:
        return "a shape leaves the batch out"
    spelled = "x".join(["?"] * missing + ["?" if size == "None" else size for size in sizes])
    return f"name every axis but the batch; a ? where the size is open: {spelled}"


def _line(entry: Entry, row: LayerRow, analysis: Analysis, node: Node) -> Line:
    partly = analysis.findings[entry.layer].partly
    shared = row.calls > 1
    return Line(
        spec=entry.text,
        row=row._replace(notes=(*row.notes, f"called {row.calls} times")) if shared else row,
        inputs=tuple(analysis.shapes.get(ref) for ref in node.inputs),
        partly=partly.partly if partly else "",
        partly_formula=partly.formula if partly else "",
        chained=entry.chained,
        open=entry.open,
    )


def _notes(pasted: Pasted) -> Iterator[str]:
    if pasted.graph.unreached:
        yield f"left out, for they lead to no output: {', '.join(pasted.graph.unreached)}"
    for layer in pasted.graph.layers:
        strides = layer.config.get("strides")
        if layer.class_name in ("Conv2D", "Conv3D") and isinstance(strides, int) and strides > 2:
            yield (
                f"{layer.name}: in Keras 2 and 3 the third number of {layer.class_name} is "
                f"strides, here {strides}; in Keras 1 it belonged to the kernel (--keras 1)"
            )


def _otherwise(lines: Sequence[Line], analysis: Analysis, graph: Graph) -> Iterator[Otherwise]:
    """What a GRU would come to by the other convention for its biases, where none was named."""
    layers = {layer.name: layer for layer in graph.layers}
    for place, line in enumerate(lines):
        layer = layers[line.row.name]
        if "reset_after" in line.spec or line.row.params is None:
            continue
        other = _with_other_bias(layer)
        if other is None:
            continue
        was, changed = other
        node = next(n for n in graph.nodes if n.layer.name == layer.name)
        shapes = [analysis.shapes.get(ref) for ref in node.inputs[:1]]
        params = _params(changed, shapes)
        if params is not None and params != line.row.params:
            yield Otherwise(place, f"reset_after={not was}", params)


def _with_other_bias(layer: Layer) -> tuple[bool, Layer] | None:
    """A GRU, also inside a wrapper, with `reset_after` the other way round."""
    inner = layer.config.get("layer", layer.config.get("cell"))
    if isinstance(inner, Layer):
        found = _with_other_bias(inner)
        if found is None:
            return None
        key = "layer" if "layer" in layer.config else "cell"
        return found[0], replace(layer, config={**layer.config, key: found[1]})
    if layer.class_name not in ("GRU", "GRUCell"):
        return None
    after = bool(layer.config.get("reset_after", layer.dialect == 3))
    return after, replace(layer, config={**layer.config, "reset_after": not after})


def _params(layer: Layer, shapes: Sequence[Shape | None]) -> int | None:
    """The parameters of a layer by itself, on inputs of these shapes."""
    finding = single(layer, shapes)
    if finding is None or finding.weights is None:
        return None
    return sum(weight.size for weight in finding.weights)
