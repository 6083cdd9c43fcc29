"""A drawing as PNG: Graphviz paints it, with the fonts that it brings, from xdot operations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import sqrt

from inspector.errors import LimitError
from inspector.render.drawing import engine
from inspector.render.drawing.canvas import Box, Curve, Drawing, Point, Words, flat

SIDE = 16_384  # pixels
PIXELS = 60_000_000
_EASY = 24_000_000  # pixels; of more, only as many as text needs to be read
_DPI, _SCREEN = 144.0, 72.0
_LEAST = 36.0  # below, no text can be read
_ESCAPES = re.compile(r"(?<!\\)\\")
_DOT = 2.0  # points: a dash that is shorter is a dot
_ROUND = 0.5523  # of the radius: where the handles of a quarter of a circle lie


def png(drawing: Drawing, dpi: float = _DPI) -> bytes:
    """The bytes of a PNG file, at fewer dots an inch where it would be too large.

    Raises:
        LimitError: it would be too large even so.
        ReadError: there is no Graphviz.
    """
    fits = dots(drawing, dpi)
    if fits < min(dpi, _LEAST):
        raise LimitError(
            "PNG",
            f"no picture of more than {SIDE:,} pixels a side or {PIXELS // 10**6} million can be "
            "read",
            received=f"{drawing.width:,.0f} × {drawing.height:,.0f} points",
            hint="write an SVG, fold the blocks (without --expand), or draw a part (--from, --to)",
        )
    painting = ["-Kneato", "-n2", "-Tpng", f"-Gdpi={fits:.2f}"]
    return engine.ran(painting, _dot(drawing), 2 * engine.SECONDS)


def dots(drawing: Drawing, dpi: float = _DPI) -> float:
    """How many dots an inch a PNG of the drawing has."""
    area = drawing.width * drawing.height
    easy = max(72 * sqrt(_EASY / area), _SCREEN)
    most = SIDE * 72 / max(drawing.width, drawing.height)
    return min(dpi, easy, most, 72 * sqrt(PIXELS / area))


def note(drawing: Drawing) -> str:
    """What to do where a picture is too small to be read on a screen; empty where it is not."""
    found = dots(drawing)
    if found >= _SCREEN:
        return ""
    return (
        f"{found:.0f} dots an inch, for more would be too large a picture: SVG stays sharp, and "
        "--from and --to draw a part"
    )


def _dot(drawing: Drawing) -> str:
    w, h = drawing.width, drawing.height
    paint = _quoted(" ".join(_operations(drawing)))
    corner = '[pos="{x},{y}!" shape=point style=invis width=0 height=0 label=""]'
    corners = (corner.format(x=0, y=0), corner.format(x=f"{w:.2f}", y=f"{h:.2f}"))
    return (
        f'digraph {{ graph [bgcolor="{drawing.background}" pad=0 margin=0 _background={paint}]\n'
        f"a {corners[0]}\nb {corners[1]} }}\n"
    )


def _quoted(operations: str) -> str:
    r"""A string of the DOT language, in which only a quote can be escaped.

    A backslash before it would be taken for one more escape: such a quote is written as ”. Lengths
    in the operations count bytes, so it is replaced before they are counted.
    """
    return '"' + operations.replace('"', '\\"') + ' "'


def _operations(drawing: Drawing) -> Iterator[str]:
    """The shapes in xdot: colours, then polygons, curves and text, y upwards.

    An empty text ends the interpreter of these operations without a word: none is written.
    """
    height = drawing.height
    for item in flat(drawing.items):
        if isinstance(item, Words):
            if item.text.strip():
                yield from _text(item, height)
        elif isinstance(item, Box):
            yield from _box(item, height)
        else:
            yield from _curve(item, height)


def _text(words: Words, height: float) -> Iterator[str]:
    from inspector.render.drawing.metrics import width  # noqa: PLC0415 - nothing but text needs it

    yield _colour("c", words.fill)
    font = "Helvetica-Bold" if words.bold else "Helvetica"
    yield f"F {words.size:.2f} {len(font)} -{font}"
    side = {"start": -1, "middle": 0, "end": 1}[words.anchor]
    wide = width(words.text, words.size, words.bold)
    text = words.text.replace('\\"', "\\”")
    # The interpreter of xdot does not count a backslash, unless it follows one; nor ends with it.
    text += " " if text.endswith("\\") else ""
    count = len(text.encode()) - len(_ESCAPES.findall(text))
    yield f"T {words.x:.2f} {height - words.y:.2f} {side} {wide:.2f} {count} -{text}"


def _box(box: Box, height: float) -> Iterator[str]:
    x0, x1, y0, y1 = box.x, box.x + box.w, box.y, box.y + box.h
    if box.radius:
        points = _rounded(x0, y0, x1, y1, min(box.radius, box.w / 2, box.h / 2))
        fill, outline = "b", "B"
    else:
        points = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        fill, outline = "P", "p"
    if box.fill:
        yield _colour("C", box.fill, box.opacity)
        # The pen draws an outline of its own around what is filled.
        yield _colour("c", box.fill, 0)
        yield "S 15 -setlinewidth(0)"
        yield f"{fill} {_points(points, height)}"
    if box.stroke:
        yield from _pen(box.stroke, box.thick, box.dash)
        yield f"{outline} {_points(points, height)}"


def _curve(curve: Curve, height: float) -> Iterator[str]:
    if curve.fill:
        yield _colour("C", curve.fill)
        yield _colour("c", curve.fill)
        yield "S 15 -setlinewidth(0)"
        points = [curve.start, *((step[-2], step[-1]) for step in curve.steps)]
        yield f"P {_points(points, height)}"
        return
    yield from _pen(curve.stroke, curve.thick, curve.dash)
    points = [curve.start]
    for step in curve.steps:
        if len(step) == 2:
            at, to = points[-1], (step[0], step[1])
            points.extend((_between(at, to, 1 / 3), _between(at, to, 2 / 3), to))
        else:
            points.extend(((step[0], step[1]), (step[2], step[3]), (step[4], step[5])))
    if len(points) > 1:
        yield f"B {_points(points, height)}"


def _pen(colour: str, thick: float, dash: tuple[float, ...]) -> Iterator[str]:
    yield _colour("c", colour)
    line = f"setlinewidth({thick:g})"
    yield f"S {len(line)} -{line}"
    style = ("dotted" if dash[0] < _DOT else "dashed") if dash else "solid"
    yield f"S {len(style)} -{style}"


def _colour(operation: str, colour: str, opacity: float = 1) -> str:
    value = colour if opacity == 1 else f"{colour}{round(opacity * 255):02X}"
    return f"{operation} {len(value)} -{value}"


def _points(points: list[Point], height: float) -> str:
    pairs = " ".join(f"{x:.2f} {height - y:.2f}" for x, y in points)
    return f"{len(points)} {pairs}"


def _between(one: Point, other: Point, part: float) -> Point:
    return one[0] + (other[0] - one[0]) * part, one[1] + (other[1] - one[1]) * part


def _rounded(x0: float, y0: float, x1: float, y1: float, r: float) -> list[Point]:
    """A rectangle with round corners as cubic curves, beginning at the upper left."""
    k = r * (1 - _ROUND)
    corners = (
        ((x0 + r, y0), (x1 - r, y0), (x1 - k, y0), (x1, y0 + k), (x1, y0 + r)),
        ((x1, y0 + r), (x1, y1 - r), (x1, y1 - k), (x1 - k, y1), (x1 - r, y1)),
        ((x1 - r, y1), (x0 + r, y1), (x0 + k, y1), (x0, y1 - k), (x0, y1 - r)),
        ((x0, y1 - r), (x0, y0 + r), (x0, y0 + k), (x0 + k, y0), (x0 + r, y0)),
    )
    points: list[Point] = [(x0 + r, y0)]
    for begin, end, one, other, to in corners:
        points.extend((_between(begin, end, 1 / 3), _between(begin, end, 2 / 3), end))
        points.extend((one, other, to))
    return points
