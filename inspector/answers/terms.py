"""Where a total comes from: a tree of terms that adds up at every level."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from inspector.answers.blocks import Item, Step, blocks
from inspector.answers.changes import FROZEN, LEARNED
from inspector.answers.leaves import Leaf, leaves
from inspector.answers.otherwise import Otherwise, otherwise
from inspector.answers.places import Place
from inspector.errors import InspectError
from inspector.infer import Analysis, learning_inside
from inspector.model import Model
from inspector.shown import Shown

WAYS = ("class", "model", "name", "block")  # what a total can be taken apart by


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a total: a class, a model inside, layers named alike, or equal layers.

    `params` is the sum of the children that somebody knows, and `each` times the layers where
    there are none; `None` where nobody knows any of it.
    """

    kind: str  # "total", "class", "model", "name", "block", "layers"
    label: str  # a class name, a path, what names share, a block's title; empty for layers
    params: int | None
    trainable: int
    paths: tuple[str, ...]  # of the layers it holds, those without weights left out
    children: tuple[Term, ...] = ()
    class_name: str = ""  # from here on: of equal layers only
    formula: str = ""
    arithmetic: str = ""
    each: int | None = None


@dataclass(frozen=True, slots=True)
class TotalExplanation(Shown):
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
        by: "class", "model" (the models inside), "name" (names that begin alike) or "block"
            (stages and the repeated blocks in them); by default the models inside where they
            hold most of the parameters, otherwise the classes.

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
    if by == "block":
        items = blocks(model).items
        return _explained(model, "", model.analysis, model.graph.trainable, by, items)
    return _explained(model, "", model.analysis, model.graph.trainable, by)


def explain_inside(model: Model, place: Place) -> TotalExplanation:
    """The same for a model inside another one."""
    learning = model.graph.trainable
    for around in (*place.parents, place):
        learning = learning_inside(around.finding, learning)
    own = place.finding.inner
    assert own is not None  # noqa: S101 - the place is that of a model
    return _explained(model, place.row.path, own, learning, None)


def _explained(
    model: Model,
    path: str,
    analysis: Analysis,
    learning: bool,
    by: str | None,
    items: tuple[Item, ...] = (),  # the regions of a model that is explained by block
) -> TotalExplanation:
    found = list(leaves(analysis, f"{path}/" if path else "", learning))
    owning = [leaf for leaf in found if leaf.weights or leaf.finding.weights is None]
    shared = sum(1 for leaf in found if leaf.finding.weights and not leaf.weights)
    by = by or _sensible(owning, path)
    total = _by_block(owning, items) if by == "block" else _total(owning, by, path)
    return TotalExplanation(
        model=model,
        path=path,
        by=by,
        total=total,
        complete=all(leaf.finding.weights is not None for leaf in owning),
        weightless=len(found) - len(owning) - shared,
        shared=shared,
        frozen=sum(leaf.changed(FROZEN) for leaf in owning),
        otherwise=tuple(otherwise(owning, total.params or 0)),
    )


# --- the tree -----------------------------------------------------------------------------------


def _sensible(owning: Sequence[Leaf], path: str) -> str:
    """By the models inside where most of the parameters are in them, by class otherwise."""
    start = len(path) + 1 if path else 0
    inside = sum(leaf.params or 0 for leaf in owning if "/" in leaf.path[start:])
    return "model" if 2 * inside > sum(leaf.params or 0 for leaf in owning) else "class"


def _total(owning: Sequence[Leaf], by: str, path: str) -> Term:
    if by == "model":
        children = tuple(_by_model(owning, f"{path}/" if path else ""))
    elif by == "name":
        children = tuple(_by_name(owning, 0))
    else:
        children = tuple(_by_class(owning))
    return _sum("total", path, children)


def _sum(kind: str, label: str, children: tuple[Term, ...]) -> Term:
    known = [child.params for child in children if child.params is not None]
    return Term(
        kind=kind,
        label=label,
        params=sum(known) if known or not children else None,
        trainable=sum(child.trainable for child in children),
        paths=tuple(path for child in children for path in child.paths),
        children=children,
    )


def _heaviest(terms: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(sorted(terms, key=lambda term: (term.params is None, -(term.params or 0))))


def _by_class(owning: Sequence[Leaf]) -> tuple[Term, ...]:
    classes = _grouped(owning, lambda leaf: leaf.finding.layer.class_name)
    return _heaviest(_sum("class", name, _folded(group)) for name, group in classes.items())


def _grouped(owning: Iterable[Leaf], key: Callable[[Leaf], str]) -> dict[str, list[Leaf]]:
    groups: dict[str, list[Leaf]] = {}
    for leaf in owning:
        groups.setdefault(key(leaf), []).append(leaf)
    return groups


def _folded(owning: Sequence[Leaf], *, sort: bool = True) -> tuple[Term, ...]:
    """Layers of one class with the same arithmetic as one term."""
    equal: dict[Term, list[Leaf]] = {}
    for leaf in owning:
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


def _equal(leaf: Leaf) -> Term:
    """What makes layers equal: class, formula, digits, and what of it is trained."""
    spec = leaf.finding.spec
    weights = tuple(weight for weight, _ in leaf.weights)
    spelled = None if spec is None else spec._replace(weights=weights)
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


def _by_model(owning: Sequence[Leaf], prefix: str) -> Iterator[Term]:
    """A model inside as a term of its own, by class within; the other layers after it."""
    rooms = _grouped(owning, lambda leaf: leaf.path[len(prefix) :].rpartition("/")[0])
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


def _by_block(owning: Sequence[Leaf], items: tuple[Item, ...]) -> Term:
    """Stages and blocks as terms, a layer where it is called first; the others in between."""
    left = {leaf.path: leaf for leaf in owning}
    return _sum("total", "", tuple(_of_items(items, left, 1)))


def _of_items(items: tuple[Item, ...], left: dict[str, Leaf], place: int) -> Iterator[Term]:
    loose: list[Leaf] = []
    for item in items:
        if isinstance(item, Step):
            loose.extend(filter(None, (left.pop(item.path, None),)))
            continue
        yield from _folded(loose, sort=False)
        loose = []
        inside = tuple(_of_items(item.items, left, 1))
        label = item.path or item.title or f"{item.kind} {place}"
        place += item.kind == "stage"
        if inside:  # a block called again owns nothing new
            yield _sum("model" if item.kind == "model" else "block", label, inside)
    yield from _folded(loose, sort=False)


def _by_name(owning: Sequence[Leaf], start: int) -> Iterator[Term]:
    """Layers whose names begin alike, word by word; what stands alone is a term of its own."""
    groups = _grouped(owning, lambda leaf: _beginning(leaf.path, start))
    if len(groups) == 1 and len(owning) > 1:
        (beginning,) = groups
        if len(beginning) > start:
            yield from _by_name(owning, len(beginning))
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
