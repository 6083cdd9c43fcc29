"""What a file holds for each layer: the stored weights of every container, in one form.

The readers of containers list what is there; here it becomes `StoredWeights`, and `placed` finds
the layers of a graph that it belongs to. A layer of which the file does not tell stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable

from inspector.graph import Graph
from inspector.readers.stored.legacy import is_legacy, legacy_groups, placed_by_layer
from inspector.readers.stored.paths import (
    placed_by_name,
    placed_by_path,
    saved_model_groups,
    tfjs_groups,
)
from inspector.readers.stored.tree import is_tree, placed_by_object, tree_groups
from inspector.readers.stored.weights import (
    Keyed,
    Listing,
    Placement,
    StoredWeight,
    StoredWeights,
)

__all__ = [
    "Keyed",
    "Listing",
    "Placement",
    "StoredWeight",
    "StoredWeights",
    "hdf5_groups",
    "legacy_groups",
    "placed",
    "saved_model_groups",
    "tfjs_groups",
    "tree_groups",
]


def hdf5_groups(listing: Listing, where: str) -> StoredWeights | None:
    """The weights of an HDF5 file, in either of its two layouts; `None` where it has neither.

    Raises:
        ReadError: something that it lists is not in it.
    """
    if is_legacy(listing):
        return legacy_groups(listing, where)
    return tree_groups(listing) if is_tree(listing) else None


def placed(
    stored: StoredWeights, graph: Graph, owning: Callable[[str], bool] | None = None
) -> Placement:
    """The stored weights by the layers of a graph, and what belongs to none.

    Args:
        owning: whether the layer of a path owns weights, by the rules; see `placed_by_path`.
    """
    if stored.keyed is Keyed.PATH:
        return placed_by_path(stored, graph, owning)
    by = {
        Keyed.LAYER: placed_by_layer,
        Keyed.OBJECT: placed_by_object,
        Keyed.NAME: placed_by_name,
    }
    return by[stored.keyed](stored, graph)
