"""Rules for `keras.layers` of the folder regularization."""

from __future__ import annotations

from inspector.dims import Shape
from inspector.rules.rule import Spec, weightless


@weightless(
    "ActivityRegularization",
    "AlphaDropout",
    "Dropout",
    "GaussianDropout",
    "GaussianNoise",
    SpatialDropout1D=3,
    SpatialDropout2D=4,
    SpatialDropout3D=5,
)
def regularization(inputs: Shape) -> Spec:
    """Noise or a penalty while training; Keras keeps its random state out of `weights`."""
    return Spec((inputs,))
