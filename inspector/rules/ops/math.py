"""Rules for `keras.ops` of the file math.

No independent count of a Fourier transform's work is at hand: its multiply-adds stay unknown.
"""

from __future__ import annotations

from inspector.dims import Dim, Ints, Shape
from inspector.rules.ops.core import common, demand, reduced
from inspector.rules.rule import Count, Spec, operation

Pair = list[Shape]  # real and imaginary part, which Keras passes as one argument


@operation("Erf", "Erfc", "Erfinv", "Rsqrt")
def elementwise(x: Shape) -> Spec:
    """Each number on its own."""
    return Spec((x,))


@operation("Logsumexp")
def logsumexp(x: Shape, *, axis: Ints | None = None, keepdims: bool = False) -> Spec:
    """A smooth maximum over an axis."""
    return Spec((reduced(x, axis, keepdims),))


@operation("SegmentMax", "SegmentMin", "SegmentProd", "SegmentSum")
def segments(data: Shape, *, num_segments: int | None = None) -> Spec:
    """Rows with the same number in one; how many that makes is unknown unless told."""
    return Spec(((num_segments, *data[1:]),))


@operation("TopK")
def top_k(x: Shape, *, k: int) -> Spec:
    """The largest numbers along the last axis, and where they stand."""
    demand(bool(x), "x must have an axis", x)
    best = (*x[:-1], k)
    return Spec((best, best))


@operation("InTopK")
def in_top_k(targets: Shape) -> Spec:
    """Whether each target is among the best."""
    return Spec((targets,))


@operation("CDist")
def cdist(x: Shape, y: Shape) -> Spec:
    """The distance of every row of `x` from every row of `y`."""
    demand(len(x) >= 2 and len(y) >= 2, "both need 2 axes or more", x, y)
    demand(None in (x[-1], y[-1]) or x[-1] == y[-1], "rows must be as long", x, y)
    return Spec(((*common([x[:-2], y[:-2]]), x[-2], y[-2]),), macs=None)


@operation("ExtractSequences")
def extract_sequences(x: Shape, *, sequence_length: Count, sequence_stride: Count) -> Spec:
    """Windows over the last axis.

    >>> extract_sequences((None, 17), sequence_length=4, sequence_stride=2).outputs
    ((None, 7, 4),)
    """
    demand(bool(x), "x must have an axis", x)
    frames = _frames(x[-1], sequence_length, sequence_stride)
    return Spec(((*x[:-1], frames, sequence_length),))


def _frames(size: Dim, length: int, stride: int) -> Dim:
    return None if size is None else 1 + (size - length) // stride


@operation("FFT")
def fft(x: Pair) -> Spec:
    """The Fourier transform along the last axis."""
    return _transformed(x, rank=1)


@operation("FFT2", "IFFT2")
def fft2(x: Pair) -> Spec:
    """The Fourier transform along the last two axes, or back."""
    return _transformed(x, rank=2)


def _transformed(x: Pair, rank: int) -> Spec:
    real = _real(x, rank)
    if None in real[-rank:]:
        raise ValueError(f"the last {rank} axes of {real} must be known")
    return Spec((real, real), macs=None)


def _real(x: Pair, rank: int) -> Shape:
    """The shape that both parts of a complex tensor have."""
    real, imaginary = x
    demand(real == imaginary, "both parts must have one shape", real, imaginary)
    demand(len(real) >= rank, f"{rank} axes or more are needed", real)
    return real


@operation("RFFT")
def rfft(x: Shape, *, fft_length: int | None = None) -> Spec:
    """The Fourier transform of real numbers: half of it says all."""
    demand(bool(x), "x must have an axis", x)
    length = x[-1] if fft_length is None else fft_length
    half = (*x[:-1], None if length is None else length // 2 + 1)
    return Spec((half, half), macs=None)


@operation("IRFFT")
def irfft(x: Pair, *, fft_length: int | None = None) -> Spec:
    """Real numbers back from half of a Fourier transform."""
    real = _real(x, rank=1)
    whole = None if real[-1] is None else 2 * (real[-1] - 1)
    return Spec(((*real[:-1], whole if fft_length is None else fft_length),), macs=None)


@operation("STFT")
def stft(x: Shape, *, sequence_stride: Count, fft_length: Count, center: bool = True) -> Spec:
    """Fourier transforms of windows over the last axis."""
    demand(bool(x), "x must have an axis", x)
    padded = fft_length // 2 * 2 if center else 0
    size = None if x[-1] is None else x[-1] + padded
    half = (*x[:-1], _frames(size, fft_length, sequence_stride), fft_length // 2 + 1)
    return Spec((half, half), macs=None)


@operation("ISTFT")
def istft(
    x: Pair,
    *,
    sequence_stride: Count,
    fft_length: Count,
    length: int | None = None,
    center: bool = True,
) -> Spec:
    """A signal back from Fourier transforms of its windows."""
    real = _real(x, rank=2)
    frames = real[-2]
    padded = fft_length // 2 * 2 if center else 0
    size = None if frames is None else (frames - 1) * sequence_stride + fft_length - padded
    return Spec(((*real[:-2], size if length is None else length),), macs=None)


@operation("Logdet")
def logdet(x: Shape) -> Spec:
    """One number for each matrix."""
    return Spec((x[:-2],), macs=None)


@operation("ViewAsComplex")
def view_as_complex(x: Shape) -> Spec:
    """The two numbers of the last axis as one."""
    return Spec((x[:-1],))


@operation("ViewAsReal")
def view_as_real(x: Shape) -> Spec:
    """Each complex number as two."""
    return Spec(((*x, 2),))
