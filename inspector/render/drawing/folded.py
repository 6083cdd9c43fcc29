"""A model folded: its trunk, with stages and runs of blocks in place of their layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from inspector.answers.blocks import Block, Blocks, Item, Run, Step, runs
from inspector.graph import TensorRef
from inspector.render.drawing import cards
from inspector.render.drawing.cards import Shape, Stage, Tag
from inspector.render.drawing.entries import Entry, shape_text
from inspector.render.drawing.known import Known, path_in
from inspector.render.drawing.metrics import shared_start, shortened
from inspector.render.drawing.parts import Link, Part
from inspector.render.safe import plain

_LINES = 12  # of a stage
_ROWS = 14  # a block of so many layers that stands alone is drawn where it stands


class Opening(NamedTuple):
    """What is to be opened: stages into their blocks, and whatever has one of these names."""

    stages: bool = False
    names: frozenset[str] = frozenset()


class Inset(NamedTuple):
    """A kind of block, drawn once: its letter, what is said of it, and what is inside."""

    mark: str
    title: str
    facts: tuple[str, ...]
    part: Part
    times: int
    weight: int  # the parameters of all blocks of this kind
    path: str = ""  # of the layer, where it is a model inside


class Placed(NamedTuple):
    """An item of the trunk, with the graph it stands in and the calls that it holds."""

    item: Item
    prefix: str
    calls: tuple[tuple[str, int], ...]
    opened: str = ""  # the mark of the block that it was taken out of


def trunk(blocks: Blocks, found: Known, opening: Opening) -> Part:
    """The outermost graph with its stages and blocks as one box each."""
    times = Counter(block.mark for block in _walk(blocks.items) if block.kind == "block")
    items = list(_opened(blocks.items, found, opening, times))
    return _part(items, found, found.total)


def insets(blocks: Blocks, found: Known, part: Part) -> list[Inset]:
    """The kinds of blocks that the trunk names by their letter, each with its layers."""
    named = [run.letter for item in part.items if isinstance(item, Stage) for run in item.runs]
    each: dict[str, list[Block]] = {}
    for block in _walk(blocks.items):
        if block.kind == "block":
            each.setdefault(block.mark, []).append(block)
    kinds = blocks.kinds
    wanted = [mark for mark in kinds if mark in named]
    made = []
    while wanted:
        mark = wanted.pop(0)
        inset = _inset(kinds[mark], each.get(mark, ()), found)
        made.append(inset)
        held = [r.letter for i in inset.part.items if isinstance(i, Stage) for r in i.runs]
        done = {one.mark for one in made}
        wanted.extend(m for m in dict.fromkeys(held) if m in kinds and m not in {*done, *wanted})
    return made


def _walk(items: Sequence[Item]) -> Iterator[Block]:
    stack = list(items)
    while stack:
        item = stack.pop()
        if isinstance(item, Block):
            yield item
            stack.extend(item.items)


def _opened(
    items: Sequence[Item], found: Known, opening: Opening, times: Counter[str]
) -> Iterator[Placed]:
    """The items of the outermost graph, those that are to be opened replaced by theirs."""
    called: Counter[str] = Counter()
    stack: list[tuple[Item, str]] = [(item, "") for item in reversed(items)]
    while stack:
        item, mark = stack.pop()
        if isinstance(item, Block) and _is_open(item, opening, times):
            inner = [(each, item.mark if not place else "") for place, each in
                     enumerate(item.items)]  # fmt: skip
            stack.extend(reversed(inner))
        elif not isinstance(item, Step) or item.path in found.rows:
            yield Placed(item, "", tuple(calls_of(item, called)), mark)


def _is_open(block: Block, opening: Opening, times: Counter[str]) -> bool:
    if block.kind == "model":
        return False
    if block.kind == "stage" and opening.stages:
        return True
    held = {name for one in _walk((block,)) for name in (one.title, one.mark) if name}
    held.update(step.path for step in block.steps())
    alone = block.kind == "block" and times[block.mark] == 1 and _count(block) <= _ROWS
    chain = all(isinstance(item, Step) and len(item.node.inputs) < 2 for item in block.items)
    return bool(opening.names & held) or (alone and chain)


def _count(block: Block) -> int:
    return sum(1 for _ in block.steps())


def calls_of(item: Item, called: Counter[str]) -> Iterator[tuple[str, int]]:
    """The calls of its graph that an item holds; `called` counts those of models met so far."""
    stack = [item]
    while stack:
        one = stack.pop()
        if isinstance(one, Step):
            yield one.node.layer.name, one.node.call
        elif one.kind == "model":
            yield model_name(one), called[one.path]
            called[one.path] += 1
        else:
            stack.extend(reversed(one.items))


def model_name(block: Block) -> str:
    return block.path.rpartition("/")[2].replace("%2F", "/")


def _part(items: Sequence[Placed], found: Known, whole: int) -> Part:
    stages = 0
    made: list[Entry | Shape] = []
    for number, one in enumerate(items, 1):
        if isinstance(one.item, Block) and one.item.kind == "stage":
            stages += 1
        made.append(box_of(one, found, whole, stages or number))
    return Part(tuple(made), links_of(items, found))


def links_of(items: Sequence[Placed], found: Known) -> tuple[Link, ...]:
    """What flows between items of one graph."""
    place = {call: number for number, one in enumerate(items) for call in one.calls}
    links: dict[Link, None] = {}
    for number, one in enumerate(items):
        for ref in taken(one, found):
            source = place.get((ref.layer, ref.call))
            if source is not None and source != number:
                links[Link(source, _port(ref, items[source]), number)] = None
    return tuple(links)


def _port(ref: TensorRef, source: Placed) -> int:
    """Which of the tensors that a box gives this is; a part gives too many to tell them apart."""
    if isinstance(source.item, Block) and source.item.kind == "part":
        return 0
    if isinstance(source.item, Block) and ref in source.item.outputs:
        return source.item.outputs.index(ref)
    return ref.output


def taken(one: Placed, found: Known) -> Iterator[TensorRef]:
    """The tensors that flow into an item."""
    calls = set(one.calls)
    graph = found.analyses[one.prefix].graph
    if isinstance(one.item, Step):
        yield from one.item.node.inputs
        return
    if one.item.kind != "model":
        yield from one.item.inputs
        return
    for node in graph.nodes:
        if (node.layer.name, node.call) in calls:
            yield from node.inputs


def box_of(one: Placed, found: Known, whole: int, number: int) -> Entry | Shape:
    item = one.item
    if isinstance(item, Step):
        made = found.entry(item.path, item.node, whole)
        return made._replace(inside=one.opened) if one.opened else made
    if item.kind == "model" and not _blocks_of(item):
        call = one.calls[0][1]
        nodes = found.nodes(one.prefix)
        name = model_name(item)
        node = next(n for n in nodes if n.layer.name == name and n.call == call)
        return found.entry(item.path, node, whole)
    return stage_of(item, one, found, whole, number)


def _blocks_of(block: Block) -> list[Block]:
    """The blocks of a stage or a model, stages opened."""
    if block.kind == "block":
        return [block]
    made: list[Block] = []
    stack = list(reversed(block.items))
    while stack:
        item = stack.pop()
        if isinstance(item, Block):
            if item.kind == "block":
                made.append(item)
            else:
                stack.extend(reversed(item.items))
    return made


def stage_of(block: Block, one: Placed, found: Known, whole: int, number: int) -> Stage:
    title = plain(model_name(block) if block.kind == "model" else block.title)
    if block.kind == "part":
        title = " – ".join(shortened(name, 18) for name in title.split(" – "))
    if not title or (block.kind == "stage" and title == "block"):
        title = f"stage {number}" if block.kind == "stage" else block.word or "block"
    steps = list(block.steps())
    outputs = _outputs(block, one)
    kind = _dominant(steps, found)
    if outputs:
        kind = found.tone(*outputs[0][:2], kind)
    return Stage(
        title=title if block.kind == "part" else shortened(title, 28),
        shape=plain(block.word) if block.kind == "part" else _shape(block, one, found),
        params=block.params,
        number="?" if block.params is None else f"{block.params:,}",
        share=(block.params or 0) / whole if whole else 0,
        runs=_lines(block, title, found),
        kind=kind,
        state=found.state(step.path for step in steps),
        labels=tuple(found.label(*output) for output in outputs if len(outputs) <= _LINES),
    )


def _outputs(block: Block, one: Placed) -> list[tuple[str, int, int]]:
    """What a block gives: for each tensor the path of its layer, the call and the output."""
    refs = block.outputs
    if block.kind == "model":
        name, call = one.calls[0]
        refs = tuple(TensorRef(name, call, place) for place in range(len(refs)))
    return [(path_in(one.prefix, ref), ref.call, ref.output) for ref in refs]


def _shape(block: Block, one: Placed, found: Known) -> str:
    if "shapes" not in found.shown:
        return ""
    shapes = found.analyses[one.prefix].shapes
    if block.kind == "model":
        name, call = one.calls[0]
        return shape_text(shapes.get(TensorRef(name, call)))
    return shape_text(shapes.get(block.outputs[-1])) if block.outputs else ""


def _lines(block: Block, title: str, found: Known) -> tuple[cards.Run, ...]:
    """A line for each run, the last one for all that there are too many of."""
    if block.kind == "part":
        return ()
    every = list(_runs(block, found))
    if len(every) <= _LINES:
        return tuple(_run(run, title, found) for run in every)
    rest = [one for run in every[_LINES - 1 :] for one in run.blocks]
    params = [one.params for one in rest]
    number = "?" if None in params else f"{sum(filter(None, params)):,}"
    more = cards.Run("…", len(rest), "more blocks", number)
    return (*(_run(run, title, found) for run in every[: _LINES - 1]), more)


def _runs(block: Block, found: Known) -> Iterator[Run]:
    """Equal blocks in a row, cut where their state changes if that is to be seen."""
    for run in runs(tuple(_blocks_of(block))):
        if not found.apart:
            yield run
            continue
        for _, group in groupby(run.blocks, key=lambda one: _states(one, found)):
            yield Run(run.mark, tuple(group))


def _states(block: Block, found: Known) -> tuple[str, ...]:
    return tuple(found.states.get(step.path, "") for step in block.steps())


def _run(run: Run, stage: str, found: Known) -> cards.Run:
    counts = {block.params for block in run.blocks}
    each = next(iter(counts))
    total = None if None in counts else sum(block.params or 0 for block in run.blocks)
    if total is None:
        number = "?"
    elif len(run.blocks) > 1 and len(counts) == 1:
        number = f"{len(run.blocks)} · {each:,}"
    else:
        number = f"{total:,}"
    state = found.state(step.path for block in run.blocks for step in block.steps())
    return cards.Run(run.mark, len(run.blocks), _members(run, stage), number, state)


def _members(run: Run, stage: str) -> str:
    """The names of the first and the last block, without the stage's own."""
    names = []
    for block in (run.blocks[0], run.blocks[-1]):
        short = plain(block.title).removeprefix(stage).lstrip("_-./ ")
        names.append(shortened(short or plain(block.title), 18))
    first, last = names
    if not first:
        return run.blocks[0].word
    if len(run.blocks) == 1 or first == last:
        return first
    return f"{first} – {last}"


