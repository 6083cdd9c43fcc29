"""The walk: every call of a graph gets its spec, in call order, once."""

# Annotations are evaluated here: as strings, those of NamedTuple would each be compiled at start.

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from inspector.dims import Dim, Shape, plus, product
from inspector.errors import Unknown
from inspector.graph import NOTHING, Graph, Layer, Node, TensorRef, Weight
from inspector.rules import function_rule, layer_rule, operation_rule
from inspector.rules.rule import Rule, Spec, Told, bound, spec_of


class Note(NamedTuple):
    """Something the reader should know about one layer; never a reason to stop."""

    layer: str
    text: str


class Finding(NamedTuple):
    """What the walk found of one layer: its weights once, its work for every call.

    `weights` is `None` where nobody can know them; `reason` then says why. A weight's flag
    already carries the layer's own flag, and those of every layer inside it, but not those of
    the models around it.
    """

    layer: Layer
    weights: tuple[Weight, ...] | None
    outputs: tuple[tuple[Shape | None, ...], ...]  # one entry a call, one shape an output
    macs: Dim
    spec: Spec | None = None  # of the first call; what formula and arithmetic come from
    reason: str = ""
    assumed: bool = False  # counted by stored weights, which do not tell what training changes
    inner: "Analysis | None" = None  # of the model that the layer is, or wraps
    partly: Spec | None = None  # where weights is None for an open size: what the rule says of it


class Analysis(NamedTuple):
    """A graph with what its rules said of each layer, and what nobody could say."""

    graph: Graph
    findings: Mapping[str, Finding]  # by layer name
    shapes: Mapping[TensorRef, Shape | None]
    notes: tuple[Note, ...] = ()
    works: Mapping[TensorRef, Dim] = NOTHING  # MACs by call, index 0

    @property
    def outputs(self) -> tuple[Shape | None, ...]:
        """The shapes that the graph gives, in Keras' flattened order."""
        return tuple(self.shapes.get(ref) for ref in self.graph.outputs)

    @property
    def macs(self) -> Dim:
        """Multiply-adds of one pass, for one example; a shared layer works at every call.

        Weights without a graph have no calls of which anybody knows.
        """
        if self.graph.layers and not self.graph.nodes:
            return None
        return plus(self.works.values())


def analyze(graph: Graph, inputs: Sequence[Shape | None] | None = None) -> Analysis:
    """Apply each node's rule in call order; what no rule covers becomes a note.

    Args:
        inputs: shapes that flow in, for a model called inside another; otherwise the shapes of
            the graph's own input layers hold.

    Raises:
        RuleError: a config, or the shapes that meet, that Keras could not build either.
    """
    return _Walk(graph, inputs).analysis()


def distinct_weights(analysis: Analysis) -> Iterator[tuple[Weight, bool]]:
    """Every known weight of a model once, with whether training would change it.

    A layer that stands both in a model and in one nested inside it is counted once where the
    file says that it is the same object.
    """
    seen: set[str] = set()
    stack = [(analysis, analysis.graph.trainable)]
    while stack:
        current, learning = stack.pop()
        for finding in current.findings.values():
            if finding.inner is not None:
                stack.append((finding.inner, learning_inside(finding, learning)))
                continue
            for weight in finding.weights or ():
                if not weight.owner or weight.owner not in seen:
                    seen.add(weight.owner)
                    yield weight, weight.trainable and learning


def learning_inside(finding: Finding, learning: bool) -> bool:
    """Whether training reaches into a model inside, when it reaches the layer that is this model.

    In Keras 3 only the flags of the outermost model and of the layer that owns a weight decide:
    setting a model's flag sets those of its layers, but what they are set to later holds. In
    Keras 1 and 2 every model around a layer has a say.
    """
    if finding.layer.dialect >= 3 or finding.inner is None:
        return learning
    return learning and finding.layer.trainable and finding.inner.graph.trainable


