"""A graph as it would be if nothing in it were frozen: tells a frozen weight from a statistic."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from inspector.graph import Graph, Layer, Weight
from inspector.infer import Analysis, analyze

LEARNED = "learned"  # back-propagation changes it
FROZEN = "frozen"  # it would, were it not for a `trainable=False`
STATISTIC = "statistic"  # a running average over batches
KEPT = "kept"  # neither: set before training, or by the layer itself

_STATISTICS = ("moving_", "renorm_")  # how Keras names what it averages over batches


def thawed_analysis(analysis: Analysis) -> Analysis:
    """What `analyze` says of a graph with every flag up; the analysis itself where none is down."""
    graph = thawed(analysis.graph)
    if graph == analysis.graph:
        return analysis
    return analyze(graph)


def thawed(graph: Graph) -> Graph:
    """The graph with every flag up, of layers inside layers too."""
    layers = {layer.name: _thawed(layer) for layer in graph.layers}
    nodes = tuple(
        replace(node, layer=layers.get(node.layer.name) or _thawed(node.layer))
        for node in graph.nodes
    )
    return replace(graph, layers=tuple(layers.values()), nodes=nodes, trainable=True)


def _thawed(layer: Layer) -> Layer:
    return replace(
        layer,
        trainable=True,
        graph=None if layer.graph is None else thawed(layer.graph),
        config={key: _inside(value) for key, value in layer.config.items()},
    )


def _inside(value: Any) -> Any:
    if isinstance(value, Layer):
        return _thawed(value)
    if isinstance(value, list) and any(isinstance(item, Layer) for item in value):
        return [_inside(item) for item in value]
    return value


def change(weight: Weight, learned: bool, by_rule: bool, layer_trains: bool) -> str:
    """What changes a weight in training: one of the four words of this module.

    Args:
        weight: in question.
        learned: whether training changes it, with every flag around it.
        by_rule: whether it would, with no flag down.
        layer_trains: the flag of the layer itself, which also holds statistics still.
    """
    if learned:
        return LEARNED
    if by_rule:
        return FROZEN
    if not averaged(weight):
        return KEPT
    return STATISTIC if layer_trains else FROZEN


def averaged(weight: Weight) -> bool:
    """Whether a weight is a running average, by the name that Keras gives it."""
    return weight.name.startswith(_STATISTICS)
