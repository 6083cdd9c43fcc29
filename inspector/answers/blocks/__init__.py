"""Repeated blocks, found by the structure of a graph."""

from inspector.answers.blocks.found import blocks
from inspector.answers.blocks.tree import Block, Blocks, Item, Run, Step, runs

__all__ = ["Block", "Blocks", "Item", "Run", "Step", "blocks", "runs"]
