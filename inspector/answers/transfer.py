"""Transfer learning: what is frozen, what is trained, where the data enters, with a new head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from inspector.answers.changes import averaged
from inspector.answers.freezing import Flags
from inspector.answers.heads import HeadLayer, head, short_head
from inspector.answers.selection import MODEL, VALUE, Selection, listed, selected
from inspector.dims import Shape
from inspector.errors import InspectError, RuleError, shown
from inspector.graph import Graph, Layer, Node, TensorRef, Weight, escaped
from inspector.infer import Analysis, Finding, Note, analyze
from inspector.model import Model
from inspector.shown import Shown

FROZEN = "frozen"
TRAINED = "trained"
UPDATED = "state-updated"


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """One layer that is no model: what training does to its numbers.

    `params` = `frozen` + `trained` + `updated`; all of them `None` where nobody knows.
    """

    path: str
    name: str
    class_name: str
    head: bool
    place: int | None  # in `base.layers`; `None` for layers inside those, and for the head
    output_shape: Shape | None
    params: int | None
    frozen: int | None
    trained: int | None
    updated: int | None  # running averages: they move though nothing is learned
    gradient: bool  # whether the gradient passes through it

    @property
    def state(self) -> str | None:
        """One of three words; `None` for a layer without numbers, or with unknown ones."""
        if not self.params:
            return None
        return TRAINED if self.trained else UPDATED if self.updated else FROZEN


class Optimizer(NamedTuple):
    """What an optimizer keeps beside the weights that it trains."""

    name: str
    slots: int  # numbers for each trained one
    params: int
    bytes: int


class Sum(NamedTuple):
    """How many numbers, and how many bytes they take."""

    params: int
    bytes: int


NOTHING = Sum(0, 0)


@dataclass(frozen=True, slots=True)
class Step:
    """One assignment of a flag to the layers that a word means."""

    selection: Selection
    value: bool

    def lines(self, model: str) -> list[str]:
        """The code that does it to the model of a variable."""
        signs = {ord(MODEL): model, ord(VALUE): str(self.value)}
        return [line.translate(signs) for line in self.selection.code]


@dataclass(frozen=True, slots=True)
class Transfer(Shown):
    """What training would change in a model with these flags, and with this head on it."""

    base: Model
    whole: Graph
    keras: int
    training: bool  # how the base is called
    steps: tuple[Step, ...]
    head: tuple[HeadLayer, ...]
    inputs: tuple[tuple[str, Shape | None], ...]  # name and shape of each door
    layers: tuple[LayerPlan, ...] = ()
    total: Sum = NOTHING
    trained: Sum = NOTHING
    frozen: Sum = NOTHING
    updated: Sum = NOTHING
    optimizers: tuple[Optimizer, ...] = ()
    complete: bool = True
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def non_trainable(self) -> Sum:
        """What `summary()` calls so: frozen and updated numbers alike."""
        frozen, updated = self.frozen, self.updated
        return Sum(frozen.params + updated.params, frozen.bytes + updated.bytes)

    @property
    def first_trained(self) -> str | None:
        """The path of the first layer that learns: the gradient travels no further back."""
        return next((layer.path for layer in self.layers if layer.trained), None)


_SLOTS = (("SGD", 0), ("SGD with momentum", 1), ("Adam", 2))


def transfer(
    model: Model,
    *,
    freeze: Sequence[str] = (),
    unfreeze: Sequence[str] = (),
    head_text: str = "",
    classes: int | None = None,
    training: bool = False,
    keras: int | None = None,
) -> Transfer:
    """What training would change.

    Args:
        freeze: words that mean layers (`inspector.answers.selection`), set to `trainable=False` one
            after the other; with a head and no word at all, the whole base is frozen.
        unfreeze: the same for `trainable=True`, afterwards.
        head_text: layers put on the output of the model.
        classes: a short head with so many outputs, instead.
        training: call the base in training mode whatever happens, instead of in inference mode.
        keras: the major version whose rules hold; by default that of the model.

    Raises:
        InspectError: a word means no layer, the head is none, or it fits on no output.
    """
    graph = model.graph
    if not graph.outputs:
        told = bool(graph.nodes)  # the parts of a class of the program, but not its wiring
        raise InspectError(
            model.source,
            "holds no layer graph: nothing tells which layer comes first",
            hint="params lists its layers" if told else "name a file with the model in it",
        )
    version = keras or (3 if graph.dialect >= 3 else 2)
    layers = _head(model, head_text, classes, version)
    if layers and not (freeze or unfreeze):
        freeze = ("all",)
    steps = tuple(
        Step(selected(graph, word, version), value)
        for words, value in ((freeze, False), (unfreeze, True))
        for word in words
    )
    flags = Flags(graph, version)
    warnings = tuple(_done(flags, steps, version))
    base = flags.applied(graph)
    whole = _joined(base, layers, training, version) if layers else base
    analysis = _analyzed(whole, model)
    walk = _Walk(version, bool(layers), {layer.name: n for n, layer in enumerate(listed(graph, 3))})
    walk.visit(analysis)
    asked = Transfer(
        base=model,
        whole=whole,
        keras=version,
        training=training,
        steps=steps,
        head=layers,
        inputs=tuple((ref.layer, analysis.shapes.get(ref)) for ref in whole.inputs),
        warnings=warnings,
    )
    return _answered(asked, walk)


def _answered(asked: Transfer, walk: _Walk) -> Transfer:
    from inspector.answers.traps import traps  # noqa: PLC0415 - it speaks of this answer

    trained = walk.sums[TRAINED]
    answer = replace(
        asked,
        layers=tuple(walk.plans),
        total=Sum(*map(sum, zip(*walk.sums.values(), strict=True))),
        trained=trained,
        frozen=walk.sums[FROZEN],
        updated=walk.sums[UPDATED],
        optimizers=tuple(
            Optimizer(name, slots, slots * trained.params, slots * trained.bytes)
            for name, slots in _SLOTS
        ),
        complete=all(plan.params is not None for plan in walk.plans),
        notes=tuple(f"{note.layer}: {note.text}" for note in walk.notes),
    )
    return replace(answer, warnings=(*asked.warnings, *traps(answer)))


def _done(flags: Flags, steps: Sequence[Step], keras: int) -> Iterator[str]:
    """Set the flags; what is passed over though somebody meant it is worth a word."""
    for step in steps:
        passed = [path for path in step.selection.paths if not flags.set(path, step.value)]
        idle = [path for path in passed if flags.disagree_inside(path, step.value)]
        if idle and keras >= 3:
            what = "the model itself" if idle[0] == "" else f'"{idle[0]}"'
            yield (
                f"setting {what} to trainable={step.value} changes nothing inside it: it was "
                f"{step.value} already, and Keras 3 passes over what does not change; name the "
                "layers inside"
            )


# --- the head -----------------------------------------------------------------------------------


def _head(model: Model, text: str, classes: int | None, keras: int) -> tuple[HeadLayer, ...]:
    if not text and classes is None:
        return ()
    if text and classes is not None:
        hint = "give one of the two"
        raise InspectError("--head", "stands beside --classes", hint=hint)
    if len(model.graph.outputs) != 1:
        raise InspectError(
            "--head",
            f"{model.name} has {len(model.graph.outputs)} outputs, and a head takes one",
            hint="save a model with the one output that the head shall take",
        )
    shape = model.analysis.outputs[0]
    if not text and shape is None:
        hint = 'spell the head: --head "GlobalAveragePooling2D; Dense(1)"'
        raise InspectError("--classes", f"the output shape of {model.name} is not known", hint=hint)
    taken = {model.graph.name, *(ref.layer for ref in model.graph.inputs)}
    return head(text or short_head(classes or 1, len(shape or ())), keras, taken)


def _analyzed(whole: Graph, base: Model) -> Analysis:
    try:
        return analyze(whole)
    except RuleError as error:  # the base alone was sound: the head does not fit on it
        given = base.analysis.outputs[0]
        hint = f"it stands on what {base.name} gives: {shown(given)}"
        if base.format == "zoo" and given is not None and len(given) == 2:
            hint += "; features come of include_top=False"
        where, problem = f"--head: {error.where}", error.problem
        raise RuleError(where, problem, received=error.received, hint=hint) from error


def _joined(base: Graph, layers: Sequence[HeadLayer], training: bool, keras: int) -> Graph:
    """A model of new inputs, the base called on them, and the head."""
    doors = [_door(base, ref) for ref in base.inputs]
    called = Layer(
        base.name,
        base.class_name,
        {"name": base.name, "trainable": base.trainable},
        trainable=base.trainable,
        graph=base,
        dialect=base.dialect,
    )
    given = [TensorRef(door.name) for door in doors]
    taken: Any = given[0] if len(given) == 1 else given
    nodes = [*map(Node, doors), Node(called, 0, (taken,), {"training": training})]
    # Rules read the dialect for what shapes come to, which are those of the base.
    made = [replace(each.layer, dialect=base.dialect) for each in layers]
    for layer in made:
        nodes.append(Node(layer, 0, (TensorRef(nodes[-1].layer.name),)))
    return Graph(
        name="transfer",
        class_name="Functional",
        layers=(*doors, called, *made),
        nodes=tuple(nodes),
        inputs=tuple(given),
        outputs=(TensorRef(nodes[-1].layer.name),),
        dialect=keras,
    )


def _door(base: Graph, ref: TensorRef) -> Layer:
    inside = next(node.layer for node in base.nodes if node.layer.name == ref.layer)
    name = ref.layer if ref.layer != base.name else f"{ref.layer}_input"
    return replace(inside, name=name, identity="", dialect=base.dialect)


# --- the walk -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Walk:
    """What training does to each layer, collected over a model and those inside it."""

    keras: int
    headed: bool
    places: dict[str, int]
    plans: list[LayerPlan] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    sums: dict[str, Sum] = field(
        default_factory=lambda: dict.fromkeys((TRAINED, FROZEN, UPDATED), NOTHING)
    )
    seen: set[str] = field(default_factory=set)

    def visit(self, analysis: Analysis) -> None:
        self._graph(analysis, "", analysis.graph.trainable, True, self.headed, ())

    def _graph(
        self,
        analysis: Analysis,
        prefix: str,
        learning: bool,
        training: bool,
        headed: bool,
        given: tuple[bool, ...],
    ) -> list[bool]:
        """Walk one model; whether a gradient is wanted for each of its outputs."""
        graph = analysis.graph
        self.notes.extend(analysis.notes)
        wanted = dict(zip((ref[:2] for ref in graph.inputs), given, strict=False))
        first = {node.layer.name: node for node in reversed(graph.nodes)}
        for node in graph.nodes:
            needs = any(wanted.get(ref[:2], False) for ref in node.inputs)
            key = (node.layer.name, node.call)
            if node.layer.name not in analysis.findings:  # the hidden door of a Sequential
                continue
            if first[node.layer.name] is not node:
                wanted[key] = needs or wanted[node.layer.name, first[node.layer.name].call]
                continue
            mode = node.kwargs.get("training")
            mode = mode if isinstance(mode, bool) else training
            finding = analysis.findings[node.layer.name]
            path = prefix + escaped(node.layer.name)
            if finding.inner is not None:
                on = node.layer.trainable and finding.inner.graph.trainable
                inside = learning and (self.keras >= 3 or on)
                doors = tuple(wanted.get(ref[:2], False) for ref in node.inputs)
                ends = self._graph(finding.inner, f"{path}/", inside, mode, False, doors)
                wanted[key] = any(ends)
                continue
            plan = self._layer(finding, path, learning, mode, headed)
            passes = needs or bool(plan.trained)
            wanted[key] = wanted.get(key, False) or passes
            self.plans.append(replace(plan, gradient=passes))
        return [wanted.get(ref[:2], False) for ref in graph.outputs]

    def _layer(
        self, finding: Finding, path: str, learning: bool, mode: bool, headed: bool
    ) -> LayerPlan:
        layer = finding.layer
        counts = dict.fromkeys((TRAINED, FROZEN, UPDATED), 0)
        for weight in finding.weights or ():
            if weight.owner and weight.owner in self.seen:
                continue
            self.seen.add(weight.owner)
            word = self._word(weight, layer, learning, mode)
            counts[word] += weight.size
            total = self.sums[word]
            bits = weight.size * weight.bits
            self.sums[word] = Sum(total.params + weight.size, total.bytes + (bits + 7) // 8)
        known = finding.weights is not None
        outer = "/" not in path
        inside_base = path.partition("/")[2] if self.headed else path
        place = self.places.get(layer.name) if inside_base == escaped(layer.name) else None
        return LayerPlan(
            path=path,
            name=layer.name,
            class_name=layer.class_name,
            head=headed and outer and layer.class_name != "InputLayer",
            place=place,
            output_shape=finding.outputs[0][0] if finding.outputs else None,
            params=sum(counts.values()) if known else None,
            frozen=counts[FROZEN] if known else None,
            trained=counts[TRAINED] if known else None,
            updated=counts[UPDATED] if known else None,
            gradient=False,
        )

    def _word(self, weight: Weight, layer: Layer, learning: bool, mode: bool) -> str:
        """What training does to a weight; a frozen layer runs in inference mode."""
        if weight.trainable and learning:
            return TRAINED
        moves = averaged(weight) and mode and layer.trainable
        return UPDATED if moves else FROZEN
