"""What is known of a row of a pasted summary, and settings to try for it."""

from __future__ import annotations

from typing import Any, NamedTuple

from inspector.dims import Dim, Shape

Config = dict[str, Any]
BOTH = (True, False)


class Asked(NamedTuple):
    """What is known of a row: the class, the shapes that flow in and out, the printed count."""

    class_name: str
    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape | None, ...]
    params: int

    @property
    def channels_in(self) -> Dim:
        """The last axis of what flows in."""
        first = self.inputs[0] if self.inputs else None
        return first[-1] if first else None

    @property
    def channels_out(self) -> Dim:
        """The last axis of what flows out."""
        first = self.outputs[0] if self.outputs else None
        return first[-1] if first else None


class Guess(NamedTuple):
    """Settings to try: the config, and the channels that flow in where nothing told them."""

    config: Config
    channels: Dim = None
