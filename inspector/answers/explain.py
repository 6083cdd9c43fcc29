"""One layer's number taken apart: what it learns, what it computes, and from what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inspector.answers.changes import UNTOLD, change
from inspector.answers.places import Place, place_of
from inspector.answers.sizes import Size, setting, sizes
from inspector.answers.terms import TotalExplanation, explain_inside
from inspector.dims import Dim, Product, Shape, plus, times
from inspector.graph import Node, TensorRef, Weight, escaped
from inspector.infer import Analysis, learning_inside
from inspector.model import LayerRow, Model
from inspector.rules import layer_rule, operation_rule
from inspector.rules.rule import Rule, Spec
from inspector.shown import Shown


@dataclass(frozen=True, slots=True)
class Setting:
    """A config key that the rule reads."""

    key: str
    value: Any
    default: Any
    needed: bool  # whether Keras has no default for it


@dataclass(frozen=True, slots=True)
class Flow:
    """One tensor that flows in or out, and the layers at its other end."""

    shape: Shape | None
    layers: tuple[str, ...]  # paths
    door: bool  # whether it is fed from outside the model, or one of the model's outputs

    @property
    def values(self) -> Dim:
        """How many numbers it holds for one example."""
        return None if self.shape is None else times(self.shape[1:])


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the layer: what flows in, what flows out, and why it has that size."""

    inputs: tuple[Flow, ...]
    outputs: tuple[Flow, ...]
    sizes: tuple[Size, ...]


@dataclass(frozen=True, slots=True)
class WeightPart:
    """One weight with its axes named, and what changes it."""

    name: str
    axes: Product
    params: int
    changed: str  # learned, frozen, statistic, kept
    dtype: str


@dataclass(frozen=True, slots=True)
class Work:
    """The multiply-adds of a layer, for one example, over all of its calls."""

    macs: Dim
    formula: str | None  # of the first call
    arithmetic: str | None
    reason: str = ""  # why `macs` is None: "unknown layer", "unconfirmed", "open size"


@dataclass(frozen=True, slots=True)
class LayerExplanation(Shown):
    """Everything known of one layer, number by number."""

    model: Model
    row: LayerRow
    parents: tuple[str, ...]  # names of the models around it, outermost first
    position: int  # its row among those of its model, from 1
    of: int
    doc: str  # what its rule says of it, in one line
    settings: tuple[Setting, ...]
    extras: tuple[tuple[str, Any], ...]  # settings that change no shape but are worth a word
    calls: tuple[Call, ...]
    weights: tuple[WeightPart, ...]
    frozen_by: tuple[str, ...]  # whose flags are down: paths, the model's name for the outermost
    work: Work
    inner: TotalExplanation | None  # of a layer that is a model
    reason: str  # why its weights are not known

    @property
    def values(self) -> Dim:
        """The numbers that its calls give for one example."""
        return plus(flow.values for call in self.calls for flow in call.outputs)


_EXTRAS = ("activation", "rate")


def explain_layer(model: Model, word: str) -> LayerExplanation:
    """One layer of a model, named by its path or by a name that it alone has.

    Raises:
        InspectError: no layer has this name, or several have.
    """
    place = place_of(model, word)
    row, layer = place.row, place.finding.layer
    rule = _rule(place)
    return LayerExplanation(
        model=model,
        row=row,
        parents=(model.name, *(parent.row.name for parent in place.parents)),
        position=1 + next(n for n, other in enumerate(place.beside) if other is row),
        of=len(place.beside),
        doc=doc_of(rule) if rule else "",
        settings=tuple(settings(rule, layer.config)) if rule else (),
        extras=tuple((key, layer.config[key]) for key in _EXTRAS if key in layer.config),
        calls=tuple(_calls(place, rule)),
        weights=_weights(place),
        frozen_by=tuple(_frozen_by(model, place)),
        work=_work(place),
        inner=explain_inside(model, place) if row.layers is not None else None,
        reason=place.finding.reason if row.params is None else "",
    )


