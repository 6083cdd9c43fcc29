"""A program rewritten so that each binding of a tensor has a name of its own."""

from __future__ import annotations

from collections import Counter

from inspector.symbolic.explicit import explicit
from inspector.symbolic.outside import Run
from inspector.symbolic.program import UNKNOWN, program


def rewrite(run: Run, data: bytes) -> str:
    """The text of a program with explicit names; a notebook as the Python of its cells.

    Magics, shell lines, and what else is not Python stay as comments, so that it can be run.

    Raises:
        ReadError: it is no Python.
    """
    parsed = program(data, run.source)
    bound: dict[tuple[int, int], Counter[str]] = {}
    for binding in run.bindings:
        if binding.kind == "tensor" and "." not in binding.variable:
            frame = run.frames[binding.frame]
            place = (frame.first if frame.number else 0, frame.number)
            bound.setdefault(place, Counter())[binding.variable] += 1
    rebound: dict[int, set[str]] = {}
    for (line, _), counts in bound.items():
        rebound.setdefault(line, set()).update(n for n, count in counts.items() if count > 1)
    names = {line: sorted(of) for line, of in rebound.items()}
    return explicit(parsed.text, parsed.tree, names).replace(f"{UNKNOWN}  #", "None  #")
