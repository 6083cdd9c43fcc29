"""The same total by other conventions, where the graph alone tells what they leave out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inspector.answers.changes import KEPT, averaged
from inspector.answers.leaves import Leaf
from inspector.graph import Layer
from inspector.infer import Analysis, Finding


@dataclass(frozen=True, slots=True)
class Otherwise:
    """The same total counted by another convention: what is left out, and what remains."""

    key: str  # "statistics", "kept", "idle_biases", in this order
    less: int
    params: int  # what remains


def otherwise(owning: Sequence[Leaf], total: int) -> Iterator[Otherwise]:
    """What other ways of counting leave out, one after the other."""
    statistics = sum(w.size for leaf in owning for w, _ in leaf.weights if averaged(w))
    if not statistics:
        return
    kept = sum(leaf.changed(KEPT) for leaf in owning)
    left_out = {"statistics": statistics, "kept": kept, "idle_biases": _idle_biases(owning)}
    for key, less in left_out.items():
        if less:
            total -= less
            yield Otherwise(key, less, total)


def _idle_biases(owning: Sequence[Leaf]) -> int:
    """The biases that only BatchNormalization meets, which subtracts them again."""
    users: dict[int, dict[str, list[Layer]]] = {}
    idle = 0
    for leaf in owning:
        bias = next((weight for weight, _ in leaf.weights if weight.name == "bias"), None)
        if bias is None or leaf.finding.layer.config.get("activation") != "linear":
            continue
        if id(leaf.inside) not in users:
            users[id(leaf.inside)] = _users(leaf.inside)
        taken_by = users[id(leaf.inside)].get(leaf.finding.layer.name, [])
        means = [_averaged(leaf.inside.findings.get(layer.name)) for layer in taken_by]
        if means and set(means) == {bias.size}:
            idle += bias.size
    return idle


def _users(inside: Analysis) -> dict[str, list[Layer]]:
    """The layers that take what each layer gives; whoever looks from outside takes it too."""
    users: dict[str, list[Layer]] = {}
    for node in inside.graph.nodes:
        for name in {ref.layer for ref in node.inputs}:
            users.setdefault(name, []).append(node.layer)
    for ref in inside.graph.outputs:
        users.setdefault(ref.layer, []).append(Layer("", ""))
    return users


def _averaged(finding: Finding | None) -> int:
    """How many channels a BatchNormalization brings to mean 0; 0 for any other layer."""
    if finding is None or finding.layer.class_name != "BatchNormalization":
        return 0
    return next((w.size for w in finding.weights or () if w.name == "moving_mean"), 0)
