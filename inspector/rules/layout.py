"""Where the channels are: shapes taken apart and put together for either data format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from inspector.dims import Dim, Shape


class Layout(NamedTuple):
    """A shape as convolutions see it: batch, positions in space, channels."""

    batch: Dim
    space: Shape
    channels: Dim
    first: bool  # whether the channels come before the space

    def shape(self, space: Sequence[Dim], channels: Dim) -> Shape:
        """A shape of the same layout with other sizes."""
        if self.first:
            return (self.batch, channels, *space)
        return (self.batch, *space, channels)


def layout(x: Shape, data_format: str | None) -> Layout:
    """`x` taken apart; `None` means channels last, as Keras' own default does.

    >>> layout((None, 32, 32, 3), "channels_last").space
    (32, 32)
    """
    if data_format == "channels_first":
        batch, channels, *space = x
        return Layout(batch, tuple(space), channels, first=True)
    batch, *space, channels = x
    return Layout(batch, tuple(space), channels, first=False)
