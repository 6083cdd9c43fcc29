"""Rules for `keras.ops` of the file linalg.

No independent count of the work of a decomposition is at hand: its multiply-adds stay unknown.
"""

from __future__ import annotations

from typing import Any

from inspector.dims import Dim, Ints, Shape
from inspector.rules.ops.core import demand, normals, reduced
from inspector.rules.rule import Spec, operation


def _matrix(x: Shape) -> tuple[Shape, Dim, Dim]:
    """Leading axes, rows and columns."""
    demand(len(x) >= 2, "a matrix has 2 axes or more", x)
    return x[:-2], x[-2], x[-1]


def _square(x: Shape) -> Shape:
    """The leading axes of square matrices."""
    batch, rows, columns = _matrix(x)
    demand(rows == columns, "the matrix must be square", x)
    return batch


def _least(rows: Dim, columns: Dim) -> Dim:
    return None if rows is None or columns is None else min(rows, columns)


@operation("Cholesky", "CholeskyInverse", "Inv")
def square(x: Shape) -> Spec:
    """A square matrix from a square matrix."""
    _square(x)
    return Spec((x,), macs=None)


@operation("Det")
def det(x: Shape) -> Spec:
    """One number for each square matrix."""
    return Spec((_square(x),), macs=None)


@operation("Eig", "Eigh")
def eig(x: Shape) -> Spec:
    """Eigenvalues and eigenvectors."""
    _square(x)
    return Spec((x[:-1], x), macs=None)


@operation("LuFactor")
def lu_factor(x: Shape) -> Spec:
    """Both factors in one matrix, and the pivots."""
    batch, rows, columns = _matrix(x)
    return Spec((x, (*batch, _least(rows, columns))), macs=None)


@operation("Norm")
def norm(
    x: Shape,
    *,
    ord: Any = None,  # noqa: A002 - Keras' name
    axis: Ints | None = None,
    keepdims: bool = False,
) -> Spec:
    """The length of vectors or matrices along an axis or two."""
    count = len(normals(axis, len(x)))
    if count == 1 and isinstance(ord, str):
        raise ValueError(f"{ord} is no norm of a vector")
    matrix = (None, "fro", "nuc", float("inf"), float("-inf"), 1, -1, 2, -2)
    if count == 2 and ord not in matrix:
        raise ValueError(f"{ord} is no norm of a matrix")
    decomposes = count == 2 and ord in ("nuc", 2, -2)
    return Spec((reduced(x, axis, keepdims),), macs=None if decomposes else ())


@operation("Qr")
def qr(x: Shape, *, mode: str = "reduced") -> Spec:
    """An orthonormal and a triangular matrix."""
    batch, rows, columns = _matrix(x)
    if rows is None or columns is None:
        raise ValueError(f"the last 2 axes of {x} must be known")
    inner = rows if mode == "complete" else min(rows, columns)
    return Spec(((*batch, rows, inner), (*batch, inner, columns)), macs=None)


@operation("Solve", "SolveTriangular")
def solve(a: Shape, b: Shape) -> Spec:
    """What `a` turns into `b`: a vector or several columns."""
    _square(a)
    demand(bool(b), "b must have an axis", b)
    rows = b[-2:-1] if len(a) == len(b) else b[-1:] if len(a) == len(b) - 1 else a[-1:]
    demand(rows == a[-1:], "the rows must be as many", a, b)
    return Spec((b,), macs=None)


@operation("SVD")
def svd(x: Shape, *, full_matrices: bool = True, compute_uv: bool = True) -> Spec:
    """Singular values, with both bases when asked for."""
    batch, rows, columns = _matrix(x)
    least = _least(rows, columns)
    values = (*batch, least)
    if not compute_uv:
        return Spec((values,), macs=None)
    left, right = (rows, columns) if full_matrices else (least, least)
    return Spec(((*batch, rows, left), values, (*batch, right, columns)), macs=None)


@operation("Lstsq")
def lstsq(a: Shape, b: Shape) -> Spec:
    """What `a` turns into the nearest to `b`."""
    demand(len(a) == 2, "a must be one matrix", a)
    demand(len(b) in (1, 2), "b must be a vector or a matrix", b)
    demand(a[0] == b[0], "the rows must be as many", a, b)
    return Spec(((a[1], *b[1:]),), macs=None)


@operation("MatrixRank")
def matrix_rank(x: Shape) -> Spec:
    """One number for each matrix."""
    batch, _, _ = _matrix(x)
    return Spec((batch,), macs=None)


@operation("Pinv")
def pinv(x: Shape) -> Spec:
    """The pseudo-inverse, which has rows and columns swapped."""
    batch, rows, columns = _matrix(x)
    return Spec(((*batch, columns, rows),), macs=None)
