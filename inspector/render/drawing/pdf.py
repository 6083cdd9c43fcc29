"""A drawing as PDF: one page with the standard fonts that every reader has."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from inspector.render.drawing.canvas import Box, Curve, Drawing, Step, Words, flat
from inspector.render.drawing.metrics import width

_ROUND = 0.5523  # of the radius: where the handles of a quarter of a circle lie
_FARTHEST = 14_400.0  # points a side; readers need not open larger pages (ISO 32000-1, annex C.2)


def pdf(drawing: Drawing) -> bytes:
    """The bytes of a PDF file; a larger drawing is made smaller so that readers open it."""
    scale = min(1.0, _FARTHEST / max(drawing.width, drawing.height))
    w, h = drawing.width * scale, drawing.height * scale
    states: dict[float, str] = {}
    lines = "\n".join(_content(drawing, scale, states))
    stream = zlib.compress(lines.encode("cp1252", "replace"))
    alphas = " ".join(f"/{name} << /ca {opacity:g} >>" for opacity, name in states.items())
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {w:.2f} {h:.2f}] /Contents 4 0 R "
            f"/Resources << /Font << /F1 5 0 R /F2 6 0 R >> /ExtGState << {alphas} >> >> >>"
        ).encode(),
        f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode()
        + stream
        + b"\nendstream",
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
        f"<< /Title {_title(drawing.title)} /Producer (graphinspect) >>".encode(),
    ]
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    """Numbered objects with the table of where each begins; the last one tells of the file."""
    made = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    starts = []
    for number, each in enumerate(objects, 1):
        starts.append(len(made))
        made += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    table = len(made)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for start in starts:
        made += f"{start:010d} 00000 n \n".encode()
    made += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\n"
        f"startxref\n{table}\n%%EOF\n"
    ).encode()
    return bytes(made)


def _title(text: str) -> str:
    """Text in UTF-16, as the facts about a file take it."""
    return f"<FEFF{text.encode('utf-16-be', 'replace').hex()}>"


def _content(drawing: Drawing, scale: float, states: dict[float, str]) -> Iterator[str]:
    """The operators of the page; y is turned upwards."""
    yield f"{scale:.5f} 0 0 {-scale:.5f} 0 {drawing.height * scale:.2f} cm"
    page = Box(0, 0, drawing.width, drawing.height, drawing.background)
    for item in (page, *flat(drawing.items)):
        if isinstance(item, Words):
            yield _text(item)
        elif isinstance(item, Box):
            yield from _box(item, states)
        else:
            yield from _curve(item)


def _text(words: Words) -> str:
    wide = width(words.text, words.size, words.bold)
    x = words.x - {"start": 0.0, "middle": wide / 2, "end": wide}[words.anchor]
    text = words.text.encode("cp1252", "replace").decode("cp1252")
    for sign in "\\()":
        text = text.replace(sign, f"\\{sign}")
    return (
        f"BT /F{2 if words.bold else 1} {words.size:.2f} Tf {_rgb(words.fill)} rg "
        f"1 0 0 -1 {x:.2f} {words.y:.2f} Tm ({text}) Tj ET"
    )


def _box(box: Box, states: dict[float, str]) -> Iterator[str]:
    path = _rounded(box) if box.radius else f"{box.x:.2f} {box.y:.2f} {box.w:.2f} {box.h:.2f} re"
    if box.fill:
        if box.opacity != 1:
            name = states.setdefault(box.opacity, f"G{len(states)}")
            yield f"q /{name} gs {_rgb(box.fill)} rg {path} f Q"
        else:
            yield f"{_rgb(box.fill)} rg {path} f"
    if box.stroke:
        yield f"{_pen(box.stroke, box.thick, box.dash)} {path} S"


def _curve(curve: Curve) -> Iterator[str]:
    path = f"{curve.start[0]:.2f} {curve.start[1]:.2f} m {' '.join(map(_step, curve.steps))}"
    if curve.fill:
        yield f"{_rgb(curve.fill)} rg {path} h f"
    if curve.stroke:
        yield f"{_pen(curve.stroke, curve.thick, curve.dash)} {path} S"


def _step(step: Step) -> str:
    return " ".join(f"{value:.2f}" for value in step) + (" l" if len(step) == 2 else " c")


def _pen(stroke: str, thick: float, dash: tuple[float, ...]) -> str:
    dashes = " ".join(f"{part:g}" for part in dash)
    return f"{_rgb(stroke)} RG {thick:g} w [{dashes}] 0 d"


def _rounded(box: Box) -> str:
    x0, y0, x1, y1 = box.x, box.y, box.x + box.w, box.y + box.h
    r = min(box.radius, box.w / 2, box.h / 2)
    k = r * (1 - _ROUND)
    return (
        f"{x0 + r:.2f} {y0:.2f} m {x1 - r:.2f} {y0:.2f} l "
        f"{x1 - k:.2f} {y0:.2f} {x1:.2f} {y0 + k:.2f} {x1:.2f} {y0 + r:.2f} c "
        f"{x1:.2f} {y1 - r:.2f} l "
        f"{x1:.2f} {y1 - k:.2f} {x1 - k:.2f} {y1:.2f} {x1 - r:.2f} {y1:.2f} c "
        f"{x0 + r:.2f} {y1:.2f} l "
        f"{x0 + k:.2f} {y1:.2f} {x0:.2f} {y1 - k:.2f} {x0:.2f} {y1 - r:.2f} c "
        f"{x0:.2f} {y0 + r:.2f} l "
        f"{x0:.2f} {y0 + k:.2f} {x0 + k:.2f} {y0:.2f} {x0 + r:.2f} {y0:.2f} c h"
    )


def _rgb(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.4g}" for at in (1, 3, 5))
