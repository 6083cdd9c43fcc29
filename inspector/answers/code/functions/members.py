"""The repeated blocks of a graph, as parts that a function can build."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from inspector.answers.blocks import Block, Item
from inspector.answers.blocks.tree import Step
from inspector.answers.code.calls import arguments, operation
from inspector.answers.code.expressions import Expressions, Gap
from inspector.answers.code.order import Key, key_of
from inspector.dims import Shape
from inspector.graph import Graph, Layer, Node, TensorRef
from inspector.infer import Analysis

_MOST = 200  # calls in a block; a longer function is no help to a reader

Value = int  # a tensor in a block: what its call gives, by place; what flows in is -1, -2 …


class Piece(NamedTuple):
    """One call in a block."""

    node: Node
    sign: tuple[str, str]  # what is called, and how, with numbers in place of tensors
    takes: tuple[Value, ...]  # the distinct tensors that it is called with
    role: str  # its layer's name behind what all names of the block begin with
    shape: Shape | None


class Member(NamedTuple):
    """One use of a function: a block of the graph, its calls in an order that can be run."""

    block: Block
    pieces: tuple[Piece, ...]
    inputs: tuple[TensorRef, ...]
    outputs: tuple[TensorRef, ...]
    shapes: tuple[Shape | None, ...]  # of the inputs

    @property
    def keys(self) -> tuple[Key, ...]:
        """Its calls."""
        return tuple(key_of(piece.node) for piece in self.pieces)

    @property
    def gives(self) -> tuple[Value, ...]:
        """Its outputs, by place."""
        places = {key: at for at, key in enumerate(self.keys)}
        return tuple(places[ref[:2]] for ref in self.outputs)


def members(
    items: Sequence[Item],
    analysis: Analysis,
    say: Expressions,
    gap: Callable[[Gap], str],
    counted: Mapping[str, int],
) -> Iterator[Member]:
    """The blocks of a graph that hold layers called once, none of them a model."""
    graph = analysis.graph
    often = Counter(node.layer.name for node in graph.nodes)
    held = {name for name, count in often.items() if count > 1}
    held.update(layer.name for layer in graph.layers if counted.get(layer.identity, 0) > 1)
    held.update(node.layer.name for node in graph.nodes if _is_apart(node, analysis))
    for block in _innermost(items):
        nodes = [item.node for item in block.items if isinstance(item, Step)]
        whole = len(nodes) == len(block.items) <= _MOST
        if not whole or not block.outputs or any(node.layer.name in held for node in nodes):
            continue
        yield _member(block, _written(graph, nodes, block.outputs), analysis, say, gap)


def _innermost(items: Sequence[Item]) -> Iterator[Block]:
    """Blocks of this graph that hold no other, models left closed."""
    stack = list(reversed(items))
    while stack:
        item = stack.pop()
        if isinstance(item, Step) or item.kind == "model":
            continue
        inner = [one for one in item.items if isinstance(one, Block) and one.kind != "model"]
        if item.kind == "block" and not inner:
            yield item
        stack.extend(reversed(inner))


def _is_apart(node: Node, analysis: Analysis) -> bool:
    """Whether a call cannot stand in a function: of a model, of an input, of several outputs."""
    layer = node.layer
    several = TensorRef(layer.name, node.call, 1) in analysis.shapes
    several = several or any(ref.output for ref in node.inputs)
    return several or layer.graph is not None or layer.class_name == "InputLayer" or _wraps(layer)


def _wraps(layer: Layer) -> bool:
    """Whether a model stands in its config, which needs statements of its own."""
    inner = [value for value in layer.config.values() if isinstance(value, Layer)]
    return any(one.graph is not None or _wraps(one) for one in inner)


def _written(graph: Graph, nodes: Sequence[Node], goals: Sequence[TensorRef]) -> list[Node]:
    """The calls of a block backwards from what it gives, and so in the same order in each."""
    del graph
    inside = {key_of(node): node for node in nodes}
    done: dict[Key, Node] = {}
    stack: list[Key] = [*(key_of(node) for node in reversed(nodes)), *(ref[:2] for ref in goals)]
    while stack:
        key = stack[-1]
        missing = [ref[:2] for ref in inside[key].inputs if ref[:2] in inside.keys() - done.keys()]
        if missing and key not in done:
            stack.append(missing[0])
            continue
        done.setdefault(stack.pop(), inside[key])
    return list(done.values())


def _member(
    block: Block,
    nodes: Sequence[Node],
    analysis: Analysis,
    say: Expressions,
    gap: Callable[[Gap], str],
) -> Member:
    places: dict[TensorRef, Value] = {}
    inputs: list[TensorRef] = []
    start = _common([node.layer.name for node in nodes])
    pieces = []
    for at, node in enumerate(nodes):
        for ref in node.inputs:
            if ref not in places:
                inputs.append(ref)
                places[ref] = -len(inputs)
        own = TensorRef(node.layer.name, node.call)
        takes = tuple(places[ref] for ref in dict.fromkeys(node.inputs))
        role = node.layer.name[len(start) :]
        pieces.append(Piece(node, _sign(node, say, gap), takes, role, analysis.shapes.get(own)))
        places[own] = at
    shapes = tuple(analysis.shapes.get(ref) for ref in inputs)
    return Member(block, tuple(pieces), tuple(inputs), block.outputs, shapes)


def _sign(node: Node, say: Expressions, gap: Callable[[Gap], str]) -> tuple[str, str]:
    numbers = {ref: f"<{at}>" for at, ref in enumerate(dict.fromkeys(node.inputs))}
    if node.layer.operation:
        return "", operation(node, say, numbers.__getitem__, gap)
    words = ", ".join(arguments(node, say, numbers.__getitem__))
    return say.made(node.layer).path, words


def _common(names: Sequence[str]) -> str:
    """What all names begin with, up to the end of a word."""
    first, last = min(names), max(names)
    pairs = enumerate(zip(first, last, strict=False))
    length = next((at for at, (a, b) in pairs if a != b), min(len(first), len(last)))
    common = first[:length]
    if all(len(name) == length or name[length] in "_-./" for name in names):
        return common
    return common[: max(common.rfind(sign) for sign in "_-./") + 1].rstrip("_-./")
