"""Where a total comes from: a tree of terms that adds up at every level."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from inspector.answers.places import Place, escaped
from inspector.answers.thawed import FROZEN, LEARNED, STATISTIC, change, thawed_analysis
from inspector.errors import InspectError
from inspector.graph import Layer, Weight
from inspector.infer import Analysis, Finding
from inspector.model import Model

WAYS = ("class", "model", "name")  # what a total can be taken apart by


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a total: a class, a model inside, layers named alike, or equal layers.

    `params` is the sum of the children where there are any, and `each` times the layers
    otherwise; `None` for layers whose weights nobody knows.
    """

    kind: str  # "total", "class", "model", "name", "layers"
    label: str  # a class name, a path, the beginning that names share; empty for layers
    params: int | None
    trainable: int
    paths: tuple[str, ...]  # of the layers it holds, those without weights left out
    children: tuple[Term, ...] = ()
    class_name: str = ""  # from here on: of equal layers only
    formula: str = ""
    arithmetic: str = ""
    each: int | None = None


@dataclass(frozen=True, slots=True)
class Otherwise:
    """The same total counted by another convention: what is left out, and what remains."""

    key: str  # "statistics", then "idle_biases"
    less: int
    params: int  # what remains


@dataclass(frozen=True, slots=True)
class TotalExplanation:
    """A model's total as a tree of terms, and what other conventions make of it."""

    model: Model
    path: str  # of the model inside that is explained; empty: the whole
    by: str
    total: Term
    complete: bool
    weightless: int  # layers that own nothing
    shared: int  # layers whose weights are counted at another place already
    frozen: int  # parameters that would be learned if no flag were down
    otherwise: tuple[Otherwise, ...]


def explain_total(model: Model, by: str | None = None) -> TotalExplanation:
    """The parameters of a model as a tree of terms.

    Args:
        model: in question.
        by: "class", "model" (the models inside) or "name" (names that begin alike); by default
            the models inside where they hold most of the parameters, otherwise the classes.

    Raises:
        InspectError: `by` is none of these.
    """
    if by not in (None, *WAYS):
        raise InspectError(
            "by",
            "is no way to take a total apart",
            received=str(by),
            hint=f"one of {', '.join(WAYS)}",
        )
    return _explained(model, "", model.analysis, thawed_analysis(model.analysis), True, by)


def explain_inside(model: Model, place: Place) -> TotalExplanation:
    """The same for a model inside another one."""
    thawed, learning = thawed_analysis(model.analysis), model.graph.trainable
    for around in (*place.parents, place):
        learning = learning and around.finding.layer.trainable
        inner = thawed.findings[around.row.name].inner
        assert inner is not None  # noqa: S101 - all of them are models
        thawed = inner
    own = place.finding.inner
    assert own is not None  # noqa: S101 - so is this one
    return _explained(model, place.row.path, own, thawed, learning, None)


def _explained(
    model: Model, path: str, analysis: Analysis, thawed: Analysis, learning: bool, by: str | None
) -> TotalExplanation:
    leaves = list(_leaves(analysis, thawed, f"{path}/" if path else "", learning))
    owning = [leaf for leaf in leaves if leaf.weights or leaf.finding.weights is None]
    shared = sum(1 for leaf in leaves if leaf.finding.weights and not leaf.weights)
    by = by or _sensible(owning, path)
    total = _total(owning, by, path)
    return TotalExplanation(
        model=model,
        path=path,
        by=by,
        total=total,
        complete=all(leaf.finding.weights is not None for leaf in owning),
        weightless=len(leaves) - len(owning) - shared,
        shared=shared,
        frozen=sum(leaf.changed(FROZEN) for leaf in owning),
        otherwise=tuple(_otherwise(owning, total.params or 0)),
    )


# --- the layers that own something --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Leaf:
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


def _leaves(analysis: Analysis, thawed: Analysis, prefix: str, learning: bool) -> Iterator[_Leaf]:
    """Every layer that is no model in `summary()` order; a weight goes to whom it met first.

    Weights are met in the order of `infer.distinct_weights`, outer models first, so that the
    flags which decide over a shared one are the same.
    """
    seen: set[str] = set()
    found: list[_Leaf] = []
    start: tuple[int, ...] = ()
    stack = [(analysis, thawed, prefix, learning, start)]
    while stack:
        current, free, prefix, learning, order = stack.pop()
        learning = learning and current.graph.trainable
        for place, (name, finding) in enumerate(current.findings.items()):
            path, here = prefix + escaped(name), (*order, place)
            other = free.findings[name]
            if finding.inner is not None and other.inner is not None:
                flag = learning and finding.layer.trainable
                stack.append((finding.inner, other.inner, f"{path}/", flag, here))
                continue
            weights = tuple(_fresh(finding, other, learning, seen))
            found.append(_Leaf(path, finding, current, weights, here))
    yield from sorted(found, key=lambda leaf: leaf.order)


def _fresh(
    finding: Finding, thawed: Finding, learning: bool, seen: set[str]
) -> Iterator[tuple[Weight, str]]:
    """The weights of a layer that were not met before, each with what changes it."""
    for weight, free in zip(finding.weights or (), thawed.weights or (), strict=True):
        if weight.owner and weight.owner in seen:
            continue
        seen.add(weight.owner)
        learned = weight.trainable and learning
        yield weight, change(weight, learned, free.trainable, finding.layer.trainable)


# --- the tree -----------------------------------------------------------------------------------


