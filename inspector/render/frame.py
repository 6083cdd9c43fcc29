"""Rows as a pandas DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.answers.params import Params
from inspector.model import LayerRow

if TYPE_CHECKING:
    import pandas as pd

_COUNTS = ("params", "trainable_params", "non_trainable_params", "stored", "summary", "macs")


def frame(answer: Params) -> pd.DataFrame:
    """One row a layer; counts are nullable integers, shapes are tuples."""
    import pandas as pd  # noqa: PLC0415 - a third of a second

    table = pd.DataFrame([_record(row) for row in answer.layers])
    for key in _COUNTS:
        if key in table:
            # A count may be larger than 64 bits hold; then it stays a Python integer.
            small = all(value is None or abs(value) < 2**63 for value in table[key])
            table[key] = pd.array(list(table[key]), dtype="Int64" if small else object)
    return table


def _record(row: LayerRow) -> dict[str, object]:
    return {
        "path": row.path,
        "name": row.name,
        "class_name": row.class_name,
        "operation": row.operation,
        "trainable": row.trainable,
        "output_shape": row.output_shape,
        "params": row.params,
        "trainable_params": row.trainable_params,
        "non_trainable_params": row.non_trainable_params,
        "formula": row.formula,
        "arithmetic": row.arithmetic,
        "stored": row.stored,
        "summary": row.summary,
        "macs": row.macs,
        "calls": row.calls,
        "agrees": row.agrees,
    }
