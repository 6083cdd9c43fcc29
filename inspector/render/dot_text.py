"""A model as DOT, the language of Graphviz: a record for each box, a cluster for each group."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inspector.model import Model
from inspector.render.boxes import Box, Group, Said, boxes
from inspector.render.safe import plain
from inspector.render.states import CELL

_LOOKS = {  # of a state: more of the style, and its colours
    "frozen": (",dashed", 'fillcolor="#EAF1F8", color="#5E88AE"'),
    "trained": ("", 'fillcolor="#FFF0D4", color="#B35C00"'),
    "partly": (",dashed", 'fillcolor="#FFFFFF", color="#B35C00"'),
    "updated": (",dotted", 'fillcolor="#FFFFFF", color="#5E88AE"'),
}
_MEANT = re.compile(r'([\\{}|<>" ])')  # what means something in the label of a record


def dot_source(model: Model, *, fold: bool = True, said: Said = Said()) -> str:  # noqa: B008
    """A `digraph` with a record for each call of a layer, or for equal blocks in a row.

    Args:
        model: to draw.
        fold: whether blocks are folded.
        said: what is known beside the graph.
    """
    drawn = boxes(model, fold=fold, said=said)
    lines = [
        f"digraph {_quoted(model.name)} {{",
        '  node [shape=record, style=rounded, fontname="Helvetica", fontsize=10]',
        '  graph [fontname="Helvetica", fontsize=10, style=rounded]',
        *_members(drawn.members),
        *(
            f"  {one} -> {two}{_label(drawn.labels.get((one, two), ''))}"
            for one, two in drawn.edges
        ),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _members(members: tuple[Box | Group, ...]) -> Iterator[str]:
    stack: list[Box | Group | str] = list(reversed(members))
    while stack:
        member = stack.pop()
        if isinstance(member, str):
            yield member
        elif isinstance(member, Box):
            yield f'  {member.key} [label="{_record(member)}"{_style(member)}]'
        else:
            yield f"  subgraph cluster_{member.key} {{ label={_quoted(member.title)}"
            stack.extend(["  }", *reversed(member.members)])


def _label(text: str) -> str:
    return f" [label={_quoted(text)}]" if text else ""


def _style(box: Box) -> str:
    """A thick border for blocks; and what training does to it as pictures show that."""
    bold = ",bold" if box.folded else ""
    if box.state in _LOOKS:
        look, colours = _LOOKS[box.state]
        return f', style="rounded,filled{look}{bold}", {colours}'
    return f', style="rounded{bold}"' if bold else ""


def _record(box: Box) -> str:
    fields = (box.name, box.said, box.shape, box.params, CELL[box.state])
    return f"{{{'|'.join(_field(field) for field in fields if field)}}}"


def _field(text: str) -> str:
    return _MEANT.sub(r"\\\1", plain(text).replace("&", "&amp;"))


def _quoted(text: str) -> str:
    """A string of DOT that shows as it is: no escape and no entity in it is understood."""
    safe = plain(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{safe}"'
