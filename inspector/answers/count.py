"""How many layers a model has, by whose count; and where its parameters are."""

# Annotations are evaluated here: as strings, those of NamedTuple would each be compiled at start.

from collections.abc import Iterator
from typing import NamedTuple

from inspector.answers.blocks import blocks
from inspector.answers.paths import longest, on_longest
from inspector.dims import Dim, plus
from inspector.graph import Node, escaped
from inspector.infer import Analysis, Finding
from inspector.model import LayerRow, Model, Totals
from inspector.shown import Bundle, bundle


class ClassCount(NamedTuple):
    """All layers of one class together."""

    class_name: str
    layers: int
    params: int | None  # None: one of them is of a class that nobody here can count


class Heaviest(NamedTuple):
    """Layers of one class with the same arithmetic."""

    paths: tuple[str, ...]
    class_name: str
    formula: str
    arithmetic: str
    params: int  # of one of them


class OffPath(NamedTuple):
    """Kernel layers beside the longest paths that end in the same kind of junction."""

    junction: str  # class of the layer that joins them to the rest: Add, Concatenate, Multiply …
    projection: bool  # whether all of them are 1×1: they only change the number of channels
    paths: tuple[str, ...]


class Count(NamedTuple):
    """Every count of a model's layers that somebody quotes, and its parameters.

    All counts but `listed` open nested models. A shared layer is one layer; a path counts it
    each time it is passed. Lower bounds where `totals.complete` is false.
    """

    model: Model
    listed: int | None  # len(model.layers): Keras
    operations: int  # nodes of keras.ops, which model.layers leaves out and summary() prints
    with_weights: int  # "Depth" in the Keras documentation
    unknown: int  # layers of which nobody here can say whether they own weights
    kernel: int | None  # convolution, dense, recurrent, attention: "conv + dense"
    depth: int | None  # most kernel layers on one path: the number in VGG-16 and ResNet-50
    longest_path: int | None  # most edges on one path
    blocks: int | None  # the innermost repeated blocks; None: nothing repeats
    stages: tuple[tuple[str, tuple[int, ...]], ...]  # how many in each stage, by what they are
    signature: str  # the blocks in one line, by the letters of their kinds
    off_path: tuple[str, ...]
    off_path_groups: tuple[OffPath, ...]
    kernel_classes: tuple[ClassCount, ...]
    other_classes: tuple[ClassCount, ...]  # with weights but no kernel
    by_class: tuple[ClassCount, ...]  # heaviest first
    heaviest: tuple[Heaviest, ...]  # heaviest first, all layers with weights
    totals: Totals
    agreement: tuple[tuple[str, bool | None], ...]  # witness to whether it agrees; None: absent
    notes: tuple[str, ...]

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return bundle(self)


def count(model: Model) -> Count:
    """The layers of a model by every convention, and its parameters by type and by layer."""
    leaves = [leaf for leaf in _leaves(model.analysis) if not leaf.finding.layer.operation]
    distinct = _distinct(leaves)
    owning = [leaf for leaf in distinct if leaf.finding.weights]
    kernels = [leaf for leaf in owning if has_kernel(leaf.finding)]
    others = [leaf for leaf in owning if not has_kernel(leaf.finding)]
    depth, on_path = on_longest(model.analysis, has_kernel)
    off_path = [leaf for leaf in kernels if leaf.path not in on_path]
    edges = longest(model.analysis, lambda _: 1)
    folded = blocks(model)
    return Count(
        model=model,
        listed=_listed(model) if model.graph.nodes else None,
        operations=len(model.rows) - _listed(model),
        with_weights=len(kernels) + len(others),
        unknown=sum(leaf.finding.weights is None for leaf in distinct),
        kernel=len(kernels) if model.graph.nodes else None,
        depth=depth if model.graph.nodes else None,
        longest_path=None if edges is None else edges - 1,
        blocks=folded.count,
        stages=folded.stages,
        signature=folded.signature,
        off_path=tuple(leaf.path for leaf in off_path),
        off_path_groups=_off_path_groups(off_path),
        kernel_classes=_by_class(kernels),
        other_classes=_by_class(others),
        by_class=_by_class(distinct),
        heaviest=_heaviest(distinct),
        totals=model.totals,
        agreement=_agreement(model),
        notes=_notes(model),
    )


def _listed(model: Model) -> int:
    """`len(model.layers)`: Keras 2 made a layer of every function, Keras 3 does not."""
    if model.graph.dialect < 3:
        return len(model.rows)
    return sum(not row.operation for row in model.rows)


# --- the layers that count ----------------------------------------------------------------------


class _Leaf(NamedTuple):
    """A layer that is no model, and where it stands."""

    path: str
    finding: Finding
    inside: Analysis


def _leaves(analysis: Analysis) -> Iterator[_Leaf]:
    """Every layer that is no model, models opened, in the order of `summary()`."""
    stack = [("", analysis, finding) for finding in reversed(list(analysis.findings.values()))]
    while stack:
        prefix, inside, finding = stack.pop()
        path = prefix + escaped(finding.layer.name)
        inner = finding.inner
        if inner is None:
            yield _Leaf(path, finding, inside)
        else:
            found = reversed(list(inner.findings.values()))
            stack.extend((f"{path}/", inner, finding) for finding in found)


