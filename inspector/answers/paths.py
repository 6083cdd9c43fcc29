"""Longest paths through a graph, models inside it opened, every pass linear.

A path runs from an input of the model to an output; a layer on it counts as often as it is
passed. Nested models are crossed by a table of the longest way from each of their inputs to each
of their outputs, made once for each model, so that ten models inside one another cost ten passes
and not two to the power of ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from inspector.graph import Node, TensorRef, escaped
from inspector.infer import Analysis, Finding

Length = int | None  # None: no path
Weigh = Callable[[Finding], int]  # what passing a layer adds to a path


def longest(analysis: Analysis, weigh: Weigh) -> Length:
    """The greatest sum of `weigh` along one path; `None` when no input reaches an output."""
    inputs = [0] * len(analysis.graph.inputs)
    return _most(_Crossing(weigh).outputs(analysis, inputs))


def on_longest(analysis: Analysis, weigh: Weigh) -> tuple[Length, set[str]]:
    """What `longest` gives, and the layers that lie on a path of this length, as `LayerRow.path`
    names them.
    """
    crossing = _Crossing(weigh)
    inputs: list[Length] = [0] * len(analysis.graph.inputs)
    outputs: list[Length] = [0] * len(analysis.graph.outputs)
    reached = crossing.forward(analysis, inputs)
    length = _most([reached.get(ref) for ref in analysis.graph.outputs])
    return length, set(_marked(_Way(analysis, "", reached, outputs), crossing))


def _most(lengths: Sequence[Length]) -> Length:
    if len(lengths) == 1:
        return lengths[0]
    return max((length for length in lengths if length is not None), default=None)


def _plus(length: Length, more: Length) -> Length:
    return None if length is None or more is None else length + more


class _Crossing:
    """Forward and backward passes for one way of weighing, with the tables of nested models."""

    def __init__(self, weigh: Weigh) -> None:
        self.weigh = weigh
        self.tables: dict[int, list[list[Length]]] = {}  # by id of the Analysis

    def outputs(self, analysis: Analysis, inputs: Sequence[Length]) -> list[Length]:
        """The longest way to each output, for a head start at each input."""
        reached = self.forward(analysis, inputs)
        return [reached.get(ref) for ref in analysis.graph.outputs]

    def table(self, analysis: Analysis) -> list[list[Length]]:
        """The longest way from each input (row) to each output (column) of a model inside."""
        if id(analysis) not in self.tables:
            count = len(analysis.graph.inputs)
            starts = (_only(count, place) for place in range(count))
            self.tables[id(analysis)] = [self.outputs(analysis, start) for start in starts]
        return self.tables[id(analysis)]

    def forward(self, analysis: Analysis, inputs: Sequence[Length]) -> dict[TensorRef, Length]:
        """The longest way from an input up to each tensor, the layer that gives it included."""
        starts = dict(zip(analysis.graph.inputs, inputs, strict=True))
        reached: dict[TensorRef, Length] = {}
        find, weigh = reached.get, self.weigh
        for node in analysis.graph.nodes:
            finding, ref = _finding(analysis, node), TensorRef(node.layer.name, node.call)
            taken = [find(source) for source in node.inputs]
            if finding.inner is not None:
                self._cross(finding.inner, ref, taken, reached)
                continue
            start = starts.get(ref) if not taken else _most(taken)
            length = None if start is None else start + weigh(finding)
            reached[ref] = length
            for index in range(1, len(finding.outputs[node.call])):
                reached[TensorRef(ref.layer, ref.call, index)] = length
        return reached

    def _cross(
        self,
        inner: Analysis,
        ref: TensorRef,
        taken: Sequence[Length],
        reached: dict[TensorRef, Length],
    ) -> None:
        rows = self.table(inner)
        for index in range(len(inner.graph.outputs)):
            ways = [_plus(start, row[index]) for start, row in zip(taken, rows, strict=False)]
            reached[TensorRef(ref.layer, ref.call, index)] = _most(ways)

    def backward(self, analysis: Analysis, outputs: Sequence[Length]) -> dict[TensorRef, Length]:
        """The longest way from each tensor on to an output, the layer that gives it left out."""
        ahead: dict[TensorRef, Length] = {}
        for ref, length in zip(analysis.graph.outputs, outputs, strict=True):
            _raise(ahead, ref, length)
        for node in reversed(analysis.graph.nodes):
            finding = _finding(analysis, node)
            for place, source in enumerate(node.inputs):
                _raise(ahead, source, self._behind(finding, node, place, ahead))
        return ahead

    def _behind(
        self, finding: Finding, node: Node, place: int, ahead: dict[TensorRef, Length]
    ) -> Length:
        """The longest way through a node from the tensor at `place` of its inputs."""
        if finding.inner is None:
            return _plus(ahead_of(finding, node, ahead), self.weigh(finding))
        rows = self.table(finding.inner)
        if place >= len(rows):
            return None
        return _most(
            [
                _plus(through, ahead.get(TensorRef(node.layer.name, node.call, index)))
                for index, through in enumerate(rows[place])
            ]
        )


def ahead_of(finding: Finding, node: Node, ahead: dict[TensorRef, Length]) -> Length:
    """The longest way onwards from any output of a call."""
    first = ahead.get(TensorRef(node.layer.name, node.call))
    count = len(finding.outputs[node.call])
    if count < 2:
        return first
    refs = (TensorRef(node.layer.name, node.call, index) for index in range(1, count))
    return _most([first, *map(ahead.get, refs)])


def _raise(lengths: dict[TensorRef, Length], ref: TensorRef, length: Length) -> None:
    if length is not None:
        best = lengths.get(ref)
        lengths[ref] = length if best is None else max(best, length)


def _finding(analysis: Analysis, node: Node) -> Finding:
    """What is known of the layer a node calls; a Sequential's input layer is in no row."""
    found = analysis.findings.get(node.layer.name)
    if found is not None:
        return found
    shape = analysis.shapes.get(TensorRef(node.layer.name, node.call))
    return Finding(node.layer, (), ((shape,),), 0)


