"""The form of each call: what it does and all that leads to it, or all that it leads to.

A form is a small number, given out by a table that both graphs share: equal numbers mean equal
structures, whatever the layers are called and in whichever order they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inspector.answers.diff.settings import commutes, label
from inspector.graph import Graph, Node, TensorRef
from inspector.infer import Analysis

Key = tuple[str, int]  # a layer and one of its calls


@dataclass(slots=True)
class Table:
    """Numbers for structures, the same for the same."""

    everything: bool = False
    numbers: dict[object, int] = field(default_factory=dict)
    sides: dict[int, Side] = field(default_factory=dict)  # by the object analysed

    def number(self, structure: object) -> int:
        return self.numbers.setdefault(structure, len(self.numbers))


@dataclass(frozen=True, slots=True)
class Side:
    """One of two graphs, its calls by key with their forms."""

    graph: Graph
    analysis: Analysis
    nodes: dict[Key, Node]
    labels: dict[Key, int]
    forward: dict[Key, int]  # what it does, and all that leads to it
    backward: dict[Key, int]  # what it does, and all that it leads to
    users: dict[Key, list[tuple[Key, int]]]  # who takes it, and as which of its inputs
    places: dict[Key, int]

    @property
    def outputs(self) -> list[tuple[int, int]]:
        """What the graph gives, as forms."""
        return [(self.forward[ref[:2]], ref.output) for ref in self.graph.outputs]


def side_of(analysis: Analysis, table: Table) -> Side:
    """The forms of every call of a graph, worked out once."""
    if id(analysis) not in table.sides:
        table.sides[id(analysis)] = _side(analysis, table)
    return table.sides[id(analysis)]


def _side(analysis: Analysis, table: Table) -> Side:
    graph = analysis.graph
    nodes = {(node.layer.name, node.call): node for node in graph.nodes}
    doors = {ref.layer: place for place, ref in enumerate(graph.inputs)}
    inner: dict[str, int] = {}
    labels: dict[Key, int] = {}
    forward: dict[Key, int] = {}
    users: dict[Key, list[tuple[Key, int]]] = {key: [] for key in nodes}
    for key, node in nodes.items():
        labels[key] = table.number(_label(node, analysis, doors, inner, table))
        taken = [(forward[ref[:2]], ref.output) for ref in node.inputs]
        mixed = commutes(node)
        forward[key] = table.number((labels[key], tuple(sorted(taken) if mixed else taken)))
        for place, ref in enumerate(node.inputs):
            users[ref[:2]].append((key, -1 if mixed else place))
    places = {key: place for place, key in enumerate(nodes)}
    backward = _backward(graph, nodes, labels, users, table)
    return Side(graph, analysis, nodes, labels, forward, backward, users, places)


def _backward(
    graph: Graph,
    nodes: dict[Key, Node],
    labels: dict[Key, int],
    users: dict[Key, list[tuple[Key, int]]],
    table: Table,
) -> dict[Key, int]:
    ends: dict[Key, list[int]] = {}
    for place, ref in enumerate(graph.outputs):
        ends.setdefault(ref[:2], []).append(place)
    found: dict[Key, int] = {}
    for key in reversed(nodes):
        after = sorted((found[user], place) for user, place in users[key])
        found[key] = table.number(("b", labels[key], tuple(after), tuple(ends.get(key, ()))))
    return found


def _label(
    node: Node, analysis: Analysis, doors: dict[str, int], inner: dict[str, int], table: Table
) -> object:
    layer = node.layer
    if layer.name in doors or layer.class_name == "InputLayer":
        kind = layer.config.get("dtype")  # its shape has a word of its own, and moves no layer
        return "input", doors.get(layer.name), kind if isinstance(kind, str) else "float32"
    found = analysis.findings.get(layer.name)
    if layer.graph is not None and found is not None and found.inner is not None:
        if layer.name not in inner:
            inner[layer.name] = form(side_of(found.inner, table), table)
        return "model", inner[layer.name], tuple(sorted(map(str, node.kwargs.items())))
    return label(node, taken(node, analysis), table.everything)


def form(side: Side, table: Table) -> int:
    """The form of a whole graph: what it gives, and what leads to none of its outputs."""
    return table.number(("graph", tuple(side.outputs), tuple(sorted(side.forward.values()))))


def taken(node: Node, analysis: Analysis) -> tuple[int | None, ...] | None:
    """The shape of the first tensor that a call takes."""
    return analysis.shapes.get(node.inputs[0]) if node.inputs else None


def origin(side: Side, ref: TensorRef, pairs: Mapping[Key, Key]) -> TensorRef | None:
    """The matched tensor behind layers that only one of the graphs has."""
    steps = 0
    while ref[:2] not in pairs and steps <= len(side.nodes):
        node = side.nodes[ref[:2]]
        if not node.inputs:
            return None
        ref, steps = node.inputs[0], steps + 1
    return ref if ref[:2] in pairs else None
