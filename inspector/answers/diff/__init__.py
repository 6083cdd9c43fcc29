"""Two models side by side: matched by what they compute, named differences, where they part."""

from __future__ import annotations

from inspector.answers.diff.compare import Diff, Difference, Neighbour, Parting, diff

__all__ = ["Diff", "Difference", "Neighbour", "Parting", "diff"]
