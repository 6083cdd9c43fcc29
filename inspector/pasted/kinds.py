"""What a paste is, told by its content."""

from __future__ import annotations

import re

from inspector.pasted.objects import is_object
from inspector.pasted.pytorch import is_pytorch

# Prints of summary() of every Keras: their headings, or their rules with counts between them.
_SUMMARY = re.compile(
    r"Layer \(type.*(?:Output|Param)|^\s*[>|]*\s*(?:Total|Trainable) params:?\s*[\d,]+|"
    r"^\s*[>]*\s*[┏┡├└+]?[━─_=┳╇┼+]{20,}",
    re.MULTILINE,
)


def kind_of(text: str) -> str:
    """`summary`, `object`, `pytorch` or `program`.

    >>> kind_of("Conv2D(8, 5)"), kind_of("Conv2d(3, 8, 5)"), kind_of(" Total params: 608")
    ('program', 'pytorch', 'summary')
    """
    if _SUMMARY.search(text):
        return "summary"
    if is_object(text):
        return "object"
    return "pytorch" if is_pytorch(text) else "program"
