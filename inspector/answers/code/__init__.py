"""Source that rebuilds a graph with the Functional API; nothing of it is executed here.

`code` is the answer. Every text that a model file holds reaches the source through `repr` or as an
identifier made of letters, digits and `_`, so that no name can become code. What only its author
can write, custom classes and Lambda functions, is a marked gap that raises `NotImplementedError`.
"""

from __future__ import annotations

from inspector.answers.code.program import STYLES, Source, code

__all__ = ["STYLES", "Source", "code"]
