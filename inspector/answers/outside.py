"""A total beside a number that somebody else published for the same architecture, term by term."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from inspector.answers.otherwise import Otherwise
from inspector.answers.terms import explain_total
from inspector.errors import InspectError
from inspector.model import Model
from inspector.readers.zoo import key_of

_TABLE = Path(__file__).with_name("published.json")


@dataclass(frozen=True, slots=True)
class Outside:
    """A total, what the other way of counting leaves out, and what was published."""

    model: Model
    library: str
    params: int  # ours
    terms: tuple[Otherwise, ...]  # one after the other, until the published number is reached
    published: int
    source: str  # where it was read

    @property
    def gap(self) -> int:
        """What the terms do not explain: 0 where they explain all."""
        return self.published - (self.terms[-1].params if self.terms else self.params)


@cache
def libraries() -> dict[str, Any]:
    """The published totals: library, architecture, number and address."""
    table: dict[str, Any] = json.loads(_TABLE.read_text("utf-8"))
    return table


def outside(model: Model, library: str) -> Outside:
    """The total of an architecture beside the one that a library publishes for its own.

    Raises:
        InspectError: the library publishes none for this architecture, or the total is not known.
    """
    known = libraries()[library]
    key = key_of(model.source.partition("(")[0]) if model.format == "zoo" else ""
    if key not in known:
        hint = f"there are numbers for {', '.join(known)}"
        raise InspectError(library, f"no published number for {model.source}", hint=hint)
    published, source = known[key]
    total = model.totals.params
    terms: list[Otherwise] = []
    for term in explain_total(model).otherwise:
        if (terms[-1].params if terms else total) == published:
            break
        terms.append(term)
    return Outside(model, library, total, tuple(terms), published, source)
