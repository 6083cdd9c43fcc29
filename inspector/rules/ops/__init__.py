"""Rules for `keras.ops`: a file for each file that Keras 3.15 has there, four for `numpy`.

What a rule meets in a call's arguments:

- A tuple is the shape of a tensor; nothing else ever is a tuple. What the caller wrote as a tuple
  arrives as a list, and so does a constant array, nested as deep as it has axes.
- Numbers, strings, `None`, `slice(...)` and `...` arrive as they are. The key of `GetItem` is one
  such item or a list of them.

Keras 3.15 names no two operations alike in different modules; layers such as `Add` that share a
name with an operation stand in a registry of their own. The shapes are those that Keras computes
symbolically, which `summary()` prints; where an eager call gives another one, a comment says so.
"""

from __future__ import annotations

from inspector.rules.ops import (  # noqa: F401 - importing a file registers its rules
    core,
    einops,
    image,
    linalg,
    math,
    nn,
    numpy,
    numpy_indexing,
    numpy_products,
    numpy_shapes,
)

UNRULED = (
    "Arange",
    "AssociativeScan",
    "Cond",
    "ForiLoop",
    "Function",
    "JVP",
    "Map",
    "Operation",
    "Scan",
    "SegmentReduction",
    "Switch",
    "VectorizedMap",
    "WhileLoop",
)
"""The classes of `keras.ops` without a rule; the walk takes the shapes that the file recorded.

They call a Python function that no file holds, are only the base of others, or (`Arange`) cannot
take a symbolic tensor.
"""
