"""What changes a weight while a model is trained."""

from __future__ import annotations

from inspector.graph import Weight

LEARNED = "learned"  # back-propagation changes it
FROZEN = "frozen"  # it would, were it not for a `trainable=False`
STATISTIC = "statistic"  # a running average over batches
UNTOLD = "untold"  # a file stores it, and does not say
KEPT = "kept"  # neither: set before training, or by the layer itself

_STATISTICS = ("moving_", "renorm_")  # how Keras names what it averages over batches


def change(weight: Weight, learning: bool, layer_trains: bool) -> str:
    """What changes a weight in training: one of the four words of this module.

    Args:
        weight: in question.
        learning: whether training reaches the layer, as far as the models around it decide.
        layer_trains: the flag of the layer itself, which also holds statistics still.
    """
    if weight.trainable and learning:
        return LEARNED
    if weight.trainable or weight.frozen:
        return FROZEN
    if not averaged(weight):
        return KEPT
    return STATISTIC if layer_trains else FROZEN


def averaged(weight: Weight) -> bool:
    """Whether a weight is a running average, by the name that Keras gives it."""
    return weight.name.startswith(_STATISTICS)
