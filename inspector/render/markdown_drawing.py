"""A model as a Markdown page: its facts, a table of its parts, and a Mermaid flowchart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from inspector.answers.blocks import blocks
from inspector.model import Model
from inspector.render.boxes import Box, Said, boxes
from inspector.render.mermaid import mermaid
from inspector.render.safe import plain
from inspector.render.screen import number
from inspector.render.states import CELL

_MEANT = re.compile(r"([\\`*_{}\[\]<>#|~!$&@:])")  # what may mean something to a reader of Markdown


def markdown(model: Model, *, fold: bool = True, said: Said = Said()) -> str:  # noqa: B008
    """The page, which shows on any host of code as it is.

    Args:
        model: to draw.
        fold: whether equal blocks in a row are one row of the table and one box.
        said: what is known beside the graph.
    """
    at_least = "" if model.totals.complete else "at least "
    signature = blocks(model).signature
    lines = [
        f"# {escaped(model.name)}",
        "",
        f"{len(model.rows)} layers, {at_least}{number(model.totals.params)} parameters"
        + (f": {escaped(signature)}" if signature else ""),
        "",
        *_table(list(boxes(model, fold=fold, said=said).walk())),
    ]
    chart = mermaid(model, fold=fold, said=said).rstrip()
    return "\n".join([*lines, "", "```mermaid", chart, "```", ""])


def _table(parts: Sequence[Box]) -> Iterator[str]:
    """A row for each part; columns for names in Python and for training where there are any."""
    heads = ["part", "what it is", "output shape", "parameters"]
    rules = ["---", "---", "---", "---:"]
    more = [
        ("in Python", [box.python for box in parts]),
        ("training", [CELL[box.state] for box in parts]),
    ]
    shown = [(head, cells) for head, cells in more if any(cells)]
    yield f"| {' | '.join([*heads, *(head for head, _ in shown)])} |"
    yield f"|{'|'.join([*rules, *('---' for _ in shown)])}|"
    for place, box in enumerate(parts):
        cells = [escaped(box.name), escaped(box.said), escaped(box.shape), box.params]
        cells += [escaped(column[place]) for _, column in shown]
        yield f"| {' | '.join(cells)} |"


def escaped(text: str) -> str:
    r"""A text that Markdown shows as it is, in a table too.

    >>> print(escaped("a|b <img> *c*"))
    a\|b \<img\> \*c\*
    """
    return _MEANT.sub(r"\\\1", plain(text))
