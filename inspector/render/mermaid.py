"""A model as a Mermaid flowchart, which Markdown pages on code hosts draw by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.model import Model
from inspector.render.boxes import Box, Boxes, Group, Said, boxes
from inspector.render.safe import plain
from inspector.render.states import CELL

_PLAIN = frozenset(" _-.,:/()+=")  # signs that mean nothing to Mermaid within quotes
_LOOKS = {  # of a state
    "frozen": "fill:#EAF1F8,stroke:#5E88AE,stroke-dasharray:4 3,color:#16202C",
    "trained": "fill:#FFF0D4,stroke:#B35C00,stroke-width:2px,color:#16202C",
    "partly": "fill:#FFFFFF,stroke:#B35C00,stroke-width:2px,stroke-dasharray:9 4,color:#16202C",
    "updated": "fill:#FFFFFF,stroke:#5E88AE,stroke-width:2px,stroke-dasharray:2 3,color:#16202C",
}
_LINE = 48  # signs in a line of a box


def mermaid(model: Model, *, fold: bool = True, said: Said = Said()) -> str:  # noqa: B008
    """A `flowchart` with a box for each call of a layer, or for equal blocks in a row.

    Args:
        model: to draw.
        fold: whether blocks are folded.
        said: what is known beside the graph.
    """
    drawn = boxes(model, fold=fold, said=said)
    lines = ["flowchart TD", *_members(drawn.members)]
    lines += [
        f"  {one} --{_named(drawn.labels.get((one, two), ''))} {two}" for one, two in drawn.edges
    ]
    lines += _classes(drawn)
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


def _named(label: str) -> str:
    return f'>|"{escaped(label)}"|' if label else ">"


def _classes(drawn: Boxes) -> Iterator[str]:
    """What training does to boxes, as pictures show it."""
    keys: dict[str, list[str]] = {}
    for box in drawn.walk():
        keys.setdefault(box.state, []).append(box.key)
    for state, look in _LOOKS.items():
        if state in keys:
            yield f"  classDef {state} {look}"
            yield f"  class {','.join(keys[state])} {state}"


def _label(box: Box) -> str:
    numbers = f"{box.shape}, {box.params} parameters" if box.params != "0" else box.shape
    parts = (box.name, box.said, numbers, CELL[box.state])
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
