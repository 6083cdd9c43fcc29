"""Which parts of a graph are alike: a number for the structure of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from inspector.answers.blocks.wiring import KERNEL, MODEL, Wiring


class Kinds:
    """Numbers for structures: equal numbers for equal graphs of equal classes and kernel sizes.

    A node's number comes from its label and the numbers of those that feed it, so that the
    order of calls, names and sizes of tensors do not matter; one pass a part.
    """

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}

    def _number(self, key: Any) -> int:
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def exact(self, wiring: Wiring, nodes: Iterable[int]) -> int:
        """The structure of a part with every layer in it."""
        return self._of(wiring, nodes, loosely=False)

    def loose(self, wiring: Wiring, nodes: Iterable[int]) -> int:
        """The structure without layers that own no weight and join nothing: padding, dropout."""
        return self._of(wiring, nodes, loosely=True)

    def _of(self, wiring: Wiring, nodes: Iterable[int], *, loosely: bool) -> int:
        numbers: dict[int, int] = {}  # by node; of a node left out that of what feeds it
        kept: list[int] = []
        for at in sorted(nodes):
            fed = sorted({numbers.get(source, 0) for source in wiring.before[at]})
            if loosely and len(fed) <= 1 and passes(wiring, at):
                numbers[at] = fed[0] if fed else 0
                continue
            numbers[at] = self._number((wiring.sorts[at].label, tuple(fed)))
            kept.append(numbers[at])
        return self._number(tuple(sorted(kept)))


def passes(wiring: Wiring, at: int) -> bool:
    """Whether a node only hands on what one other gives, without weights of its own."""
    if wiring.sorts[at].role in (KERNEL, MODEL) or len(wiring.before[at]) > 1:
        return False
    return wiring.nodes[at].layer.name not in wiring.owners
