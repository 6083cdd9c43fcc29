"""A model as a Mermaid flowchart, which Markdown pages on code hosts draw by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.model import Model
from inspector.render.boxes import Box, Group, boxes
from inspector.render.safe import plain

_PLAIN = frozenset(" _-.,:/()+=")  # signs that mean nothing to Mermaid within quotes
_LINE = 48  # signs in a line of a box


def mermaid(model: Model, *, fold: bool = True) -> str:
    """A `flowchart` with a box for each call of a layer, or for equal blocks in a row.

    Args:
        model: to draw.
        fold: whether blocks are folded.
    """
    drawn = boxes(model, fold=fold)
    lines = ["flowchart TD", *_members(drawn.members)]
    lines += [f"  {source} --> {target}" for source, target in drawn.edges]
    folded = ",".join(box.key for box in drawn.walk() if box.folded)
    if folded:
        lines += ["  classDef block stroke-width:3px", f"  class {folded} block"]
    return "\n".join(lines) + "\n"


def _members(members: tuple[Box | Group, ...]) -> Iterator[str]:
    stack: list[Box | Group | str] = list(reversed(members))
    while stack:
        member = stack.pop()
        if isinstance(member, str):
            yield member
        elif isinstance(member, Box):
            yield f'  {member.key}["{_label(member)}"]'
        else:
            yield f'  subgraph {member.key}["{escaped(member.title)}"]'
            stack.extend(["  end", *reversed(member.members)])


def _label(box: Box) -> str:
    numbers = f"{box.shape}, {box.params} parameters" if box.params != "0" else box.shape
    parts = (box.name, box.said, numbers)
    return "<br>".join(_broken(part) for part in parts if part)


def _broken(text: str) -> str:
    """A text in lines; one of 300 signs would make a box that no screen holds."""
    text = plain(text)
    starts = range(0, len(text), _LINE)
    return "<br>".join(escaped(text[start : start + _LINE]) for start in starts)


def escaped(text: str) -> str:
    """A text that Mermaid shows as it is: all signs that mean something are written as numbers.

    >>> escaped('a"] --> <b>')
    'a#34;#93; --#62; #60;b#62;'
    """
    return "".join(
        sign if sign.isalnum() or sign in _PLAIN or not sign.isascii() else f"#{ord(sign)};"
        for sign in plain(text)
    )
