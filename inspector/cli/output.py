"""Streams: the answer goes to stdout and nothing else does; notes and errors go to stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from inspector.errors import InspectError, ReadError

if TYPE_CHECKING:
    from rich.console import RenderableType

# For terminals and pipes that cannot encode the signs: the same, in ASCII.
_ASCII = str.maketrans(
    {
        "·": "*", "×": "x", "✓": "ok", "✗": "no", "≠": "!=", "⌊": "floor(", "⌋": ")",
        "⌈": "ceil(", "⌉": ")", "−": "-", "–": "-", "…": "...",
        "━": "=", "╸": "=", "→": "->", "└": "+", "│": "|", "┃": "|", "─": "-", "┏": "+", "┓": "+",
        "⊕": "+", "⊞": "#", "●": "o", "○": "o", "◆": "o", "╮": "\\", "╯": "/", "╰": "\\",
        "┬": "+", "┌": "+",
        "┳": "+", "┡": "+", "╇": "+", "┩": "+", "├": "+", "┼": "+", "┤": "+", "┴": "+", "┘": "+",
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


class Target(NamedTuple):
    """Where a file goes, and what it is: the path, or `-` for stdout."""

    path: str
    medium: str


def target(output: str, asked: str | None, media: Sequence[str], name: str, force: bool) -> Target:
    """What `-o`, `--format` and the name of a model come to.

    Raises:
        ReadError: the extension tells no medium, or a file that nobody named is in the way.
    """
    if output == "-":
        return Target("-", asked or media[0])
    if not output:
        path = Path(name).with_suffix(f".{asked}") if asked else Path(name)
        if path.exists() and not force:
            raise ReadError(str(path), "is there already",
                            hint="--force writes over it, -o FILE writes another")  # fmt: skip
        return Target(str(path), asked or media[0])
    medium = asked or Path(output).suffix.lower().lstrip(".")
    if medium not in media:
        raise ReadError(output, "the extension tells no medium", received=medium or "none",
                        hint=f"one of {', '.join('.' + each for each in media)}")  # fmt: skip
    return Target(output, medium)


def put(target: Target, content: bytes) -> None:
    """Write a file and print its path; or its content on stdout.

    Raises:
        ReadError: it cannot be written.
    """
    if target.path == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        Path(target.path).write_bytes(content)
    except OSError as error:
        raise ReadError(target.path, "cannot be written", received=error.strerror or "") from error
    write(f"{target.path}\n")


def temporary(name: str) -> str:
    """The path of a file of this name that nobody else can read; the system removes it one day."""
    from tempfile import mkdtemp  # noqa: PLC0415 - few commands write files

    return str(Path(mkdtemp(prefix="graphinspect-")) / name)


def opened(path: str) -> None:
    """Open a file in the browser, where there is one."""
    import webbrowser  # noqa: PLC0415 - one command only

    if not webbrowser.open(Path(path).resolve().as_uri()):
        tell("note: no browser was found; open the file yourself")
