"""Rules for `keras.ops.numpy`: products of vectors, matrices and more.

Multiply-adds have a formula where the profiler of TensorFlow counts the same: `Matmul`, `Dot`,
`Tensordot`, and `Einsum` of two operands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from inspector.dims import Dim, Shape, plus, times
from inspector.rules.ops.core import (
    agree,
    common,
    demand,
    inserted,
    normal,
    normals,
    operand,
    per_example,
    reduced,
)
from inspector.rules.rule import Spec, operation

# --- products -----------------------------------------------------------------------------------


@operation("Matmul")
def matmul(x1: Any, x2: Any) -> Spec:
    """Rows times columns; a vector is a row at the left and a column at the right.

    >>> matmul((None, 4, 6), (6, 5)).outputs, matmul((None, 4, 6), (6, 5)).work
    (((None, 4, 5),), 120)
    """
    left, right = operand(x1), operand(x2)
    demand(bool(left) and bool(right), "both need an axis", left, right)
    rows, columns = left[-2:-1], right[-1:] if len(right) > 1 else ()
    inner = _inner(left[-1], right[-2:][0])
    result = (*common([left[:-2], right[:-2]]), *rows, *columns)
    return Spec((result,), macs=per_example(left, result, (inner,)))


def _inner(left: Dim, right: Dim) -> Dim:
    """The size of an axis that two operands share and lose."""
    if None not in (left, right) and left != right:
        raise ValueError(f"{left} and {right} must be the same size")
    return right if left is None else left


@operation("Dot")
def dot(x1: Any, x2: Any) -> Spec:
    """Every row at the left times every column at the right; a number scales."""
    left, right = operand(x1), operand(x2)
    if not left or not right:
        return Spec((common([left, right]),))
    inner = _inner(left[-1], right[-2:][0])
    result = (*left[:-1], *right[:-2], *(right[-1:] if len(right) > 1 else ()))
    return Spec((result,), macs=per_example(left, result, (inner,)))


@operation("Inner")
def inner(x1: Any, x2: Any) -> Spec:
    """Every row at the left times every row at the right."""
    left, right = operand(x1), operand(x2)
    if not left or not right:
        return Spec((left or right,))
    _inner(left[-1], right[-1])
    return Spec(((*left[:-1], *right[:-1]),), macs=None)


@operation("Vdot")
def vdot() -> Spec:
    """The sum of all products of two tensors, number by number."""
    return Spec(((),), macs=None)


@operation("Tensordot")
def tensordot(x1: Any, x2: Any, *, axes: Any = 2) -> Spec:
    """Sums of products over axes of both; a number means the last of one, the first of the other.

    >>> tensordot((None, 4, 6), (6, 5), axes=1).outputs
    ((None, 4, 5),)
    """
    left, right = operand(x1), operand(x2)
    if isinstance(axes, int):
        axes = [list(range(len(left)))[len(left) - max(axes, 0) :], list(range(max(axes, 0)))]
    gone, lost = normals(axes[0], len(left)), normals(axes[1], len(right))
    shared = tuple(left[place] for place in gone)
    demand(agree(shared, tuple(right[place] for place in lost)), "sizes must match", left, right)
    summed = tuple(_inner(left[a], right[b]) for a, b in zip(gone, lost, strict=True))
    result = (*_but(left, gone), *_but(right, lost))
    return Spec((result,), macs=per_example(left, result, summed))


def _but(x: Shape, gone: Sequence[int]) -> Shape:
    return tuple(size for place, size in enumerate(x) if place not in gone)


@operation("Einsum")
def einsum(*operands: Any, subscripts: str) -> Spec:
    """Sums of products over the letters that the result lacks.

    >>> einsum((None, 4, 6), (6, 5), subscripts="bij,jk->bik").outputs
    ((None, 4, 5),)
    """
    before, arrow, after = subscripts.partition("->")
    if "->" in after:
        raise ValueError(f"{subscripts} has two arrows")
    specs = before.split(",")
    shapes = [operand(each) for each in operands]
    demand(len(specs) == len(shapes), f"{before} names {len(specs)} operands", *shapes)
    letters = _letters(before)
    result = after if arrow else "..." + "".join(sorted(x for x in letters if before.count(x) == 1))
    pairs = list(zip(shapes, specs, strict=True))
    output = common(_spelled(shape, spec, result) for shape, spec in pairs)
    summed = [letter for letter in letters if letter not in result]
    if not summed or len(specs) < 2:
        return Spec((output,))
    # A letter of one operand alone is summed up before anything is multiplied.
    if len(specs) > 2 or any(letter not in spec for letter in summed for spec in specs):
        return Spec((output,), macs=None)
    terms = common(_spelled(shape, spec, "".join(summed)) for shape, spec in pairs)
    return Spec((output,), macs=per_example(shapes[0], output, terms))


def _letters(spec: str) -> list[str]:
    return sorted({letter for letter in spec if letter.isalpha()})


def _spelled(shape: Shape, spec: str, result: str) -> Shape:
    """One operand's sizes in the order of the result's letters; 1 for those it lacks."""
    front, dots, back = spec.partition("...")
    named = len(front) + len(back)
    fits = len(shape) >= named if dots else len(shape) == named
    demand(fits, f"{spec} needs {named} axes", shape)
    middle = shape[len(front) : len(shape) - len(back)]
    sizes = dict(zip(front, shape, strict=False))
    sizes |= dict(zip(back, shape[len(shape) - len(back) :], strict=True))
    words = re.findall(r"\.\.\.|\w", result)
    return tuple(
        size for word in words for size in (middle if word == "..." else (sizes.get(word, 1),))
    )


@operation("Outer")
def outer(x1: Any, x2: Any) -> Spec:
    """Every number at the left times every number at the right."""
    return Spec(((times(operand(x1)), times(operand(x2))),))


@operation("Kron")
def kron(x1: Any, x2: Any) -> Spec:
    """The right operand once for every number of the left; Keras 3.15 drops unmatched axes."""
    pairs = zip(operand(x1), operand(x2), strict=False)
    return Spec((tuple(times(pair) for pair in pairs),))


@operation("Cross")
def cross(
    x1: Any, x2: Any, *, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Spec:
    """What stands upright on two vectors; of two flat ones, only its height."""
    if axis is not None:
        axisa = axisb = axisc = axis
    left, right = operand(x1), operand(x2)
    sizes = {left[axisa], right[axisb]}
    demand(sizes <= {2, 3, None}, "vectors have 2 or 3 numbers", left, right)
    rest = common([reduced(left, axisa), reduced(right, axisb)])
    if 3 in sizes:
        return Spec((inserted(rest, axisc, 3),))
    normal(axisc, len(rest))
    return Spec((rest,))


@operation("Correlate")
def correlate(x1: Any, x2: Any, *, mode: str = "valid") -> Spec:
    """One sequence slid over another."""
    left, right = operand(x1), operand(x2)
    demand(len(left) == len(right) == 1, "both need 1 axis", left, right)
    longer, shorter = _ordered(left[0], right[0])
    less = None if shorter is None else 1 - shorter
    more = None if shorter is None else shorter - 1
    sizes = {"valid": plus((longer, less)), "same": longer, "full": plus((longer, more))}
    if mode not in sizes:
        raise ValueError(f"mode is {mode}, not valid, same or full")
    return Spec(((sizes[mode],),), macs=None)


def _ordered(first: Dim, second: Dim) -> tuple[Dim, Dim]:
    if first is None or second is None:
        return None, None
    return max(first, second), min(first, second)