def _sensible(leaves: Sequence[_Leaf], path: str) -> str:
    """By the models inside where most of the parameters are in them, by class otherwise."""
    start = len(path) + 1 if path else 0
    inside = sum(leaf.params or 0 for leaf in leaves if "/" in leaf.path[start:])
    return "model" if 2 * inside > sum(leaf.params or 0 for leaf in leaves) else "class"


def _total(leaves: Sequence[_Leaf], by: str, path: str) -> Term:
    if by == "model":
        children = tuple(_by_model(leaves, f"{path}/" if path else ""))
    elif by == "name":
        children = tuple(_by_name(leaves, 0))
    else:
        children = tuple(_by_class(leaves))
    return _sum("total", path, children)


def _sum(kind: str, label: str, children: tuple[Term, ...]) -> Term:
    return Term(
        kind=kind,
        label=label,
        params=sum(child.params or 0 for child in children),
        trainable=sum(child.trainable for child in children),
        paths=tuple(path for child in children for path in child.paths),
        children=children,
    )


def _heaviest(terms: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(sorted(terms, key=lambda term: (term.params is None, -(term.params or 0))))


def _by_class(leaves: Sequence[_Leaf]) -> tuple[Term, ...]:
    classes = _grouped(leaves, lambda leaf: leaf.finding.layer.class_name)
    return _heaviest(_sum("class", name, _folded(group)) for name, group in classes.items())


def _grouped(leaves: Iterable[_Leaf], key: Callable[[_Leaf], str]) -> dict[str, list[_Leaf]]:
    groups: dict[str, list[_Leaf]] = {}
    for leaf in leaves:
        groups.setdefault(key(leaf), []).append(leaf)
    return groups


def _folded(leaves: Sequence[_Leaf], *, sort: bool = True) -> tuple[Term, ...]:
    """Layers of one class with the same arithmetic as one term."""
    equal: dict[Term, list[_Leaf]] = {}
    for leaf in leaves:
        equal.setdefault(_equal(leaf), []).append(leaf)
    terms = tuple(
        replace(
            term,
            params=None if term.each is None else term.each * len(group),
            trainable=term.trainable * len(group),
            paths=tuple(leaf.path for leaf in group),
        )
        for term, group in equal.items()
    )
    return _heaviest(terms) if sort else terms


def _equal(leaf: _Leaf) -> Term:
    """What makes layers equal: class, formula, digits, and what of it is trained."""
    spec = leaf.finding.spec
    weights = tuple(weight for weight, _ in leaf.weights)
    spelled = None if spec is None else replace(spec, weights=weights)
    return Term(
        kind="layers",
        label="",
        params=None,
        trainable=leaf.changed(LEARNED),
        paths=(),
        class_name=leaf.finding.layer.class_name,
        formula=spelled.formula if spelled else "",
        arithmetic=spelled.arithmetic if spelled else "",
        each=leaf.params,
    )


def _by_model(leaves: Sequence[_Leaf], prefix: str) -> Iterator[Term]:
    """A model inside as a term of its own, by class within; the other layers after it."""
    rooms = _grouped(leaves, lambda leaf: leaf.path[len(prefix) :].rpartition("/")[0])
    loose = rooms.pop("", [])
    outer = _grouped(
        (leaf for group in rooms.values() for leaf in group),
        lambda leaf: leaf.path[len(prefix) :].partition("/")[0],
    )
    for name, group in outer.items():
        deeper = any("/" in leaf.path[len(prefix) + len(name) + 1 :] for leaf in group)
        path = prefix + name
        yield _sum(
            "model", path, tuple(_by_model(group, f"{path}/")) if deeper else _by_class(group)
        )
    yield from _folded(loose, sort=False)


def _by_name(leaves: Sequence[_Leaf], start: int) -> Iterator[Term]:
    """Layers whose names begin alike, word by word; what stands alone is a term of its own."""
    groups = _grouped(leaves, lambda leaf: _beginning(leaf.path, start))
    if len(groups) == 1 and len(leaves) > 1:
        (beginning,) = groups
        if len(beginning) > start:
            yield from _by_name(leaves, len(beginning))
            return
    for beginning, group in groups.items():
        if len(group) == 1 or len(beginning) <= start:
            yield from _folded(group, sort=False)
            continue
        yield _sum("name", beginning, tuple(_by_name(group, len(beginning))))


def _beginning(path: str, start: int) -> str:
    """The path up to and including its next word after `start`; words end at `_` or `/`."""
    place = start + (path[start : start + 1] in ("_", "/"))
    while place < len(path) and path[place] not in "_/":
        place += 1
    return path[:place]


# --- other conventions --------------------------------------------------------------------------


def _otherwise(leaves: Sequence[_Leaf], total: int) -> Iterator[Otherwise]:
    """What other ways of counting leave out, one after the other."""
    statistics = sum(
        weight.size
        for leaf in leaves
        for weight, _ in leaf.weights
        if change(weight, False, False, True) == STATISTIC
    )
    if not statistics:
        return
    for key, less in (("statistics", statistics), ("idle_biases", _idle_biases(leaves))):
        if less:
            total -= less
            yield Otherwise(key, less, total)


def _idle_biases(leaves: Sequence[_Leaf]) -> int:
    """The biases that only BatchNormalization meets, which subtracts them again."""
    users: dict[int, dict[str, list[Layer]]] = {}
    idle = 0
    for leaf in leaves:
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
