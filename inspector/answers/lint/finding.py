"""What a rule finds: one mistake, its place, the lines that show it, and its consequences."""

from typing import NamedTuple


class Mark(NamedTuple):
    """Some characters of one line of a program, and what there is to say about them."""

    line: int
    start: int  # first column, from 0
    end: int  # the column behind the last
    text: str
    cause: bool = False  # the mistake itself; the others are witnesses


class Finding(NamedTuple):
    """One mistake. What follows from it stands in its notes, and is no finding of its own."""

    code: str
    severity: str  # error: it cannot be meant so; warning: it is hardly meant so
    title: str
    message: str  # the title with names and places, readable alone
    hint: str  # the principle, and the place
    line: int | None = None  # of the mistake; None in a file
    column: int | None = None  # from 1
    path: str = ""  # the layer that it is about
    variable: str = ""
    within: str = ""  # the function, and the call of it
    marks: tuple[Mark, ...] = ()
    notes: tuple[str, ...] = ()
    frames: frozenset[int] = frozenset()  # calls of functions whose other trouble it explains
