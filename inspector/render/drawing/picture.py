"""A model as a drawing: folded or flat, whole or in part, as the reader asked for it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from inspector.answers.blocks import Blocks, blocks
from inspector.answers.blocks.tree import steps, walk
from inspector.answers.coarse import coarse
from inspector.answers.mentions import Mentions
from inspector.errors import LimitError, ReadError
from inspector.model import Model
from inspector.render.drawing.canvas import Drawing
from inspector.render.drawing.cards import Card, Stage, size_of
from inspector.render.drawing.entries import SHOWN, STANDARD, Entry
from inspector.render.drawing.excerpt import between, kept
from inspector.render.drawing.flat import flat_part, model_insets
from inspector.render.drawing.folded import Inset, Opening, insets, trunk
from inspector.render.drawing.known import Known, known, tones_of
from inspector.render.drawing.layout import ranked
from inspector.render.drawing.page import WIDE, Layouts, above, beside, page
from inspector.render.drawing.palette import Theme, theme_named
from inspector.render.drawing.parts import Arranged, Part, arranged, boxes
from inspector.render.drawing.sheet import (
    PAGE,
    Furniture,
    facts_of,
    heights,
    sheet,
    signature_of,
    title_of,
)
from inspector.render.safe import plain

FOLDED = 40  # layers from which on blocks are folded, unless asked otherwise
MOST = 2_000  # layers in a flat drawing
HIGHLIGHTS = ("frozen", "params", "names")
_BOXES = 300  # in a folded drawing, of which nothing was opened
_PARTS = (14, 7, 3)  # stretches in which more than that is drawn
DIRECTIONS = ("down", "right")


class Wish(NamedTuple):
    """What the reader asked for."""

    expand: tuple[str, ...] = ()  # "all", "stage", or names of stages, blocks and layers
    start: str = ""  # the layer where the drawing begins
    end: str = ""  # and where it ends
    direction: str = "down"
    show: tuple[str, ...] = ()  # of `SHOWN`; empty: all but dtype
    highlight: str = ""
    theme: str = "light"
    remarks: tuple[str, ...] = ()  # sentences to stand below the drawing


PLAIN = Wish()


class Picture(NamedTuple):
    """A drawing, with what the reader should know beside it."""

    drawing: Drawing
    notes: tuple[str, ...] = ()


def picture(model: Model, wish: Wish = PLAIN, said: Mentions | None = None) -> Picture:
    """The drawing of a model.

    Raises:
        ReadError: something is asked for that there is none of.
        LimitError: it would be too large, or takes too long to lay out.
    """
    theme = _checked(model, wish, said)
    if "all" in wish.expand and not (wish.start or wish.end):
        _flat_enough(model, len(model.graph.nodes), wish)
    found = known(model, frozenset(wish.show) or STANDARD, said)
    found = found._replace(apart=wish.highlight == "frozen")
    if wish.highlight == "names":
        found = found._replace(tones=tones_of(found.said))
    tree = blocks(model)
    nodes = None
    if wish.start or wish.end:
        nodes = between(model.graph, wish.start, wish.end)
        tree = kept(tree, nodes)
    count = sum(1 for _ in steps(tree.items))
    foldable = bool(tree.units) or count > MOST
    if count > FOLDED and "all" not in wish.expand and foldable:
        return _folded(model, tree, found, wish, theme)
    try:
        return _flat(model, found, wish, theme)
    except LimitError:
        if count <= FOLDED or count > MOST:
            raise
        made = _folded(model, tree, found, wish._replace(expand=()), theme)
        note = "folded: the flat drawing takes too long to lay out; --from and --to draw a part"
        return made._replace(notes=(note, *made.notes))


def _checked(model: Model, wish: Wish, said: Mentions | None) -> Theme:
    """The theme, once everything asked for is known to exist."""
    drawable(model)
    _one_of("--highlight", wish.highlight, ("", *HIGHLIGHTS))
    _one_of("--direction", wish.direction, DIRECTIONS)
    for word in wish.show:
        _one_of("--show", word, SHOWN)
    if wish.highlight == "names" and not said:
        raise ReadError("--highlight names", "the names of Python are known of programs only",
                        received=model.source)  # fmt: skip
    if wish.highlight == "names" and wish.theme == "print":
        raise ReadError("--highlight names", "needs colours", received="--theme print",
                        hint="--theme light or dark")  # fmt: skip
    return theme_named(wish.theme)


def drawable(model: Model) -> None:
    """Refuse weights without a graph.

    Raises:
        ReadError: that is all that the model is.
    """
    if not model.graph.nodes:
        raise ReadError(
            model.source,
            "holds no graph, so there is nothing to draw",
            hint="graphinspect params lists its weights",
        )


def _one_of(option: str, word: str, words: Sequence[str]) -> None:
    if word not in words:
        raise ReadError(option, "not known", received=word,
                        hint=f"one of {', '.join(filter(None, words))}")  # fmt: skip


def _flat(model: Model, found: Known, wish: Wish, theme: Theme) -> Picture:
    nodes = None
    if wish.start or wish.end:
        nodes = between(model.graph, wish.start, wish.end)
    part = flat_part(found, "", nodes)
    inner = model_insets(found, part, flat_part)
    rows = len(part.items) + sum(len(inset.part.items) for inset in inner)
    _flat_enough(model, rows, wish)
    part = _lettered(part, inner)
    apart = any(isinstance(item, Entry) and any(item.labels) for item in part.items)
    drawn = boxes(part, highlight=wish.highlight, apart=apart)
    words = _words_of(found)
    column = arranged(drawn, theme, sideways=wish.direction == "right", wrap=True)
    layouts = Layouts(theme, wish.highlight, wrap=True)
    place = above if wish.direction == "right" else beside
    body = place(column, inner, layouts) if inner else column
    parts = (part, *(inset.part for inset in inner))
    furniture = _furniture(model, wish, "", parts, inner, ())._replace(words=words)
    return Picture(sheet(body, furniture, theme))


def _flat_enough(model: Model, rows: int, wish: Wish) -> None:
    if rows > MOST:
        raise LimitError(
            model.name,
            f"a flat drawing of more than {MOST:,} layers cannot be read",
            received=f"{rows:,} layers",
            hint=("leave --expand all out, or " if "all" in wish.expand else "")
            + "draw a part with --from and --to; graphinspect view unfolds what you look at",
        )


def _lettered(part: Part, inner: Sequence[Inset]) -> Part:
    """The part with the letters of insets beside the models that they show."""
    letters = {inset.path: inset.mark for inset in inner}
    items = tuple(
        item._replace(inside=letters[item.path])
        if isinstance(item, Entry) and item.path in letters
        else item
        for item in part.items
    )
    return part._replace(items=items)


def _folded(model: Model, tree: Blocks, found: Known, wish: Wish, theme: Theme) -> Picture:
    names = frozenset(wish.expand) - {"all", "stage"}
    main = trunk(tree, found, Opening("stage" in wish.expand, names))
    _all_found(model, tree, names)
    notes: tuple[str, ...] = ()
    if len(main.items) > (MOST if wish.expand else _BOXES):
        main = _stretches(tree, found)
        notes = ("too many parts for a page, drawn in stretches of calls: --from and --to draw a "
                 "part, graphinspect view unfolds it",)  # fmt: skip
    words = _words_of(found)
    main = _lit(main, wish.highlight)
    kinds = insets(tree, found, main)
    parts = (main, *(inset.part for inset in kinds))
    furniture = _furniture(model, wish, signature_of(tree), parts, kinds, ())._replace(words=words)
    body, left_out = _page(main, kinds, Layouts(theme, wish.highlight), furniture, wish)
    if left_out:
        parts = (main, *(inset.part for inset in kinds if inset.mark not in left_out))
        furniture = _furniture(model, wish, signature_of(tree), parts, kinds, left_out)._replace(
            words=words
        )
    return Picture(sheet(body, furniture, theme, PAGE[0]), notes)


def _stretches(tree: Blocks, found: Known) -> Part:
    """The calls in a few stretches, fewer where they would stand side by side."""
    for count in _PARTS:
        part = trunk(coarse(tree, count), found, Opening())
        drawn = boxes(part)
        across: Counter[int] = Counter()
        ranks = ranked(len(drawn.shapes), drawn.wires).of
        for rank, shape in zip(ranks, drawn.shapes, strict=True):
            across[rank] += math.ceil(size_of(shape).across)
        if max(across.values()) <= 1.4 * WIDE:
            break
    return part


def _page(
    main: Part, kinds: Sequence[Inset], layouts: Layouts, furniture: Furniture, wish: Wish
) -> tuple[Arranged, tuple[str, ...]]:
    drawn = boxes(main, highlight=wish.highlight)
    if wish.direction == "right":
        return above(arranged(drawn, layouts.theme, sideways=True), kinds, layouts), ()
    room = PAGE[1] - heights(furniture, layouts.theme, WIDE)
    spare = boxes(main, compact=True, highlight=wish.highlight)
    made = page(drawn, spare, kinds, layouts, room)
    return made.body, made.left_out


def _lit(part: Part, highlight: str) -> Part:
    """The part with its stages lit as its cards are."""
    items = tuple(
        item._replace(highlight=highlight) if isinstance(item, Stage) else item
        for item in part.items
    )
    return part._replace(items=items)


def _all_found(model: Model, tree: Blocks, names: frozenset[str]) -> None:
    """Refuse names that neither a stage, a block nor a layer has."""
    if not names:
        return
    held = {step.path for step in steps(tree.items)}
    for block in walk(tree.items):
        held.update((block.title, block.mark))
    for name in names - held:
        near = get_close_matches(name, sorted(held), 3)
        hint = f"near: {', '.join(near)}" if near else "all, stage, a letter, or a layer's path"
        raise ReadError("--expand", f"{model.name} has nothing of this name", received=name,
                        hint=hint)  # fmt: skip


def _furniture(
    model: Model,
    wish: Wish,
    signature: str,
    parts: Sequence[Part],
    kinds: Sequence[Inset],
    left_out: Sequence[str],
) -> Furniture:
    entries = [item for part in parts for item in part.items if isinstance(item, Entry)]
    stages = [item for part in parts for item in part.items if isinstance(item, Stage)]
    title = title_of(model)
    if wish.start or wish.end:
        title = f"{title}: {wish.start or 'start'} – {wish.end or 'end'}"
    states = set(_states(parts)) if wish.highlight == "frozen" else ()
    return Furniture(
        title,
        facts_of(model, wish.highlight),
        signature,
        tuple({entry.kind for entry in entries} | {s.kind for s in stages if s.bar and s.share}),
        (*wish.remarks, *_caption(entries, stages, kinds, left_out, wish.highlight)),
        wish.highlight,
        frozenset(states),
    )


def _states(parts: Sequence[Part]) -> Iterable[str]:
    """What the frames of cards and the lines of stages tell apart."""
    for part in parts:
        for shape in boxes(part, highlight="frozen").shapes:
            if isinstance(shape, Stage):
                yield from (shape.state, *(run.state for run in shape.runs if not shape.slim))
            elif isinstance(shape, Card):
                yield shape.state


def _words_of(found: Known) -> dict[str, str]:
    """What the legend says of a colour where it stands for a name."""
    if found.tones is None:
        return {}
    return {"other": "another name, or none"} | {k: plain(name) for name, k in found.tones.items()}


def _caption(
    entries: Sequence[Entry],
    stages: Sequence[Stage],
    kinds: Sequence[Inset],
    left_out: Sequence[str],
    highlight: str,
) -> Iterable[str]:
    if any(entry.share for entry in entries) and highlight != "frozen":
        inside = ", of the model on the left, of the block in a panel" if stages else ""
        yield f"Shaded part of a row: its share of the parameters{inside}."
    if any(" /" in entry.what for entry in entries):
        yield "/2: stride 2."
    if any(entry.number == "shared" for entry in entries):
        yield "shared: the same layer again, its parameters are counted once."
    if any(entry.number == "?" for entry in entries):
        yield "?: nobody can know it."
    if stages and kinds:
        yield "Letters: kinds of blocks, drawn once, used ×N times."
    if left_out:
        more = f" and {len(left_out) - 20} more" if len(left_out) > 20 else ""
        yield f"Not drawn: {', '.join(left_out[:20])}{more}."


__all__ = [
    "DIRECTIONS", "FOLDED", "HIGHLIGHTS", "MOST", "Picture", "Wish", "picture",
]  # fmt: skip
