"""A model as a Markdown page: its facts, a table of its parts, and a Mermaid flowchart."""

from __future__ import annotations

import re

from inspector.answers.blocks import blocks
from inspector.model import Model
from inspector.render.boxes import boxes
from inspector.render.mermaid import mermaid
from inspector.render.safe import plain
from inspector.render.screen import number

_MEANT = re.compile(r"([\\`*_{}\[\]<>#|~!$&@:])")  # what may mean something to a reader of Markdown


def markdown(model: Model, *, fold: bool = True) -> str:
    """The page, which shows on any host of code as it is.

    Args:
        model: to draw.
        fold: whether equal blocks in a row are one row of the table and one box.
    """
    at_least = "" if model.totals.complete else "at least "
    signature = blocks(model).signature
    lines = [
        f"# {escaped(model.name)}",
        "",
        f"{len(model.rows)} layers, {at_least}{number(model.totals.params)} parameters"
        + (f": {escaped(signature)}" if signature else ""),
        "",
        "| part | what it is | output shape | parameters |",
        "|---|---|---|---:|",
    ]
    lines += [
        f"| {escaped(box.name)} | {escaped(box.said)} | {escaped(box.shape)} | {box.params} |"
        for box in boxes(model, fold=fold).walk()
    ]
    return "\n".join([*lines, "", "```mermaid", mermaid(model, fold=fold).rstrip(), "```", ""])


def escaped(text: str) -> str:
    r"""A text that Markdown shows as it is, in a table too.

    >>> print(escaped("a|b <img> *c*"))
    a\|b \<img\> \*c\*
    """
    return _MEANT.sub(r"\\\1", plain(text))
