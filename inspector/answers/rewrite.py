"""A program rewritten so that each binding of a tensor has a name of its own."""

from __future__ import annotations

from collections import Counter

from inspector.symbolic.explicit import explicit
from inspector.symbolic.outside import Run
from inspector.symbolic.program import program


def rewrite(run: Run, data: bytes) -> str:
    """The text of a program with explicit names; a notebook as the Python of its cells.

    Raises:
        ReadError: it is no Python.
    """
    found = program(data, run.source)
    bound: dict[tuple[int, int], Counter[str]] = {}
    for binding in run.bindings:
        if binding.kind == "tensor" and "." not in binding.variable:
            frame = run.frames[binding.frame]
            place = (frame.first if frame.number else 0, frame.number)
            bound.setdefault(place, Counter())[binding.variable] += 1
    rebound: dict[int, set[str]] = {}
    for (line, _), counts in bound.items():
        names = {name for name, count in counts.items() if count > 1}
        rebound.setdefault(line, set()).update(names)
    return explicit(found.text, found.tree, {line: sorted(s) for line, s in rebound.items()})
