"""Shapes as Keras prints them, and as `Input(shape=…)` takes them."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.dims import Shape


def shape_text(outputs: Sequence[Shape | None]) -> str:
    """The outputs of one call as `summary()` prints them.

    >>> shape_text([(None, 32, 8)]), shape_text([(None,)]), shape_text([None])
    ('(None, 32, 8)', '(None)', '?')
    """
    texts = ["?" if shape is None else f"({', '.join(map(str, shape))})" for shape in outputs]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def without_batch(shape: Shape | None) -> str:
    """A shape as `Input(shape=…)` takes it.

    >>> without_batch((None, 32, 8)), without_batch((None, 10))
    ('(32, 8)', '(10,)')
    """
    return "?" if shape is None else str(tuple(shape[1:]))
