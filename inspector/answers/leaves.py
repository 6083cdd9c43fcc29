"""The layers that own weights, each weight at one place only, with what changes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inspector.answers.changes import change
from inspector.graph import Weight, escaped
from inspector.infer import Analysis, Finding, learning_inside


@dataclass(frozen=True, slots=True)
class Leaf:
    """A layer that is no model, with the weights that no layer before it owns already."""

    path: str
    finding: Finding
    inside: Analysis
    weights: tuple[tuple[Weight, str], ...]  # each with what changes it
    order: tuple[int, ...]  # its place in `summary()`, models opened

    @property
    def params(self) -> int | None:
        if self.finding.weights is None:
            return None
        return sum(weight.size for weight, _ in self.weights)

    def changed(self, how: str) -> int:
        return sum(weight.size for weight, changed in self.weights if changed == how)


def leaves(analysis: Analysis, prefix: str, learning: bool) -> Iterator[Leaf]:
    """Every layer that is no model in `summary()` order; a weight goes to whom it met first.

    Weights are met in the order of `infer.distinct_weights`, outer models first, so that the
    flags which decide over a shared one are the same.
    """
    seen: set[str] = set()
    found: list[Leaf] = []
    start: tuple[int, ...] = ()
    stack = [(analysis, prefix, learning, start)]
    while stack:
        current, prefix, learning, order = stack.pop()
        for place, (name, finding) in enumerate(current.findings.items()):
            path, here = prefix + escaped(name), (*order, place)
            if finding.inner is not None:
                reached = learning_inside(finding, learning)
                stack.append((finding.inner, f"{path}/", reached, here))
                continue
            weights = tuple(_fresh(finding, learning, seen))
            found.append(Leaf(path, finding, current, weights, here))
    yield from sorted(found, key=lambda leaf: leaf.order)


def _fresh(finding: Finding, learning: bool, seen: set[str]) -> Iterator[tuple[Weight, str]]:
    """The weights of a layer that were not met before, each with what changes it."""
    for weight in finding.weights or ():
        if weight.owner and weight.owner in seen:
            continue
        seen.add(weight.owner)
        yield weight, change(weight, learning, finding.layer.trainable)
