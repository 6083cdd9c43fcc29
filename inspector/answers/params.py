"""Every layer with its formula, its parameters and what every witness says of them."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inspector.errors import InspectError
from inspector.model import LayerRow, Model, Totals
from inspector.shown import Shown

# What rows can be sorted by; the largest first, rows without a number last.
_KEYS: dict[str, Callable[[LayerRow], int | None]] = {
    "params": lambda row: row.params,
    "trainable": lambda row: row.trainable_params,
    "macs": lambda row: row.macs,
}
SORTS = tuple(_KEYS)


@dataclass(frozen=True, slots=True)
class Params(Shown):
    """The rows of `summary()` that were asked for; the totals are those of the whole model."""

    model: Model
    layers: tuple[LayerRow, ...]
    totals: Totals
    notes: tuple[str, ...]
    filtered: bool  # whether rows were left out
    tree: bool  # whether the rows of a model inside stand below the row of their model

    @property
    def agrees(self) -> bool:
        """Whether no row and no total is contradicted by a witness."""
        witnesses = (self.totals.summary, self.totals.stored)
        told = [count for count in witnesses if count is not None]
        total = not self.totals.complete or all(count == self.totals.params for count in told)
        return total and all(row.agrees is not False for row in self.model.walk())


def params(
    model: Model,
    *,
    classes: Sequence[str] = (),
    names: Sequence[str] = (),
    sort: str | None = None,
    nested: bool = False,
) -> Params:
    """The layers of a model in `summary()` order, or as asked for.

    Args:
        classes: class names to keep, case ignored; patterns with `*` and `?` are allowed.
        names: patterns of layer names or paths to keep.
        sort: "params", "trainable" or "macs": largest first.
        nested: the rows of models inside stand in line with the others, after their model.
    """
    rows = list(model.walk()) if nested else list(model.rows)
    if classes:
        rows = [row for row in rows if _matches(row.class_name.lower(), classes, str.lower)]
    if names:
        rows = [row for row in rows if _matches(row.path, names) or _matches(row.name, names)]
    if not rows and (classes or names):
        raise InspectError(
            model.source,
            "has no layer that matches",
            received=", ".join((*classes, *names)),
            hint=f"its classes are {', '.join({row.class_name: None for row in model.rows})}",
        )
    if sort is not None:
        rows.sort(key=_largest_first(sort))
    return Params(
        model=model,
        layers=tuple(rows),
        totals=model.totals,
        notes=model.notes,
        filtered=bool(classes or names),
        tree=nested and not (classes or names or sort),
    )


def _matches(
    text: str, patterns: Sequence[str], spelled: Callable[[str], str] = lambda pattern: pattern
) -> bool:
    return any(fnmatch.fnmatchcase(text, spelled(pattern)) for pattern in patterns)


def _largest_first(sort: str) -> Callable[[LayerRow], tuple[bool, int]]:
    if sort not in _KEYS:
        raise InspectError(
            "sort", "is no column to sort by", received=sort, hint=f"one of {', '.join(SORTS)}"
        )

    def key(row: LayerRow) -> tuple[bool, int]:
        value = _KEYS[sort](row)
        return (value is None, -(value or 0))

    return key
