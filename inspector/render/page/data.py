"""What the page knows of a model: layers, groups that fold, and where boxes stand in each kind.

Positions are worked out once for every kind of region: two blocks of equal wiring share one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from inspector.answers.blocks import Block, Blocks, Item, Step, blocks
from inspector.answers.changes import change
from inspector.answers.coarse import coarse
from inspector.answers.mentions import Mentions
from inspector.dims import Shape
from inspector.errors import LimitError
from inspector.graph import Layer, Node, TensorRef, Weight
from inspector.model import LayerRow, Model
from inspector.render.drawing.cards import Tag, size_of
from inspector.render.drawing.entries import STANDARD, shape_text, shapes_text
from inspector.render.drawing.folded import (
    Placed,
    box_of,
    calls_of,
    links_of,
    model_name,
    stage_of,
    taken,
)
from inspector.render.drawing.known import Known, known, path_in
from inspector.render.drawing.layout import Places, placed, way
from inspector.render.drawing.metrics import shared_start
from inspector.render.drawing.palette import KINDS, THEMES, kind_of
from inspector.render.drawing.parts import Boxes, Link, Part, boxes
from inspector.render.drawing.picture import drawable
from inspector.render.drawing.sheet import facts_of, signature_of, title_of
from inspector.render.names import numbered
from inspector.render.safe import plain
from inspector.render.states import LEGEND

_CHANGES = {
    "learned": "trained",
    "frozen": "frozen",
    "statistic": "updated, not trained",
    "untold": "the file does not say",
    "kept": "not trained",
}
# Of a config, what nearly every layer has and nobody looks up.
_DULL = {"name", "trainable", "registered_name", "module", "build_config", "dtype"}
_NOTHING: tuple[Any, ...] = (None, {}, [], "")
_LONGEST = 2_000  # signs of a config
_PARTS = 14  # of a region that has more than that, and in each of those again
_PATIENCE = 3_000  # boxes that Graphviz lays out for one page
_WIDEST = 300  # boxes in one region that Graphviz lays out; more stand in the order they come


def page_data(model: Model, said: Mentions | None = None) -> dict[str, Any]:
    """Everything that the page's script draws from, fit for JSON."""
    drawable(model)
    found = known(model, STANDARD, said)
    tree = blocks(model)
    signature = signature_of(tree)
    if len(tree.items) > _WIDEST:
        tree = coarse(tree, _PARTS, _WIDEST)
    layers = _Layers(found)
    groups = _Groups(found, layers)
    groups.fill(tree)
    rows = layers.rows()
    return {
        "title": title_of(model),
        "facts": facts_of(model).replace("   ", " "),
        "signature": signature,
        "program": plain(re.split(r"[/\\]", model.source)[-1]),
        "params": model.totals.params,
        "macs": model.totals.macs,
        "complete": model.totals.complete,
        "kinds": [[kind, KINDS[kind]] for kind in KINDS],
        "states": list(LEGEND.items()),
        "colours": {name: _colours(name) for name in ("light", "dark")},
        "layers": rows,
        "configs": list(layers.configs),
        "groups": groups.made,
        "regions": groups.regions,
        "edges": list(_edges(found, layers.place)),
    }


def _colours(name: str) -> dict[str, str]:
    return dict(THEMES[name].kinds)


@dataclass
class _Layers:
    """The layers in the order of `summary()`, models opened; each by its place."""

    found: Known
    place: dict[str, int] = field(default_factory=dict)
    configs: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.place = {path: number for number, path in enumerate(self.found.rows)}

    def rows(self) -> list[dict[str, Any]]:
        """One record a layer; keys that would hold nothing are left out."""
        nodes: dict[str, Node] = {}
        for prefix, analysis in self.found.analyses.items():
            for node in analysis.graph.nodes:
                nodes.setdefault(path_in(prefix, node), node)
        named = self._named()
        made = []
        for path, row in self.found.rows.items():
            first = nodes.get(path)
            layer = self.found.findings[path].layer
            entry = self.found.entry(path, first, 0) if first else None
            inputs = self._inputs(path)
            record = {
                "path": plain(path),
                "name": plain(row.name),
                "cls": plain(row.class_name),
                "what": entry.what if entry else plain(row.class_name),
                "kind": list(KINDS).index(kind_of(layer, len(first.inputs) if first else 1)),
                "p": row.params,
                "tall": bool(entry and entry.tall),
                "weighty": bool(row.weights) or row.layers is not None or row.params is None,
                "arith": row.arithmetic if row.weights else None,
                "formula": row.formula if row.weights else None,
                "out": shapes_text(row.outputs[-1]) if row.outputs else "?",
                "in": inputs,
                "macs": row.macs or None,
                "state": entry.state if entry else "",
                "w": [_weight(weight, row) for weight in row.weights],
                "stored": row.stored,
                "summary": row.summary,
                "python": named.get(path),
                "notes": [plain(note) for note in row.notes],
                "cfg": self._config(layer),
                "inside": len(row.layers) if row.layers is not None else None,
            }
            made.append({k: v for k, v in record.items() if v not in _NOTHING and v is not False})
        return made

    def _inputs(self, path: str) -> str:
        """The shapes that flow into the first call of a layer."""
        analysis = self.found.analysis(path)
        row = self.found.rows[path]
        shapes = [analysis.shapes.get(TensorRef(*ref)) for ref in row.inbound]
        return shapes_text(shapes) if shapes else ""

    def _named(self) -> dict[str, list[list[Any]]]:
        """Of each layer its names in Python, each with its line and the function around it."""
        named: dict[str, list[list[Any]]] = {}
        for (path, _), said in self.found.said.items():
            rows = named.setdefault(path, [])
            rows += [
                [numbered(plain(one.name), one.number), one.line, plain(one.scope)]
                for one in said
                if not one.given
            ]
        return named

    def _config(self, layer: Layer) -> int:
        kept = {
            key: _plainly(value)
            for key, value in layer.config.items()
            if key not in _DULL and value not in _NOTHING and not key.endswith("_initializer")
        }
        text = json.dumps(kept, ensure_ascii=False, default=lambda value: type(value).__name__)
        text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
        return self.configs.setdefault(text, len(self.configs))


