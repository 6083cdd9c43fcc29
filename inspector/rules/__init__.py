"""What Keras' classes come to: one pure function per class or family, by Keras' own folders.

To add a layer, write its rule in the file named after its folder in `keras.layers`, and record
golden lines for it (CONTRIBUTING.md). Nothing else has to change.
"""

from __future__ import annotations

from inspector.graph import Layer
from inspector.rules import (  # noqa: F401 - importing a file registers its rules
    activation,
    convolutional,
    core,
    merging,
    normalization,
    pooling,
    regularization,
    reshaping,
)
from inspector.rules.rule import LAYERS, OPERATIONS, Rule


def layer_rule(class_name: str) -> Rule | None:
    """The rule for a layer class, by the name under which Keras saves it."""
    return LAYERS.get(class_name) or all_layers().get(class_name)


def all_layers() -> dict[str, Rule]:
    """Every rule by class name; the files that most models never need load here."""
    from inspector.rules import (  # noqa: F401, PLC0415 - half of the time it takes to start
        applications,
        attention,
        legacy,
        preprocessing,
        recurrent,
        wrappers,
    )

    return LAYERS


def operation_rule(class_name: str) -> Rule | None:
    """The rule for a class of `keras.ops`; their files load when the first one is met."""
    from inspector.rules import ops  # noqa: F401, PLC0415 - 300 rules that most models never need

    return OPERATIONS.get(class_name)


def function_rule(layer: Layer) -> Rule:
    """The rule for a function of TensorFlow, which Keras 2 wraps into a layer of its own.

    Raises:
        Unknown: no rule covers that function.
    """
    from inspector.rules.ops import tensorflow  # noqa: PLC0415 - most models never need it

    return tensorflow.rule_of(layer)
