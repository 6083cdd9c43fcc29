"""Tensors whose numbers are known before anything runs: what `tf.shape` gives, and its parts.

Keras 2 follows them, so that `tf.reshape(x, [tf.shape(x)[0], 24])` has a shape. They travel as a
shape that has the numbers beside it; a rule that does not ask for them meets an ordinary shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from inspector.dims import Dim, Shape

LONGEST = 254  # Keras follows no longer vector than a shape can be


class Known(tuple[Dim, ...]):
    """The shape of a scalar or a vector of integers, with the integers; `None` is an unknown one.

    >>> shape = Known((2,), (None, 4))
    >>> shape, shape.numbers
    ((2,), (None, 4))
    """

    numbers: tuple[Dim, ...]

    def __new__(cls, shape: Shape, numbers: Sequence[Dim]) -> Known:
        made = super().__new__(cls, shape)
        made.numbers = tuple(numbers)
        return made

    def __getnewargs__(self) -> tuple[Shape, tuple[Dim, ...]]:
        return tuple(self), self.numbers


def vector(numbers: Sequence[Dim]) -> Shape:
    """The shape of a vector of these integers."""
    if len(numbers) > LONGEST:
        return (len(numbers),)
    return Known((len(numbers),), numbers)


def scalar(number: Dim) -> Shape:
    """The shape of one integer."""
    return Known((), (number,))


def numbers(value: Any) -> tuple[Dim, ...] | None:
    """The integers that an argument comes to; `None` where not even their count is known.

    >>> numbers([Known((), (None,)), 24]), numbers((3,)), numbers(Known((2,), (8, 8)))
    ((None, 24), (None, None, None), (8, 8))
    """
    if isinstance(value, Known):
        return value.numbers
    if isinstance(value, tuple):  # a tensor
        count = 1 if not value else value[0]
        return None if len(value) > 1 or count is None else (None,) * count
    if isinstance(value, list):
        each = [numbers(item) for item in value]
        return None if None in each else tuple(n for item in each for n in item or ())
    return (int(value),) if isinstance(value, int | float) else None


def number(value: Any) -> Dim:
    """The one integer that an argument comes to."""
    found = numbers(value)
    return found[0] if found is not None and len(found) == 1 else None


def is_known(value: Any) -> bool:
    """Whether every number of it is a known integer."""
    found = value.numbers if isinstance(value, Known) else value if isinstance(value, list) else ()
    if isinstance(value, int) and not isinstance(value, bool):
        return True
    return bool(found) and all(isinstance(item, int) for item in found)


def computed(result: Shape, combine: Callable[[int, int], int], x: Any, y: Any) -> Shape:
    """`result` with its integers, where both operands are known ones.

    >>> computed((), int.__mul__, Known((), (4,)), 6).numbers
    (24,)
    """
    if not (isinstance(x, Known) or isinstance(y, Known)) or not (is_known(x) and is_known(y)):
        return result
    if len(result) > 1:
        return result
    left, right = numbers(x) or (), numbers(y) or ()
    count = max(len(left), len(right))
    pairs = zip(_stretched(left, count), _stretched(right, count), strict=True)
    return Known(result, [combine(a, b) for a, b in pairs if a is not None and b is not None])


def _stretched(found: tuple[Dim, ...], count: int) -> tuple[Dim, ...]:
    return found * count if len(found) == 1 else found


def whole(found: Sequence[Dim]) -> Dim:
    """The product of known integers."""
    return None if None in found else prod(n for n in found if n is not None)
