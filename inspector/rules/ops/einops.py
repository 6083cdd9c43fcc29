"""Rules for `keras.ops` of the file einops."""

from __future__ import annotations

import re
from typing import Any

from inspector.dims import Dim, Shape, times
from inspector.rules.ops.core import demand
from inspector.rules.rule import Spec, operation

_AXIS = re.compile(r"\w+|\(.*?\)")  # one name, or several that share an axis


@operation("Rearrange")
def rearrange(tensor: Shape, pattern: str, **axes_lengths: Any) -> Spec:
    """Axes split, moved and joined, as a pattern spells it.

    >>> rearrange((4, 8, 6), "b (h c) w -> b h w c", h=2).outputs
    ((4, 2, 6, 4),)
    """
    before, _, after = pattern.partition("->")
    groups = [_names(group) for group in _AXIS.findall(before)]
    demand(len(groups) == len(tensor), f"{before.strip()} needs as many axes", tensor)
    sizes: dict[str, Dim] = {}
    for names, size in zip(groups, tensor, strict=True):
        sizes |= _split(names, size, axes_lengths)
    joined = (_names(group) for group in _AXIS.findall(after))
    return Spec((tuple(times(sizes[name] for name in names) for names in joined),))


def _names(group: str) -> list[str]:
    return group.strip("()").split()


def _split(names: list[str], size: Dim, lengths: dict[str, Any]) -> dict[str, Dim]:
    """The sizes of the names that share an axis; the one that nobody gave is what is left."""
    if len(names) == 1:
        return {names[0]: size}
    known = times(lengths[name] for name in names if name in lengths)
    left = size // known if size is not None and known else None
    return {name: lengths.get(name, left) for name in names}
