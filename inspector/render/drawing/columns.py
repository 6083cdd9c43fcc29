"""A drawing too tall to be read, in columns: each goes on where the one before it ends.

It is cut below a rank, where every wire is vertical, and rather where few tensors flow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from inspector.answers.coarse import cut_places
from inspector.render.drawing.canvas import Point
from inspector.render.drawing.layout import Wire
from inspector.render.drawing.route import Plan, Size

_TALL = 2_200.0  # points: what is lower is left in one piece
_PAGES = 1_684.0  # points, two pages of A4: a column is no lower
_WIDE = 2_000.0  # points: what is wider is followed better in one piece
_RATIO = 1.42  # of height to width, at most
_APART = 34.0  # between two columns
_STUB = 15.0  # of an arrow that leads out of a column
LEAD = 24.0  # above what a column goes on with


class Columns(NamedTuple):
    """Where a drawing is cut along, and how far apart its columns begin."""

    cuts: tuple[float, ...] = ()
    step: float = 0.0
    size: Size = Size(0, 0)

    def moved(self, point: Point, like: float | None = None) -> Point:
        """Where a point of the drawing comes to lie, in the column of the height `like`."""
        x, y = point
        column = bisect_left(self.cuts, y if like is None else like)
        start = self.cuts[column - 1] - LEAD if column else 0.0
        return x + column * self.step, y - start

    def pieces(self, points: Sequence[Point]) -> list[tuple[Point, ...]]:
        """A wire, parted where it leaves a column; each piece but the last ends in a stub."""
        made: list[tuple[Point, ...]] = []
        piece: list[Point] = []
        for point in points:
            piece.append(self.moved(point))
            if point[1] in self.cuts and point != points[-1]:
                x, y = piece[-1]
                if len(piece) == 1:
                    continue  # the wire begins there: the next point leads out of the column
                made.append((*piece, (x, y + _STUB)))
                piece = [(x + self.step, LEAD - _STUB)]
        return [*made, tuple(piece)]

    def begins(self, points: Sequence[Point]) -> list[Point]:
        """Where a wire enters further columns."""
        return [piece[0] for piece in self.pieces(points)[1:]]


def columns(plan: Plan, wires: Sequence[Wire], ranks: Sequence[int], wrap: bool) -> Columns:
    """The columns of a drawing, one where it need not be cut.

    Args:
        plan: of the drawing in one piece.
        ranks: of every box.
        wrap: whether it may be cut.
    """
    count = _count(plan.size) if wrap and plan.size.across <= _WIDE else 1
    chosen = cut_places(plan.ends, _flowing(wires, ranks, len(plan.ends)), count)
    cuts = tuple(plan.ends[rank] for rank in chosen)
    step = plan.size.across + _APART
    bounds = (0.0, *cuts, plan.size.along)
    along = max(end - start for start, end in pairwise(bounds)) + (LEAD + _STUB if cuts else 0)
    return Columns(cuts, step, Size(plan.size.across + len(cuts) * step, along))


def _count(size: Size) -> int:
    """As few columns as make it no higher than a page is."""
    count = 1
    while size.along > _TALL and size.along / count > max(
        _PAGES, _RATIO * (count * (size.across + _APART) - _APART)
    ):
        count += 1
    return count


def _flowing(wires: Sequence[Wire], ranks: Sequence[int], count: int) -> list[int]:
    """How many tensors flow from each rank, or by it, to what is below."""
    last: dict[tuple[int, int], int] = {}
    for wire in wires:
        tensor = wire.source, wire.output
        last[tensor] = max(last.get(tensor, 0), ranks[wire.target])
    changes = [0] * (count + 1)
    for (source, _), end in last.items():
        changes[ranks[source]] += 1
        changes[end] -= 1
    return list(accumulate(changes))[:count]
