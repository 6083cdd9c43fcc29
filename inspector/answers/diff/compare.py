"""Whether two models are the same graph, and where they part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from inspector.answers.diff.forms import Key, Side, Table, origin, side_of, taken
from inspector.answers.diff.matching import Pairs, matched
from inspector.answers.diff.settings import class_of, commutes, flags, operands, settings, unlike
from inspector.answers.lines import Lines, Spot
from inspector.graph import NOTHING, Node, TensorRef, escaped
from inspector.infer import Analysis
from inspector.model import Model
from inspector.shown import Shown

ADDED, REMOVED, RENAMED = "added", "removed", "name"
INPUTS, CLASS, SHAPE, TRAINABLE = "inputs", "class_name", "output_shape", "trainable"
SHARED = "shared"
INPUT_SHAPE = "input_shape"
_QUIET = (RENAMED, TRAINABLE, SHAPE)  # they leave the graph as it is, or follow from what does not


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same: the layer by its path, what, and both values.

    `field` is a key of a config, or one of: added, removed, name, class_name, inputs,
    output_shape, trainable, shared, outputs.
    """

    layer: str  # by its path in the left model; in the right one, where only that has it
    field: str
    left: Any
    right: Any
    left_at: Spot | None = None  # where a program calls the layer, if one built the model
    right_at: Spot | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A layer at the place where two models part."""

    name: str
    class_name: str
    params: int | None


@dataclass(frozen=True, slots=True)
class Parting:
    """Where two models part: layers they have in common before, and the first that differ."""

    common: tuple[tuple[Neighbour, Neighbour], ...]  # the last few before
    before: int  # how many are common, in the order of the left model
    left: tuple[Neighbour, ...]
    right: tuple[Neighbour, ...]
    why: Difference


@dataclass(frozen=True, slots=True)
class Diff(Shown):
    """Two models side by side."""

    left: Model
    right: Model
    same_graph: bool
    same_names: bool
    same_flags: bool
    differences: tuple[Difference, ...]
    parting: Parting | None
    pairs: tuple[tuple[str, str], ...]  # names of layers matched, in the order of the left model


@dataclass(slots=True)
class _Found:
    """What the comparison of two graphs found, those inside included."""

    lines: tuple[Lines, Lines]
    differences: list[Difference] = field(default_factory=list)
    first: tuple[float, Difference, Key | None, Key | None] | None = None

    def meet(self, place: float, each: Difference, left: Key | None, right: Key | None) -> None:
        """Keep the earliest; the size of an input only where nothing else differs."""
        late = each.field == INPUT_SHAPE
        if self.first is not None:
            held = self.first[1].field == INPUT_SHAPE
            if late > held or (late == held and place >= self.first[0]):
                return
        self.first = place, each, left, right


def diff(
    left: Model,
    right: Model,
    *,
    everything: bool = False,
    lines: tuple[Lines, Lines] = (NOTHING, NOTHING),
) -> Diff:
    """Compare two models by their graphs.

    Args:
        lines: where programs call the layers of each model.
        everything: settings count that cannot change what an untrained graph computes, such as
            initializers.
    """
    table = Table(everything)
    sides = side_of(left.analysis, table), side_of(right.analysis, table)
    found = _Found(lines=lines)
    pairs = _compared(*sides, ("", ""), found, table)
    loud = [each for each in found.differences if each.field not in _QUIET]
    names = dict.fromkeys((one[0], other[0]) for one, other in pairs.items())
    return Diff(
        left=left,
        right=right,
        same_graph=not loud,
        same_names=not any(each.field == RENAMED for each in found.differences),
        same_flags=not any(each.field == TRAINABLE for each in found.differences),
        differences=tuple(found.differences),
        parting=_parting(*sides, pairs, found) if loud else None,
        pairs=tuple(names),
    )


# --- one graph beside another -------------------------------------------------------------------


def _compared(
    left: Side, right: Side, prefixes: tuple[str, str], found: _Found, table: Table
) -> Pairs:
    """Compare two graphs; those inside are met on the way."""
    pairs = matched(left, right)
    back = {other: one for one, other in pairs.items()}
    _Comparison(left, right, pairs, back, prefixes, found, table).made()
    return pairs


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two graphs whose calls were matched."""

    left: Side
    right: Side
    pairs: Pairs
    back: Pairs
    prefixes: tuple[str, str]  # of every path on the left, and on the right
    found: _Found
    table: Table

    def made(self) -> None:
        seen: set[tuple[str, str]] = set()
        for key, node in self.left.nodes.items():
            other = self.pairs.get(key)
            if other is None:
                gone = Difference(self._path(key), REMOVED, node.layer.class_name, None)
                self._note(gone, key, None)
                continue
            for each in self._wiring(key, other):
                self._note(each, key, other)
            if (key[0], other[0]) not in seen:
                seen.add((key[0], other[0]))
                for each in self._layers(key, other):
                    self._note(each, key, other)
        self._only_right()
        self._sharing(seen)
        self._ends()

    def _path(self, key: Key, side: int = 0) -> str:
        return self.prefixes[side] + escaped(key[0])

    def _at(self, key: Key | None, side: int) -> Spot | None:
        """Where a program makes a call."""
        if key is None:
            return None
        return self.found.lines[side].get((self._path(key, side), key[1]))

    def _note(
        self, each: Difference, left: Key | None, right: Key | None, place: float | None = None
    ) -> None:
        each = replace(each, left_at=self._at(left, 0), right_at=self._at(right, 1))
        self.found.differences.append(each)
        if self.prefixes[0] or each.field in _QUIET:
            return
        if place is None:
            place = float("inf") if left is None else self.left.places[left]
        self.found.meet(place, each, left, right)

    # --- layers ---

    def _layers(self, key: Key, other: Key) -> Iterator[Difference]:
        """What differs between two layers that were matched."""
        one, two = self.left.nodes[key].layer, self.right.nodes[other].layer
        path = self._path(key)
        if one.name != two.name and not (one.operation and two.operation):
            yield Difference(path, RENAMED, one.name, two.name)
        if class_of(one) != class_of(two) and not (one.graph and two.graph):
            yield Difference(path, CLASS, one.class_name, two.class_name)
        if one.trainable != two.trainable and not one.operation:
            yield Difference(path, TRAINABLE, one.trainable, two.trainable)
        yield from self._settings(key, other)
        shapes = (
            self.left.analysis.shapes.get(TensorRef(*key)),
            self.right.analysis.shapes.get(TensorRef(*other)),
        )
        if shapes[0] != shapes[1]:
            doors = one.class_name == two.class_name == "InputLayer"
            yield Difference(path, INPUT_SHAPE if doors else SHAPE, *map(_listed, shapes))
        self._inside(key, other)

    def _inside(self, key: Key, other: Key) -> None:
        """Compare two models inside; what differs there makes the layers differ."""
        inner = _inner(self.left, key), _inner(self.right, other)
        if inner[0] is None or inner[1] is None:
            return
        sides = side_of(inner[0], self.table), side_of(inner[1], self.table)
        before = len(self.found.differences)
        prefixes = f"{self._path(key)}/", f"{self._path(other, 1)}/"
        _compared(*sides, prefixes, self.found, self.table)
        inside = [x for x in self.found.differences[before:] if x.field not in _QUIET]
        if inside and not self.prefixes[0]:
            self.found.meet(self.left.places[key], inside[0], key, other)

    def _settings(self, key: Key, other: Key) -> Iterator[Difference]:
        one, two = self.left.nodes[key], self.right.nodes[other]
        alike = class_of(one.layer) == class_of(two.layer)
        if self.left.labels[key] == self.right.labels[other] or not alike:
            return
        path = self._path(key)
        if one.layer.graph or two.layer.graph:
            return
        if one.layer.operation:
            yield Difference(path, "arguments", operands(one), operands(two))
        elif one.layer.class_name == "InputLayer":
            kinds = [node.layer.config.get("dtype") or "float32" for node in (one, two)]
            if kinds[0] != kinds[1]:
                yield Difference(path, "dtype", *map(_plain, kinds))
        else:
            ours = self._all_settings(one, self.left)
            theirs = self._all_settings(two, self.right)
            for name in unlike(ours, theirs):
                yield Difference(path, name, _plain(ours.get(name)), _plain(theirs.get(name)))

    def _all_settings(self, node: Node, side: Side) -> dict[str, Any]:
        shape = taken(node, side.analysis)
        return {**settings(node.layer, shape, everything=self.table.everything), **flags(node)}

    # --- edges ---

    def _wiring(self, key: Key, other: Key) -> Iterator[Difference]:
        """Whether two calls take what was matched; layers only one has are looked through."""
        ours = [origin(self.left, ref, self.pairs) for ref in self.left.nodes[key].inputs]
        theirs = [origin(self.right, ref, self.back) for ref in self.right.nodes[other].inputs]
        met = [None if ref is None else (self.pairs[ref[:2]], ref[2]) for ref in ours]
        there = [None if ref is None else (ref[:2], ref[2]) for ref in theirs]
        if commutes(self.left.nodes[key]):
            met, there = sorted(met, key=str), sorted(there, key=str)
        if met != there:
            names = _names(self.left, key), _names(self.right, other)
            yield Difference(self._path(key), INPUTS, *names)

    def _only_right(self) -> None:
        for key, node in self.right.nodes.items():
            if key in self.back:
                continue
            known = origin(self.right, node.inputs[0], self.back) if node.inputs else None
            place = -0.5 if known is None else self.left.places[self.back[known[:2]]] + 0.5
            new = Difference(self._path(key, 1), ADDED, None, node.layer.class_name)
            self._note(new, None, key, place)

    def _sharing(self, seen: set[tuple[str, str]]) -> None:
        """Layers of one graph that are several in the other: the weights of one are shared."""
        ours: dict[str, list[str]] = {}
        theirs: dict[str, list[str]] = {}
        for one, other in sorted(seen):
            ours.setdefault(one, []).append(other)
            theirs.setdefault(other, []).append(one)
        split = [([one], names) for one, names in ours.items() if len(names) > 1]
        split += [(names, [other]) for other, names in theirs.items() if len(names) > 1]
        for these, those in split:
            key = these[0], 0
            self._note(Difference(self._path(key), SHARED, these, those), key, None)

    def _ends(self) -> None:
        """Whether the outputs are the same tensors."""
        ours = [(self.pairs.get(ref[:2]), ref.output) for ref in self.left.graph.outputs]
        theirs = [(ref[:2], ref.output) for ref in self.right.graph.outputs]
        moved = any(
            one[0] is not None and one[0] in self.back and one != other and other[0] in self.back
            for one, other in zip(ours, theirs, strict=False)
        )
        if len(ours) != len(theirs) or moved:
            names = [[ref.layer for ref in side.graph.outputs] for side in (self.left, self.right)]
            self._note(Difference("", "outputs", names[0], names[1]), None, None)


