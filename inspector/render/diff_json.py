"""`graphinspect.diff/1`, and what it says of a published number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspector.answers.diff import Diff, Difference
from inspector.answers.diff.ledger import ledger
from inspector.answers.outside import Outside
from inspector.render.json import model_object


def diff_document(answer: Diff) -> dict[str, Any]:
    """Two models, every difference, and the numbers of both."""
    parting = answer.parting
    return {
        "schema": "graphinspect.diff/1",
        "left": model_object(answer.left),
        "right": model_object(answer.right),
        "same_graph": answer.same_graph,
        "same_names": answer.same_names,
        "same_flags": answer.same_flags,
        "parts": None if parting is None else {"after": parting.before, **_entry(parting.why)},
        "differences": [_entry(each) for each in answer.differences],
        "pairs": [list(pair) for pair in answer.pairs],
        "ledger": [
            {"name": row.name, "left": row.left, "right": row.right} for row in ledger(answer)
        ],
    }


def diffs_document(answers: Sequence[Diff]) -> dict[str, Any]:
    """`graphinspect.diffs/1`: the first model beside each of the others."""
    return {"schema": "graphinspect.diffs/1", "diffs": [diff_document(each) for each in answers]}


def outside_document(answer: Outside) -> dict[str, Any]:
    """A total beside a published one."""
    return {
        "schema": "graphinspect.published/1",
        "model": model_object(answer.model),
        "library": answer.library,
        "params": answer.params,
        "terms": [{"key": each.key, "less": each.less} for each in answer.terms],
        "published": answer.published,
        "source": answer.source,
        "gap": answer.gap,
    }


def _entry(found: Difference) -> dict[str, Any]:
    return {
        "layer": found.layer,
        "field": found.field,
        "left": found.left,
        "right": found.right,
        "left_at": str(found.left_at) if found.left_at else None,
        "right_at": str(found.right_at) if found.right_at else None,
    }
