"""JSON as an audit reads it: with every copy of a key, and a bound on how much there is."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from inspector.errors import LimitError, ReadError, shown
from inspector.readers.text import MAX_BYTES, parsed
from inspector.security.findings import Hit

MAX_VALUES = 3_000_000  # a model of 50,000 layers has 650,000
_SEPARATORS = (b",", b"[", b"{")
_UNICODE = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


class Doubled(dict[str, Any]):
    """An object that gives a key more than once; as a dict it is what Python reads: the last."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs

    @property
    def first(self) -> dict[str, Any]:
        """What a program reads that keeps the first copy."""
        return dict(reversed(self.pairs))

    @property
    def keys_given_twice(self) -> list[str]:
        """The keys with more than one value."""
        given = Counter(key for key, _ in self.pairs)
        return [key for key, times in given.items() if times > 1]


def read_json(data: bytes | str, where: str) -> tuple[Any, list[Hit]]:
    """The value of JSON text, and what is odd about the text itself; `None` where it is none.

    Raises:
        RecursionError: it is nested deeper than this thread's stack allows.
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    text, hits = _decoded(raw)
    if text is None:
        return None, hits
    refused = _refused(raw)
    if refused:
        return None, [*hits, refused]
    try:
        return json.loads(text, object_pairs_hook=_object), hits
    except RecursionError:
        return None, [*hits, *_too_deep(text, where)]
    except ValueError as error:  # not JSON, or a number of too many digits
        severity = "low" if "integer string" in str(error) or not raw.strip() else "medium"
        return None, [*hits, Hit("KI040", severity, f"is not valid JSON: {error}")]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Doubled(pairs)


def _decoded(raw: bytes) -> tuple[str | None, list[Hit]]:
    """The text, and what is to be said of its encoding."""
    for mark, name in _UNICODE:
        if raw.startswith(mark):
            hit = Hit("KI040", "info", f"is written in {name}, which Keras does not read")
            return raw.decode("utf-16", "replace"), [hit]
    try:
        return raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogatepass"), []
    except UnicodeDecodeError as error:
        message = f"is no UTF-8 text: {error.reason} at byte {error.start:,}"
        return raw.decode("latin-1"), [Hit("KI040", "medium", message)]


def _refused(raw: bytes) -> Hit | None:
    """Why text is not parsed at all: what it would unfold to has no bound otherwise."""
    if len(raw) > MAX_BYTES:
        return Hit("KI042", "medium", f"is {len(raw):,} bytes of JSON: not looked into")
    values = sum(raw.count(sign) for sign in _SEPARATORS)
    if values > MAX_VALUES:
        return Hit("KI042", "medium", f"holds about {values:,} values: not looked into")
    return None


def _too_deep(text: str, where: str) -> list[Hit]:
    """The finding for text deeper than any model.

    Raises:
        RecursionError: it is not that deep: a larger stack is all it needs.
    """
    try:
        parsed(text, where)
    except LimitError as error:
        return [Hit("KI042", "medium", error.problem)]
    except ReadError as error:
        return [Hit("KI040", "medium", error.problem)]
    return [Hit("KI040", "medium", f"cannot be parsed: {shown(text)}")]
