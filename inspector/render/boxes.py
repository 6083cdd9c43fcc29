"""A model as boxes in groups with edges between: what DOT and Mermaid write down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from inspector.answers.blocks import Block, Item, blocks
from inspector.answers.blocks.forks import calls, node_of
from inspector.answers.blocks.tree import innermost
from inspector.deep import with_room
from inspector.graph import TensorRef
from inspector.infer import Analysis
from inspector.model import Model
from inspector.render.names import braced
from inspector.render.notation import sentence, tally, term
from inspector.render.screen import number
from inspector.render.shapes import without_batch


class Box(NamedTuple):
    """A call of a layer, or equal blocks in a row; its texts are as the file has them."""

    key: str
    name: str
    said: str
    shape: str
    params: str
    folded: bool = False


class Group(NamedTuple):
    """A stage, a block or a model, with what stands in it."""

    key: str
    title: str
    members: tuple[Box | Group, ...]


class Boxes(NamedTuple):
    """Everything to draw; an edge goes from one key to another, and to a later box."""

    members: tuple[Box | Group, ...]
    edges: tuple[tuple[str, str], ...]

    def walk(self) -> Iterator[Box]:
        """Every box, in an order that can be run."""
        stack = list(reversed(self.members))
        while stack:
            member = stack.pop()
            if isinstance(member, Box):
                yield member
            else:
                stack.extend(reversed(member.members))


def boxes(model: Model, *, fold: bool = True) -> Boxes:
    """The model in boxes.

    Args:
        model: to draw.
        fold: equal blocks in a row are one box; otherwise every call of a layer is one, in the
            groups of its block and its stage, models inside opened.
    """
    return with_room(lambda: _Drawing(fold).drawn(model))


class _Drawing:
    """Keys and edges given out so far."""

    def __init__(self, fold: bool) -> None:
        self.fold = fold
        self.keys = 0
        self.edges: dict[tuple[str, str], None] = {}

    def drawn(self, model: Model) -> Boxes:
        members = tuple(_Region(self, model.analysis, {}).members(blocks(model).items))
        return Boxes(members, tuple(self.edges))

    def key(self, letter: str = "n") -> str:
        self.keys += 1
        return f"{letter}{self.keys}"


class _Region:
    """One graph, with the keys of the boxes that give its tensors."""

    def __init__(
        self, drawing: _Drawing, analysis: Analysis, given: Mapping[TensorRef, Sequence[str]]
    ) -> None:
        self.drawing = drawing
        self.analysis = analysis
        self.given = given  # what flows into the input layers of a model inside
        self.boxes: dict[tuple[str, int], str] = {}  # by call
        self.tensors: dict[TensorRef, str] = {}  # of calls of models: by the tensor

    def members(self, items: Sequence[Item]) -> Iterator[Box | Group]:
        for item in items:
            if not isinstance(item, Block):
                yield self._single(item)
            elif item.kind == "model":
                yield self._model(item)
            elif self.drawing.fold:
                yield from self._folded(item)
            else:
                members = tuple(self.members(item.items))
                yield Group(self.drawing.key("g"), item.title or item.mark or item.kind, members)

    def _single(self, item: Item) -> Box:
        layer = node_of(item).layer
        settings = term(layer)
        again = "" if settings in ("", layer.class_name) else f" {settings}"
        return self._box([item], layer.name, f"{layer.class_name}{again}")

    def _model(self, item: Block) -> Box | Group:
        node = node_of(item)
        inner = self.analysis.findings[node.layer.name].inner
        opened = not self.drawing.fold or next(iter(innermost(item.items)), None) is not None
        if inner is None or not opened:
            said = f"{node.layer.class_name}, {item.calls} layers"
            return self._box([item], node.layer.name, said)
        given = {
            ref: [key for key in (self._from(source),) if key]
            for ref, source in zip(inner.graph.inputs, node.inputs, strict=False)
        }
        region = _Region(self.drawing, inner, given)
        members = tuple(region.members(item.items))
        for place, ref in enumerate(inner.graph.outputs):
            key = region._from(ref)
            if key:
                self.tensors[TensorRef(node.layer.name, node.call, place)] = key
        return Group(self.drawing.key("g"), node.layer.name, members)

    def _folded(self, item: Block) -> Iterator[Box]:
        members = [item] if item.kind == "block" else list(item.items)
        made = [(block, calls(block.items)) for block in members if isinstance(block, Block)]
        for _, group in groupby(made, key=lambda pair: (pair[0].mark, sentence(pair[1]))):
            run = list(group)
            first, inside = run[0]
            names = braced([block.title for block, _ in run], 40)
            times = f" × {len(run)}" if len(run) > 1 else ""
            said = tally(inside) if first.word == "cell" else sentence(inside)
            whole = [one for _, found in run for one in found]
            yield self._box(whole, f"{names}{times}", f"{first.mark}: {said}", folded=True)

    def _box(self, items: Sequence[Item], name: str, said: str, *, folded: bool = False) -> Box:
        key = self.drawing.key()
        nodes = [node_of(item) for item in items]
        for node in nodes:
            sources = [self._from(ref) for ref in node.inputs]
            sources += self.given.get(TensorRef(node.layer.name, node.call), ())
            self.drawing.edges.update(((one, key), None) for one in sources if one and one != key)
            self.boxes[node.layer.name, node.call] = key
        last = TensorRef(nodes[-1].layer.name, nodes[-1].call)
        shape = without_batch(self.analysis.shapes.get(last))
        params = self._params({node.layer.name for node in nodes})
        return Box(key, name, said, shape, params, folded)

    def _from(self, ref: TensorRef) -> str:
        """The key of the box that gives a tensor; empty for the box that is being made."""
        return self.tensors.get(ref) or self.boxes.get((ref.layer, ref.call), "")

    def _params(self, names: set[str]) -> str:
        total = 0
        for name in names:
            finding = self.analysis.findings.get(name)
            if finding is not None and finding.weights is None:
                return "?"
            total += sum(weight.size for weight in (finding.weights if finding else ()) or ())
        return number(total)
