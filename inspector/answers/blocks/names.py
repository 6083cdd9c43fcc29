"""What a block is called: by the names of its layers, and by what the field calls its structure."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.answers.blocks.parts import Part
from inspector.answers.blocks.wiring import KERNEL, Wiring

_MODULE = 3  # joins in an Inception module, at most; a cell has more


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


def word(wiring: Wiring, part: Part) -> str:
    """What the field calls a block of this structure; "block" where it has no name for it."""
    signs = [wiring.sorts[at].sign for at in part.nodes if wiring.sorts[at].role == KERNEL]
    if any("Attention" in sign for sign in signs):
        return "transformer block"
    if part.join == "Concatenate":
        return _joined(wiring, part)
    if any(sign.startswith("Depthwise") for sign in signs):
        return _depthwise(part.family)
    if not part.sums:
        return "block"
    points = [sign.endswith(" 1") for sign in part.family.split(", ")]
    return "bottleneck" if points == [True, False, True] else "residual block"


def _joined(wiring: Wiring, part: Part) -> str:
    """Of blocks that end in a Concatenate: what flows in is handed on, or branches leave it."""
    inside = set(part.nodes)
    joins = [at for at in part.nodes if len(wiring.before[at]) > 1]
    if len(joins) > _MODULE:
        return "cell"
    forks = any(len(inside.intersection(wiring.after[at])) > 1 for at in part.nodes)
    entries = sum(not inside.intersection(wiring.before[at]) for at in part.nodes)
    if not forks and (entries == 1 or (part.identity and not part.module)):
        return "dense layer"
    return "inception module" if part.module else "block"


def _depthwise(family: str) -> str:
    if "gate" in family:
        return "MBConv"
    return "inverted residual" if family.count(", ") > 1 else "depthwise-separable block"


_PLURAL = {"MBConv": "MBConv blocks"}


def plural(word: str) -> str:
    """The word for several blocks.

    >>> plural("bottleneck"), plural("MBConv")
    ('bottlenecks', 'MBConv blocks')
    """
    return _PLURAL.get(word, f"{word}s")
