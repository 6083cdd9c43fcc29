"""A model taken apart: the rows of its `summary()`, each number with its witnesses."""

# Annotations are evaluated here: as strings, those of NamedTuple would each be compiled at start.

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from inspector.dims import Dim, Shape
from inspector.errors import InspectError
from inspector.graph import Graph, Layer, Node, Weight, escaped
from inspector.infer import Analysis, Finding, analyze, distinct_weights, learning_inside
from inspector.shown import Bundle, bundle

Outputs = tuple[Shape | None, ...]  # one shape for each tensor that a call gives


class LayerRow(NamedTuple):
    """One row of `model.summary()`: what a layer is, and what every witness says of its size.

    Counts are `None` where nobody knows; `notes` then says why.
    """

    path: str  # unique: names from the outermost model inwards, joined by "/"
    name: str
    class_name: str
    operation: bool  # a node of keras.ops, which `model.layers` does not list
    trainable: bool  # its own flag, and those around it that Keras lets decide
    calls: int
    outputs: tuple[Outputs, ...]  # one entry for each call inside this model
    params: int | None
    trainable_params: int | None
    non_trainable_params: int | None
    formula: str | None  # in symbols; None for a model inside, and where params is None
    arithmetic: str | None  # the formula with its numbers
    weights: tuple[Weight, ...]
    macs: Dim
    inbound: tuple[tuple[str, int, int], ...]
    stored: int | None = None  # what the file holds for it
    summary: int | None = None  # what Keras printed for it
    layers: "tuple[LayerRow, ...] | None" = None  # the rows of a model inside
    notes: tuple[str, ...] = ()

    @property
    def output_shapes(self) -> tuple[Shape | Outputs | None, ...]:
        """The output of every call: a shape, or several where a call gives several tensors."""
        return tuple(shapes[0] if len(shapes) == 1 else shapes for shapes in self.outputs)

    @property
    def output_shape(self) -> Shape | Outputs | None:
        """What Keras' summary prints: the output of the last call."""
        return self.output_shapes[-1] if self.outputs else None

    @property
    def agrees(self) -> bool | None:
        """Whether every witness says the same number; `None` when there is none beside ours."""
        others = [count for count in (self.stored, self.summary) if count is not None]
        if self.params is None or not others:
            return None
        return all(count == self.params for count in others)


class Totals(NamedTuple):
    """The footer of `model.summary()`: a lower bound wherever `complete` is false."""

    params: int
    trainable: int | None  # None: the file tells sizes, but not what training changes
    non_trainable: int | None
    macs: Dim
    complete: bool
    stored: int | None = None
    summary: int | None = None


class Printed(NamedTuple):
    """What Keras itself printed for a model: a witness that owes nothing to our rules."""

    params: Mapping[str, int]  # layer name to count
    total: int
    keras_version: str = ""


class Model(NamedTuple):
    """Everything known of one model; two loads of the same bytes are equal."""

    name: str
    class_name: str
    source: str
    format: str  # zoo, keras, h5, json, tfjs, savedmodel, weights, live
    keras_version: str | None  # of the Keras that wrote it, where it says so
    graph: Graph
    analysis: Analysis
    rows: tuple[LayerRow, ...]
    totals: Totals
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        shown = f"{self.name!r}, {self.class_name}, {len(self.rows)} rows, {self.totals.params:,}"
        return f"<Model {shown} parameters>"

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return bundle(self)

    def walk(self) -> Iterator[LayerRow]:
        """Every row, those of nested models after the row of the model they stand in."""
        stack = list(reversed(self.rows))
        while stack:
            row = stack.pop()
            yield row
            stack.extend(reversed(row.layers or ()))


def analyzed(graph: Graph, source: str) -> Analysis:
    """What the rules say of a graph; errors name the source that it came from."""
    try:
        return analyze(graph)
    except InspectError as error:
        raise error.inside(source) from error


def notes_of(graph: Graph) -> tuple[str, ...]:
    """What is worth knowing of how a graph was read."""
    if not graph.unreached:
        return ()
    return (f"left out, for they lead to no output: {', '.join(graph.unreached)}",)


