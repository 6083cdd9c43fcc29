"""The list of architectures known by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from inspector.readers.zoo import Architecture
from inspector.render.screen import columns, line, number


def zoo_screen(known: Sequence[Architecture], width: int) -> Iterator[RenderableType]:
    """One row an architecture, in Keras' order."""
    version = known[0].keras_version
    yield line(
        (str(len(known)), "bold"), " architectures of keras.applications", f" (Keras {version})"
    )
    yield Text()
    rows = [
        (Text(one.key, "bold"), one.name, str(one.input_shape), number(one.params)) for one in known
    ]
    yield columns(rows, "lllr", titles=("TYPE", "IN KERAS", "INPUT", "PARAMS"))
    if width:
        yield Text()
        yield Text("case, - and _ do not matter: graphinspect count ResNet-50", "dim")
