"""Calls of one function in a row as a loop, when all that changes is counted up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import indent
from typing import NamedTuple

from inspector.answers.code.expressions import Call, assigned
from inspector.answers.code.functions.names import shifted

_COUNTED = re.compile(r'("[A-Za-z0-9_.\-]*?)(0|[1-9][0-9]{0,8})(")', re.ASCII)
_SHORTEST = 2

Words = tuple[tuple[str, str], ...]  # keys, empty for the first argument, and expressions


class Use(NamedTuple):
    """One call of a function, where it stands in the program."""

    variable: str
    function: str
    tensors: tuple[str, ...]
    words: Words
    names: tuple[str, ...] = ()  # arguments that tell what layers are called

    def follows(self, other: Use) -> bool:
        """Whether it takes what another call of the function gave, and gives it the same name."""
        return (
            self.function == other.function
            and self.tensors == (other.variable,)
            and self.variable == other.variable
        )


class Loop(NamedTuple):
    """`for variable in range(…)`, and what is said in each turn."""

    head: str
    words: Words


class _Counted(NamedTuple):
    """An expression that goes up by one step from call to call, as text around a number."""

    before: str
    start: int
    step: int
    after: str


def statements(uses: Sequence[Use], variable: str) -> Iterator[str]:
    """Calls in a row, those that a loop can make as a loop."""
    place = 0
    while place < len(uses):
        use = uses[place]
        row = [use.words]
        again = use.tensors == (use.variable,)
        while again and place + len(row) < len(uses) and uses[place + len(row)].follows(use):
            row.append(uses[place + len(row)].words)
        count = longest(row, use.names)
        if count == 1:
            yield _call(use, use.words)
        else:
            made = loop(row[:count], use.names, variable)
            yield made.head
            yield indent(_call(use, made.words), "    ")
        place += count


def _call(use: Use, words: Words) -> str:
    said = (f"{key}={text}" if key else text for key, text in words)
    return assigned(use.variable, Call(use.function, (*use.tensors, *said)))


def longest(rows: Sequence[Words], names: Sequence[str]) -> int:
    """How many of the calls, from the first on, one loop can make; less than two: none."""
    count = 1
    while count < len(rows) and _columns(rows[: count + 1], names) is not None:
        count += 1
    return count if count >= _SHORTEST else 1


def loop(rows: Sequence[Words], names: Sequence[str], variable: str) -> Loop:
    """The loop that makes some calls; only what tells names is counted up.

    >>> rows = [(("", "64"), ("name", '"block2"')), (("", "64"), ("name", '"block3"'))]
    >>> print(*loop(rows, ["name"], "n"))
    for n in range(2, 4): (('', '64'), ('name', 'f"block{n}"'))
    """
    found = _columns(rows, names) or []
    counted = [column for column in found if isinstance(column, _Counted)]
    base = next((one for one in counted if one.step == 1), _Counted("", 0, 1, ""))
    words = []
    for (key, text), column in zip(rows[0], found, strict=True):
        words.append((key, _said(column, base, variable) if column else text))
    end = base.start + len(rows)
    bounds = f"{base.start}, {end}" if base.start else str(end)
    return Loop(f"for {variable} in range({bounds}):", tuple(words))


def _said(column: _Counted, base: _Counted, variable: str) -> str:
    factor = variable if column.step == 1 else f"{column.step} * {variable}"
    number = shifted(factor, column.start - column.step * base.start)
    return f"f{column.before}{{{number}}}{column.after}" if column.before else number


def _columns(rows: Sequence[Words], names: Sequence[str]) -> list[_Counted | None] | None:
    """What changes, argument by argument; `None` where it is not counted up."""
    if len({tuple(key for key, _ in row) for row in rows}) > 1:
        return None
    found: list[_Counted | None] = []
    for pairs in zip(*rows, strict=True):
        texts = [text for _, text in pairs]
        if len(set(texts)) == 1:
            found.append(None)
            continue
        column = _counted(texts) if pairs[0][0] in names else None
        if column is None:
            return None
        found.append(column)
    return found


def _counted(texts: Sequence[str]) -> _Counted | None:
    if all(text.isdigit() for text in texts):
        parts = [("", int(text), "") for text in texts]
    else:
        matches = [_COUNTED.fullmatch(text) for text in texts]
        parts = [(match[1], int(match[2]), match[3]) for match in matches if match]
    if len(parts) < len(texts) or len({(before, after) for before, _, after in parts}) > 1:
        return None
    before, start, after = parts[0]
    step = parts[1][1] - start
    steady = all(number == start + step * at for at, (_, number, _) in enumerate(parts))
    return _Counted(before, start, step, after) if steady and step > 0 else None
