"""The architectures of `keras.applications` by name: what Keras wrote, and what it printed.

Each packaged file holds the model's own `to_json()` text and the numbers that Keras' `summary()`
printed for it; `tools/zoo.py` writes them anew from an installed Keras.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_FOLDER = Path(__file__).parent / "zoo"
# `keras.applications.`, with the module in between that some of them also live in.
_PREFIX = r"^(?:(?:tf\.|tensorflow\.)?keras\.)?applications\.(?:[a-z]\w*\.)?"


class Architecture(NamedTuple):
    """One architecture of the catalogue."""

    key: str  # as people type it: lower case, without separators
    name: str  # as Keras spells it
    input_shape: tuple[int, ...]
    params: int  # as Keras' summary printed it
    keras_version: str


def key_of(word: str) -> str:
    """The key that `word` stands for; case, `-` and `_` do not matter.

    >>> key_of("keras.applications.EfficientNet-B0")
    'efficientnetb0'
    """
    bare = re.sub(_PREFIX, "", word, count=1) if "." in word else word
    return bare.lower().replace("-", "").replace("_", "")


@cache
def architectures() -> dict[str, Architecture]:
    """The catalogue by key, in Keras' own order."""
    index = json.loads((_FOLDER / "index.json").read_text("utf-8"))
    return {
        entry["key"]: Architecture(
            key=entry["key"],
            name=entry["name"],
            input_shape=tuple(entry["input_shape"]),
            params=entry["params"],
            keras_version=index["keras"],
        )
        for entry in index["architectures"]
    }


def near(word: str, known: Iterable[str] | None = None) -> Sequence[str]:
    """Names, of architectures unless others are given, that `word` may have been meant for."""
    import difflib  # noqa: PLC0415 - only for somebody who mistyped

    name = word.partition("(")[0]
    choices = list(architectures() if known is None else known)
    return difflib.get_close_matches(key_of(name), choices, n=3, cutoff=0.6)


def notes(key: str) -> tuple[str, ...]:
    """What differs between the recorded model and what Keras builds when called without more."""
    if not key.startswith("efficientnetb"):
        return ()
    name = architectures()[key].name
    text = (
        f"as {name}(weights=None) builds it; {name}() itself, with Keras' default "
        'weights="imagenet", has a layer more: rescaling_1, without parameters'
    )
    return (text,)


def recorded(key: str) -> dict[str, Any]:
    """What the packaged file of an architecture holds.

    `keras`, `name`, `model` and `summary`: what was built, and what was printed for it;
    `arguments`, `body`, `heads`, `halvings`, `others`: what `variants` derives the rest from.
    """
    with gzip.open(_FOLDER / f"{key}.json.gz", "rb") as stream:
        content: dict[str, Any] = json.load(stream)
    return content
