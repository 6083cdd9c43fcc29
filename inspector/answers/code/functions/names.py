"""Names of layers in a function: what changes from use to use is an argument."""

from __future__ import annotations

import re
from collections.abc import Sequence

from inspector.answers.code.names import quoted

_NUMBERED = re.compile(r"([A-Za-z0-9_.\-]*?[A-Za-z_.\-])(0|[1-9][0-9]{0,8})", re.ASCII)

_SIGNS = "_-./"  # between the words of a name

Row = Sequence[str | None]  # the names that the layer in one place has in each use


def prefixes(rows: Sequence[Row]) -> tuple[list[str], dict[int, str]]:
    """What the names of each use begin with, and the rest of the name for each row that fits.

    >>> prefixes([["a1_conv", "a2_conv"], ["a1_add", None], ["x", "y"]])
    (['a1', 'a2'], {0: '_conv', 1: '_add'})
    """
    uses = len(rows[0])
    best: tuple[list[str], dict[int, str]] = ([], {})
    for row in rows:
        if None in row or len(best[1]) == len(rows):
            continue
        names = [str(name) for name in row]
        ending = _shared_ending(names)
        cuts = [at for at in range(len(ending) + 1) if not ending[at:] or ending[at] in _SIGNS]
        for cut in cuts:
            rest = ending[cut:]
            starts = [name[: len(name) - len(rest)] for name in names]
            fitting = _fitting(rows, starts)
            if all(starts) and len(set(starts)) == uses and len(fitting) > len(best[1]):
                best = starts, fitting
    return best


def _shared_ending(names: Sequence[str]) -> str:
    shortest = min(names, key=len)
    for length in range(len(shortest), 0, -1):
        ending = shortest[-length:]
        if all(name.endswith(ending) for name in names):
            return ending
    return ""


def _fitting(rows: Sequence[Row], starts: Sequence[str]) -> dict[int, str]:
    """The rows whose names are the starts with one ending."""
    found = {}
    for at, row in enumerate(rows):
        pairs = [(name, start) for name, start in zip(row, starts, strict=True) if name is not None]
        rests = {n[len(start) :] if n.startswith(start) else None for n, start in pairs}
        rest = next(iter(rests), None)
        if len(rests) == 1 and rest is not None:
            found[at] = rest
    return found


def numbered(row: Row) -> tuple[str, list[int | None]] | None:
    """Names that are one word with a number each, as Keras gives them.

    >>> numbered(["conv2d_7", None, "conv2d_12"])
    ('conv2d_', [7, None, 12])
    """
    found = [None if name is None else _NUMBERED.fullmatch(name) for name in row]
    if any(match is None and name is not None for match, name in zip(found, row, strict=True)):
        return None
    words = {match[1] for match in found if match}
    if len(words) != 1:
        return None
    return words.pop(), [None if match is None else int(match[2]) for match in found]


def between(row: Sequence[str]) -> list[str]:
    """What differs between names of which the first and the last words are the same.

    >>> between(["left_stem_1", "left_reduce_4"])
    ['stem_1', 'reduce_4']
    """
    ending = _shared_ending(row)
    back = next((len(ending) - at for at, sign in enumerate(ending) if sign in _SIGNS), 0)
    front = len(_shared_ending([name[::-1] for name in row]))
    front = max((row[0].rfind(sign, 0, front) + 1 for sign in _SIGNS), default=0)
    return [name[front : len(name) - back] for name in row]


def around(row: Row, values: Sequence[str]) -> tuple[str, str] | None:
    """What stands before and behind a value in each name; `None` where that is not the same.

    >>> around(["left_stem_1_bn", None], ["stem_1", "reduce_4"])
    ('left_', '_bn')
    """
    pairs = [(name, value) for name, value in zip(row, values, strict=True) if name is not None]
    name, value = pairs[0]
    for found in re.finditer(re.escape(value), name):
        before, after = name[: found.start()], name[found.end() :]
        whole = before[-1:] in ("", *_SIGNS) and after[:1] in ("", *_SIGNS)
        if whole and all(each == before + part + after for each, part in pairs):
            return before, after
    return None


def with_value(before: str, argument: str, after: str) -> str:
    """The expression of a name around an argument.

    >>> with_value("left_", "name", "")
    '"left_" + name'
    """
    parts = [quoted(before) if before else "", argument, quoted(after) if after else ""]
    return " + ".join(part for part in parts if part)


def with_number(word: str, argument: str, shift: int) -> str:
    """The expression of a name that ends with an argument, or a number counted from it.

    >>> with_number("conv2d_", "number", 3)
    'f"conv2d_{number + 3}"'
    """
    return f'f"{word}{{{shifted(argument, shift)}}}"'


def shifted(argument: str, shift: int) -> str:
    """An argument plus a number.

    >>> shifted("n", 0), shifted("n", -2)
    ('n', 'n - 2')
    """
    if not shift:
        return argument
    return f"{argument} {'+' if shift > 0 else '-'} {abs(shift)}"