class _Way(NamedTuple):
    """A model that a longest path crosses: how far each tensor of it is, from which doors on."""

    analysis: Analysis
    prefix: str
    reached: dict[TensorRef, Length]
    outputs: Sequence[Length]


def _marked(way: _Way, crossing: _Crossing) -> Iterator[str]:
    """Walk the models whose crossing lies on a longest path, each pair of doors once."""
    done: set[tuple[str, int, int]] = set()
    work = [way]
    while work:
        current, prefix, reached, outputs = work.pop()
        ahead = crossing.backward(current, outputs)
        best = _most([_plus(reached.get(ref), ahead.get(ref)) for ref in current.graph.outputs])
        for node in current.graph.nodes:
            finding = _finding(current, node)
            path = prefix + escaped(node.layer.name)
            if finding.inner is None:
                length = reached.get(TensorRef(node.layer.name, node.call))
                if best is not None and _plus(length, ahead_of(finding, node, ahead)) == best:
                    yield path
                continue
            table = crossing.table(finding.inner)
            for start, end in _critical(table, node, reached, ahead, best):
                if (path, start, end) not in done:
                    done.add((path, start, end))
                    inner = finding.inner
                    within = crossing.forward(inner, _only(len(inner.graph.inputs), start))
                    far = _only(len(inner.graph.outputs), end)
                    work.append(_Way(inner, f"{path}/", within, far))


def _critical(
    table: list[list[Length]],
    node: Node,
    reached: dict[TensorRef, Length],
    ahead: dict[TensorRef, Length],
    best: Length,
) -> Iterator[tuple[int, int]]:
    """The pairs of input and output of a nested model through which a longest path goes."""
    for start, (source, row) in enumerate(zip(node.inputs, table, strict=False)):
        for end, through in enumerate(row):
            onwards = ahead.get(TensorRef(node.layer.name, node.call, end))
            length = _plus(_plus(reached.get(source), through), onwards)
            if length is not None and length == best:
                yield start, end


def _only(count: int, place: int) -> list[Length]:
    """No way but from one of `count` doors."""
    return [0 if index == place else None for index in range(count)]
