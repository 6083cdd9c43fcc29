"""What to type to name the same model or layer again."""

from __future__ import annotations

from inspector.model import Model
from inspector.render.safe import plain


def typed(model: Model) -> str:
    """The MODEL word of a model, as a shell takes it; empty for one that has none.

    A live model, or one that was piped in, cannot be named again.
    """
    if model.format == "live" or model.source == "standard input":
        return ""
    if model.format == "zoo":
        name, opened, arguments = model.source.rpartition("keras.applications.")[2].partition("(")
        return quoted(name.lower() + opened + arguments)
    return quoted(plain(model.source))


def quoted(word: str) -> str:
    """A word as a shell takes it.

    >>> quoted("model.keras"), quoted("my model.keras")
    ('model.keras', "'my model.keras'")
    """
    import shlex  # noqa: PLC0415 - only where something is to be typed

    return shlex.quote(word)