def _distinct(leaves: list[_Leaf]) -> list[_Leaf]:
    """Each layer object once, where the file says that two places hold the same one."""
    seen: set[str] = set()
    kept = []
    for leaf in leaves:
        identity = leaf.finding.layer.identity
        if not identity or identity not in seen:
            kept.append(leaf)
        seen.add(identity)
    return kept


def has_kernel(finding: Finding) -> bool:
    """Whether a layer owns a kernel; told by Keras' own names of its weights."""
    for weight in finding.weights or ():
        if weight.name == "kernel" or weight.name.endswith("_kernel"):
            return True
    return False


def _params(finding: Finding) -> Dim:
    if finding.weights is None:
        return None
    return sum(weight.size for weight in finding.weights)


def _by_class(leaves: list[_Leaf]) -> tuple[ClassCount, ...]:
    classes: dict[str, list[Finding]] = {}
    for leaf in leaves:
        classes.setdefault(leaf.finding.layer.class_name, []).append(leaf.finding)
    counts = [
        ClassCount(name, len(found), plus(_params(finding) for finding in found))
        for name, found in classes.items()
    ]
    return tuple(sorted(counts, key=_heaviest_first))


def _heaviest_first(found: ClassCount) -> tuple[int, int, str]:
    return (-(found.params or 0), -found.layers, found.class_name)


def _heaviest(leaves: list[_Leaf]) -> tuple[Heaviest, ...]:
    groups: dict[tuple[str, str, str, int], list[str]] = {}
    for leaf in leaves:
        finding = leaf.finding
        if finding.weights:
            spec = None if finding.assumed else finding.spec
            said = (spec.formula, spec.arithmetic) if spec else ("", "")
            key = (finding.layer.class_name, *said, _params(finding) or 0)
            groups.setdefault(key, []).append(leaf.path)
    heaviest = (Heaviest(tuple(paths), *key) for key, paths in groups.items())
    return tuple(sorted(heaviest, key=lambda group: -group.params))


# --- kernels beside the longest path ------------------------------------------------------------


def _off_path_groups(leaves: list[_Leaf]) -> tuple[OffPath, ...]:
    """The kernel layers beside the longest paths, by the junction they lead to."""
    users: dict[int, dict[str, list[Node]]] = {}
    groups: dict[tuple[str, bool], list[str]] = {}
    for leaf in leaves:
        if id(leaf.inside) not in users:
            users[id(leaf.inside)] = _users(leaf.inside)
        junction = _junction(leaf.finding.layer.name, users[id(leaf.inside)])
        groups.setdefault((junction, _projects(leaf.finding)), []).append(leaf.path)
    return tuple(OffPath(*key, tuple(paths)) for key, paths in groups.items())


def _users(analysis: Analysis) -> dict[str, list[Node]]:
    users: dict[str, list[Node]] = {}
    for node in analysis.graph.nodes:
        for name in {ref.layer for ref in node.inputs}:
            users.setdefault(name, []).append(node)
    return users


def _junction(name: str, users: dict[str, list[Node]]) -> str:
    """The class of the first layer downstream that takes several tensors; empty: none."""
    seen = set()
    while name not in seen:
        seen.add(name)
        following = users.get(name, [])
        if not following:
            return ""
        if len(set(following[0].inputs)) > 1:
            return following[0].layer.class_name
        name = following[0].layer.name
    return ""


def _projects(finding: Finding) -> bool:
    """Whether every kernel of a convolution looks at one place only."""
    kernels = [weight for weight in finding.weights or () if weight.name.endswith("kernel")]
    taps = [
        dim
        for weight in kernels
        for symbol, dim in zip(weight.axes.symbols, weight.axes.dims, strict=True)
        if symbol == "f" or symbol.startswith("f_")
    ]
    return bool(taps) and set(taps) == {1}


# --- witnesses ----------------------------------------------------------------------------------


def _agreement(model: Model) -> tuple[tuple[str, bool | None], ...]:
    totals = model.totals
    stored = _all_agree(model.rows, "stored", totals.stored, totals)
    summary = _all_agree(model.rows, "summary", totals.summary, totals)
    return (("stored", stored), ("summary", summary))


def _all_agree(
    rows: tuple[LayerRow, ...], witness: str, total: int | None, totals: Totals
) -> bool | None:
    pairs = [(getattr(row, witness), row.params) for row in rows]
    known = [(said, ours) for said, ours in pairs if said is not None and ours is not None]
    if not known and total is None:
        return None
    agrees = all(said == ours for said, ours in known)
    return agrees and (total is None or not totals.complete or total == totals.params)


def _notes(model: Model) -> tuple[str, ...]:
    return model.notes + tuple(f"{row.path}: {text}" for row in model.walk() for text in row.notes)
