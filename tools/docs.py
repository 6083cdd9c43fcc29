"""Writes every output that README.md and docs/ show, by running the commands shown.

    python tools/docs.py           rewrite what has changed
    python tools/docs.py --check   say what would change, and exit 1

A block that starts with ```console holds commands behind `$ `, each followed by its output, as a
terminal of 80 columns without colours shows it. A line `$ command | head -5` shows the first five
lines, and `...` stands for the rest; `< FILE` pipes a file in.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PICTURE = ROOT / "docs" / "pictures" / "count_resnet50.svg"
_BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
_PLAIN = {"FORCE_COLOR": "1", "TERM": "dumb", "COLUMNS": "80"}  # a terminal without colours


def main() -> None:
    """Rewrite or check every page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    stale = [path for path, text in fresh() if not path.exists() or path.read_text("utf-8") != text]
    for path, text in fresh() if not check else ():
        if path in stale:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    for path in stale:
        print(path.relative_to(ROOT))
    if check and stale:
        sys.exit(1)


def fresh() -> Iterator[tuple[Path, str]]:
    """Every page and picture as it should be."""
    for page in PAGES:
        if page.exists():
            yield page, refreshed(page.read_text("utf-8"))
    yield PICTURE, picture("graphinspect count resnet50")


def refreshed(page: str) -> str:
    """A page with the outputs of its commands as they are now."""
    return _BLOCK.sub(lambda block: _block(block[0]), page)


def _block(block: str) -> str:
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "\n".join(f"{command}\n{output(command[2:])}" for command in commands)


def output(command: str) -> str:
    """What a command prints, cut after as many lines as `| head -N` asks for."""
    command, _, lines = command.partition(" | head -")
    text = _run(command, _PLAIN)
    if not lines:
        return text
    kept = text.splitlines()[: int(lines)]
    return "\n".join([*kept, "..."]) + "\n"


def _run(command: str, environment: dict[str, str]) -> str:
    """Run a command of ours in this process, errors in line with the answer, as a screen shows."""
    from inspector.cli import main as graphinspect

    command, _, piped = command.partition(" < ")
    arguments = shlex.split(command)
    pasted = io.StringIO((ROOT / piped).read_text("utf-8") if piped else "")
    screen = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n")
    variables = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    with (
        mock.patch.object(sys, "argv", arguments),
        mock.patch.object(sys, "stdin", pasted),
        mock.patch.dict(os.environ, {**variables, **environment}, clear=True),
        contextlib.chdir(ROOT),
        contextlib.redirect_stdout(screen),
        contextlib.redirect_stderr(screen),
        contextlib.suppress(SystemExit),
    ):
        graphinspect()
    screen.flush()
    written: bytes = screen.buffer.getvalue()
    return written.decode("utf-8")


def picture(command: str) -> str:
    """A terminal with the output of a command, as an SVG that needs no font and no network."""
    from rich.console import Console
    from rich.terminal_theme import MONOKAI
    from rich.text import Text

    colours = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "92"}
    console = Console(record=True, width=92, file=io.StringIO())
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text.from_ansi(_run(command, colours)))
    svg = console.export_svg(title=command, theme=MONOKAI, unique_id="picture")
    svg = re.sub(r"@font-face \{.*?\}\n?", "", svg, flags=re.DOTALL)
    return svg.replace("<svg ", '<svg xml:space="preserve" ', 1)


if __name__ == "__main__":
    main()
