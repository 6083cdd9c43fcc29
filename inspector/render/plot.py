"""A picture of a model in the media that it can be written to, by the extension of a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from inspector.answers.mentions import Mentions
from inspector.answers.states import states
from inspector.errors import ReadError
from inspector.model import Model
from inspector.render.boxes import Said
from inspector.render.drawing.canvas import Drawing, Words, flat
from inspector.render.drawing.picture import PLAIN, Picture, Wish, picture

MEDIA = ("svg", "png", "pdf", "html", "dot", "gv", "mmd", "md")
_LONGEST = 80  # signs of a file's name
_CYRILLIC = 0x52F  # its last sign; Latin and Greek come before


@dataclass(frozen=True, slots=True)
class Plot:
    """A model to be drawn as wished; at the end of a cell, a notebook shows it."""

    model: Model = field(repr=False)
    wish: Wish = PLAIN
    said: Mentions | None = field(default=None, repr=False)

    laid_out: Picture | None = field(default=None, repr=False)  # where that is done already

    @property
    def picture(self) -> Picture:
        """What is drawn, still in no medium."""
        return self.laid_out or picture(self.model, self.wish, self.said)

    @property
    def fold(self) -> bool:
        """Whether equal blocks in a row are said once, in the media that are text."""
        return "all" not in self.wish.expand

    @property
    def beside(self) -> Said:
        """What media that are text tell beside the graph: names in Python, and training."""
        return beside(self.model, self.wish, self.said)

    @property
    def svg(self) -> str:
        """The text of an SVG file."""
        return self.to("svg").decode()

    def to(self, medium: str) -> bytes:
        """The bytes of a file of one of `MEDIA`."""
        return self.written(medium)[0]

    def written(self, medium: str) -> tuple[bytes, tuple[str, ...]]:
        """The bytes of a file of one of `MEDIA`, and what the reader should know beside it.

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


def beside(model: Model, wish: Wish, said: Mentions | None) -> Said:
    """What media that are text tell beside the graph, as far as it is wished for."""
    named = not wish.show or "names" in wish.show
    changed: Mapping[str, str] = {}
    if wish.highlight == "frozen":
        changed = states(model.analysis, told=model.totals.trainable is not None).of
    return Said(said or {} if named else {}, changed)


Writer = Callable[[Plot], tuple[bytes, tuple[str, ...]]]


def file_name(model: Model, medium: str = "svg") -> str:
    """A name for the file of a model's picture, without signs that mean something to a system.

    >>> import inspector
    >>> file_name(inspector.load("resnet50"))
    'resnet50.svg'
    """
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", model.name).strip("._-")[:_LONGEST]
    return f"{stem or 'model'}.{medium}"


def _drawn(
    write: Callable[[Drawing], bytes],
    lacks: Callable[[str], bool] = lambda _: False,
    warned: Callable[[Drawing], str] = lambda _: "",
) -> Writer:
    """A writer of drawings, which tells where its fonts lack signs, and what else may trouble."""

    def writer(made: Plot) -> tuple[bytes, tuple[str, ...]]:
        found = made.picture
        notes = (*found.notes, *filter(None, [warned(found.drawing)]))
        texts = (part.text for part in flat(found.drawing.items) if isinstance(part, Words))
        if any(lacks(text) for text in texts):
            notes = (*notes, "some signs are in no font of this medium; SVG shows them all")
        return write(found.drawing), notes

    return writer


def _beyond_europe(text: str) -> bool:
    """Whether a text has signs that the fonts of the bundled Graphviz lack."""
    return any(ord(sign) > _CYRILLIC and not 0x2000 <= ord(sign) < 0x2300 for sign in text)


def _beyond_latin(text: str) -> bool:
    """Whether a text has signs that the standard fonts of PDF lack."""
    return text != text.encode("cp1252", "ignore").decode("cp1252")


def _svg(drawing: Drawing) -> bytes:
    from inspector.render.drawing.svg import svg  # noqa: PLC0415 - one medium at a time

    return svg(drawing).encode()


def _png(drawing: Drawing) -> bytes:
    from inspector.render.drawing.png import png  # noqa: PLC0415 - one medium at a time

    return png(drawing)


def _coarse(drawing: Drawing) -> str:
    from inspector.render.drawing.png import note  # noqa: PLC0415 - one medium at a time

    return note(drawing)


def _pdf(drawing: Drawing) -> bytes:
    from inspector.render.drawing.pdf import pdf  # noqa: PLC0415 - one medium at a time

    return pdf(drawing)


def _html(made: Plot) -> tuple[bytes, tuple[str, ...]]:
    from inspector.render.page import page  # noqa: PLC0415 - one medium at a time

    return page(made.model, made.said).encode("utf-8", "replace"), _undone(made)


def _dot(made: Plot) -> tuple[bytes, tuple[str, ...]]:
    from inspector.render.dot_text import dot_source  # noqa: PLC0415 - one medium at a time

    return dot_source(made.model, fold=made.fold, said=made.beside).encode(
        "utf-8", "replace"
    ), _unmet(made)


def _mermaid(made: Plot) -> tuple[bytes, tuple[str, ...]]:
    from inspector.render.mermaid import mermaid  # noqa: PLC0415 - one medium at a time

    return mermaid(made.model, fold=made.fold, said=made.beside).encode("utf-8", "replace"), _unmet(
        made
    )


def _markdown(made: Plot) -> tuple[bytes, tuple[str, ...]]:
    from inspector.render.markdown_drawing import markdown  # noqa: PLC0415 - one medium at a time

    return markdown(made.model, fold=made.fold, said=made.beside).encode(
        "utf-8", "replace"
    ), _unmet(made)


def _unmet(made: Plot) -> tuple[str, ...]:
    """A note where more was wished for than a medium of text can do."""
    held = made.wish.highlight if made.wish.highlight != "frozen" else ""
    if made.wish._replace(expand=(), highlight=held) == PLAIN:
        return ()
    return ("of the options of a picture, this medium knows --expand all and --highlight frozen",)


def _undone(made: Plot) -> tuple[str, ...]:
    """A note where anything was wished for with the page, which the reader folds and colours."""
    if made.wish._replace(expand=()) == PLAIN:
        return ()
    return ("the page knows no options of a picture: fold and colour in it",)


_WRITERS: dict[str, Writer] = {
    "svg": _drawn(_svg),
    "png": _drawn(_png, _beyond_europe, _coarse),
    "pdf": _drawn(_pdf, _beyond_latin),
    "html": _html,
    "dot": _dot,
    "gv": _dot,
    "mmd": _mermaid,
    "md": _markdown,
}
