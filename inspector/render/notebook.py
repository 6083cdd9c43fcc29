"""Answers at the end of a notebook's cell: the screen of the command, as HTML and as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import StringIO
from typing import Any

from rich.console import Console, RenderableType
from rich.text import Text

from inspector.answers.blocks import Blocks
from inspector.answers.calc import Calc
from inspector.answers.classes import ClassExplanation
from inspector.answers.code import Source
from inspector.answers.count import Count, count
from inspector.answers.diff import Diff
from inspector.answers.explain import LayerExplanation
from inspector.answers.lint import Lint
from inspector.answers.params import Params
from inspector.answers.terms import TotalExplanation
from inspector.answers.trace import Trace
from inspector.answers.transfer import Transfer
from inspector.answers.verify import Verification
from inspector.errors import InspectError
from inspector.model import Model
from inspector.render.audit import audit_screen
from inspector.render.calc import calc_screen
from inspector.render.count import count_screen
from inspector.render.diff import diff_screen
from inspector.render.drawing.picture import MOST
from inspector.render.explain import layer_screen
from inspector.render.explain_class import class_screen
from inspector.render.explain_total import total_screen
from inspector.render.lint import lint_screen
from inspector.render.params import params_screen
from inspector.render.plot import Plot
from inspector.render.safe import plain
from inspector.render.text_drawing import text_drawing
from inspector.render.trace import trace_screen
from inspector.render.transfer import transfer_screen
from inspector.render.verify import verify_screen
from inspector.security.findings import Audit
from inspector.shown import Bundle

_WIDE = 800  # pixels of a picture
_COLUMNS = 110  # a cell of a notebook on a laptop holds about so many
_FRAME = '<pre style="line-height: 1.2; overflow-x: auto; white-space: pre">{code}</pre>'

Screen = Callable[[Any], Iterable[RenderableType]]


def bundle(answer: object) -> Bundle:
    """An answer as the screen of its command; `{}` where it has none, and its repr is shown."""
    if isinstance(answer, Model):
        return _model(answer)
    screen = _SCREENS.get(type(answer))
    if screen is None:
        return {}
    console = Console(
        file=StringIO(), record=True, width=_COLUMNS, highlight=False, force_jupyter=False
    )
    for part in screen(answer):
        console.print(part, soft_wrap=isinstance(part, Text))
    html = console.export_html(inline_styles=True, code_format=_FRAME, clear=False)
    lines = console.export_text().splitlines()
    return {"text/plain": "\n".join(line.rstrip() for line in lines), "text/html": html}


def _model(model: Model) -> Bundle:
    """The folded picture of a model, where one can be drawn, above its counts."""
    made = bundle(count(model))
    if not model.graph.nodes or len(model.rows) > MOST:
        return made
    try:
        drawn = f'<div style="max-width: {_WIDE}px">{Plot(model).svg}</div>'
    except InspectError:  # without Graphviz, or in the time that there is
        return made
    return made | {"text/html": drawn + made["text/html"]}


def _source(answer: Source) -> Iterable[RenderableType]:
    return [Text(plain(line)) for line in answer.text.splitlines()]


_SCREENS: dict[type, Screen] = {
    Blocks: lambda answer: text_drawing(answer.model, _COLUMNS),
    Audit: lambda answer: audit_screen(answer, _COLUMNS),
    Calc: lambda answer: calc_screen(answer, _COLUMNS),
    ClassExplanation: lambda answer: class_screen(answer, _COLUMNS, interactive=False),
    Count: lambda answer: count_screen(answer, _COLUMNS, interactive=False),
    Diff: lambda answer: diff_screen(answer, _COLUMNS, interactive=False),
    LayerExplanation: lambda answer: layer_screen(answer, _COLUMNS, interactive=False),
    Lint: lambda answer: lint_screen(answer, _COLUMNS, interactive=False),
    Params: lambda answer: params_screen(answer, (), _COLUMNS),
    Source: _source,
    TotalExplanation: lambda answer: total_screen(answer, _COLUMNS, interactive=False),
    Trace: lambda answer: trace_screen(answer, _COLUMNS, interactive=False),
    Transfer: lambda answer: transfer_screen(answer, _COLUMNS, interactive=False),
    Verification: lambda answer: verify_screen(None, answer),
}
