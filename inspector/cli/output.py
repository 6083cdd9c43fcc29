"""Streams: the answer goes to stdout and nothing else does; notes and errors go to stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from inspector.errors import InspectError

if TYPE_CHECKING:
    from rich.console import RenderableType

# For terminals and pipes that cannot encode the signs: the same, in ASCII.
_ASCII = str.maketrans(
    {
        "·": "*", "×": "x", "✓": "ok", "✗": "no", "≠": "!=", "⌊": "floor(", "⌋": ")",
        "⌈": "ceil(", "⌉": ")", "−": "-", "–": "-", "…": "...",
        "━": "=", "╸": "=", "→": "->", "└": "+", "│": "|", "┃": "|", "─": "-", "┏": "+", "┓": "+",
        "┳": "+", "┡": "+", "╇": "+", "┩": "+", "├": "+", "┼": "+", "┤": "+", "┴": "+", "┘": "+",
        "┬": "+", "╰": "+", "╯": "+",
    }
)  # fmt: skip
_UNBOUNDED = 100_000  # columns of a pipe: nothing is folded


def show(screen: Callable[[int, bool], Iterable[RenderableType]]) -> None:
    """Print what `screen(width, interactive)` gives, folded to the terminal or not at all."""
    from rich.console import Console  # noqa: PLC0415 - `--json` needs no rich

    console = Console(highlight=False)
    interactive = console.is_terminal
    width = console.width if interactive else _UNBOUNDED
    console.width = width
    with console.capture() as captured:
        for part in screen(width, interactive):
            console.print(part, soft_wrap=not interactive)
    write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def write(text: str) -> None:
    """Put text on stdout, in ASCII where its encoding has no more."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_ASCII).encode(encoding, "backslashreplace").decode(encoding)
    sys.stdout.write(text)
    sys.stdout.flush()


def tell(text: str) -> None:
    """Put a line on stderr."""
    encoding = sys.stderr.encoding or "ascii"
    safe = text.encode(encoding, "backslashreplace").decode(encoding)
    sys.stderr.write(safe + "\n")


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Show that something is going on, on stderr, while it takes more than a moment."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415 - only at a terminal

    with Console(stderr=True).status(text, spinner="line"):
        yield


def complain(error: InspectError) -> None:
    """Say what is wrong in one line, and what to do in another."""
    from inspector.render.safe import plain  # noqa: PLC0415 - only on errors

    tell(f"error: {plain(str(error))}")
    if error.hint:
        tell(f"hint: {plain(error.hint)}")


def leave(code: int) -> NoReturn:
    """End the command with an exit code."""
    raise SystemExit(code)
