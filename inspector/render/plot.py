"""A picture of a model in the media that it can be written to, by the extension of a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from inspector.errors import ReadError
from inspector.model import Model
from inspector.render.drawing.picture import PLAIN, Labels, Picture, Wish, picture

MEDIA = ("svg", "png", "pdf")
_LONGEST = 80  # signs of a file's name


@dataclass(frozen=True, slots=True)
class Plot:
    """A model drawn; at the end of a cell, a notebook shows it."""

    model: Model = field(repr=False)
    picture: Picture = field(repr=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know beside the picture."""
        return self.picture.notes

    @property
    def svg(self) -> str:
        """The text of an SVG file."""
        from inspector.render.drawing.svg import svg  # noqa: PLC0415 - one medium at a time

        return svg(self.picture.drawing)

    def to(self, medium: str) -> bytes:
        """The bytes of a file of one of `MEDIA`.

        Raises:
            ReadError: there is no such medium, or no Graphviz to write it with.
            LimitError: it would be too large.
        """
        if medium not in _WRITERS:
            raise ReadError("plot", "no medium of this name", received=medium,
                            hint=f"one of {', '.join(_WRITERS)}")  # fmt: skip
        return _WRITERS[medium](self)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": f"{self.model.name}, drawn"}


def plot(model: Model, wish: Wish = PLAIN, labels: Labels | None = None) -> Plot:
    """A model as a picture, still in no medium.

    Raises:
        ReadError: something is asked for that there is none of.
        LimitError: it would be too large, or takes too long to lay out.
    """
    return Plot(model, picture(model, wish, labels))


def file_name(model: Model, medium: str = "svg") -> str:
    """A name for the file of a model's picture, without signs that mean something to a system.

    >>> import inspector
    >>> file_name(inspector.load("resnet50"))
    'resnet50.svg'
    """
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", model.name).strip("._-")[:_LONGEST]
    return f"{stem or 'model'}.{medium}"


def _svg(made: Plot) -> bytes:
    return made.svg.encode()


def _png(made: Plot) -> bytes:
    from inspector.render.drawing.png import png  # noqa: PLC0415 - one medium at a time

    return png(made.picture.drawing)


def _pdf(made: Plot) -> bytes:
    from inspector.render.drawing.pdf import pdf  # noqa: PLC0415 - one medium at a time

    return pdf(made.picture.drawing)


_WRITERS: dict[str, Callable[[Plot], bytes]] = {"svg": _svg, "png": _png, "pdf": _pdf}
