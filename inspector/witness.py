"""What a file stores, laid beside what the rules say: a second witness, and the only one for
layers that no rule covers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from inspector.dims import Product, Shape, plus
from inspector.graph import Graph, Layer, Weight
from inspector.infer import Analysis, Finding, Note, once
from inspector.readers.stored import StoredWeight, StoredWeights
from inspector.rules import all_layers

Held = Mapping[str, tuple[StoredWeight, ...]]  # by the path of a layer

_STATISTICS = ("moving_", "running_")  # how Keras names what no gradient reaches
_COUNTED = "counted by the weights that the file stores; that training changes them is assumed"


def told(analysis: Analysis, held: Held, prefix: str = "") -> Analysis:
    """The analysis, with the weights of layers that no rule covers taken from the file."""
    findings: dict[str, Finding] = {}
    notes: list[Note] = []
    for name, finding in analysis.findings.items():
        path = prefix + name.replace("/", "%2F")
        inner = finding.inner and told(finding.inner, held, f"{path}/")
        found = replace(finding, inner=inner) if inner is not finding.inner else finding
        if found.weights is None:
            found = _counted(found, held.get(path))
            if found.weights is not None:
                notes.append(Note(name, _COUNTED))
        findings[name] = found
        notes.extend(_doubts(found, held.get(path)))
    if not notes and all(findings[name] is was for name, was in analysis.findings.items()):
        return analysis
    return replace(analysis, findings=findings, notes=(*analysis.notes, *notes))


def stored_counts(analysis: Analysis, held: Held, prefix: str = "") -> dict[str, int]:
    """How many numbers the file holds for each layer of which it tells, by path."""
    counts: dict[str, int] = {}
    stack = [(analysis, prefix)]
    while stack:
        current, before = stack.pop()
        for name, finding in current.findings.items():
            path = before + name.replace("/", "%2F")
            if path in held and not _merged(finding):
                counts[path] = sum(weight.size for weight in held[path])
            if finding.inner is not None:
                stack.append((finding.inner, f"{path}/"))
    return counts


def total(held: Held, unmapped: Sequence[str], stored: StoredWeights) -> int:
    """How many numbers the file holds for the model; what several layers share counts once."""
    if unmapped:
        return stored.size
    distinct = {id(weight): weight for weights in held.values() for weight in weights}
    return sum(weight.size for weight in distinct.values())


def without_graph(stored: StoredWeights, name: str) -> Analysis:
    """What can be said of a file that holds weights and no layer graph: its groups, as rows."""
    layers, findings = [], {}
    for group, weights in stored.groups.items():
        if weights:
            layer = Layer(group, _guess(group))
            layers.append(layer)
            shapes = tuple(map(_weight, weights))
            findings[group] = Finding(layer, shapes, (), macs=None)
    graph = Graph(name, "weights", tuple(layers), nodes=(), inputs=(), outputs=())
    return Analysis(graph, findings, {})


def split_known(stored: StoredWeights) -> bool:
    """Whether the names of what is stored tell statistics from what is learned."""
    weights = (weight for held in stored.groups.values() for weight in held)
    return not any(weight.name.isdigit() for weight in weights)


def _guess(group: str) -> str:
    """The class that a group is called after, with a sign that says it is a guess."""
    word = group.rpartition("/")[2]
    spelled = {word, re.sub(r"_\d+$", "", word)}
    return next((f"{name}?" for name in all_layers() if snake_case(name) in spelled), "?")


def snake_case(name: str) -> str:
    """A class name as Keras makes an attribute of it.

    >>> snake_case("BatchNormalization"), snake_case("Conv2D"), snake_case("ReLU")
    ('batch_normalization', 'conv2d', 're_lu')
    """
    apart = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", apart).lower()


def _counted(finding: Finding, held: Sequence[StoredWeight] | None) -> Finding:
    if finding.inner is not None and finding.layer.graph is not None:
        found = [inner.weights for inner in finding.inner.findings.values()]
        if any(weights is None for weights in found):
            return finding
        return replace(finding, weights=once([w for weights in found for w in weights or ()]))
    if held is None:
        return finding
    trainable = finding.layer.trainable
    weights = tuple(_weight(weight, trainable) for weight in held)
    return replace(finding, weights=weights)


def _weight(stored: StoredWeight, trainable: bool = True) -> Weight:
    """A stored array as a weight; its axes are called after their sizes, for want of names."""
    name = stored.name.rpartition("/")[2].partition(":")[0]
    axes = Product(tuple(map(str, stored.shape)), stored.shape)
    learned = trainable and not name.startswith(_STATISTICS)
    return Weight(name, axes, trainable=learned, dtype=stored.dtype)


def _merged(finding: Finding) -> bool:
    """Whether the file stores less than the layer has: LoRA is merged into its kernel."""
    return bool(finding.layer.config.get("lora_rank"))


def _doubts(finding: Finding, held: Sequence[StoredWeight] | None) -> Iterator[Note]:
    """Where the stored shapes are others than the rule's, although the count may agree."""
    layer = finding.layer
    if held is None or finding.spec is None or finding.inner is not None:
        return
    if _merged(finding):
        merged = plus(weight.size for weight in held)
        yield Note(layer.name, f"the file stores LoRA merged into the kernel: {merged:,} numbers")
        return
    ours = Counter(tuple(weight.shape) for weight in finding.weights or ())
    theirs: Counter[Shape] = Counter(weight.shape for weight in held)
    same_size = sum(weight.size for weight in held) == finding.spec.params
    if ours != theirs and same_size and layer.dialect > 1:
        shapes = ", ".join(str(shape) for shape in (theirs - ours))
        yield Note(layer.name, f"the file stores other shapes than the rule gives: {shapes}")
