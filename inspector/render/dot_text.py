"""A model as DOT, the language of Graphviz: a record for each box, a cluster for each group."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inspector.model import Model
from inspector.render.boxes import Box, Group, boxes
from inspector.render.safe import plain

_MEANT = re.compile(r'([\\{}|<>" ])')  # what means something in the label of a record


def dot_source(model: Model, *, fold: bool = True) -> str:
    """A `digraph` with a record for each call of a layer, or for equal blocks in a row.

    Args:
        model: to draw.
        fold: whether blocks are folded.
    """
    drawn = boxes(model, fold=fold)
    lines = [
        f"digraph {_quoted(model.name)} {{",
        '  node [shape=record, style=rounded, fontname="Helvetica", fontsize=10]',
        '  graph [fontname="Helvetica", fontsize=10, style=rounded]',
        *_members(drawn.members),
        *(f"  {source} -> {target}" for source, target in drawn.edges),
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
            style = ', style="rounded,bold"' if member.folded else ""
            yield f'  {member.key} [label="{_record(member)}"{style}]'
        else:
            yield f"  subgraph cluster_{member.key} {{ label={_quoted(member.title)}"
            stack.extend(["  }", *reversed(member.members)])


def _record(box: Box) -> str:
    fields = (box.name, box.said, box.shape, box.params)
    return f"{{{'|'.join(_field(field) for field in fields if field)}}}"


def _field(text: str) -> str:
    return _MEANT.sub(r"\\\1", plain(text).replace("&", "&amp;"))


def _quoted(text: str) -> str:
    """A string of DOT that shows as it is: no escape and no entity in it is understood."""
    safe = plain(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{safe}"'