def once(weights: Sequence[Weight]) -> tuple[Weight, ...]:
    """The weights with those left out that the file says are one object met twice."""
    if not any(weight.owner for weight in weights):
        return tuple(weights)
    first: dict[object, Weight] = {}
    for place, weight in enumerate(weights):
        first.setdefault(weight.owner or place, weight)
    return tuple(first.values())


class _NoShape(Exception):
    """An input of a call has no known shape."""


class _Walk:
    """The state of one pass over one graph; thrown away when the `Analysis` is made."""

    def __init__(self, graph: Graph, inputs: Sequence[Shape | None] | None) -> None:
        self.graph = graph
        self.shapes: dict[TensorRef, Shape | None] = {}
        self.given = {} if inputs is None else dict(zip(graph.inputs, inputs, strict=False))
        self.altered = False  # whether other shapes flow in than those the file was written for
        self.specs: dict[str, list[Spec | None]] = {}
        self.outputs: dict[str, list[tuple[Shape | None, ...]]] = {}  # by layer, then by call
        self.inner: dict[str, Analysis] = {}
        self.reasons: dict[str, str] = {}
        self.partly: dict[str, Spec] = {}
        self.works: dict[TensorRef, Dim] = {}
        self.notes: list[Note] = []
        self.met: dict[Told, Spec] = {}  # layers of a model are much alike

    def analysis(self) -> Analysis:
        for node in self.graph.nodes:
            self._visit(node)
        findings = {layer.name: self._finding(layer) for layer in self.graph.layers}
        for name, reason in self.reasons.items():
            self.notes.append(Note(name, reason))
        self.notes.extend(_variants(findings.values()))
        return Analysis(self.graph, findings, self.shapes, tuple(self.notes), self.works)

    def _visit(self, node: Node) -> None:
        layer = node.layer
        inside = _graph_inside(layer)
        if inside is not None and layer.name not in self.inner:
            self.inner[layer.name] = analyze(inside)
        spec: Spec | None
        partly: Spec | None = None
        try:
            spec = self._spec(node)
        except Unknown as unknown:
            self.reasons.setdefault(layer.name, str(unknown))
            # A function owns no weights, whatever it gives.
            spec = Spec(outputs=(), macs=None) if layer.operation else None
            if isinstance(unknown.partly, Spec):
                partly = self.partly.setdefault(layer.name, unknown.partly)
        self.specs.setdefault(layer.name, []).append(spec)
        self._record(node, spec or partly)

    def _spec(self, node: Node) -> Spec:
        layer = node.layer
        if layer.own is not None:
            return _own(layer, Spec(outputs=(), weights=layer.own, macs=None))
        if layer.graph is not None:
            shapes = [self.shapes.get(ref) for ref in node.inputs]
            return self._nested(layer, layer.graph, shapes)
        rule = _rule_for(layer)
        if not self.graph.outputs:  # the parts of a class: what flows between them is not told
            if rule.weightless:
                return Spec(outputs=(), macs=None)
            raise Unknown("it was not called yet: its weights hang on what flows into it")
        arguments = bound(rule, node.args, node.kwargs)
        try:
            known = {key: self._resolved(value) for key, value in arguments.items()}
            rest = list(map(self._resolved, node.args[len(rule.takes) :]))
        except _NoShape:
            if rule.weightless:
                return Spec(outputs=(), macs=None)
            raise Unknown("the shape that flows into it is not known") from None
        flags = {key: value for key, value in node.kwargs.items() if key not in rule.takes}
        spec = _own(layer, spec_of(rule, layer, known, flags, _apply, rest, met=self.met))
        return self._as_given(node, spec) if self.given else spec

    def _as_given(self, node: Node, spec: Spec) -> Spec:
        """The spec of an input layer, with the shape that flows in from outside."""
        ref = TensorRef(node.layer.name, node.call)
        if ref in self.given and spec.outputs != (self.given[ref],):
            self.altered = True
            return Spec((self.given[ref],))
        return spec

    def _nested(self, layer: Layer, graph: Graph, shapes: Sequence[Shape | None]) -> Spec:
        """A call of a model: the shapes of its own inputs, or walked anew with others."""
        inner = self.inner[layer.name]
        own = [inner.shapes.get(ref) for ref in graph.inputs]
        if None not in shapes and list(shapes) != own:
            inner = analyze(graph, shapes)
            if None in own:  # built by this call, as an unbuilt Sequential is
                self.inner[layer.name] = inner
        return _nested_spec(layer, inner)

    def _resolved(self, value: Any) -> Any:
        """A call's argument with shapes in place of tensors."""
        if isinstance(value, TensorRef):
            shape = self.shapes.get(value)
            if shape is None:
                raise _NoShape
            return shape
        if isinstance(value, list):
            return [self._resolved(item) for item in value]
        if isinstance(value, dict):
            return {key: self._resolved(item) for key, item in value.items()}
        if isinstance(value, slice):
            return slice(*map(self._resolved, (value.start, value.stop, value.step)))
        return value

    def _record(self, node: Node, spec: Spec | None) -> None:
        """Keep the shapes and the work of one call; the file's own shapes fill the gaps."""
        name, call = node.layer.name, node.call
        ref = TensorRef(name, call)
        given = spec.outputs if spec else ()
        self.works[ref] = None if spec is None else spec.work
        recorded = NOTHING if self.altered else self.graph.recorded
        alone = len(given) == 1 and TensorRef(name, call, 1) not in recorded
        if alone and given[0] is not None and recorded.get(ref) in (None, given[0]):
            self.shapes[ref] = given[0]  # as nearly all calls are
            self.outputs.setdefault(name, []).append(given)
            return
        shapes: list[Shape | None] = []
        while len(shapes) < max(len(given), 1) or ref in recorded:
            shape = given[len(shapes)] if len(shapes) < len(given) else None
            said = recorded.get(ref)
            if shape is None:
                shape = said
            elif said is not None and said != shape:
                text = f"the rule gives {shape}, the file recorded {said} for it"
                self.notes.append(Note(name, text))
            self.shapes[ref] = shape
            shapes.append(shape)
            ref = TensorRef(name, call, len(shapes))
        self.outputs.setdefault(name, []).append(tuple(shapes))

    def _finding(self, layer: Layer) -> Finding:
        specs = self.specs.get(layer.name, [])
        spec = next((spec for spec in specs if spec is not None), None)
        works = [self.works[TensorRef(layer.name, call)] for call in range(len(specs))]
        return Finding(
            layer=layer,
            weights=None if spec is None else once(spec.weights),
            outputs=tuple(self.outputs.get(layer.name, ())),
            macs=plus(works),
            spec=spec,
            reason=self.reasons.get(layer.name, ""),
            inner=self.inner.get(layer.name),
            partly=None if spec else self.partly.get(layer.name),
        )


