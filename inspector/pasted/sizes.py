"""Input shapes as people write them: `32x32x3`, `32,32,3`, `(None, 32, 32, 3)`."""

from __future__ import annotations

import re

from inspector.dims import Dim, Shape
from inspector.errors import ReadError

_APART = re.compile(r"\s*[x×X*,]\s*|\s+")
_SIZE = re.compile(r"\d{1,9}")
_OPEN = ("none", "?", "n", "null", "-1")
_HINT = "write 32x32x3, or (None, 32, 32, 3) with the batch in front"
SHAPE = (
    r"\(?\s*(?:\d+|None|\?)(?:\s*[x×X,]\s*(?:\d+|None|\?))*\s*,?\s*\)?"  # as it stands in a spec
)


def shape_of(text: str, where: str = "--input") -> Shape:
    """The shape that `text` says, batch in front.

    A shape in brackets that begins with None has its batch; any other is that of one example.

    >>> shape_of("32x32x3"), shape_of("784"), shape_of("(None, 32, 32, 3)"), shape_of("nonex16")
    ((None, 32, 32, 3), (None, 784), (None, 32, 32, 3), (None, None, 16))

    Raises:
        ReadError: it is no shape.
    """
    inner = text.strip().strip("()[]").strip().rstrip(",")
    words = _APART.split(inner)
    if not all(words):
        raise ReadError(where, "is no shape", received=repr(text[:60]), hint=_HINT)
    sizes = tuple(_size(word, text, where) for word in words)
    bracketed = text.strip().startswith(("(", "["))
    return sizes if bracketed and sizes[0] is None else (None, *sizes)


def _size(word: str, text: str, where: str) -> Dim:
    if word.lower() in _OPEN:
        return None
    if not _SIZE.fullmatch(word) or not int(word):
        raise ReadError(where, "is no shape", received=repr(text[:60]), hint=_HINT)
    return int(word)
