"""The program that rebuilds a model, statement by statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from inspector.answers.blocks import Item
from inspector.answers.blocks import blocks as blocks_of
from inspector.answers.blocks.tree import walk
from inspector.answers.code.calls import arguments, operation
from inspector.answers.code.expressions import WIDEST, Call, Expressions, Gap, policy_name
from inspector.answers.code.functions import Folded, Function, Use, folded, statements
from inspector.answers.code.functions import functions as functions_of
from inspector.answers.code.names import Names, one_line, quoted
from inspector.answers.code.order import Key, written
from inspector.answers.code.variables import Again, Explicit, Variables
from inspector.dims import Shape
from inspector.errors import InspectError
from inspector.graph import Graph, Layer, Node, TensorRef
from inspector.infer import Analysis, analyze
from inspector.model import Model
from inspector.shown import Shown

STYLES: dict[str, Callable[[Graph, Names], Variables]] = {"explicit": Explicit, "x": Again}
_IMPORTS = {
    3: "import keras",
    2: "from tensorflow import keras  # Keras 2: TensorFlow up to 2.15, or tf_keras",
}


@dataclass(frozen=True, slots=True)
class Source(Shown):
    """A program that leaves a model in the variable `model`."""

    text: str
    keras: int
    gaps: tuple[str, ...] = ()  # what its author has to write
    functions: tuple[str, ...] = ()  # those that build repeated blocks


def code(
    model: Model, *, style: str | None = None, keras: int | None = None, functions: bool = False
) -> Source:
    """Functional API source that rebuilds the graph of a model.

    Args:
        style: "explicit", a name for each tensor, as usual, or "x", one name for whatever came
            last, as usual with functions.
        keras: the major version to write for; by default that of the model.
        functions: whether repeated blocks are functions; in the style "x", calls that only count
            up are loops.

    Raises:
        InspectError: the model has no graph, or its style is unknown.
    """
    style = style or ("x" if functions else "explicit")
    if style not in STYLES:
        hint = f"it is one of {', '.join(STYLES)}"
        raise InspectError("--style", "is unknown", received=repr(style), hint=hint)
    if not model.graph.outputs:
        told = bool(model.graph.nodes)  # the parts of a class of the program, but not its wiring
        hint = "params lists its layers" if told else "name a file with the model in it"
        raise InspectError(model.source, "holds no layer graph to write down", hint=hint)
    version = keras or (3 if model.graph.dialect >= 3 else 2)
    program = _Program(style, version)
    if functions:
        program.items = dict(_regions(model))
    return program.source(model.graph, model.analysis)


class _Program:
    """A program while it is written."""

    def __init__(self, style: str, keras: int) -> None:
        self.keras = keras
        self.style = style
        self.names = Names()
        self.lines: list[str] = []
        self.gaps: dict[Gap, str] = {}
        self.objects: dict[object, str] = {}  # layers in variables, by identity or by place
        self.counted: Counter[str] = Counter()  # objects of the file, by identity
        self.calls: dict[int, Counter[str]] = {}
        self.items: dict[int, tuple[Item, ...]] = {}  # by graph, where blocks become functions
        self.functions: list[Function] = []
        self.say = Expressions(keras, self._gap, self._inside_wrapper)

    def source(self, graph: Graph, analysis: Analysis) -> Source:
        self.counted = _identities(graph)
        self._model(graph, analysis, "model")
        body = "\n".join(self.lines).rstrip()
        head = [_IMPORTS[self.keras]]
        if "tf." in body and self.keras < 3:
            head.insert(0, "import tensorflow as tf")
        for gap, name in self.gaps.items():
            head += ["", "", *_written(gap, name)]
        for function in self.functions:
            head += ["", "", *function.lines]
        apart = ["", ""] if self.gaps or self.functions else [""]
        text = "\n".join([*head, *apart, body]) + "\n"
        names = tuple(function.name for function in self.functions)
        return Source(text, self.keras, tuple(gap.what for gap in self.gaps), names)

    # --- models ---

    def _model(self, graph: Graph, analysis: Analysis, variable: str) -> None:
        """Statements that build a model and leave it in a variable."""
        if self._as_sequential(graph, variable):
            self._sequential(graph, analysis, variable)
        else:
            self._functional(graph, analysis, variable)
        self.lines += _flags(graph, variable)
        self.lines.append("")

    def _as_sequential(self, graph: Graph, variable: str) -> bool:
        """Whether to write a `Sequential`: inside others, and where no shape is known yet."""
        if not graph.sequential or len(graph.inputs) != 1:
            return False
        if any(node.call for node in graph.nodes):
            return False
        door = graph.nodes[0].layer
        return variable != "model" or _shape(door) is None

    def _sequential(self, graph: Graph, analysis: Analysis, variable: str) -> None:
        door = graph.nodes[0].layer
        made = [] if _shape(door) is None else [str(self._input(door, None))]
        made += [self._made(node, analysis) for node in graph.nodes[1:]]
        rows = "".join(f"        {row},\n" for row in made)
        name = quoted(self.say.name(graph.name))
        opening = f"{variable} = keras.Sequential(\n    [\n"
        self.lines.append(f"{opening}{rows}    ],\n    name={name},\n)")

    def _functional(self, graph: Graph, analysis: Analysis, variable: str) -> None:
        made = self._folded(graph, analysis)
        graph = made.graph
        variables = STYLES[self.style](graph, self.names)
        several = _several(graph, analysis)

        def tensor(ref: TensorRef) -> str:
            held = variables.holding(ref[:2])
            return f"{held}[{ref.output}]" if ref[:2] in several else held

        row: list[Use] = []  # calls of functions, one after the other
        for node in written(graph):
            self._prepared(node, analysis)
            before = list(variables.before(node))
            if before or node.layer.name not in made.uses:
                self._flush(row)
            self.lines += before
            if node.layer.name in made.uses:
                row.append(_use(node, made, tensor, variables))
                continue
            call = self._call(node, analysis, tensor)
            self._assigned(variables.given(node), call)
        self._flush(row)
        ends = [", ".join(map(tensor, refs)) for refs in (graph.inputs, graph.outputs)]
        sides = [
            end if len(refs) == 1 else f"[{end}]"
            for end, refs in zip(ends, (graph.inputs, graph.outputs), strict=True)
        ]
        words = (f"inputs={sides[0]}", f"outputs={sides[1]}", self._named(graph))
        self._assigned(variable, ("", Call("keras.Model", words), ""))

    def _folded(self, graph: Graph, analysis: Analysis) -> Folded:
        """The graph, where asked with its repeated blocks as calls of functions."""
        items = self.items.get(id(graph))
        if items is None:
            return Folded(graph, {})
        made = functions_of(items, analysis, self.say, self._gap, self.counted, self.names)
        self.functions += made
        return folded(graph, made)

    def _flush(self, row: list[Use]) -> None:
        self.lines += statements(row, "n")
        row.clear()

    def _named(self, graph: Graph) -> str:
        return f"name={quoted(self.say.name(graph.name))}"

    # --- calls ---

    def _call(self, node: Node, analysis: Analysis, tensor: Any) -> tuple[str, Call | str, str]:
        """A call in three parts: what stands before, the layer, and what it is called with."""
        layer = node.layer
        if layer.class_name == "InputLayer":
            return "", self._input(layer, analysis.shapes.get(TensorRef(layer.name))), ""
        if layer.operation:
            return operation(node, self.say, tensor, self._gap), "", ""
        if layer.graph is not None:
            given = ", ".join(map(tensor, node.inputs))
            words = [given if len(node.inputs) == 1 else f"[{given}]"]
            words += arguments(_without_tensors(node), self.say, tensor)
        else:
            words = arguments(node, self.say, tensor)
        place = self._place(layer, analysis)
        made = self.objects.get(place) or self.say.layer(layer)
        return "", made, f"({', '.join(words)})"

    def _prepared(self, node: Node, analysis: Analysis) -> None:
        """Statements that make a layer before it is called: models, and what is called twice."""
        layer, place = node.layer, self._place(node.layer, analysis)
        if place in self.objects or layer.operation or layer.class_name == "InputLayer":
            return  # the tensor of an input can begin several models, each with an input of its own
        if layer.graph is not None:
            self.objects[place] = self._built(layer, analysis)
        elif self._calls(analysis.graph)[layer.name] > 1 or self.counted[layer.identity] > 1:
            variable = self.names.fresh(f"{layer.name}_layer")
            self._assigned(variable, ("", self.say.layer(layer), ""))
            self.objects[place] = variable

    def _made(self, node: Node, analysis: Analysis) -> str:
        """A layer as it stands in the list of a Sequential."""
        self._prepared(node, analysis)
        held = self.objects.get(self._place(node.layer, analysis))
        return held or str(self.say.layer(node.layer))

    def _built(self, layer: Layer, analysis: Analysis) -> str:
        inner = analysis.findings[layer.name].inner
        if layer.graph is None or inner is None:
            raise InspectError(layer.name, "is a model whose layers are not known")
        variable = self.names.fresh(f"{layer.name}_model")
        self._model(layer.graph, inner, variable)
        return variable

    def _inside_wrapper(self, layer: Layer) -> str:
        variable = self.names.fresh(f"{layer.name}_model")
        if layer.graph is not None:
            self._model(layer.graph, analyze(layer.graph), variable)
        return variable

    def _calls(self, graph: Graph) -> Counter[str]:
        """How often each layer is called in a graph."""
        if id(graph) not in self.calls:
            self.calls[id(graph)] = Counter(node.layer.name for node in graph.nodes)
        return self.calls[id(graph)]

    def _place(self, layer: Layer, analysis: Analysis) -> object:
        """What tells one layer object from another."""
        if layer.identity and self.counted[layer.identity] > 1:
            return layer.identity
        return id(analysis.graph), layer.name

    def _input(self, door: Layer, shape: Shape | None) -> Call:
        shape = _shape(door) or shape
        words = []
        if shape is None:
            what = f"the shape of input {quoted(door.name)}, which no file tells"
            words.append(f"shape={self._gap(Gap('input_shape', what, 'function'))}()")
        elif shape[0] is None:
            words.append(f"shape={tuple(shape[1:])!r}")
        else:
            words.append(f"shape={tuple(shape[1:])!r}, batch_size={shape[0]!r}")
        kind = policy_name(door.config.get("dtype"))
        if kind not in (None, "float32"):
            words.append(f"dtype={quoted(str(kind))}")
        words += [f"{key}=True" for key in ("sparse", "ragged") if door.config.get(key) is True]
        if self.keras >= 3 and door.config.get("optional") is True:
            words.append("optional=True")
        return Call("keras.Input", (*words, f"name={quoted(self.say.name(door.name))}"))

    # --- text ---

    def _assigned(self, variable: str, parts: tuple[str, Call | str, str]) -> None:
        before, made, after = parts
        line = f"{variable} = {before}{made}{after}"
        if len(line) > WIDEST and isinstance(made, Call):
            line = f"{variable} = {before}{made.tall}{after}"
        self.lines.append(line)

    def _gap(self, gap: Gap) -> str:
        gap = Gap(gap.name, one_line(gap.what), gap.kind)
        if gap not in self.gaps:
            known = next((n for g, n in self.gaps.items() if _alike(g, gap)), None)
            self.gaps[gap] = known or self.names.fresh(gap.name)
        return self.gaps[gap]


def _regions(model: Model) -> Iterator[tuple[int, tuple[Item, ...]]]:
    """The regions of every graph in a model."""
    found = blocks_of(model).items
    yield id(model.graph), found
    for block in walk(found):
        if block.node is not None and block.node.layer.graph is not None:
            yield id(block.node.layer.graph), block.items


def _use(node: Node, made: Folded, tensor: Callable[[TensorRef], str], variables: Variables) -> Use:
    function, at = made.uses[node.layer.name]
    tensors = tuple(map(tensor, node.inputs))
    names = tuple(one.name for one in function.parameters.ordered if one.tells_names)
    return Use(variables.given(node), function.name, tensors, function.words(at), names)


def _alike(one: Gap, other: Gap) -> bool:
    return one.kind == other.kind == "class" and one.what == other.what


def _written(gap: Gap, name: str) -> Iterator[str]:
    """The definition of a gap: it says what is missing, and raises when it is used."""
    yield f"# GAP: {gap.what}"
    message = quoted(f"write {name} here")
    if gap.kind == "class":
        yield f"class {name}(keras.layers.Layer):"
        yield "    def __init__(self, *args, **config):"
    else:
        yield f"def {name}(*args, **kwargs):"
    indent = "        " if gap.kind == "class" else "    "
    yield f"{indent}raise NotImplementedError({message})"


def _flags(graph: Graph, variable: str) -> Iterator[str]:
    """A model's own flag; setting it sets those inside, so that theirs are set again."""
    if graph.trainable:
        return
    yield f"{variable}.trainable = False"
    for layer in graph.layers:
        if layer.trainable and not layer.operation and layer.class_name != "InputLayer":
            yield f"{variable}.get_layer({quoted(layer.name)}).trainable = True"


def _identities(graph: Graph) -> Counter[str]:
    """How often each object of a file stands in it."""
    found: Counter[str] = Counter()
    stack = [graph]
    while stack:
        for layer in stack.pop().layers:
            found[layer.identity] += bool(layer.identity)
            if layer.graph is not None:
                stack.append(layer.graph)
    return found


def _several(graph: Graph, analysis: Analysis) -> set[Key]:
    """The calls that give a list of tensors."""
    found: set[Key] = set()
    for node in graph.nodes:
        key = node.layer.name, node.call
        if TensorRef(*key, 1) in analysis.shapes:
            found.add(key)
        found.update(ref[:2] for ref in node.inputs if ref.output)
    found.update(ref[:2] for ref in graph.outputs if ref.output)
    return found


def _without_tensors(node: Node) -> Node:
    kept = {key: value for key, value in node.kwargs.items() if isinstance(value, bool)}
    return Node(node.layer, node.call, (), kept)


def _shape(door: Layer) -> Shape | None:
    shape = door.config.get("batch_shape") or door.config.get("batch_input_shape")
    if not isinstance(shape, list | tuple):
        return None
    return tuple(shape) if all(dim is None or isinstance(dim, int) for dim in shape) else None
