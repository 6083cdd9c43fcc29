"""Specs that are weights and nothing else."""

from __future__ import annotations

from inspector.dims import Product
from inspector.graph import Weight
from inspector.rules.rule import Spec


def weights_of(*weights: Weight) -> Spec:
    """A spec of weights alone; a print tells no shapes."""
    return Spec((None,), weights, macs=None)


def biased(use: bool, axes: Product, name: str = "bias") -> tuple[Weight, ...]:
    """The bias, where there is one."""
    return (Weight(name, axes),) if use else ()


def scaled(axes: Product, affine: bool, bias: bool = True) -> tuple[Weight, ...]:
    """A factor for each place, and an offset."""
    return (Weight("weight", axes), Weight("bias", axes))[: affine * (1 + bias)]
