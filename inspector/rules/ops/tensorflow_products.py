"""Functions of TensorFlow: products of matrices, and what linear algebra makes of them.

No independent count of the work of a decomposition is at hand: its multiply-adds stay unknown.
"""

from __future__ import annotations

from typing import Any

from inspector.dims import Dim, Shape, plus
from inspector.errors import Unknown
from inspector.rules.ops import linalg, numpy_products
from inspector.rules.ops.core import common, demand, operand, replaced
from inspector.rules.rule import Spec, tf_function


@tf_function("matmul", "batch_matmul", "sparse_dense_matmul")
def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
) -> Spec:
    """Rows times columns, either of them turned first.

    >>> matmul((None, 4, 6), (None, 5, 6), transpose_b=True).outputs
    ((None, 4, 5),)
    """
    left = _turned(operand(a), transpose_a or adjoint_a)
    right = _turned(operand(b), transpose_b or adjoint_b)
    demand(len(left) > 1 and len(right) > 1, "both need 2 axes", left, right)
    return numpy_products.matmul(left, right)


def _turned(x: Shape, wanted: bool) -> Shape:
    return (*x[:-2], x[-1], x[-2]) if wanted else x


@tf_function("matvec")
def matvec(a: Any, b: Any, transpose_a: bool = False, adjoint_a: bool = False) -> Spec:
    """Rows times one column."""
    left, right = _turned(operand(a), transpose_a or adjoint_a), operand(b)
    return Spec(((*common([left[:-2], right[:-1]]), left[-2]),), macs=None)


@tf_function("tensordot")
def tensordot(a: Any, b: Any, axes: Any) -> Spec:
    """Sums of products over axes of both."""
    return numpy_products.tensordot(operand(a), operand(b), axes=axes)


@tf_function("einsum")
def einsum(equation: Any, *operands: Any) -> Spec:
    """Sums of products; Keras 2 writes only the equation down, and cannot load it either."""
    if not operands:
        raise Unknown("Keras 2 writes down the equation of einsum, but not what it is made of")
    return numpy_products.einsum(*operands, subscripts=str(equation).replace(" ", ""))


@tf_function("cross")
def cross(a: Any, b: Any) -> Spec:
    """What stands upright on two vectors."""
    return Spec((common([operand(a), operand(b)]),))


@tf_function("dot")
def dot(x: Any, y: Any) -> Spec:
    """Every row at the left times every column at the right."""
    return numpy_products.dot(operand(x), operand(y))


@tf_function("det", "matrix_determinant", "logdet", "trace")
def per_matrix(x: Any) -> Spec:
    """One number for each matrix."""
    return Spec((operand(x)[:-2],), macs=None)


@tf_function("eigh", "self_adjoint_eig", "eig")
def eigh(tensor: Any) -> Spec:
    """Eigenvalues and eigenvectors."""
    return linalg.eig(operand(tensor))


@tf_function("svd")
def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True) -> Spec:
    """Singular values, then both bases when asked for."""
    found = linalg.svd(operand(tensor), full_matrices=full_matrices, compute_uv=compute_uv)
    if not compute_uv:
        return found
    left, values, right = found.outputs
    turned = None if right is None else _turned(right, wanted=True)
    return Spec((values, left, turned), macs=None)


@tf_function("qr")
def qr(input: Any, full_matrices: bool = False) -> Spec:  # noqa: A002 - TensorFlow's name
    """An orthonormal and a triangular matrix."""
    return linalg.qr(operand(input), mode="complete" if full_matrices else "reduced")


@tf_function("solve", "matrix_solve", "triangular_solve", "matrix_triangular_solve", "lstsq")
def solve(matrix: Any, rhs: Any) -> Spec:
    """What `matrix` turns into `rhs`."""
    left, right = operand(matrix), operand(rhs)
    return Spec(((*common([left[:-2], right[:-2]]), left[-1], right[-1]),), macs=None)


@tf_function("diag", "matrix_diag", "matrix_diag_v2")
def diag(diagonal: Any) -> Spec:
    """Each vector as the diagonal of a matrix."""
    x = operand(diagonal)
    return Spec(((*x, x[-1]),))


@tf_function("diag_part", "matrix_diag_part", "matrix_diag_part_v2")
def diag_part(input: Any, k: int = 0) -> Spec:  # noqa: A002 - TensorFlow's name
    """The diagonal of each matrix."""
    *batch, rows, columns = operand(input)
    return Spec(((*batch, _diagonal(rows, columns, k)),))


def _diagonal(rows: Dim, columns: Dim, k: int) -> Dim:
    if rows is None or columns is None:
        return None
    return min(rows + min(k, 0), columns - max(k, 0))


@tf_function("tensor_diag")
def tensor_diag(diagonal: Any) -> Spec:
    """A tensor along the diagonal of one with twice the axes."""
    return Spec((operand(diagonal) * 2,))


@tf_function("image.sobel_edges")
def sobel_edges(image: Any) -> Spec:
    """How fast brightness changes, down and across."""
    return Spec(((*operand(image), 2),), macs=None)


@tf_function("signal.frame")
def frame(signal: Any, frame_length: Any, frame_step: Any, pad_end: bool = False) -> Spec:
    """Windows over the last axis."""
    x = operand(signal)
    return Spec(((*x[:-1], _frames(x[-1], frame_length, frame_step, pad_end), frame_length),))


@tf_function("signal.stft")
def stft(
    signals: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Any = None,  # noqa: ARG001
    pad_end: bool = False,
) -> Spec:
    """Fourier transforms of windows over the last axis."""
    x = operand(signals)
    length = fft_length or 1 << (frame_length - 1).bit_length()
    frames = _frames(x[-1], frame_length, frame_step, pad_end)
    return Spec(((*x[:-1], frames, length // 2 + 1),), macs=None)


@tf_function("signal.rfft")
def rfft(input_tensor: Any, fft_length: Any = None) -> Spec:
    """The Fourier transform of real numbers: half of it says all."""
    x = operand(input_tensor)
    length = fft_length[0] if isinstance(fft_length, list) else x[-1]
    half = length // 2 + 1 if isinstance(length, int) else None
    return Spec((replaced(x, -1, half),), macs=None)


def _frames(size: Dim, length: int, step: int, pad_end: bool) -> Dim:
    if size is None:
        return None
    return (
        -(-size // step)
        if pad_end
        else max(0, plus((size, -length)) or 0) // step + (size >= length)
    )
