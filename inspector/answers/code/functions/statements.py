"""The statements of a function: a variable for each path through the block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from inspector.answers.code.functions.members import Member, Value
from inspector.answers.code.functions.template import Fit, Template
from inspector.answers.code.names import Names

_LETTERS = ("x", "y", "z")  # what flows in


class Copy(NamedTuple):
    """`variable = other`: a tensor put aside, or the beginning of a path that may be empty."""

    variable: str
    other: str


class Assign(NamedTuple):
    """`variable = layer(…)`."""

    variable: str
    place: int  # in the template
    reads: Mapping[Value, str]  # the variables that hold what it takes


Statement = Copy | Assign


class Body(NamedTuple):
    """What a function does, whatever its settings."""

    inputs: tuple[str, ...]
    statements: tuple[Statement, ...]
    outputs: tuple[str, ...]

    def builds(self, member: Member, fit: Fit) -> bool:
        """Whether it builds a block: it is gone through, and each call compared."""
        held: dict[str, Value] = {name: -1 - at for at, name in enumerate(self.inputs)}
        for statement in self.statements:
            if isinstance(statement, Copy):
                held[statement.variable] = held[statement.other]
                continue
            choice = fit[statement.place]
            if choice is None:
                continue
            taken = tuple(held.get(name) for name in statement.reads.values())
            if taken != member.pieces[choice].takes:
                return False
            held[statement.variable] = choice
        return tuple(held.get(name) for name in self.outputs) == member.gives


def body(template: Template, optional: frozenset[int], names: Names) -> Body:
    """The statements that make every call of a template."""
    return _Writer(template, optional, names).body()


class _Writer:
    def __init__(self, template: Template, optional: frozenset[int], names: Names) -> None:
        self.template = template
        self.pieces = template.member.pieces
        self.optional = optional
        self.names = names
        self.held: dict[str, Value] = {}  # by variable
        self.left: Counter[Value] = Counter(template.member.gives)
        for piece in self.pieces:
            self.left.update(piece.takes)
        self.statements: list[Statement] = []

    def body(self) -> Body:
        inputs = [
            self.names.fresh(_LETTERS[min(at, len(_LETTERS) - 1)])
            for at in range(len(self.template.member.inputs))
        ]
        self.held = {name: -1 - at for at, name in enumerate(inputs)}
        paths = self._paths()
        variables: dict[int, str] = {}  # by path
        for place in self._order():
            path = paths[place]
            if path not in variables:
                variables[path] = self._begun(path, place)
            self._assigned(place, variables[path])
        outputs = [self._holding(value, "") for value in self.template.member.gives]
        return Body(tuple(inputs), tuple(self.statements), tuple(outputs))

    def _paths(self) -> list[int]:
        """The path of each call, by the call that ends it; the first output ends the main one."""
        gives, before = self.template.member.gives, self.template.before
        paths = [-1] * len(self.pieces)
        for end in (*gives, *reversed(range(len(self.pieces)))):
            place = end
            while place >= 0 and paths[place] < 0:
                paths[place] = end
                place = before[place]
        return paths

    def _order(self) -> Iterator[int]:
        """The calls from the outputs backwards, what joins a path before the path itself."""
        before, done = self.template.before, set[int]()
        stack = [*reversed(range(len(self.pieces))), *self.template.member.gives]
        while stack:
            place = stack[-1]
            takes = sorted(self.pieces[place].takes, key=lambda value: value == before[place])
            missing = [value for value in takes if value >= 0 and value not in done]
            if missing and place not in done:
                stack.append(missing[0])
                continue
            stack.pop()
            if place not in done:
                done.add(place)
                yield place

    def _begun(self, path: int, place: int) -> str:
        """The variable of a path that begins with a call."""
        start = self.template.before[place]
        if path == self.template.member.gives[0]:
            return self._holding(start, "") if start < 0 else self.names.fresh("x")
        user = next((at for at, piece in enumerate(self.pieces) if path in piece.takes), None)
        variable = self.names.fresh(self._wish(start, user))
        if place in self.optional:
            self.statements.append(Copy(variable, self._holding(start, "")))
            self.held[variable] = start
        return variable

    def _wish(self, start: Value, user: int | None) -> str:
        """What a path is called: by where it begins, and by what joins it to another."""
        kind = self.pieces[user].node.layer.class_name if user is not None else ""
        if kind == "Multiply":
            return "gate"
        return "shortcut" if kind == "Add" and start < 0 else "branch"

    def _holding(self, value: Value, first: str) -> str:
        """The variable that holds a tensor, if possible a certain one."""
        if self.held.get(first) == value:
            return first
        return next(name for name, held in self.held.items() if held == value)

    def _assigned(self, place: int, variable: str) -> None:
        takes = self.pieces[place].takes
        reads = {value: self._holding(value, variable) for value in takes}
        self.left.subtract(takes)
        lost = self.held.get(variable)
        if lost is not None and self.left[lost] > 0 and self._alone(variable, lost):
            user = next((at for at in self._users(lost) if at != place), None)
            aside = self.names.fresh(self._aside(lost, user))
            self.statements.append(Copy(aside, variable))
            self.held[aside] = lost
        self.statements.append(Assign(variable, place, reads))
        self.held[variable] = place

    def _alone(self, variable: str, value: Value) -> bool:
        return not any(held == value for name, held in self.held.items() if name != variable)

    def _users(self, value: Value) -> Sequence[int]:
        made = {statement.place for statement in self.statements if isinstance(statement, Assign)}
        return [
            at for at, piece in enumerate(self.pieces) if value in piece.takes and at not in made
        ]

    def _aside(self, value: Value, user: int | None) -> str:
        return "shortcut" if value < 0 else self._wish(value, user)