def _graph_inside(layer: Layer) -> Graph | None:
    """The graph of a layer that is a model, or that wraps one, as TimeDistributed can."""
    wrapped = layer.config.get("layer")
    if layer.graph is None and isinstance(wrapped, Layer):
        return wrapped.graph
    return layer.graph


def _variants(findings: Iterable[Finding]) -> Iterator[Note]:
    """What LoRA and quantisation did to the counts of layers that have them."""
    for finding in findings:
        spec = finding.spec
        if spec is not None and spec.architecture is not None:
            text = (
                f"{spec.params:,} parameters as Keras counts them, LoRA or quantisation included; "
                f"the architecture itself has {spec.architecture:,}"
            )
            yield Note(finding.layer.name, text)


def _rule_for(layer: Layer) -> Rule:
    if layer.operation and layer.dialect < 3:
        return function_rule(layer)
    if layer.operation:
        rule = operation_rule(layer.class_name)
    else:
        rule = None if _foreign(layer) else layer_rule(layer.class_name)
    if rule is None:
        kind = "an operation" if layer.operation else "a custom class"
        raise Unknown(f"{layer.class_name} is {kind} that no rule covers")
    return rule


def _foreign(layer: Layer) -> bool:
    """Whether a class of somebody's package only happens to have the name of a Keras class."""
    return bool(layer.module) and layer.module.partition(".")[0] not in ("keras", "tf_keras")