def _rule(place: Place) -> Rule | None:
    """The rule that spoke of the layer; `None` for a model, and where none did."""
    finding = place.finding
    if finding.spec is None or finding.layer.graph is not None:
        return None
    known = operation_rule if finding.layer.operation else layer_rule
    return known(finding.layer.class_name)


def doc_of(rule: Rule) -> str:
    """The first line of what a rule says of itself."""
    return (rule.function.__doc__ or "").strip().partition("\n")[0]


def settings(rule: Rule, config: Any) -> Iterator[Setting]:
    """The config keys that a rule reads, in its own order, with the values that hold."""
    defaults = rule.function.__kwdefaults__ or {}
    for key in rule.options:
        yield Setting(key, setting(rule, config, key), defaults.get(key), key in rule.needed)


# --- what flows ---------------------------------------------------------------------------------


def _calls(place: Place, rule: Rule | None) -> Iterator[Call]:
    inside, prefix, name = place.inside, place.prefix, place.finding.layer.name
    users = _users(inside, name)
    doors = set(inside.graph.outputs)
    for node in (node for node in inside.graph.nodes if node.layer.name == name):
        taken = tuple(
            Flow(inside.shapes.get(ref), (prefix + escaped(ref.layer),), door=False)
            for ref in node.inputs
        )
        if not taken and TensorRef(name, node.call) in inside.graph.inputs:
            taken = (Flow(inside.shapes.get(TensorRef(name, node.call)), (), door=True),)
        given = []
        for index, shape in enumerate(place.finding.outputs[node.call]):
            ref = TensorRef(name, node.call, index)
            paths = tuple(prefix + escaped(user) for user in users.get(ref, ()))
            given.append(Flow(shape, paths, ref in doors))
        yield Call(taken, tuple(given), _sizes(rule, node, taken, given))


def _users(inside: Analysis, name: str) -> dict[TensorRef, list[str]]:
    """Who takes each output of a layer, in call order."""
    users: dict[TensorRef, list[str]] = {}
    for node in inside.graph.nodes:
        for ref in dict.fromkeys(node.inputs):
            if ref.layer == name:
                users.setdefault(ref, []).append(node.layer.name)
    return {ref: list(dict.fromkeys(names)) for ref, names in users.items()}


def _sizes(
    rule: Rule | None, node: Node, taken: tuple[Flow, ...], given: list[Flow]
) -> tuple[Size, ...]:
    if rule is None or node.layer.operation or not given or not node.inputs:
        return ()
    return sizes(rule, node.layer.config, [flow.shape for flow in taken], given[0].shape)


# --- what it learns -----------------------------------------------------------------------------


def _weights(place: Place) -> tuple[WeightPart, ...]:
    row, own = place.row, place.finding.weights or ()
    if row.layers is not None or not own:
        return ()
    flag = place.finding.layer.trainable
    return tuple(
        WeightPart(
            name=weight.name,
            axes=weight.axes,
            params=weight.size,
            changed=UNTOLD if place.finding.assumed else change(weight, shown.trainable, flag),
            dtype=weight.dtype,
        )
        for weight, shown in zip(own, row.weights, strict=True)
    )


def _frozen_by(model: Model, place: Place) -> Iterator[str]:
    if not model.graph.trainable:
        yield model.name
    for around in place.parents:
        if not learning_inside(around.finding, True):
            yield around.row.path
    if not place.finding.layer.trainable:
        yield place.row.path


# --- what it computes ---------------------------------------------------------------------------


def _work(place: Place) -> Work:
    finding = place.finding
    macs, spec = finding.macs, finding.spec
    if place.row.layers is not None:
        return Work(macs, None, None, "" if macs is not None else "inside")
    if spec is None:
        return Work(None, None, None, "unknown layer")
    if spec.macs is None:
        return Work(None, None, None, "unconfirmed")
    formula, arithmetic = spelled(spec.macs)
    return Work(macs, formula, arithmetic, "open size" if macs is None else "")


def spelled(macs: tuple[Product, ...]) -> tuple[str, str]:
    """Multiply-adds in symbols and in numbers, equal terms together."""
    terms = Spec((), tuple(Weight("", axes) for axes in macs))
    return terms.formula, terms.arithmetic
