"""A model as boxes in groups with edges between: what DOT and Mermaid write down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from inspector.answers.blocks import Block, Item, blocks
from inspector.answers.blocks.forks import calls, node_of
from inspector.answers.blocks.tree import innermost
from inspector.answers.mentions import Mentions
from inspector.answers.states import together
from inspector.deep import with_room
from inspector.graph import NOTHING, TensorRef, escaped
from inspector.infer import Analysis
from inspector.model import Model
from inspector.render.names import braced, names_text
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
    python: str = ""  # what the program calls what it gives
    state: str = ""  # what training does to it, of `inspector.answers.states`


class Group(NamedTuple):
    """A stage, a block or a model, with what stands in it."""

    key: str
    title: str
    members: tuple[Box | Group, ...]


class Boxes(NamedTuple):
    """Everything to draw; an edge goes from one key to another, and to a later box.

    `labels` tells of edges what the program calls their tensors.
    """

    members: tuple[Box | Group, ...]
    edges: tuple[tuple[str, str], ...]
    labels: Mapping[tuple[str, str], str] = NOTHING

    def walk(self) -> Iterator[Box]:
        """Every box, in an order that can be run."""
        stack = list(reversed(self.members))
        while stack:
            member = stack.pop()
            if isinstance(member, Box):
                yield member
            else:
                stack.extend(reversed(member.members))


class Said(NamedTuple):
    """What is known beside the graph: names in Python by call, states by path."""

    names: Mentions = NOTHING
    states: Mapping[str, str] = NOTHING


def boxes(model: Model, *, fold: bool = True, said: Said = Said()) -> Boxes:  # noqa: B008 - frozen
    """The model in boxes.

    Args:
        model: to draw.
        fold: equal blocks in a row are one box; otherwise every call of a layer is one, in the
            groups of its block and its stage, models inside opened.
        said: what is known beside the graph.
    """
    return with_room(lambda: _Drawing(fold, said).drawn(model))


class _Drawing:
    """Keys and edges given out so far."""

    def __init__(self, fold: bool, said: Said) -> None:
        self.fold = fold
        self.said = said
        self.keys = 0
        self.edges: dict[tuple[str, str], dict[str, None]] = {}

    def drawn(self, model: Model) -> Boxes:
        members = tuple(_Region(self, model.analysis, "", {}).members(blocks(model).items))
        labels = {edge: ", ".join(names) for edge, names in self.edges.items() if names}
        return Boxes(members, tuple(self.edges), labels)

    def edge(self, source: str, target: str, label: str) -> None:
        if source and source != target:
            self.edges.setdefault((source, target), {}).update({label: None} if label else {})

    def key(self, letter: str = "n") -> str:
        self.keys += 1
        return f"{letter}{self.keys}"


class _Region:
    """One graph, with the keys of the boxes that give its tensors."""

    def __init__(
        self,
        drawing: _Drawing,
        analysis: Analysis,
        prefix: str,
        given: Mapping[TensorRef, tuple[str, str]],
    ) -> None:
        self.drawing = drawing
        self.analysis = analysis
        self.prefix = prefix  # of the paths of its layers
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
            ref: (self._from(source), self._label(source))
            for ref, source in zip(inner.graph.inputs, node.inputs, strict=False)
        }
        path = self.prefix + escaped(node.layer.name)
        region = _Region(self.drawing, inner, f"{path}/", given)
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
            for ref in node.inputs:
                self.drawing.edge(self._from(ref), key, self._label(ref))
            source, label = self.given.get(TensorRef(node.layer.name, node.call), ("", ""))
            self.drawing.edge(source, key, label)
            self.boxes[node.layer.name, node.call] = key
        last = TensorRef(nodes[-1].layer.name, nodes[-1].call)
        shape = without_batch(self.analysis.shapes.get(last))
        params = self._params({node.layer.name for node in nodes})
        states = self.drawing.said.states
        paths = {self.prefix + escaped(node.layer.name) for node in nodes}
        state = together({states.get(path, "") for path in paths})
        return Box(key, name, said, shape, params, folded, self._label(last), state)

    def _label(self, ref: TensorRef) -> str:
        """What the program calls a tensor."""
        path = self.prefix + escaped(ref.layer)
        return names_text(self.drawing.said.names, path, ref.call, ref.output)

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