def _plainly(value: Any) -> Any:
    """A value of a config; of a layer inside, its class and name are enough."""
    if isinstance(value, Layer):
        return f"{value.class_name} {value.name}"
    return value


def _weight(weight: Weight, row: LayerRow) -> list[Any]:
    shape = "×".join("?" if dim is None else str(dim) for dim in weight.shape)
    how = change(weight, row.trainable or not weight.frozen, row.trainable)
    return [plain(weight.name), shape or "scalar", weight.size, _CHANGES[how]]


@dataclass
class _Groups:
    """Stages, blocks and models as groups that fold; number 0 is the model itself.

    An item of a group is the place of a layer, `[place, call]` for a further call of it, or
    below zero the number of a group: -1 is group 1.
    """

    found: Known
    layers: _Layers
    made: list[dict[str, Any]] = field(default_factory=list)
    regions: list[dict[str, Any]] = field(default_factory=list)
    seen: dict[object, int] = field(default_factory=dict)
    spent: int = 0  # boxes that were laid out

    def fill(self, tree: Blocks) -> None:
        """Every group, outer ones before those inside them."""
        self.made.append({"title": "", "kind": "model"})
        waiting: list[tuple[int, str, Sequence[Item], Block | None]] = [(0, "", tree.items, None)]
        while waiting:
            number, prefix, items, block = waiting.pop(0)
            waiting.extend(self._open(self.made[number], prefix, items, block))

    def _open(
        self, group: dict[str, Any], prefix: str, items: Sequence[Item], block: Block | None
    ) -> list[tuple[int, str, Sequence[Item], Block | None]]:
        called: Counter[str] = Counter()
        inside = [
            Placed(item, prefix, tuple(calls_of(item, called)))
            for item in items
            if not isinstance(item, Step) or item.path in self.found.rows
        ]
        refs = self._refs(block)
        group["region"] = self._region(inside, refs)
        group["in"] = [shape_text(self._shape(prefix, ref)) for ref in refs]
        group["items"] = []
        following: list[tuple[int, str, Sequence[Item], Block | None]] = []
        stages = 0
        for place, one in enumerate(inside, 1):
            if isinstance(one.item, Step):
                group["items"].append(self._call(one.item))
                continue
            stages += one.item.kind == "stage"
            number = len(self.made)
            group["items"].append(-number)
            self.made.append(self._group(one, one.item, stages or place))
            deeper = one.item.path if one.item.kind == "model" else prefix
            following.append((number, deeper, one.item.items, one.item))
        group["prefix"] = shared_start(
            [plain(one.item.node.layer.name) for one in inside if isinstance(one.item, Step)]
        )
        return following

    def _refs(self, block: Block | None) -> list[TensorRef]:
        if block is None or block.kind in ("model", "part"):
            return []
        return list(dict.fromkeys(block.inputs))

    def _shape(self, prefix: str, ref: TensorRef) -> Shape | None:
        return self.found.analyses[prefix].shapes.get(ref)

    def _call(self, step: Step) -> int | list[int]:
        place = self.layers.place[step.path]
        return [place, step.node.call] if step.node.call else place

    def _group(self, one: Placed, block: Block, number: int) -> dict[str, Any]:
        stage = stage_of(block, one, self.found, self.found.total, number)
        words = block.word
        if block.residual:
            words += ", identity shortcut" if block.identity else ", projected shortcut"
        terms = [f"{run.times}·{run.letter}" if run.times > 1 else run.letter for run in stage.runs]
        name = plain(model_name(block)) if block.kind == "model" else stage.title
        record = {
            "title": name,
            "kind": block.kind,
            "mark": block.mark,
            "says": words if block.kind in ("block", "part") else " + ".join(terms),
            "p": block.params,
            "shape": stage.shape if block.kind != "part" else "",
            "bar": list(KINDS).index(stage.kind),
            "state": stage.state,
            "layer": self.layers.place.get(block.path) if block.kind == "model" else None,
        }
        return {key: value for key, value in record.items() if value not in _NOTHING}

    def _region(self, inside: Sequence[Placed], refs: list[TensorRef]) -> int:
        """The number of the region with this wiring, laid out when it is first met."""
        entering = self._entering(inside, refs)
        links = links_of(inside, self.found)
        kinds = tuple(isinstance(one.item, Step) for one in inside)
        key = (links, entering, kinds)
        if key not in self.seen:
            self.seen[key] = len(self.regions)
            part = self._part(inside, links, entering, refs)
            self.spent += len(part.items)
            self.regions.append(_laid_out(part, len(refs), quick=self.spent > _PATIENCE))
        return self.seen[key]

    def _entering(self, inside: Sequence[Placed], refs: list[TensorRef]) -> tuple[Link, ...]:
        if not refs:
            return ()
        where = {ref: place for place, ref in enumerate(refs)}
        return tuple(
            Link(where[ref], 0, number)
            for number, one in enumerate(inside)
            for ref in dict.fromkeys(taken(one, self.found))
            if ref in where
        )

    def _part(
        self,
        inside: Sequence[Placed],
        links: Sequence[Link],
        entering: Sequence[Link],
        refs: Sequence[TensorRef],
    ) -> Part:
        """The region as the pictures draw it, with a tag for each tensor that flows in."""
        more = len(refs)
        items: list[Any] = [Tag("in 224×224×64")] * more
        for number, one in enumerate(inside, 1):
            if isinstance(one.item, Step):
                items.append(box_of(one, self.found, 0, number))
            else:
                items.append(stage_of(one.item, one, self.found, 0, number))
        moved = (Link(a + more, out, b + more) for a, out, b in links)
        return Part(tuple(items), (*(Link(a, o, b + more) for a, o, b in entering), *moved))