def model_of(
    analysis: Analysis,
    *,
    source: str,
    format: str,  # noqa: A002 - the contract's word
    keras_version: str | None = None,
    printed: Printed | None = None,
    stored: Mapping[str, int] | None = None,
    stored_total: int | None = None,
    split: bool = True,
    notes: tuple[str, ...] = (),
) -> Model:
    """Rows and totals of an analysed graph, beside what Keras printed and the file stores for it.

    Args:
        stored: how many numbers the file holds for each layer of which it tells, by path.
        split: whether anybody knows what training changes.
        stored_total: how many it holds for the whole model.
    """
    graph = analysis.graph
    said = {escaped(name): count for name, count in printed.params.items()} if printed else {}
    rows = _rows(analysis, "", graph.trainable, _Said(said, stored or {}))
    totals = _totals(analysis, rows, printed.total if printed else None, stored_total)
    if not split:
        totals = totals._replace(trainable=None, non_trainable=None)
        rows = tuple(row._replace(trainable_params=None, non_trainable_params=None) for row in rows)
    return Model(
        name=graph.name,
        class_name=graph.class_name,
        source=source,
        format=format,
        keras_version=keras_version,
        graph=graph,
        analysis=analysis,
        rows=rows,
        totals=totals,
        notes=notes,
    )


class _Said(NamedTuple):
    """What the witnesses say of each layer, by its path."""

    summary: Mapping[str, int]
    stored: Mapping[str, int]


def _rows(analysis: Analysis, prefix: str, learning: bool, said: _Said) -> tuple[LayerRow, ...]:
    notes: dict[str, list[str]] = {}
    for note in analysis.notes:
        notes.setdefault(note.layer, []).append(note.text)
    nodes: dict[str, list[Node]] = {}
    for node in analysis.graph.nodes:
        nodes.setdefault(node.layer.name, []).append(node)
    rows = []
    for layer in analysis.graph.layers:
        path = prefix + escaped(layer.name)
        finding = analysis.findings[layer.name]
        inner = None
        if finding.inner is not None and layer.graph is not None:
            inner = _rows(finding.inner, f"{path}/", learning_inside(finding, learning), said)
        row = _row(
            finding,
            path,
            learning,
            nodes.get(layer.name, []),
            inner=inner,
            summary=said.summary.get(path),
            stored=said.stored.get(path),
            notes=tuple(notes.get(layer.name, ())),
        )
        rows.append(row)
    return tuple(rows)


def _row(
    finding: Finding,
    path: str,
    learning: bool,
    nodes: list[Node],
    *,
    inner: tuple[LayerRow, ...] | None,
    summary: int | None,
    stored: int | None,
    notes: tuple[str, ...],
) -> LayerRow:
    layer, weights = finding.layer, finding.weights
    spelled = finding.spec if weights is not None and finding.inner is None else None
    if spelled is not None and len(spelled.weights) != len(weights or ()):
        spelled = spelled._replace(weights=weights or ())  # one of them was met twice
    learned = None
    if weights is not None and not finding.assumed:
        learned = sum(weight.size for weight in weights if weight.trainable and learning)
    params = None if weights is None else sum(weight.size for weight in weights)
    return LayerRow(
        path=path,
        name=layer.name,
        class_name=layer.class_name,
        operation=layer.operation,
        trainable=layer.trainable and learning,
        calls=len(nodes),
        outputs=finding.outputs,
        params=params,
        trainable_params=learned,
        non_trainable_params=None if params is None or learned is None else params - learned,
        formula=spelled.formula if spelled else None,
        arithmetic=spelled.arithmetic if spelled else None,
        weights=_flagged(layer, weights or (), learning),
        macs=finding.macs,
        inbound=tuple((ref.layer, ref.call, ref.output) for n in nodes for ref in n.inputs),
        summary=summary,
        stored=stored,
        layers=inner,
        notes=notes,
    )


def _flagged(layer: Layer, weights: tuple[Weight, ...], learning: bool) -> tuple[Weight, ...]:
    """A layer's own weights with the flags of the models around it; a model's stay inside it."""
    if layer.graph is not None:
        return ()
    if learning:
        return weights
    return tuple(
        weight._replace(trainable=False, frozen=weight.frozen or weight.trainable)
        for weight in weights
    )


def _totals(
    analysis: Analysis, rows: tuple[LayerRow, ...], summary: int | None, stored: int | None
) -> Totals:
    trainable = non_trainable = 0
    for weight, learned in distinct_weights(analysis):
        if learned:
            trainable += weight.size
        else:
            non_trainable += weight.size
    untold = any(finding.assumed for finding in analysis.findings.values())
    return Totals(
        params=trainable + non_trainable,
        trainable=None if untold else trainable,
        non_trainable=None if untold else non_trainable,
        macs=analysis.macs,
        complete=all(row.params is not None for row in rows),
        stored=stored,
        summary=summary,
    )