def _dominant(steps: Sequence[Step], found: Known) -> str:
    """The kind of layer that most parameters are in."""
    from inspector.render.drawing.palette import kind_of  # noqa: PLC0415 - keeps the rooms apart

    weight: Counter[str] = Counter()
    for step in {step.path: step for step in steps}.values():
        row = found.rows.get(step.path)
        weight[kind_of(step.node.layer)] += (row.params or 0) if row else 0
    ((kind, most),) = weight.most_common(1) or [("other", 0)]
    return kind if most else "other"


def _inset(block: Block, all_of_it: Sequence[Block], found: Known) -> Inset:
    """A kind of block, as the first has it; without states where these are not all alike."""
    times = len(all_of_it)
    mixed = found.apart and len({_states(one, found) for one in all_of_it}) > 1
    if mixed:
        found = found._replace(states={})
    called: Counter[str] = Counter()
    steps = list(block.steps())
    depth = min((step.path for step in steps), key=lambda path: path.count("/"), default="")
    prefix = depth.rpartition("/")[0]
    items = [
        Placed(item, prefix, tuple(calls_of(item, called)))
        for item in block.items
        if not isinstance(item, Step) or item.path in found.rows
    ]
    part = _part(items, found, block.params or 0)
    part = _with_inputs(part, items, block, found.analyses[prefix].shapes)
    names = [entry.name for entry in part.items if isinstance(entry, Entry)]
    number = "?" if block.params is None else f"{block.params:,}"
    drawn = f"{plain(block.title)}: " if block.title and times > 1 else ""
    often = f"{times} times" if times > 1 else "once"
    alike = ("not all trained alike: see the stages",) if mixed else ()
    return Inset(
        block.mark,
        _words(block),
        (f"{_count(block)} layers, {often}.", f"{drawn}{number} parameters", *alike),
        part._replace(prefix=shared_start(names)),
        times,
        (block.params or 0) * times,
    )


def _words(block: Block) -> str:
    words = block.word or "block"
    if block.residual:
        words += ", identity shortcut" if block.identity else ", projected shortcut"
    return words


def _with_inputs(part: Part, items: Sequence[Placed], block: Block, shapes: object) -> Part:
    """The part with a tag for each tensor that flows in, before everything else."""
    refs = list(dict.fromkeys(block.inputs))
    known_shapes = shapes if isinstance(shapes, dict) else {}
    tags: list[Entry | Shape] = [Tag(f"in {shape_text(known_shapes.get(ref))}") for ref in refs]
    count = len(refs)
    links: dict[Link, None] = {}
    for number, one in enumerate(items):
        for ref in _direct(one.item):
            if ref in refs:
                links[Link(refs.index(ref), 0, number + count)] = None
    moved = (Link(a + count, out, b + count) for a, out, b in part.links)
    return Part((*tags, *part.items), (*links, *moved))


def _direct(item: Item) -> Sequence[TensorRef]:
    return item.node.inputs if isinstance(item, Step) else item.inputs