def _laid_out(part: Part, tags: int, *, quick: bool = False) -> dict[str, Any]:
    """Boxes by their items, and in each rank what stands there from left to right.

    Something in a rank is the number of a box, or of a lane from the count of boxes on. A wire is
    its output's number and the boxes and lanes that it goes through.
    """
    found = boxes(part)
    widths = [size_of(shape).across * 1.4 for shape in found.shapes]  # in pixels of the page
    places = _placed(found, widths, quick)
    ranks: list[list[tuple[float, int]]] = [[] for _ in range(max(places.ranks.of, default=0) + 1)]
    for box, rank in enumerate(places.ranks.of):
        ranks[rank].append((places.across[box], box))
    for (_, _, rank), lane in places.ranks.lanes.items():
        ranks[rank].append((places.across[lane], lane))
    return {
        "tags": tags,
        "boxes": [list(members) for members in found.members],
        "ranks": [[number for _, number in sorted(rank)] for rank in ranks],
        "x": [round(x, 1) for x in places.across],
        "wires": [[wire.output, *way(wire, places.ranks)] for wire in found.wires],
    }


def _placed(found: Boxes, widths: Sequence[float], quick: bool) -> Places:
    """Places by Graphviz, or side by side in the order of calls where that takes too long."""
    if len(widths) <= _WIDEST and not quick:
        try:
            return placed(widths, found.wires, 20)
        except LimitError:
            pass
    return placed(widths, found.wires, 20, quick=True)


def _edges(found: Known, place: dict[str, int]) -> Iterator[list[int]]:
    """Which layer feeds which, models inside entered and left; each pair once."""
    seen: set[tuple[int, int]] = set()
    for prefix, analysis in found.analyses.items():
        for node in analysis.graph.nodes:
            target = path_in(prefix, node)
            for ref in node.inputs:
                for pair in _pairs(found, path_in(prefix, ref), target):
                    if pair[0] not in place or pair[1] not in place:
                        continue
                    ends = place[pair[0]], place[pair[1]]
                    if ends not in seen:
                        seen.add(ends)
                        yield list(ends)


def _pairs(found: Known, source: str, target: str) -> Iterator[tuple[str, str]]:
    """One edge, and what it means inside of models at its ends."""
    yield source, target
    if target in found.analyses:
        graph = found.analyses[target].graph
        takers = [
            path_in(target, node) for node in graph.nodes if set(node.inputs) & set(graph.inputs)
        ]
        yield from ((source, taker) for taker in takers)
    if source in found.analyses:
        graph = found.analyses[source].graph
        yield from ((path_in(source, ref), target) for ref in graph.outputs)
