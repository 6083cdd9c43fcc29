"""A drawing as SVG: no script, no style sheet, no font, nothing to fetch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from inspector.render.drawing.canvas import Box, Curve, Drawing, Group, Item, Step, Words

FONTS = 'Helvetica, Arial, "Liberation Sans", sans-serif'
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


def svg(drawing: Drawing) -> str:
    """The text of an SVG file; `data-` attributes say which layer and which edge a part is."""
    w, h = _n(drawing.width), _n(drawing.height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}pt" height="{h}pt" '
        f'viewBox="0 0 {w} {h}" role="img" font-family="{escaped(FONTS)}">'
    )
    return "\n".join(
        (
            head,
            f"<title>{escaped(drawing.title)}</title>",
            f"<desc>{escaped(drawing.description)}</desc>",
            f'<rect width="{w}" height="{h}" fill="{drawing.background}"/>',
            *_lines(drawing.items),
            "</svg>\n",
        )
    )


def escaped(text: str) -> str:
    """Text for an element or an attribute of XML, without the signs that XML forbids.

    >>> escaped("<a href='x'>")
    '&lt;a href=&#39;x&#39;&gt;'
    """
    return "".join(_ESCAPES.get(sign, sign) for sign in _NOT_XML.sub("�", text))


def _lines(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Group):
            data = "".join(f' data-{key}="{escaped(value)}"' for key, value in item.data)
            yield f"<g{data}>"
            if item.title:
                yield f"<title>{escaped(item.title)}</title>"
            yield from _lines(item.items)
            yield "</g>"
        elif isinstance(item, Box):
            yield _rect(item)
        elif isinstance(item, Words):
            yield _text(item)
        else:
            yield _path(item)


def _rect(box: Box) -> str:
    radius = f' rx="{_n(box.radius)}"' if box.radius else ""
    opacity = f' fill-opacity="{box.opacity:g}"' if box.opacity != 1 else ""
    return (
        f'<rect x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.w)}" height="{_n(box.h)}"{radius}'
        f' fill="{box.fill or "none"}"{opacity}{_stroke(box.stroke, box.thick, box.dash)}/>'
    )


def _text(words: Words) -> str:
    anchor = f' text-anchor="{words.anchor}"' if words.anchor != "start" else ""
    bold = ' font-weight="bold"' if words.bold else ""
    return (
        f'<text x="{_n(words.x)}" y="{_n(words.y)}" font-size="{words.size:.3g}"{bold}{anchor}'
        f' fill="{words.fill}">{escaped(words.text)}</text>'
    )


def _path(curve: Curve) -> str:
    close = "Z" if curve.fill else ""
    steps = "".join(map(_step, curve.steps))
    return (
        f'<path d="M{_n(curve.start[0])} {_n(curve.start[1])}{steps}{close}"'
        f' fill="{curve.fill or "none"}"{_stroke(curve.stroke, curve.thick, curve.dash)}/>'
    )


def _step(step: Step) -> str:
    return ("L" if len(step) == 2 else "C") + " ".join(map(_n, step))


def _stroke(stroke: str, thick: float, dash: tuple[float, ...]) -> str:
    if not stroke:
        return ""
    dashes = f' stroke-dasharray="{" ".join(map(_n, dash))}"' if dash else ""
    return f' stroke="{stroke}" stroke-width="{_n(thick)}"{dashes}'


def _n(value: float) -> str:
    """A number with two digits after the point, as short as it goes."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
