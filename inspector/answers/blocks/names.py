"""What a block is called: by the names of its layers, and by what the field calls its structure."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.answers.blocks.wiring import KERNEL, Wiring


def title(names: Sequence[str]) -> str:
    """The words that all names begin with; empty where they share none.

    >>> title(["conv2_block1_1_conv", "conv2_block1_1_bn", "conv2_block1_add"])
    'conv2_block1'
    >>> title(["dense", "dense_1"])
    'dense'
    >>> title(["conv2_block1_add", "conv2_block2_add"])
    'conv2'
    """
    first, last = min(names), max(names)  # what these two share, all between them do
    pairs = enumerate(zip(first, last, strict=False))
    length = next((at for at, (a, b) in pairs if a != b), min(len(first), len(last)))
    common = first[:length]
    if all(name == common or name[len(common)] in "_-./" for name in names):
        return common
    cut = max(common.rfind(sign) for sign in "_-./")
    return common[: max(cut, 0)].rstrip("_-./")


def word(wiring: Wiring, nodes: Sequence[int], family: str, join: str, identity: bool) -> str:
    """What the field calls a block of this structure; "block" where it has no name for it."""
    classes = [wiring.class_name(at) for at in nodes]
    signs = [wiring.sorts[at].sign for at in nodes if wiring.sorts[at].role == KERNEL]
    if any("Attention" in name for name in classes):
        return "transformer block"
    if join == "Concatenate":
        return _joined(wiring, nodes, identity)
    if "DepthwiseConv2D" in signs:
        return _depthwise(signs, family)
    if not join:
        return "block"
    return "bottleneck" if family.count(" 1") == 2 and family.count(",") == 2 else "residual block"


def _joined(wiring: Wiring, nodes: Sequence[int], identity: bool) -> str:
    most = max(len(wiring.before[at]) for at in nodes)
    if most == 2:
        return "dense layer" if identity else "block"
    several = sum(len(wiring.before[at]) > 1 for at in nodes)
    return "cell" if several > 3 else "inception module"


def _depthwise(signs: Sequence[str], family: str) -> str:
    if "gate" in family:
        return "MBConv"
    if len(signs) == 2 and "," in family and family.count(",") == 1:
        return "depthwise-separable block"
    return "inverted residual"
