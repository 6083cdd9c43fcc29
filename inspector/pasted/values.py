"""Numbers and texts that are written out, and the few sums that people write between them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

_LARGEST = 1 << 62
_LONGEST = 1_000  # items of a list: doubling one line by line would fill the memory


class Unevaluated(Exception):
    """An expression that only running it would tell."""


_SUMS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Div: lambda a, b: a / b,
    ast.Mod: lambda a, b: a % b,
}


def literal(node: ast.expr) -> Any:
    """The value of an expression that is written out.

    Raises:
        Unevaluated: it is none.
    """
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        raise Unevaluated from error


def arithmetic(operator: ast.operator, left: Any, right: Any) -> Any:
    """A sum of two numbers, or two lists joined, as in `16 * 4` and `(32, 32) + (3,)`.

    >>> arithmetic(ast.Mult(), 16, 4)
    64

    Raises:
        Unevaluated: they are no numbers, or the result is no size that a layer can have.
    """
    numbers = all(isinstance(value, int | float) for value in (left, right))
    joined = isinstance(operator, ast.Add) and type(left) is type(right) in (list, tuple)
    if type(operator) not in _SUMS or not (numbers or joined):
        raise Unevaluated
    if joined and len(left) + len(right) > _LONGEST:
        raise Unevaluated
    try:
        value = _SUMS[type(operator)](left, right)
    except ArithmeticError as error:
        raise Unevaluated from error
    if numbers and not abs(value) < _LARGEST:
        raise Unevaluated
    return value
