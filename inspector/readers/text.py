"""JSON text to plain values, within limits."""

from __future__ import annotations

import json
import re
from typing import Any

from inspector.errors import LimitError, ReadError

MAX_BYTES = 64 << 20  # the largest real config seen is under 2 MiB
MAX_VALUES = 1_500_000  # lists and objects; 50,000 layers of Keras 3 have a million
MAX_COMMAS = 6_000_000  # entries of them
MAX_DEPTH = 5_000  # 500 models inside one another, at four levels each, and room

_TOKENS = r'"(?:[^"\\]|\\.)*"|[\[\]{}]'  # compiled when first needed: hardly ever


def parsed(text: str | bytes, where: str) -> Any:
    """The value that JSON `text` stands for; NaN and Infinity are let through, as Keras does.

    Raises:
        ReadError: it is not JSON.
        LimitError: it is larger or nested deeper than any model.
        RecursionError: it is nested deeper than this thread's stack allows.
    """
    if len(text) > MAX_BYTES:
        raise LimitError(
            where,
            f"its JSON is larger than {MAX_BYTES >> 20} MiB",
            received=f"{len(text):,} bytes",
            hint="no Keras model has a config of this size",
        )
    check_values(text, where)
    try:
        return json.loads(text)
    except RecursionError:
        if _deeper_than(text, MAX_DEPTH):
            raise LimitError(
                where,
                f"its JSON is nested deeper than {MAX_DEPTH:,} levels",
                hint="no Keras model is; the file is broken or hostile",
            ) from None
        raise
    except ValueError as error:  # JSONDecodeError, UnicodeDecodeError, too many digits
        raise ReadError(
            where, f"is not valid JSON: {error}", hint="was the file cut off in a download?"
        ) from error


def check_values(text: str | bytes, where: str) -> None:
    """Refuse text that a few bytes apiece would make gigabytes of values of.

    Raises:
        LimitError: it holds more values than any model; those inside strings count too.
    """
    marks = ("[", "{", ",") if isinstance(text, str) else (b"[", b"{", b",")
    lists, objects, commas = map(text.count, marks)  # type: ignore[arg-type]
    if lists + objects > MAX_VALUES or commas > MAX_COMMAS:
        raise LimitError(
            where,
            "its JSON holds more values than any Keras model",
            received=f"{lists + objects:,} lists and objects, {commas:,} commas",
            hint="the file is broken or hostile",
        )


def _deeper_than(text: str | bytes, limit: int) -> bool:
    depth = 0
    plain = text if isinstance(text, str) else text.decode("latin-1")
    for token in re.finditer(_TOKENS, plain, re.DOTALL):
        first = token[0][0]
        depth += (first in "[{") - (first in "]}")
        if depth > limit:
            return True
    return False
