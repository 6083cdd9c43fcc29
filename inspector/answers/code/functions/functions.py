"""Functions that build the repeated blocks of a graph, and the graph with calls of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent

from inspector.answers.blocks import Item
from inspector.answers.code.calls import arguments, operation
from inspector.answers.code.expressions import WIDEST, Call, Expressions, Gap, assigned
from inspector.answers.code.functions.columns import Column, Use, columns, names
from inspector.answers.code.functions.members import Member, members
from inspector.answers.code.functions.parameters import Parameters
from inspector.answers.code.functions.statements import Assign, Body, Copy, body
from inspector.answers.code.functions.template import Template
from inspector.answers.code.names import Names, identifier
from inspector.graph import Graph, Layer, Node, TensorRef
from inspector.infer import Analysis

_ENOUGH = 2  # uses that make a function worth while
_MOST = 12  # parameters; with more, a function is harder to read than what it stands for
_MOST_MIXED = 8  # likewise, of one that builds blocks of different structures
FUNCTION = "\0function"  # the class of a layer that stands for a call of a function


@dataclass(frozen=True)
class Function:
    """A function of the program."""

    name: str
    lines: tuple[str, ...]
    uses: tuple[Use, ...]
    parameters: Parameters

    def words(self, use: int) -> tuple[tuple[str, str], ...]:
        """What a use says, argument by argument: a first size needs no key."""
        said = [(one, one.given(use)) for one in self.parameters.ordered]
        pairs = [(one.name, value) for one, value in said if value is not None]
        first = self.parameters.ordered[:1]
        if first and first[0].default is None and not first[0].tells_names:
            pairs[0] = ("", pairs[0][1])
        return tuple(pairs)


@dataclass(frozen=True)
class Folded:
    """A graph with one node for each use of a function."""

    graph: Graph
    uses: Mapping[str, tuple[Function, int]]  # by the name of the layer that stands for it


def functions(
    items: Sequence[Item],
    analysis: Analysis,
    say: Expressions,
    gap: Callable[[Gap], str],
    counted: Mapping[str, int],
    outside: Names,
) -> list[Function]:
    """The functions that build the blocks of a graph, each used twice or more."""
    found = list(members(items, analysis, say, gap, counted))
    made = []
    for template, uses in _grouped(found):
        for group in (uses, *_by_mark(uses)):
            writer = _writer(template, group, say, gap, outside)
            if writer is None:
                continue
            name = outside.fresh(identifier(template.member.block.word.lower()))
            lines = tuple(writer.lines(name))
            made.append(Function(name, lines, tuple(writer.uses), writer.parameters))
            if group is uses:
                break
    return made


def _by_mark(uses: Sequence[Use]) -> list[list[Use]]:
    """Uses of one structure each."""
    groups: dict[str, list[Use]] = {}
    for use in uses:
        groups.setdefault(use[0].block.mark, []).append(use)
    return list(groups.values())


def _writer(
    template: Template,
    uses: Sequence[Use],
    say: Expressions,
    gap: Callable[[Gap], str],
    outside: Names,
) -> _Writer | None:
    """The function for some uses; `None` where there are too few, or too much differs."""
    if len(uses) < _ENOUGH:
        return None
    if any(all(fit[place] is None for _, fit in uses) for place in range(len(uses[0][1]))):
        template = Template(uses[0][0])
        fits = [template.fit(member) for member, _ in uses]
        uses = [fit for fit in fits if fit is not None]
        if len(uses) < len(fits):
            return None
    places = range(len(template.member.pieces))
    optional = frozenset(at for at in places if any(fit[at] is None for _, fit in uses))
    local = Names(outside.given)
    written = body(template, optional, local)
    if not all(written.builds(member, fit) for member, fit in uses):
        return None
    try:
        writer = _Writer(template, uses, written, say, gap, local)
    except LookupError:
        return None
    one = len({member.block.mark for member, _ in uses}) == 1
    return writer if len(writer.parameters.ordered) <= (_MOST if one else _MOST_MIXED) else None


def _grouped(found: Sequence[Member]) -> list[tuple[Template, list[Use]]]:
    """Blocks by the largest that has all of their calls, at least half of them theirs."""
    groups: list[tuple[Template, list[Use]]] = []
    order = {id(member.block): at for at, member in enumerate(found)}
    for member in sorted(found, key=lambda one: -len(one.pieces)):
        for template, uses in groups:
            if 2 * len(member.pieces) < len(template.member.pieces):
                continue
            fit = template.fit(member)
            if fit is not None:
                uses.append(fit)
                break
        else:
            template = Template(member)
            groups.append((template, [(member, tuple(range(len(member.pieces))))]))
    for _, uses in groups:
        uses.sort(key=lambda use: order[id(use[0].block)])
    return sorted(groups, key=lambda group: order[id(group[1][0][0].block)])


class _Writer:
    """The text of one function."""

    def __init__(
        self,
        template: Template,
        uses: Sequence[Use],
        written: Body,
        say: Expressions,
        gap: Callable[[Gap], str],
        local: Names,
    ) -> None:
        self.template, self.uses, self.body = template, uses, written
        self.say, self.gap = say, gap
        self.columns: dict[int, list[Column]] = {}
        for column in columns(template, uses, say):
            self.columns.setdefault(column.place, []).append(column)
        self.parameters = Parameters(template, uses, local)
        self.parameters.name_layers(names(template, uses, say))
        self.parameters.add(column for row in self.columns.values() for column in row)
        self.inside = [text for part in self._parts() for text in part]

    def lines(self, name: str) -> Iterator[str]:
        words = [*self.body.inputs, *(one.declared for one in self.parameters.ordered)]
        head = f"def {name}({', '.join(words)}):"
        if len(head) > WIDEST:
            head = f"def {name}(\n" + "".join(f"    {word},\n" for word in words) + "):"
        yield head
        yield from self.inside
        yield f"    return {', '.join(self.body.outputs)}"

    def _parts(self) -> Iterator[Iterator[str]]:
        """Statements, those with one condition below it."""
        row: list[Copy | Assign] = []
        there: tuple[bool, ...] = ()
        for statement in self.body.statements:
            now = self._there(statement)
            if row and now != there:
                yield self._part(row)
                row = []
            there = now
            row.append(statement)
        yield self._part(row)

    def _there(self, statement: Copy | Assign) -> tuple[bool, ...]:
        """In which uses a statement is there."""
        if isinstance(statement, Copy):
            return (True,) * len(self.uses)
        return tuple(fit[statement.place] is not None for _, fit in self.uses)

    def _part(self, row: Sequence[Copy | Assign]) -> Iterator[str]:
        places = [one.place for one in row if isinstance(one, Assign)]
        condition = self.parameters.condition(places, row[0].variable) if places else ""
        if condition:
            yield f"    if {condition}:"
        for statement in row:
            yield indent(self._statement(statement), "        " if condition else "    ")

    def _statement(self, statement: Copy | Assign) -> str:
        if isinstance(statement, Copy):
            return f"{statement.variable} = {statement.other}"
        piece = self.template.member.pieces[statement.place]
        refs = dict(zip(dict.fromkeys(piece.node.inputs), piece.takes, strict=True))
        reads = {ref: statement.reads[value] for ref, value in refs.items()}
        if piece.node.layer.operation:
            made = operation(piece.node, self.say, reads.__getitem__, self.gap)
            return f"{statement.variable} = {made}"
        words = []
        for column in self.columns.get(statement.place, ()):
            said = self.parameters.said(column)
            words.append(said if column.bare else f"{column.key}={said}")
        words.append(f"name={self.parameters.layer_names[statement.place]}")
        called = ", ".join(arguments(piece.node, self.say, reads.__getitem__))
        return assigned(statement.variable, Call(piece.sign[0], tuple(words)), f"({called})")


def folded(graph: Graph, made: Sequence[Function]) -> Folded:
    """The graph with one node in place of each block that a function builds."""
    taken = {layer.name for layer in graph.layers}
    uses: dict[str, tuple[Function, int]] = {}
    places: dict[TensorRef, TensorRef] = {}
    stands: dict[tuple[str, int], str] = {}  # by call inside, the layer that stands for the block
    for function in made:
        for at, (member, _) in enumerate(function.uses):
            name = member.block.title or function.name
            while name in taken:
                name += "_"
            taken.add(name)
            uses[name] = function, at
            stands.update(dict.fromkeys(member.keys, name))
            places.update((ref, TensorRef(name, 0, k)) for k, ref in enumerate(member.outputs))
    nodes = []
    done: set[str] = set()
    for node in graph.nodes:
        stand = stands.get((node.layer.name, node.call))
        if stand is None:
            nodes.append(_rewired(node, places))
        elif stand not in done:
            done.add(stand)
            function, at = uses[stand]
            taken_in = tuple(places.get(ref, ref) for ref in function.uses[at][0].inputs)
            nodes.append(Node(Layer(stand, FUNCTION), 0, taken_in))
    outputs = tuple(places.get(ref, ref) for ref in graph.outputs)
    return Folded(graph._replace(nodes=tuple(nodes), outputs=outputs), uses)


def _rewired(node: Node, places: Mapping[TensorRef, TensorRef]) -> Node:
    if not any(ref in places for ref in node.inputs):
        return node
    return Node(
        node.layer,
        node.call,
        tuple(_replaced(value, places) for value in node.args),
        {key: _replaced(value, places) for key, value in node.kwargs.items()},
    )


def _replaced(value: object, places: Mapping[TensorRef, TensorRef]) -> object:
    """An argument with the tensors of blocks in place of those of layers inside them."""
    if isinstance(value, TensorRef):
        return places.get(value, value)
    if isinstance(value, list | tuple):
        return type(value)(_replaced(item, places) for item in value)
    if isinstance(value, Mapping):
        return {key: _replaced(item, places) for key, item in value.items()}
    if isinstance(value, slice):
        parts = (_replaced(part, places) for part in (value.start, value.stop, value.step))
        return slice(*parts)
    return value
