"""Alike names folded without loss, as a shell writes them: `conv5_block{1,2,3}_2_conv`."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.answers.mentions import Mentions, names_of

_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def braced(names: Sequence[str], limit: int = 48) -> str:
    """The names in one word where they share a beginning and an end; else the first and a count.

    >>> braced(["conv2_block1_0_conv", "conv3_block1_0_conv"])
    'conv{2,3}_block1_0_conv'
    >>> braced(["block_9_add", "block_10_add"])
    'block_{9,10}_add'
    >>> braced(["left", "right"])
    'left, right'

    Where a file holds groups of weights and no layers, their names have slashes of their own.

    >>> braced(["block1%2Fconv", "block2%2Fconv"])
    'block{1,2}/conv'
    """
    names = [name.replace("%2F", "/") for name in names]
    if len(names) == 1:
        return names[0]
    for text in (_folded(names), ", ".join(names)):
        if text and len(text) <= limit:
            return text
    return f"{names[0]} and {len(names) - 1} more"


def numbered(name: str, number: int | None) -> str:
    """A name with the number that tells its bindings apart, None where it has but one.

    >>> numbered("X", 12), numbered("X_input", None)
    ('X₁₂', 'X_input')
    """
    return name if number is None else name + str(number).translate(_DIGITS)


def names_text(said: Mentions, path: str, call: int, output: int = 0) -> str:
    """The names of an output of a call, as an arrow carries them: `X₅, X_shortcut₁`."""
    found = names_of(said.get((path, call), ()), output)
    return ", ".join(numbered(one.name, one.number) for one in found)


def _folded(names: Sequence[str]) -> str:
    start = _shared_start(names)
    rests = [name[len(start) :] for name in names]
    end = _shared_start([rest[::-1] for rest in rests])[::-1]
    # A number is one word: {9,10}, never 1{0,1}.
    while start and start[-1].isdigit() and _digit_after(names, len(start)):
        start = start[:-1]
    rests = [name[len(start) :] for name in names]
    while end and end[0].isdigit():
        end = end[1:]
    middles = [rest[: len(rest) - len(end)] for rest in rests]
    if not start or not all(middles) or any(set("{},") & set(name) for name in names):
        return ""
    return f"{start}{{{','.join(middles)}}}{end}"


def _digit_after(names: Sequence[str], place: int) -> bool:
    return any(name[place : place + 1].isdigit() for name in names)


def _shared_start(words: Sequence[str]) -> str:
    first, last = min(words), max(words)
    place = 0
    while place < len(first) and first[place] == last[place]:
        place += 1
    return first[:place]
