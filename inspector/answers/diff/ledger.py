"""Two models in numbers: what one has more of than the other, in sums that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from inspector.answers.count import Count, count
from inspector.answers.diff.compare import Diff


class Row(NamedTuple):
    """One number of both models; `None` where nobody knows it."""

    name: str
    left: int | None
    right: int | None
    part: bool = False  # of the row above it

    @property
    def difference(self) -> int | None:
        if self.left is None or self.right is None:
            return None
        return self.right - self.left


def ledger(answer: Diff) -> Iterator[Row]:
    """Depth, layers and parameters, those by class where they differ, and layers by class."""
    one, two = count(answer.left), count(answer.right)
    yield Row("depth", one.depth, two.depth)
    yield Row("layers listed", one.listed, two.listed)
    yield Row("parameters", one.totals.params, two.totals.params)
    params = _by_class(one, "params"), _by_class(two, "params")
    for name in _ordered(one, two):
        row = Row(name, params[0].get(name, 0), params[1].get(name, 0), part=True)
        if row.left != row.right:
            yield row
    yield Row("trainable", one.totals.trainable, two.totals.trainable)
    yield Row("non-trainable", one.totals.non_trainable, two.totals.non_trainable)
    layers = _by_class(one, "layers"), _by_class(two, "layers")
    for name in _ordered(one, two):
        row = Row(f"{name} layers", layers[0].get(name, 0), layers[1].get(name, 0))
        if row.difference:
            yield row


def _by_class(found: Count, key: str) -> dict[str, int | None]:
    return {each.class_name: getattr(each, key) for each in found.by_class}


def _ordered(one: Count, two: Count) -> list[str]:
    return list(dict.fromkeys(each.class_name for each in (*one.by_class, *two.by_class)))


def fields(answer: Diff) -> Counter[str]:
    """How often each kind of difference was found."""
    return Counter(each.field for each in answer.differences)
