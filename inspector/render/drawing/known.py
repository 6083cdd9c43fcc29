"""What is known of every layer of a model, models inside included, by path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from inspector.answers.mentions import Mention, Mentions, names_of
from inspector.answers.states import states, together
from inspector.graph import NOTHING, Node, TensorRef, escaped
from inspector.infer import Analysis, Finding
from inspector.model import LayerRow, Model
from inspector.render.drawing.entries import STANDARD, Entry, entry
from inspector.render.names import names_text
from inspector.render.safe import plain


class Known(NamedTuple):
    """Rows and findings by path, analyses by what stands before the names in their paths."""

    rows: Mapping[str, LayerRow]
    findings: Mapping[str, Finding]
    analyses: Mapping[str, Analysis]
    total: int
    shown: Collection[str] = STANDARD
    states: Mapping[str, str] = NOTHING  # what training does to each of them
    said: Mentions = NOTHING  # the names of every call in Python
    tones: Mapping[str, str] | None = None  # the kind whose colour stands for a name, if any does
    apart: bool = False  # whether equal blocks of different states are told apart

    def entry(self, path: str, node: Node, whole: int) -> Entry:
        """The row of one call; `whole` is what its share is a part of."""
        made = entry(self.rows[path], node, self.findings[path], whole, self.shown)
        tone, state = self.tone(path, node.call, made.kind), self.states.get(path, "")
        made = made._replace(kind=tone, state=state)
        if "names" not in self.shown:
            return made
        outputs = range(max((one.output for one in self._said(path, node.call)), default=-1) + 1)
        return made._replace(labels=tuple(self.label(path, node.call, n) for n in outputs))

    def state(self, paths: Iterable[str]) -> str:
        """The state of several layers as one."""
        return together({self.states.get(path, "") for path in paths})

    def label(self, path: str, call: int, output: int) -> str:
        """The names of an output as an arrow carries them: `X₅, X_shortcut₁`."""
        if "names" not in self.shown:
            return ""
        return plain(names_text(self.said, path, call, output))

    def tone(self, path: str, call: int, kind: str) -> str:
        """The kind whose colour a call has: its own, or the one that stands for its name."""
        if self.tones is None:
            return kind
        names = names_of(self._said(path, call))
        return self.tones.get(names[0].name, "other") if names else "other"

    def _said(self, path: str, call: int) -> Sequence[Mention]:
        return self.said.get((path, call), ())

    def analysis(self, path: str) -> Analysis:
        """The analysis of the graph in which a layer stands."""
        return self.analyses[path.rpartition("/")[0]]

    def nodes(self, prefix: str) -> tuple[Node, ...]:
        """The calls of the graph of a model inside, or of the outermost (an empty prefix)."""
        return self.analyses[prefix].graph.nodes


def known(
    model: Model,
    shown: Collection[str] = STANDARD,
    said: Mentions | None = None,
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
    changed = states(model.analysis, told=model.totals.trainable is not None).of
    return Known(rows, findings, analyses, model.totals.params, shown, changed, said or {})


_TONES = ("convolution", "merge", "normalization", "activation", "dense", "sequence", "input")


def tones_of(said: Mentions) -> dict[str, str]:
    """A colour, that of a kind of layer, for each of the names that mean the most calls."""
    first = (names_of(each) for each in said.values())
    counted = Counter(names[0].name for names in first if names)
    return dict(zip((name for name, _ in counted.most_common()), _TONES, strict=False))


def path_in(prefix: str, ref: TensorRef | Node) -> str:
    """The path of the layer that a tensor or a call of a graph belongs to."""
    name = ref.layer if isinstance(ref, TensorRef) else ref.layer.name
    return f"{prefix}/{escaped(name)}" if prefix else escaped(name)
