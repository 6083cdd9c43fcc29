"""What training does to a layer, in the words of legends and of cells."""

from __future__ import annotations

LEGEND = {
    "frozen": "frozen: not trained",
    "trained": "trained",
    "partly": "trained in part, the rest frozen",
    "updated": "not trained, but its averages move",
    "unknown": "not known",
    "": "no weights",
}
CELL = {
    "frozen": "frozen",
    "trained": "trained",
    "partly": "trained in part",
    "updated": "averages move",
    "unknown": "not known",
    "": "",
}
