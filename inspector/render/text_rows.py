"""The rows of a drawing in text: gutters of lines and signs, names, terms and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from inspector.answers.blocks import Block, Blocks, Item
from inspector.answers.blocks.forks import Fork, calls, forks, node_of
from inspector.answers.blocks.names import title
from inspector.answers.blocks.tree import innermost
from inspector.answers.states import together
from inspector.graph import TensorRef, escaped
from inspector.infer import Analysis
from inspector.render.boxes import Said
from inspector.render.names import braced, names_text
from inspector.render.notation import sentence, tally, term
from inspector.render.safe import plain
from inspector.render.screen import number
from inspector.render.shapes import without_batch

JOIN, CONCAT, DOT, START, OUTPUT = "⊕", "⊞", "●", "○", "◆"
_LANES = 8  # branches drawn beside one another; where there are more, they are counted
_NAMED = 3  # other rows that a row says it takes tensors from


class Row(NamedTuple):
    """One line of the drawing, or more where it does not fit."""

    gutter: str
    name: str = ""
    said: str = ""
    shape: str = ""
    params: str = ""
    times: int = 0  # how many equal blocks it stands for, where it is more than one
    open: bool = True  # whether the lines of the gutter go on below
    python: str = ""  # what the program calls what it gives
    state: str = ""  # what training does to it, of `inspector.answers.states`


def folded_rows(found: Blocks, said: Said = Said()) -> Iterator[Row]:  # noqa: B008
    """Equal blocks in a row drawn once; what belongs to one kernel outside of blocks in one row."""
    yield from _Region(found.model.analysis, said).rows(found.items)


def flat_rows(found: Blocks, said: Said = Said()) -> Iterator[Row]:  # noqa: B008 - frozen
    """A row for every call of a layer; models inside are one."""
    from inspector.render.text_lanes import lanes  # noqa: PLC0415 - only where it is asked for

    region = _Region(found.model.analysis, said)
    items = calls(found.items)
    for gutter, item in zip(lanes([node_of(item) for item in items]), items, strict=True):
        yield region.single(item, gutter)


class _Region:
    """The items of one graph on their way into rows."""

    def __init__(self, analysis: Analysis, said: Said, prefix: str = "") -> None:
        self.analysis = analysis
        self.said = said  # what is known beside the graph
        self.prefix = prefix  # of the paths of its layers
        self.last: set[tuple[str, int]] = set()  # the calls of the row before
        self.names: dict[tuple[str, int], str] = {}  # of the row that a call stands in
        self.counted: set[str] = set()  # layers whose parameters stand in a row

    def rows(self, items: Sequence[Item]) -> Iterator[Row]:
        for kind, group in groupby(items, key=_drawn):
            if kind == "loose":
                yield from self._loose(list(group))
                continue
            for item in group:
                assert isinstance(item, Block)  # noqa: S101 - what is drawn as one is one
                if kind == "model":
                    yield from self._model(item)
                else:
                    yield from self._stage(item)

    def single(self, item: Item, gutter: str) -> Row:
        """One call of a layer in a row of its own."""
        node = node_of(item)
        class_name, settings = node.layer.class_name, term(node.layer)
        said = class_name if settings in ("", class_name) else f"{class_name}  {settings}"
        name = plain(node.layer.name)
        row = Row(gutter, name, plain(said), self._shape(item), self._params([item]))
        return row._replace(python=self._python(item), state=self._state([item]))

    # outside of blocks

    def _loose(self, items: list[Item]) -> Iterator[Row]:
        chain: list[Item] = []
        for part in forks(items):
            if isinstance(part, Fork):
                yield from self._chain(chain)
                chain = []
                inside = [item for branch in part.branches for item in branch]
                whole = [*inside, part.join]
                name = title([node_of(item).layer.name for item in whole])
                rows = list(_forked(part, plain(name), self._also(whole)))
                yield from self._ended(rows, whole, [part.join], 1, name)
            else:
                chain.append(part)
        yield from self._chain(chain)

    def _chain(self, items: Sequence[Item]) -> Iterator[Row]:
        """Layers in a row: a kernel or a pooling, with what stands before and after it."""
        groups: list[list[Item]] = []
        working = True
        for item in items:
            node = node_of(item)
            works, pads = bool(term(node.layer)), "Padding" in node.layer.class_name
            starts = not node.inputs or pads or (works and working)
            if starts or not groups:
                groups.append([])
                working = False
            groups[-1].append(item)
            working = working or works or not node.inputs
        for group in groups:
            names = [node_of(item).layer.name for item in group]
            own = [node_of(item).layer.name for item in group if term(node_of(item).layer)]
            name = title(names) or (own or names)[0]
            first = DOT if node_of(group[0]).inputs else START
            said = sentence(group) or ("" if first == START else _classes(group))
            rows = [Row(first, plain(name), _with(said, self._also(group)))]
            yield from self._ended(rows, group, group[-1:], 1, name)

    def _model(self, item: Block) -> Iterator[Row]:
        """A model with blocks inside: its own drawing between two rows that name it."""
        inner = self.analysis.findings[node_of(item).layer.name].inner
        assert inner is not None  # noqa: S101 - its kind says so
        said = _with(f"model of {item.calls} layers", self._also([item]))
        if item.title in self.counted:
            row = Row(DOT, plain(item.title), f"{said}, called again")
            yield from self._ended([row], [item], [item], 1, item.title)
            return
        yield Row("┌", plain(item.title), said)
        path = self.prefix + escaped(node_of(item).layer.name)
        yield from _Region(inner, self.said, f"{path}/").rows(item.items)
        yield from self._ended(
            [Row("└", f"end of {plain(item.title)}")], [item], [item], 1, item.title
        )

    # blocks

    def _stage(self, item: Block) -> Iterator[Row]:
        members = [item] if item.kind == "block" else list(item.items)
        for _, group in groupby(members, key=_alike):
            run = [block for block in group if isinstance(block, Block)]
            whole = calls(run)
            name = plain(_together([block.title for block in run]))
            inside = calls(run[0].items)
            also = self._also(whole)
            if run[0].word == "cell":
                rows = [Row(DOT, name, _with(tally(inside), also))]
            else:
                rows = list(self._block(inside, name, also))
            last = calls(run[-1].items)
            yield from self._ended(rows, whole, last[-1:], len(run), name)

    def _block(self, items: Sequence[Item], name: str, also: str) -> Iterator[Row]:
        parts = forks(items)
        if not any(isinstance(part, Fork) for part in parts):
            yield Row(DOT, name, _with(sentence(items) or f"{len(items)} layers", also))
            return
        chain: list[Item] = []
        for part in [*parts, None]:
            if isinstance(part, Fork) or part is None:
                if sentence(chain):
                    yield Row(DOT, name, _with(sentence(chain), also))
                    name = also = ""
                chain = []
            else:
                chain.append(part)
            if isinstance(part, Fork):
                yield from _forked(part, name, also)
                name = also = ""

    def _ended(
        self, rows: list[Row], items: Sequence[Item], last: Sequence[Item], times: int, name: str
    ) -> Iterator[Row]:
        """The rows of an item, the last one with its numbers; and what came by is kept."""
        shape, params = self._shape(last[-1]), self._params(items)
        final = rows[-1]._replace(shape=shape, params=params)
        final = final._replace(python=self._python(last[-1]), state=self._state(items))
        if times > 1:
            joined = final.gutter[0] in (JOIN, CONCAT)
            final = final._replace(times=times)
            final = (
                final._replace(name=f"× {times}")
                if joined
                else final._replace(name=f"{final.name} × {times}")
            )
        self.last = {(node_of(item).layer.name, node_of(item).call) for item in items}
        self.names.update(dict.fromkeys(self.last, plain(name)))
        yield from rows[:-1]
        yield final

    def _shape(self, item: Item) -> str:
        """What a call gives, its first tensor."""
        node = node_of(item)
        return without_batch(self.analysis.shapes.get(TensorRef(node.layer.name, node.call)))

    def _python(self, item: Item) -> str:
        """What the program calls what a call gives, its first tensor."""
        node = node_of(item)
        path = self.prefix + escaped(node.layer.name)
        return plain(names_text(self.said.names, path, node.call))

    def _state(self, items: Sequence[Item]) -> str:
        paths = {self.prefix + escaped(node_of(item).layer.name) for item in items}
        return together({self.said.states.get(path, "") for path in paths})

    def _params(self, items: Sequence[Item]) -> str:
        """The parameters of layers that no row above has counted; they add up to the total."""
        called = {node_of(item).layer.name for item in items}
        found = [self.analysis.findings.get(layer) for layer in called]
        total = 0
        for finding in found:
            if finding is not None and finding.weights is None:
                return "?"
            if finding is not None and finding.layer.name not in self.counted:
                total += sum(weight.size for weight in finding.weights or ())
        again = any(finding.weights for finding in found if finding is not None) and not total
        self.counted |= called
        return "shared" if again else number(total)

    def _also(self, items: Sequence[Item]) -> str:
        """The rows above, but the last, that some items take tensors from."""
        own = {(node_of(item).layer.name, node_of(item).call) for item in items}
        taken = dict.fromkeys(ref[:2] for item in items for ref in node_of(item).inputs)
        far = [call for call in taken if call not in own and call not in self.last]
        rows = list(dict.fromkeys(self.names[call] for call in far if call in self.names))
        more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
        return ", ".join(rows[:_NAMED]) + more


def _drawn(item: Item) -> str:
    """How an item is drawn: in a row of others, opened, or as one."""
    if not isinstance(item, Block):
        return "loose"
    if item.kind == "model":
        return "model" if next(iter(innermost(item.items)), None) else "loose"
    return "block"


def _alike(item: Item) -> tuple[str, str]:
    assert isinstance(item, Block)  # noqa: S101 - a stage holds blocks
    return item.mark, sentence(calls(item.items))


def _together(names: Sequence[str]) -> str:
    """Names in braces where that is short, otherwise from the first to the last."""
    folded = braced(names, 24)
    return f"{names[0]} … {names[-1]}" if folded.endswith(" more") else folded


def _with(said: str, also: str) -> str:
    """A sentence, and which rows it takes tensors from besides the one above."""
    return f"{said}  (also from {also})" if also else said


def _forked(fork: Fork, name: str, also: str) -> Iterator[Row]:
    """A fork: a line that parts, a row for each branch, and the line where they meet."""
    join = node_of(fork.join).layer.class_name
    sign = CONCAT if "Concat" in join else JOIN
    lanes = len(fork.branches) + fork.identity
    said = [sentence(branch) or _classes(branch) for branch in fork.branches]
    if lanes == 1 or lanes > _LANES:
        many = f"{lanes} branches" if lanes > 1 else said[0]
        yield Row(DOT, name, _with(many, also))
        yield Row(sign, "", join if "Concat" not in join and join != "Add" else "")
        return
    yield Row("├" + "─┬" * (lanes - 2) + "─╮")
    for place in reversed(range(len(fork.branches))):
        lane = place + fork.identity
        gutter = " ".join(DOT if at == lane else "│" for at in range(lanes))
        short = "shortcut" if lanes == 2 and place == 0 and len(said) > 1 else ""
        first = place == len(fork.branches) - 1
        yield Row(gutter, name if first else short, _with(said[place], also if first else ""))
    other = "" if join in ("Add", "Concatenate") else plain(join)
    yield Row(sign + "─┴" * (lanes - 2) + "─╯", "", other)


def _classes(items: Sequence[Item]) -> str:
    return ", ".join(plain(node_of(item).layer.class_name) for item in items)