def _apply(layer: Layer, *args: Any, **kwargs: Any) -> Spec:
    """The spec of a layer inside another one: a wrapper's layer, a recurrent layer's cell."""
    if layer.graph is not None:
        return _nested_spec(layer, analyze(layer.graph, args))
    if layer.own is not None:
        return _inside(_own(layer, Spec(outputs=(), weights=layer.own, macs=None)))
    rule = _rule_for(layer)
    try:
        spec = spec_of(rule, layer, bound(rule, args, kwargs), kwargs, _apply)
    except Unknown as unknown:
        if not isinstance(unknown.partly, Spec):
            raise
        spec = unknown.partly  # the layer around it has these weights too, and is asked as well
    return _inside(_own(layer, spec))


def call_spec(
    layer: Layer, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
) -> Spec:
    """What one call of a layer comes to; a tuple stands for a tensor of that shape.

    Raises:
        RuleError: a config, or the shapes that meet, that Keras could not build either.
        Unknown: nobody can know from here.
    """
    flags = dict(kwargs or {})
    if layer.own is not None:
        return _own(layer, Spec(outputs=(), weights=layer.own, macs=None))
    if layer.graph is not None:
        return _nested_spec(layer, analyze(layer.graph, args))
    rule = _rule_for(layer)
    known = bound(rule, args, flags)
    rest = list(args[len(rule.takes) :])
    flags = {key: value for key, value in flags.items() if key not in rule.takes}
    return _own(layer, spec_of(rule, layer, known, flags, _apply, rest))


def _nested_spec(layer: Layer, inner: Analysis) -> Spec:
    unknown = next((found for found in inner.findings.values() if found.weights is None), None)
    if unknown is not None:
        raise Unknown(f"inside it, {unknown.layer.name} is not known: {unknown.reason}")
    weights = tuple(weight for found in inner.findings.values() for weight in found.weights or ())
    macs = None if inner.macs is None else (product(inside=inner.macs),)
    return _own(layer, _inside(Spec(inner.outputs, once(weights), macs)))


def _inside(spec: Spec) -> Spec:
    """`spec` with its weights marked as those of a layer inside another one."""
    weights = (w if w.inside else w._replace(inside=True) for w in spec.weights)
    return spec._replace(weights=tuple(weights))


def _own(layer: Layer, spec: Spec) -> Spec:
    """`spec` with the layer's flag, dtype and identity stamped on its weights."""
    dtype = _variable_dtype(layer)
    if not spec.weights or (layer.trainable and not layer.identity and dtype == "float32"):
        return spec
    weights = []
    for place, weight in enumerate(spec.weights):
        freezes = weight.trainable and not layer.trainable and not _beyond(weight, layer)
        weights.append(
            weight._replace(
                trainable=weight.trainable and not freezes,
                frozen=weight.frozen or freezes,
                dtype=dtype if weight.dtype == "float32" else weight.dtype,
                owner=weight.owner or (f"{layer.identity}/{place}" if layer.identity else ""),
            )
        )
    return spec._replace(weights=tuple(weights))


def _beyond(weight: Weight, layer: Layer) -> bool:
    """Whether the flag of `layer` does not reach a weight, as `learning_inside` tells."""
    return weight.inside and layer.dialect >= 3


def _variable_dtype(layer: Layer) -> str:
    """The type of a layer's variables: mixed policies compute in 16 bits but keep float32."""
    policy = layer.config.get("dtype")
    if isinstance(policy, dict):
        settings = policy.get("config")
        policy = settings.get("name") if isinstance(settings, dict) else None
    if policy in ("float16", "bfloat16", "float64"):
        return str(policy)
    return "float32"
