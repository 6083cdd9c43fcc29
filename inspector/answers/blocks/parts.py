"""The parts of a series: blocks, and what stands between them."""

from __future__ import annotations

from typing import NamedTuple

from inspector.answers.blocks.units import Skeleton, Unit


class Part(NamedTuple):
    """Nodes in a row of the series: a block, or what stands between blocks."""

    nodes: tuple[int, ...]
    family: str = ""  # blocks of one family have the same skeleton; empty: no block
    join: str = ""
    identity: bool = False
    sums: bool = False  # whether its family adds what flows in to what its layers make of it

    @property
    def module(self) -> bool:
        """Whether more than two branches meet at its end."""
        return self.family.startswith("module ")


class Candidate(NamedTuple):
    """Units that may be a block; a single one where they are not."""

    units: tuple[Unit, ...]
    family: str
    body: Skeleton = ()

    @property
    def nodes(self) -> tuple[int, ...]:
        """The nodes of its units, in their order."""
        return tuple(at for unit in self.units for at in unit.nodes)
