"""The repeated blocks of a model, by the structure of its graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from inspector.answers.blocks.kinds import Kind, Kinds
from inspector.answers.blocks.names import title, word
from inspector.answers.blocks.opened import opened
from inspector.answers.blocks.parts import Part
from inspector.answers.blocks.repeats import parts
from inspector.answers.blocks.stages import merged, rows, stages
from inspector.answers.blocks.tree import Block, Blocks, Item, Step
from inspector.answers.blocks.wiring import Wiring
from inspector.deep import with_room
from inspector.graph import TensorRef, escaped
from inspector.infer import Analysis
from inspector.model import Model


def blocks(model: Model) -> Blocks:
    """The model as a tree of regions: stages, the blocks in them, and their layers.

    A block is a part of at least two layers that recurs: a region between two cuts of the graph
    (all paths pass a cut), a chain that does what such a region does but has no shortcut, a cell
    between joins, or, where there are none of these, a chain that stands several times in a row.
    Names of layers play no part in it but for titles. Folding every block makes no cycle.
    """
    return Blocks(model, with_room(lambda: _Search().items(model.analysis)))


class _Search:
    """What was found so far, so that a model called twice is looked at once."""

    def __init__(self) -> None:
        self.kinds = Kinds()
        self.marks = _Marks()
        self.done: dict[int, tuple[Item, ...]] = {}  # by id of an Analysis
        self.numbers: dict[int, int] = {}  # the kind of each model inside, likewise

    def items(self, analysis: Analysis, prefix: str = "") -> tuple[Item, ...]:
        for finding in analysis.findings.values():
            inner = finding.inner
            if inner is not None and id(inner) not in self.done:
                path = f"{prefix}{escaped(finding.layer.name)}/"
                self.done[id(inner)] = self.items(inner, path)
        wiring = Wiring(analysis, self.numbers)
        region = _Region(self, wiring, prefix)
        if prefix:  # of a model inside, to tell it from others
            whole = self.kinds.of(wiring, range(len(wiring.nodes)))
            self.numbers[id(analysis)] = whole.exact
        return tuple(region.tree())


class _Marks:
    """Letters by structure, primes for what differs only in layers that own no weight."""

    def __init__(self) -> None:
        self.letters: dict[int, tuple[str, dict[int, int]]] = {}

    def mark(self, kind: Kind) -> str:
        letter, variants = self.letters.setdefault(kind.loose, (_letter(len(self.letters)), {}))
        return letter + "'" * variants.setdefault(kind.exact, len(variants))


def _letter(place: int) -> str:
    """A, B … Z, AA, AB …"""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class _Region:
    """One graph on its way into a tree."""

    def __init__(self, search: _Search, wiring: Wiring, prefix: str) -> None:
        self.search = search
        self.wiring = wiring
        self.prefix = prefix
        self.outputs: dict[int, list[TensorRef]] = {}  # of the graph, by the node that gives them
        for at, ref in zip(wiring.outputs, wiring.analysis.graph.outputs, strict=True):
            self.outputs.setdefault(at, []).append(ref)
        self.titles: Counter[str] = Counter()  # how many blocks have the same
        self.sizes: dict[str, int | None] = {}  # parameters by layer

    def tree(self) -> Iterable[Item]:
        wiring, kinds = self.wiring, self.search.kinds
        if not wiring.nodes:
            return
        found = opened(wiring, kinds, range(len(wiring.nodes)))
        axis = _channel_axis(wiring)
        made = parts(wiring, kinds, found)
        self.titles.update(title(self._names(part.nodes)) for part in made if part.family)
        for row in rows(made):
            if not row[0].family:
                yield from self._steps(row[0].nodes)
                continue
            for stage in stages(wiring, merged(wiring, kinds, row), axis):
                yield self._stage(stage)

    def _stage(self, stage: Sequence[Part]) -> Block:
        made = tuple(self._block(part) for part in stage)
        if len(made) == 1:
            return made[0]
        return self._made("stage", made, sorted(at for part in stage for at in part.nodes))

    def _block(self, part: Part) -> Block:
        wiring, nodes = self.wiring, sorted(part.nodes)
        block = self._made("block", tuple(self._steps(nodes)), nodes)
        if not block.title or self.titles[block.title] > 1:  # its names do not tell it apart
            block = block._replace(title=self._names(nodes)[-1])
        return block._replace(
            mark=self.search.marks.mark(self.search.kinds.of(wiring, part.nodes)),
            word=word(wiring, part),
            join=part.join,
            identity=part.identity,
        )

    def _made(self, kind: str, items: tuple[Item, ...], nodes: Sequence[int]) -> Block:
        wiring = self.wiring
        inside = set(nodes)
        taken: dict[TensorRef, None] = {}
        given: list[TensorRef] = []
        for at in nodes:
            if any(source not in inside for source in wiring.before[at]):
                refs = wiring.nodes[at].inputs
                taken.update((ref, None) for ref in refs if wiring.place(ref) not in inside)
            if at in self.outputs or any(user not in inside for user in wiring.after[at]):
                given.extend(self._given(at, inside))
        return Block(
            kind=kind,
            title=title(self._names(nodes)),
            items=items,
            inputs=tuple(taken),
            outputs=tuple(given),
            params=self._params(nodes),
        )

    def _names(self, nodes: Iterable[int]) -> list[str]:
        return [self.wiring.nodes[at].layer.name for at in nodes]

    def _given(self, at: int, inside: set[int]) -> list[TensorRef]:
        """The tensors of a node that somebody outside takes, in their order."""
        wiring = self.wiring
        users = (user for user in wiring.after[at] if user not in inside)
        taken = {ref for user in users for ref in wiring.nodes[user].inputs}
        taken.update(self.outputs.get(at, ()))
        return sorted(ref for ref in taken if wiring.place(ref) == at)

    def _params(self, nodes: Iterable[int]) -> int | None:
        total = 0
        for name in dict.fromkeys(self.wiring.nodes[at].layer.name for at in nodes):
            if name not in self.sizes:
                finding = self.wiring.analysis.findings.get(name)
                weights = finding.weights if finding else ()
                sizes = None if weights is None else sum(weight.size for weight in weights)
                self.sizes[name] = sizes
            size = self.sizes[name]
            if size is None:
                return None
            total += size
        return total

    def _steps(self, nodes: Iterable[int]) -> Iterable[Item]:
        for at in nodes:
            node = self.wiring.nodes[at]
            path = self.prefix + escaped(node.layer.name)
            finding = self.wiring.analysis.findings.get(node.layer.name)
            inner = finding.inner if finding else None
            if inner is None:
                yield Step(path, node)
                continue
            yield Block(
                kind="model",
                word="model",
                title=node.layer.name,
                items=self.search.done[id(inner)],
                inputs=node.inputs,
                outputs=tuple(self._given(at, {at})),
                params=self._params([at]),
                path=path,
                node=node,
            )


def _channel_axis(wiring: Wiring) -> int:
    """Where the channels stand in a shape: last, unless a layer says otherwise."""
    for node in wiring.nodes:
        said = node.layer.config.get("data_format")
        if said is not None:
            return 1 if said == "channels_first" else -1
    return -1
