"""A graph as numbers: what the search for blocks looks at, and nothing else.

A node is its position in call order, which can be run; so every edge goes upwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from inspector.graph import TensorRef
from inspector.infer import Analysis, Finding

KERNEL, MODEL, PAD, LIGHT, PLAIN = "kernel", "model", "pad", "light", "plain"


class Sort(NamedTuple):
    """What matters of a layer for the structure of its graph."""

    role: str  # KERNEL owns one; LIGHT keeps its input's shape without one; PAD; MODEL; PLAIN
    sign: str  # its class, and whether its kernel looks at one place only
    label: tuple[Any, ...]  # its class and kernel size: what is alike in equal blocks


class Wiring:
    """The nodes of one graph by position: who feeds whom, and what sort of layer each calls.

    Args:
        kinds: a number for the structure of every model inside, by the id of its `Analysis`.
    """

    def __init__(self, analysis: Analysis, kinds: Mapping[int, int]) -> None:
        self.analysis = analysis
        self.nodes = analysis.graph.nodes
        self.places = {(node.layer.name, node.call): at for at, node in enumerate(self.nodes)}
        self.before: list[list[int]] = []
        self.after: list[list[int]] = [[] for _ in self.nodes]
        for at, node in enumerate(self.nodes):
            sources = list(dict.fromkeys(self.places[ref.layer, ref.call] for ref in node.inputs))
            self.before.append(sources)
            for source in sources:
                self.after[source].append(at)
        outputs = analysis.graph.outputs
        self.outputs = [self.places[ref.layer, ref.call] for ref in outputs]
        sorts = {name: _sort(found, kinds) for name, found in analysis.findings.items()}
        self.owners = {name for name, found in analysis.findings.items() if found.weights != ()}
        self.sorts = [self._at(at, sorts) for at in range(len(self.nodes))]

    def _at(self, at: int, sorts: Mapping[str, Sort]) -> Sort:
        """The sort of a node, of which the layer alone does not tell whether it keeps a shape."""
        name = self.nodes[at].layer.name
        if name not in sorts:  # the input layer of a Sequential, which Keras hides
            return Sort(PLAIN, self.class_name(at), (self.class_name(at), None))
        sort = sorts[name]
        sources = self.before[at]
        if sort.role == PLAIN and len(sources) == 1 and self.shape(at) == self.shape(sources[0]):
            return sort._replace(role=LIGHT)
        return sort

    def place(self, ref: TensorRef) -> int:
        """The node that gives a tensor."""
        return self.places[ref[0], ref[1]]

    def kernels(self, nodes: Iterable[int]) -> int:
        """How many of the nodes own a kernel or are models."""
        return sum(self.sorts[at].role in (KERNEL, MODEL) for at in nodes)

    def class_name(self, at: int) -> str:
        """The class of the layer that a node calls."""
        return self.nodes[at].layer.class_name

    def shape(self, at: int) -> Any:
        """The shape of the first output of a node."""
        node = self.nodes[at]
        return self.analysis.shapes.get(TensorRef(node.layer.name, node.call))


def _sort(finding: Finding, kinds: Mapping[int, int]) -> Sort:
    layer = finding.layer
    name = layer.class_name
    if finding.inner is not None:
        kind = kinds.get(id(finding.inner), 0)
        return Sort(MODEL, f"model {kind}", ("model", kind))
    size = kernel_size(layer.config)
    if any(w.name == "kernel" or w.name.endswith("_kernel") for w in finding.weights or ()):
        pointwise = size is not None and set(size) == {1}
        return Sort(KERNEL, f"{name} 1" if pointwise else name, (name, size))
    return Sort(PAD if "Padding" in name else PLAIN, name, (name, size))


def kernel_size(config: Mapping[str, Any]) -> tuple[int, ...] | None:
    """The kernel size in a layer's config; `None` where it has none."""
    size = config.get("kernel_size")
    if isinstance(size, int):
        return (size,)
    if isinstance(size, list | tuple) and all(isinstance(side, int) for side in size):
        return tuple(size)
    return None
