"""How an answer shows itself at the end of a notebook's cell.

Answers know nothing of screens, which stand above them: who can draw one says so here.
"""

from __future__ import annotations

from collections.abc import Callable

Bundle = dict[str, str]  # a text for every medium, by its MIME type

_drawers: list[Callable[[object], Bundle]] = []


def draw_with(drawer: Callable[[object], Bundle]) -> None:
    """Let `drawer` show every answer from now on."""
    _drawers[:] = [drawer]


def bundle(answer: object) -> Bundle:
    """An answer in the media of a notebook; none where nobody here draws, and its repr is shown."""
    return _drawers[0](answer) if _drawers else {}


class Shown:
    """An answer that a notebook shows as its screen."""

    __slots__ = ()

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return bundle(self)
