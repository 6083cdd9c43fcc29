"""Which parts of a graph are alike: a number for the structure of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from inspector.answers.blocks.wiring import KERNEL, MODEL, Wiring


class Kind(NamedTuple):
    """The structure of a part: equal numbers for equal graphs."""

    exact: int
    loose: int  # without layers that own no weight and join nothing: padding, dropout


class Kinds:
    """Numbers for structures: equal numbers for equal graphs of equal classes and kernel sizes.

    A node's number comes from its label and the numbers of those that feed it, so that the
    order of calls, names and sizes of tensors do not matter; one pass a part.
    """

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self._known: dict[tuple[Wiring, tuple[int, ...]], Kind] = {}

    def of(self, wiring: Wiring, nodes: Sequence[int]) -> Kind:
        """The structure of a part of a graph."""
        key = (wiring, tuple(nodes))
        if key not in self._known:
            self._known[key] = self._of(wiring, nodes)
        return self._known[key]

    def _of(self, wiring: Wiring, nodes: Sequence[int]) -> Kind:
        numbers = self._numbers
        known: dict[int, int] = {}  # by node
        loose: dict[int, int] = {}  # likewise; of a node left out that of what feeds it
        kept: list[int] = []
        for at in sorted(nodes):
            label, before = wiring.sorts[at].label, wiring.before[at]
            fed = _fed(before, known)
            known[at] = numbers.setdefault((label, fed), len(numbers) + 1)
            fed = _fed(before, loose)
            if len(fed) <= 1 and passes(wiring, at):
                loose[at] = fed[0] if fed else 0
                continue
            loose[at] = numbers.setdefault((label, fed), len(numbers) + 1)
            kept.append(loose[at])
        exact = tuple(sorted(known.values()))
        return Kind(
            numbers.setdefault(exact, len(numbers) + 1),
            numbers.setdefault(tuple(sorted(kept)), len(numbers) + 1),
        )


def _fed(before: Sequence[int], numbers: Mapping[int, int]) -> tuple[int, ...]:
    """The numbers of what feeds a node, without order; 0 for all that comes from outside."""
    if len(before) == 1:
        return (numbers.get(before[0], 0),)
    return tuple(sorted({numbers.get(source, 0) for source in before}))


def passes(wiring: Wiring, at: int) -> bool:
    """Whether a node only hands on what one other gives, without weights of its own."""
    if wiring.sorts[at].role in (KERNEL, MODEL) or len(wiring.before[at]) > 1:
        return False
    return wiring.nodes[at].layer.name not in wiring.owners
