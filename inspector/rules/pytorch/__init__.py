"""Rules for modules of torch.nn, as PyTorch counts them.

A module names the sizes of its input itself, so that its weights hang on nothing else; no shape
flows. Parameters stand as trainable weights, buffers (which PyTorch does not count) as others.
Axes stand in PyTorch's stored order. Keyword-only parameters are those of the constructor, in its
order: that is also how positional arguments find their names.
"""

from __future__ import annotations

from inspector.rules.pytorch import layers, normalization, sequences  # noqa: F401 - rules register
from inspector.rules.rule import MODULES

CONTAINERS = frozenset(
    (
        *("Sequential", "ModuleList", "ModuleDict", "Transformer"),
        *(f"Transformer{side}{part}" for side in ("Encoder", "Decoder") for part in ("", "Layer")),
    )
)


def positions(class_name: str) -> tuple[str, ...]:
    """The names of a constructor's arguments, in order."""
    return tuple(MODULES[class_name].options)
