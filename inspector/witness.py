"""What a file stores, laid beside what the rules say: a second witness, and the only one for
layers that no rule covers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inspector.dims import Product, Shape, plus
from inspector.graph import Graph, Layer, Weight, escaped
from inspector.infer import Analysis, Finding, Note, distinct_weights, once
from inspector.readers.stored import StoredWeight, StoredWeights
from inspector.rules import all_layers, layer_rule

Held = Mapping[str, tuple[StoredWeight, ...]]  # by the path of a layer

_STATISTICS = ("moving_", "running_")  # how Keras names what no gradient reaches
_COUNTED = "counted by the weights that the file stores"
_NUMBER = re.compile(r"_\d+$")  # what Keras adds to the name of a second layer of its class
_UNTOLD = "; which of them training changes is not told"


def told(analysis: Analysis, held: Held) -> Analysis:
    """The analysis, with the weights of layers that no rule covers taken from the file.

    Layers for which the file stores the same arrays are one layer, met at two places.
    """
    return _told(analysis, held, "", _met_twice(analysis, held))


def _told(analysis: Analysis, held: Held, prefix: str, met: set[int]) -> Analysis:
    findings: dict[str, Finding] = {}
    notes: list[Note] = []
    for name, finding in analysis.findings.items():
        path = prefix + escaped(name)
        inner = finding.inner and _told(finding.inner, held, f"{path}/", met)
        found = finding._replace(inner=inner) if inner is not finding.inner else finding
        if found.weights is None:
            found = _counted(found, held.get(path))
            if found.weights is not None:
                notes.append(Note(name, _COUNTED + _UNTOLD if found.assumed else _COUNTED))
        else:
            found = _as_trained(found, held.get(path))
        found = _shared(found, held.get(path), met)
        findings[name] = found
        notes.extend(_doubts(found, held.get(path)))
    if not notes and all(findings[name] is was for name, was in analysis.findings.items()):
        return analysis
    return analysis._replace(findings=findings, notes=(*analysis.notes, *notes))


def stored_counts(analysis: Analysis, held: Held, prefix: str = "") -> dict[str, int]:
    """How many numbers the file holds for each layer of which it tells, by path."""
    counts: dict[str, int] = {}
    stack = [(analysis, prefix)]
    while stack:
        current, before = stack.pop()
        for name, finding in current.findings.items():
            path = before + escaped(name)
            if path in held and not _merged(finding):
                counts[path] = sum(weight.size for weight in held[path]) - _twice(
                    finding, held[path]
                )
            if finding.inner is not None:
                stack.append((finding.inner, f"{path}/"))
    return counts


def total(analysis: Analysis, held: Held, unmapped: Sequence[str], stored: StoredWeights) -> int:
    """How many numbers the file holds for the model; what it holds twice counts once."""
    if unmapped:
        return stored.size
    twice = sum(
        _twice(finding, held.get(escaped(name), ())) for name, finding in analysis.findings.items()
    )
    distinct = {id(weight): weight for weights in held.values() for weight in weights}
    return sum(weight.size for weight in distinct.values()) - twice


def without_graph(stored: StoredWeights, name: str) -> Analysis:
    """What can be said of a file that holds weights and no layer graph: its groups, as rows."""
    layers, findings = [], {}
    classes = _classes()
    assumed = not stored.told
    for group, weights in stored.groups.items():
        if weights:
            layer = Layer(group, _guess(group, classes))
            layers.append(layer)
            shapes = tuple(map(_weight, weights))
            findings[group] = Finding(layer, shapes, (), macs=None, assumed=assumed)
    graph = Graph(name, "weights", tuple(layers), nodes=(), inputs=(), outputs=())
    return Analysis(graph, findings, {})


def _guess(group: str, classes: Mapping[str, str]) -> str:
    """The class that a group is called after, with a sign that says it is a guess."""
    word = group.rpartition("/")[2]
    name = classes.get(word) or classes.get(_NUMBER.sub("", word), "")
    return f"{name}?"


def _classes() -> Mapping[str, str]:
    """Every class by the name that Keras gives its first layer; the first class of a name wins."""
    return {snake_case(name): name for name in reversed(list(all_layers()))}


def snake_case(name: str) -> str:
    """A class name as Keras makes an attribute of it.

    >>> snake_case("BatchNormalization"), snake_case("Conv2D"), snake_case("ReLU")
    ('batch_normalization', 'conv2d', 're_lu')
    """
    apart = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", apart).lower()


def _counted(finding: Finding, held: Sequence[StoredWeight] | None) -> Finding:
    if finding.inner is not None and finding.layer.graph is not None:
        inside = finding.inner.findings.values()
        if any(inner.weights is None for inner in inside):
            return finding
        weights = [weight for inner in inside for weight in inner.weights or ()]
        assumed = any(inner.assumed for inner in inside)
        return finding._replace(weights=once(weights), assumed=assumed)
    if held is None or (not held and _unbuilt(finding.layer)):
        return finding
    learns = finding.layer.trainable
    told = all(weight.trainable is not None for weight in held)
    weights = [_weight(weight, learns) for weight in held]
    return finding._replace(weights=tuple(weights), assumed=learns and not told)


def _as_trained(finding: Finding, held: Sequence[StoredWeight] | None) -> Finding:
    """The finding, frozen where the file says that training left its weights alone.

    Only a SavedModel lists what trains, as Keras had it when it saved: a flag may have been set
    on a layer whose model has another, and a config does not always say so.
    """
    if finding.inner is not None:
        inside = finding.inner.findings.values()
        alone = once([weight for inner in inside for weight in inner.weights or ()])
        kept = [weight.frozen and not weight.trainable for weight in alone]
    else:
        kept = [weight.trainable is False for weight in held or ()]
        alone = tuple(map(_weight, held or ()))
    weights = finding.weights or ()
    if [weight.shape for weight in alone] != [weight.shape for weight in weights]:
        return finding  # in another order, nobody knows which is which
    if not any(still and weight.trainable for still, weight in zip(kept, weights, strict=True)):
        return finding
    marked = tuple(
        weight._replace(trainable=False, frozen=True) if still and weight.trainable else weight
        for still, weight in zip(kept, weights, strict=True)
    )
    return finding._replace(weights=marked)


def _unbuilt(layer: Layer) -> bool:
    """Whether a layer will own weights once it is built, of which a file holds nothing yet."""
    rule = layer_rule(layer.class_name)
    return rule is not None and not rule.weightless


def stored_once(analysis: Analysis, held: Held, total: int) -> Analysis:
    """The analysis, with layers that the file does not store taken for others that it does.

    Keras 3 stores an object once, at the first place where it meets it. A layer without weights in
    the file is thus one of the same name and shapes that has some; but only where the sum of the
    file says so too, or else nothing is changed.
    """
    if sum(weight.size for weight, _ in distinct_weights(analysis)) == total:
        return analysis
    known = {_signature(finding): path for path, finding in _leaves(analysis) if held.get(path)}
    owners: dict[str, str] = {}
    for path, finding in _leaves(analysis):
        if finding.weights and _signature(finding) in known:
            first = known[_signature(finding)]
            if path == first or path not in held:
                owners[path] = f"stored {first}"
    merged = _owned(analysis, owners, "")
    agrees = sum(weight.size for weight, _ in distinct_weights(merged)) == total
    return merged if agrees else analysis


def _leaves(analysis: Analysis) -> Iterator[tuple[str, Finding]]:
    stack = [(analysis, "")]
    while stack:
        current, prefix = stack.pop()
        for name, finding in current.findings.items():
            path = prefix + escaped(name)
            if finding.inner is not None:
                stack.append((finding.inner, f"{path}/"))
            else:
                yield path, finding


def _signature(finding: Finding) -> tuple[Any, ...]:
    shapes = tuple(weight.shape for weight in finding.weights or ())
    return finding.layer.name, finding.layer.class_name, shapes


def _owned(analysis: Analysis, owners: Mapping[str, str], prefix: str) -> Analysis:
    findings = {}
    for name, finding in analysis.findings.items():
        path = prefix + escaped(name)
        if finding.inner is not None:
            inner = _owned(finding.inner, owners, f"{path}/")
            findings[name] = finding._replace(inner=inner)
        elif path in owners:
            weights = tuple(
                weight._replace(owner=f"{owners[path]}/{place}")
                for place, weight in enumerate(finding.weights or ())
            )
            findings[name] = finding._replace(weights=weights)
        else:
            findings[name] = finding
    return analysis._replace(findings=findings)


def _shared(finding: Finding, held: Sequence[StoredWeight] | None, met: set[int]) -> Finding:
    """The finding, its weights marked as one object where the file stores them for two layers."""
    if not held or finding.weights is None or finding.inner is not None:
        return finding
    if not met & {id(weight) for weight in held} or len(held) != len(finding.weights):
        return finding
    key = min(id(weight) for weight in held)
    weights = tuple(
        weight._replace(owner=weight.owner or f"stored {key}/{place}")
        for place, weight in enumerate(finding.weights)
    )
    return finding._replace(weights=weights)


def _met_twice(analysis: Analysis, held: Held) -> set[int]:
    """The stored weights that several layers share, models left out."""
    places: Counter[int] = Counter()
    for path, _ in _leaves(analysis):
        places.update(id(weight) for weight in held.get(path, ()))
    return {weight for weight, count in places.items() if count > 1}


def _weight(stored: StoredWeight, trainable: bool = True) -> Weight:
    """A stored array as a weight; its axes are called after their sizes, for want of names."""
    name = stored.name.rpartition("/")[2].partition(":")[0]
    axes = Product(tuple(map(str, stored.shape)), stored.shape)
    learned = stored.trainable
    if learned is None:
        learned = trainable and not name.startswith(_STATISTICS)
    return Weight(name, axes, trainable=learned, dtype=stored.dtype)


def _merged(finding: Finding) -> bool:
    """Whether the file stores less than the layer has: LoRA is merged into its kernel."""
    return bool(finding.layer.config.get("lora_rank"))


def _twice(finding: Finding, held: Sequence[StoredWeight]) -> int:
    """How many numbers a file holds twice: Keras 3 tracks the kernel of this wrapper in both."""
    if finding.layer.class_name != "SpectralNormalization" or not finding.weights:
        return 0
    more = sum(weight.size for weight in held) - sum(weight.size for weight in finding.weights)
    return more if more in {weight.size for weight in finding.weights} else 0


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
