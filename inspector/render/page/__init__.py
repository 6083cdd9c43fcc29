"""The interactive page: one file of HTML with data, style and script, that fetches nothing."""

from __future__ import annotations

import json
from importlib.resources import files

from inspector.answers.mentions import Mentions
from inspector.model import Model
from inspector.render.drawing.svg import escaped
from inspector.render.page.data import page_data


def page(model: Model, said: Mentions | None = None) -> str:
    """The text of an HTML file that shows a model and lets one look around in it.

    Raises:
        ReadError: the model has no graph to show, or there is no Graphviz.
        LimitError: a layout takes too long.
    """
    data = page_data(model, said)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    parts = {
        "TITLE": escaped(data["title"]),
        "STYLE": _file("page.css"),
        "SCRIPT": _file("layout.js") + _file("page.js"),
        # In a script element, only these signs could end it or begin a comment.
        "DATA": text.replace("<", "\\u003c").replace("\u2028", " ").replace("\u2029", " "),
    }
    before, *rest = _file("page.html").split("{{")
    made = [before]
    for piece in rest:
        name, _, after = piece.partition("}}")
        made += [parts[name], after]
    return "".join(made)


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")