def _inner(side: Side, key: Key) -> Analysis | None:
    layer = side.nodes[key].layer
    finding = side.analysis.findings.get(layer.name)
    return None if finding is None or layer.graph is None else finding.inner


def _names(side: Side, key: Key) -> list[str]:
    """The layers whose tensors a call takes."""
    return [ref.layer for ref in side.nodes[key].inputs]


# --- where they part ----------------------------------------------------------------------------

_SHOWN = 3  # common layers before, and layers of each after


def _parting(left: Side, right: Side, pairs: Pairs, found: _Found) -> Parting | None:
    if found.first is None:
        return None
    place, why, ours, theirs = found.first
    before = [key for key in left.nodes if left.places[key] < place and key in pairs]
    common = tuple(
        (_neighbour(left, key), _neighbour(right, pairs[key])) for key in before[-_SHOWN:]
    )
    ahead = _ahead(left, ours, place)
    if theirs is None or why.field == INPUTS:
        taken = {pairs[key] for key in before}
        theirs = next((key for key in right.nodes if key not in taken), None)
    beside = () if theirs is None else _ahead(right, theirs, right.places[theirs])
    return Parting(common, len(before), ahead, beside, why)


def _ahead(side: Side, first: Key | None, place: float) -> tuple[Neighbour, ...]:
    keys = [key for key in side.nodes if side.places[key] >= place]
    if first is not None and first in keys:
        keys = keys[keys.index(first) :]
    return tuple(_neighbour(side, key) for key in keys[:2])


def _neighbour(side: Side, key: Key) -> Neighbour:
    layer = side.nodes[key].layer
    finding = side.analysis.findings.get(layer.name)
    weights = finding.weights if finding is not None else ()
    params = None if weights is None else sum(weight.size for weight in weights)
    return Neighbour(layer.name, layer.class_name, params)


def _listed(shape: Any) -> Any:
    return list(shape) if isinstance(shape, tuple) else shape


def _plain(value: Any) -> Any:
    """A canonical value as JSON has it."""
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)
