"""What one file may cost: fixed ceilings, and a budget that grows with the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from inspector.readers.hdf5.errors import LimitError

_FLOOR = 1 << 20  # what the smallest file may cost
_SHARE = 8  # how often each byte of a file may be looked at
_PATHS = 16  # letters of paths for each byte that may be looked at


class Limits(NamedTuple):
    """The ceilings of one reading; a file within its own size reaches none of them."""

    objects: int = 500_000  # groups, datasets and links, all together
    depth: int = 2_000  # groups inside one another
    header_bytes: int = 64 << 20  # the header of one object
    heap_bytes: int = 64 << 20  # the names of one group
    attribute_bytes: int = 256 << 20  # all attribute values that are asked for
    elements: int = 1_000_000  # numbers or strings in one attribute
    read_bytes: int = 512 << 20  # all bytes that are looked at
    chunk_nodes: int = 10_000  # nodes that tell the storage size of one chunked dataset


_CHOSEN: ContextVar[Limits | None] = ContextVar("limits", default=None)


def chosen() -> Limits:
    """The limits of readings that name none themselves."""
    return _CHOSEN.get() or Limits()


@contextmanager
def raised(objects: int) -> Iterator[None]:
    """Let what is read meanwhile hold so many objects.

    >>> with raised(objects=1_000_000):
    ...     chosen().objects
    1000000
    """
    before = _CHOSEN.set(chosen()._replace(objects=objects))
    try:
        yield
    finally:
        _CHOSEN.reset(before)


class Budget:
    """What is left of the limits while one file is read.

    >>> budget = Budget(Limits(objects=1), size=0, where="a.h5")
    >>> budget.object()
    >>> budget.object()
    Traceback (most recent call last):
    inspector.errors.LimitError: a.h5: holds more than 1 objects
    """

    def __init__(self, limits: Limits, size: int, where: str) -> None:
        scaled = _SHARE * size + _FLOOR
        self.limits = limits
        self._where = where
        self._bytes = min(limits.read_bytes, scaled)
        self._values = min(limits.attribute_bytes, scaled)
        self._objects = limits.objects
        self._paths = _PATHS * scaled

    def read(self, count: int) -> None:
        """Note that `count` bytes of the file are looked at."""
        self._bytes -= count
        if self._bytes < 0:
            raise self.over("makes a reader look at the same bytes again and again")

    def value(self, count: int) -> None:
        """Note that an attribute of `count` bytes is decoded."""
        self._values -= count
        if self._values < 0:
            raise self.over("holds attributes that unfold to more than the file has")

    def path(self, count: int) -> None:
        """Note that a path of `count` letters is put together."""
        self._paths -= count
        if self._paths < 0:
            raise self.over("has groups nested too deep, under names too long")

    def object(self) -> None:
        """Note one more object or link."""
        self._objects -= 1
        if self._objects < 0:
            limit = self.limits.objects
            raise self.over(f"holds more than {limit:,} objects", option="--max-objects")

    def over(self, problem: str, received: str = "", option: str = "") -> LimitError:
        """The error for a file that asks for too much."""
        hint = "no Keras model does: the file is damaged or hostile; the limits can be raised"
        hint += f" ({option})" if option else ""
        return LimitError(self._where, problem, received=received, hint=hint)
