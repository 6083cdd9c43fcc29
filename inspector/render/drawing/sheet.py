"""The furniture of a picture: title, facts, signature, legend, caption."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from inspector.answers.blocks import Blocks
from inspector.answers.states import states
from inspector.graph import NOTHING
from inspector.model import Model
from inspector.render.drawing.canvas import Box, Drawing, Item, Words, moved
from inspector.render.drawing.cards import strip
from inspector.render.drawing.entries import shape_text
from inspector.render.drawing.metrics import shortened, width
from inspector.render.drawing.palette import KINDS, Theme
from inspector.render.drawing.parts import Arranged
from inspector.render.safe import plain
from inspector.render.states import LEGEND

MARGIN = 27.0
PAGE = 595.0, 842.0  # A4
_LONGEST = 400  # signs of a signature
_SMALL, _FACTS, _SIGNATURE, _TITLE = 7.5, 8.5, 9.5, 19.0


class Furniture(NamedTuple):
    """Everything around the drawing itself."""

    title: str
    facts: str
    signature: str
    kinds: tuple[str, ...]  # those that occur
    caption: tuple[str, ...]  # sentences
    highlight: str = ""
    states: frozenset[str] = frozenset()
    words: Mapping[str, str] = NOTHING  # what a colour stands for, where it is no kind


def facts_of(model: Model, highlight: str = "") -> str:
    """Layers, parameters, work and shapes in one line; where it is asked for, what is frozen."""
    totals = model.totals
    count = f"{totals.params:,} parameters"
    if not totals.complete:
        count = f"at least {count}"
    count += _split(model, highlight)
    parts = [f"{len(model.rows)} layers" if len(model.rows) != 1 else "1 layer", count]
    if totals.macs:
        parts.append(f"{_short(totals.macs)} MACs")
    shapes = model.analysis.shapes
    graph = model.graph
    for word, refs in (("in", graph.inputs), ("out", graph.outputs)):
        if refs:
            texts = [shape_text(shapes.get(ref)) for ref in refs]
            more = f" and {len(texts) - 2} more" if len(texts) > 2 else ""
            parts.append(f"{word} {', '.join(texts[:2])}{more}")
    return "   ·   ".join(parts)


def _split(model: Model, highlight: str) -> str:
    """How the parameters divide into trained ones and others."""
    totals = model.totals
    if totals.trainable is None or not totals.params:
        return ""
    if not totals.non_trainable:
        return ", all trained"
    if highlight != "frozen":
        return f": {totals.trainable:,} trained, {totals.non_trainable:,} not"
    found = states(model.analysis)
    words = ((found.trained, "trained"), (found.frozen, "frozen"), (found.updated, "averages"))
    return ": " + ", ".join(f"{count:,} {word}" for count, word in words if count)


def _short(count: int) -> str:
    """A large count in three digits.

    >>> _short(3_857_973_248), _short(48_000)
    ('3.86 G', '48.0 k')
    """
    for unit, name in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= unit:
            value = count / unit
            return f"{value:.{max(0, 2 - len(str(int(value))) + 1)}f} {name}"
    return str(count)


def sheet(body: Arranged, furniture: Furniture, theme: Theme, least: float = 0) -> Drawing:
    """The drawing on its page; as wide as it needs, its furniture folded to that."""
    inner = max(body.width, least - 2 * MARGIN, min(_wish(furniture), 541.0))
    items: list[Item] = []
    y = MARGIN
    y = _head(items, furniture, theme, inner, y)
    left = MARGIN + max(0.0, (inner - body.width) / 2)
    items.extend(moved(item, left, y) for item in body.items)
    y += body.height + 14
    y = _foot(items, furniture, theme, inner, y)
    return Drawing(
        inner + 2 * MARGIN,
        y + MARGIN - 8,
        tuple(items),
        theme.page,
        furniture.title,
        f"{furniture.facts}. {furniture.signature}".strip(),
    )


def heights(furniture: Furniture, theme: Theme, inner: float) -> float:
    """How high all the furniture is, margins included."""
    return sheet(Arranged((), inner, 0), furniture, theme).height


def _wish(furniture: Furniture) -> float:
    facts = width(furniture.facts, _FACTS)
    return max(facts, width(shortened(furniture.title, 48), _TITLE, True)) + 2


def _head(items: list[Item], furniture: Furniture, theme: Theme, inner: float, y: float) -> float:
    limit = max(8, int(48 * inner / 541))
    items.append(Words(MARGIN, y + 13, shortened(furniture.title, limit), _TITLE, theme.ink, True))
    y += 30
    for line in _folded(furniture.facts.split("   ·   "), _FACTS, inner, "   ·   "):
        items.append(Words(MARGIN, y, line, _FACTS, theme.soft))
        y += 12
    if furniture.signature:
        y += 2
        for line in _folded(furniture.signature.split(" + "), _SIGNATURE, inner, " + "):
            items.append(Words(MARGIN, y, line, _SIGNATURE, theme.ink))
            y += 13
    return y + 4


def _folded(words: Sequence[str], size: float, inner: float, joint: str) -> Iterator[str]:
    """Words joined into lines that are not wider than `inner`."""
    line = ""
    for place, word in enumerate(words):
        longer = f"{line}{joint}{word}" if line else word
        if line and width(longer, size) > inner:
            yield line + (joint.rstrip() if joint.strip() == "+" and place else "")
            line = word
        else:
            line = longer
    if line:
        yield line


def _foot(items: list[Item], furniture: Furniture, theme: Theme, inner: float, y: float) -> float:
    x = MARGIN
    for mark, text in _legend(furniture, theme):
        room = max(8.0, *(item.x + item.w for item in mark if isinstance(item, Box))) + 3
        wide = room + width(text, _SMALL) + 10
        if x + wide - 10 > MARGIN + inner and x > MARGIN:
            x, y = MARGIN, y + 12
        items.extend(moved(item, x, y) for item in mark)
        items.append(Words(x + room, y + 6.6, text, _SMALL, theme.soft))
        x += wide
    y += 18 if x > MARGIN else 4
    for line in _folded(furniture.caption, _SMALL, inner, "   "):
        items.append(Words(MARGIN, y + 1, line, _SMALL, theme.soft))
        y += 10.5
    return y


def _legend(furniture: Furniture, theme: Theme) -> Iterator[tuple[list[Item], str]]:
    """A mark and a text for each thing that occurs."""
    if furniture.highlight == "frozen":
        yield from _state_legend(furniture.states, theme)
        return
    if furniture.highlight == "params":
        yield [Box(0, 0, 8, 8, theme.heat, opacity=0.45)], "share of the parameters"
        return
    seen: dict[str, list[str]] = {}
    for kind in KINDS:
        if kind in furniture.kinds:
            seen.setdefault(_group(kind, theme), []).append(kind)
    for group, kinds in seen.items():
        mark = list(strip(kinds[0], 0, 0, 8, theme))
        text = group if theme.name == "print" else furniture.words.get(kinds[0], KINDS[kinds[0]])
        wide = [item._replace(w=8.0 if item.w > 3.4 else 7.6)
                for item in mark if isinstance(item, Box)]  # fmt: skip
        yield list(wide), text


def _group(kind: str, theme: Theme) -> str:
    """In print, only three things can be told apart."""
    if theme.name != "print":
        return kind
    if kind == "unknown":
        return KINDS[kind]
    if kind == "normalization":
        return "normalization"
    return "no weights" if kind in theme.outlined else "kernel: conv, dense"


def _state_legend(states: Collection[str], theme: Theme) -> Iterator[tuple[list[Item], str]]:
    for state, text in LEGEND.items():
        if state in states:
            look = theme.frame(state)
            yield [Box(0, 0, 17, 8, look.fill, look.stroke, look.thick, 1.5, look.dash)], text


def signature_of(tree: Blocks) -> str:
    """The signature; of one that is too long, how it begins."""
    whole = tree.signature
    if len(whole) <= _LONGEST:
        return whole
    terms = whole.split(" + ")
    few = terms[:12]
    return f"{' + '.join(few)} + … ({len(terms) - len(few):,} more)"


def title_of(model: Model) -> str:
    """The name of a model, fit for print."""
    return plain(model.name) or "model"
