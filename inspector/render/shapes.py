"""Shapes as `Input(shape=…)` takes them."""

from __future__ import annotations

from inspector.dims import Shape


def without_batch(shape: Shape | None) -> str:
    """A shape as `Input(shape=…)` takes it.

    >>> without_batch((None, 32, 8)), without_batch((None, 10))
    ('(32, 8)', '(10,)')
    """
    return "?" if shape is None else str(tuple(shape[1:]))
