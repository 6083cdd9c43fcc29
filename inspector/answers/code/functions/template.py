"""One block as the form of others: which of its calls they have, and which they leave out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

from inspector.answers.code.functions.members import Member, Piece, Value

_TRIES = 3000  # places looked at before two blocks are held to be of different kinds
_MOST_INPUTS = 3  # tensors whose order may differ between blocks

Fit = tuple[int | None, ...]  # for each call of a template that of a member; None: left out


@dataclass(frozen=True)
class Template:
    """A block whose calls others share.

    A call that is left out hands on the tensor before it on its path.
    """

    member: Member

    @cached_property
    def before(self) -> tuple[Value, ...]:
        """For each call the tensor that it carries on: of what it takes, the one of its own shape,
        and among those the one made by most calls."""
        depths: list[int] = []
        found: list[Value] = []
        for piece in self.member.pieces:
            reached = [(depths[value] if value >= 0 else 0) for value in piece.takes]
            depths.append(max(reached, default=0) + 1)
            ranked = [
                (self.shape(value) == piece.shape, depth, at)
                for at, (value, depth) in enumerate(zip(piece.takes, reached, strict=True))
            ]
            found.append(piece.takes[max(ranked)[2]] if ranked else -1)
        return tuple(found)

    def shape(self, value: Value) -> object:
        """The shape of a tensor in the block."""
        member = self.member
        return member.pieces[value].shape if value >= 0 else member.shapes[-1 - value]

    def fit(self, member: Member) -> tuple[Member, Fit] | None:
        """The calls of a block in the places of this one; `None` where they do not go together."""
        if len(member.inputs) != len(self.member.inputs):
            return None
        for one in _orders(member):
            for by_role in (True, False):
                found = _Search(self, one, by_role).found()
                if found is not None:
                    return one, found
        return None


def _orders(member: Member) -> Iterator[Member]:
    """The block with what flows in in every order, its own first."""
    yield member
    if not 1 < len(member.inputs) <= _MOST_INPUTS:
        return
    for order in list(permutations(range(len(member.inputs))))[1:]:
        places = {-1 - old: -1 - new for new, old in enumerate(order)}
        pieces = tuple(
            piece._replace(takes=tuple(places.get(value, value) for value in piece.takes))
            for piece in member.pieces
        )
        inputs, shapes = zip(*((member.inputs[k], member.shapes[k]) for k in order), strict=True)
        yield member._replace(pieces=pieces, inputs=inputs, shapes=shapes)


class _Search:
    """Goes through the places of a template, and back where a choice was wrong."""

    def __init__(self, template: Template, member: Member, by_role: bool) -> None:
        self.places = template.member.pieces
        self.before = template.before
        self.goals = template.member.gives
        self.member = member
        self.by_role = by_role  # whether layers must be called alike within their blocks
        self.tries = 0

    def found(self) -> Fit | None:
        """The first way through, depth first."""
        stack: list[Iterator[int | None]] = [self._choices(())]
        fit: list[int | None] = []
        while stack and self.tries < _TRIES:
            self.tries += 1
            choice = next(stack[-1], -1)
            if choice == -1:
                stack.pop()
                if fit:
                    fit.pop()
                continue
            fit.append(choice)
            if len(fit) == len(self.places):
                if self._ends(fit):
                    return tuple(fit)
                fit.pop()
                continue
            stack.append(self._choices(fit))
        return None

    def _choices(self, fit: Sequence[int | None]) -> Iterator[int | None]:
        """The calls that can stand in the next place; last, none."""
        place, taken = len(fit), set(fit)
        piece = self.places[place]
        wanted = tuple(self._value(value, fit) for value in piece.takes)
        for at, other in enumerate(self.member.pieces):
            if at not in taken and self._alike(piece, other) and other.takes == wanted:
                yield at
        left = len(self.member.pieces) - sum(choice is not None for choice in fit)
        if left < len(self.places) - place:
            yield None

    def _alike(self, piece: Piece, other: Piece) -> bool:
        return piece.sign == other.sign and (not self.by_role or piece.role == other.role)

    def _value(self, value: Value, fit: Sequence[int | None]) -> Value:
        """A tensor of the template as one of the member."""
        while value >= 0:
            choice = fit[value]
            if choice is not None:
                return choice
            value = self.before[value]
        return value

    def _ends(self, fit: Sequence[int | None]) -> bool:
        given = tuple(self._value(value, fit) for value in self.goals)
        used = sum(choice is not None for choice in fit)
        return used == len(self.member.pieces) and given == self.member.gives
