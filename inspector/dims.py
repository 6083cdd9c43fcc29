"""Sizes that may be unknown, and the few sums that Keras makes with them.

A dimension is an `int`, or `None` where Keras knows it only at run time (usually the batch).
Unknown in, unknown out: no rule has to test for `None` itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple

Dim = int | None
Shape = tuple[Dim, ...]
MAX_SIZE = (1 << 63) - 1  # every backend counts sizes in 64 bits
MAX_RANK = 64  # axes; NumPy's bound, and no model comes near it
Ints = int | Sequence[int]  # a Keras argument that is one number for every axis, or one for each


def is_size(value: object) -> bool:
    """Whether a value from a file can be the size of an axis.

    >>> is_size(0), is_size(-1), is_size(True), is_size(1 << 63)
    (True, False, False, False)
    """
    return type(value) is int and 0 <= value <= MAX_SIZE


def times(dims: Iterable[Dim]) -> Dim:
    """The product of `dims`; unknown when any of them is.

    >>> times((2, 3)), times((2, None)), times(())
    (6, None, 1)
    """
    sizes = tuple(dims)
    return None if None in sizes else prod(sizes)  # type: ignore[arg-type] # none of them is None


def plus(dims: Iterable[Dim]) -> Dim:
    """The sum of `dims`; unknown when any of them is.

    >>> plus((2, 3)), plus((2, None)), plus(())
    (5, None, 0)
    """
    sizes = tuple(dims)
    return None if None in sizes else sum(sizes)  # type: ignore[arg-type] # none of them is None


def window(size: Dim, kernel: int, stride: int, padding: str, dilation: int = 1) -> Dim:
    """How many times a window fits along one axis, as convolutions and pooling count it.

    >>> window(28, kernel=3, stride=1, padding="valid"), window(28, 3, 2, "same")
    (26, 14)

    Raises:
        ValueError: the window is wider than the axis, and nothing is padded.
    """
    if size is None:
        return None
    reach = 1 if padding in ("same", "causal") else dilation * (kernel - 1) + 1
    if padding == "full":  # every overlap, however small
        return (size + reach - 2) // stride + 1
    if padding == "valid" and size < reach:
        raise ValueError(f"a window of {reach} does not fit into an axis of {size}")
    return (size - reach) // stride + 1


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """The common shape of `shapes`, aligned at the right; 1 stretches, unknown stays unknown.

    >>> broadcast([(None, 4, 6), (6,)]), broadcast([(2, 1), (1, 3)])
    ((None, 4, 6), (2, 3))

    Raises:
        ValueError: two known sizes differ and neither is 1.
    """
    rank = max((len(shape) for shape in shapes), default=0)
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    return tuple(_stretched(sizes) for sizes in zip(*padded, strict=True))


def _stretched(sizes: Sequence[Dim]) -> Dim:
    wide = {size for size in sizes if size != 1}
    if len(wide - {None}) > 1:
        raise ValueError(f"sizes {', '.join(map(str, sizes))} do not broadcast")
    if not wide:
        return 1
    return None if None in wide else wide.pop()


def each_axis(value: Ints, rank: int) -> tuple[int, ...]:
    """One number per axis, from Keras' "one for all, or one for each".

    >>> each_axis(3, rank=2), each_axis([1, 2], rank=2)
    ((3, 3), (1, 2))

    Raises:
        ValueError: there are more or fewer numbers than axes.
    """
    if isinstance(value, int):
        return (value,) * rank
    if len(value) != rank:
        raise ValueError(f"{list(value)} has {len(value)} numbers, expected {rank}")
    return tuple(value)


class Product(NamedTuple):
    """A product whose factors keep their names, so that a count can explain itself.

    >>> taps = product(f=3) * product(nC_in=16)
    >>> str(taps), taps.digits, taps.value
    ('f·nC_in', '3·16', 48)
    """

    symbols: tuple[str, ...] = ()
    dims: Shape = ()

    @property
    def value(self) -> Dim:
        """The product of the factors; 1 for none of them, `None` when any is unknown."""
        return times(self.dims)

    @property
    def digits(self) -> str:
        """The factors as numbers, joined as `str(self)` joins their names."""
        return "·".join("?" if dim is None else str(dim) for dim in self.dims) or "1"

    @property
    def mixed(self) -> str:
        """The factors as numbers where they are known, and by name elsewhere.

        >>> product(f=3, nC_in=None).mixed
        '3·nC_in'
        """
        pairs = zip(self.symbols, self.dims, strict=True)
        return "·".join(name if dim is None else str(dim) for name, dim in pairs) or "1"

    def __mul__(self, other: Product) -> Product:  # type: ignore[override] # no tuple is repeated
        return Product(self.symbols + other.symbols, self.dims + other.dims)

    def __str__(self) -> str:
        return "·".join(self.symbols) or "1"


def product(**factors: Dim) -> Product:
    """A `Product` of the named factors, in the order given."""
    return Product(tuple(factors), tuple(factors.values()))


def axis(symbol: str, size: Dim) -> Product:
    """A `Product` of one factor whose symbol is no Python name, such as `4u`."""
    return Product((symbol,), (size,))
