"""What is known of every layer of a model, models inside included, by path."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from inspector.graph import Node, TensorRef, escaped
from inspector.infer import Analysis, Finding
from inspector.model import LayerRow, Model
from inspector.render.drawing.entries import STANDARD, Entry, entry


class Known(NamedTuple):
    """Rows and findings by path, analyses by what stands before the names in their paths."""

    rows: Mapping[str, LayerRow]
    findings: Mapping[str, Finding]
    analyses: Mapping[str, Analysis]
    total: int
    shown: Collection[str] = STANDARD
    labels: Mapping[tuple[str, int], str] = {}  # path and call to a name in Python

    def entry(self, path: str, node: Node, whole: int) -> Entry:
        """The row of one call; `whole` is what its share is a part of."""
        made = entry(self.rows[path], node, self.findings[path], whole, self.shown)
        label = self.labels.get((path, node.call), "")
        return made._replace(label=label) if label and "names" in self.shown else made

    def analysis(self, path: str) -> Analysis:
        """The analysis of the graph in which a layer stands."""
        return self.analyses[path.rpartition("/")[0]]

    def nodes(self, prefix: str) -> tuple[Node, ...]:
        """The calls of the graph of a model inside, or of the outermost (an empty prefix)."""
        return self.analyses[prefix].graph.nodes


def known(
    model: Model,
    shown: Collection[str] = STANDARD,
    labels: Mapping[tuple[str, int], str] | None = None,
) -> Known:
    """Everything that pictures of a model draw on."""
    findings: dict[str, Finding] = {}
    analyses: dict[str, Analysis] = {}
    stack = [("", model.analysis)]
    while stack:
        prefix, analysis = stack.pop()
        analyses[prefix] = analysis
        for name, finding in analysis.findings.items():
            path = f"{prefix}/{escaped(name)}" if prefix else escaped(name)
            findings[path] = finding
            if finding.inner is not None and finding.layer.graph is not None:
                stack.append((path, finding.inner))
    rows = {row.path: row for row in model.walk()}
    return Known(rows, findings, analyses, model.totals.params, shown, labels or {})


def path_in(prefix: str, ref: TensorRef | Node) -> str:
    """The path of the layer that a tensor or a call of a graph belongs to."""
    name = ref.layer if isinstance(ref, TensorRef) else ref.layer.name
    return f"{prefix}/{escaped(name)}" if prefix else escaped(name)
