"""How wide text is, in Helvetica (Arial, Liberation Sans and Arimo have the same widths).

The widths are those of Adobe's font metrics for the 95 signs of ASCII, in thousandths of the size.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_REGULAR = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
)  # fmt: skip
_SIGNS = {"·": 278, "×": 584, "…": 1000, "–": 556, "−": 584, "›": 333, "→": 1000, "\xa0": 278}
_FULL = 1000  # a sign as wide as it is high: Chinese, Japanese, Korean, and what nobody measured
_ZERO = frozenset({"Mn", "Me", "Cf"})


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of one line of text, in the unit of `size`.

    >>> round(width("Conv2D", 10), 2)  # 722 + 556 + 556 + 500 + 556 + 722
    36.12
    """
    return _thousandths(text, bold) * size / 1000


@lru_cache(maxsize=4096)
def _thousandths(text: str, bold: bool) -> int:
    table = _BOLD if bold else _REGULAR
    return sum(table[code - 32] if 32 <= (code := ord(s)) < 127 else _other(s) for s in text)


def _other(sign: str) -> int:
    if sign in _SIGNS:
        return _SIGNS[sign]
    if unicodedata.category(sign) in _ZERO:
        return 0
    if unicodedata.east_asian_width(sign) in "WF":
        return _FULL
    base = unicodedata.normalize("NFD", sign)[0]  # é is as wide as e
    return _REGULAR[ord(base) - 32] if 32 <= ord(base) < 127 else _FULL


def shortened(text: str, limit: int = 32) -> str:
    """The text with its middle left out where it is longer than `limit` signs.

    >>> shortened("a_name_that_goes_on_and_on_without_end", 20)
    'a_name_tha…thout_end'
    """
    if len(text) <= limit:
        return text
    tail = (limit - 1) // 2
    return f"{text[: limit - 1 - tail]}…{text[-tail:]}"


def shared_start(names: Sequence[str]) -> str:
    """What all names begin with, up to a separator.

    >>> shared_start(["conv2_block1_1_conv", "conv2_block1_add"])
    'conv2_block1_'
    """
    if len(names) < 2:
        return ""
    first, last = min(names), max(names)
    place = 0
    while place < min(len(first), len(last)) and first[place] == last[place]:
        place += 1
    cut = max(first[:place].rfind(sign) for sign in "_-./ ")
    return first[: cut + 1]
