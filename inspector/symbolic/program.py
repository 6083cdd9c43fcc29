"""The text of a program: a Python file, a notebook, or what was pasted."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
import warnings
from typing import NamedTuple

from inspector.errors import ReadError

MAX_BYTES = 8 << 20
UNKNOWN = "__unknown__"  # what a shell command would have given
_MAGIC = re.compile(r"^\s*(?:[%!?]|\w[\w.]*\?{1,2}\s*$)")
_CAPTURED = re.compile(r"^(\s*[\w, ]+=\s*)([%!].*)$")
_PRINT = re.compile(r"^(\s*)(?:print\b|exec\b)")


class Program(NamedTuple):
    """A program that can be run: its lines as people count them."""

    name: str
    text: str
    tree: ast.Module
    notebook: bool
    skipped: tuple[tuple[int, str], ...] = ()  # lines that were left out, and why


def program(data: bytes, name: str) -> Program:
    """The program in a file's bytes.

    Raises:
        ReadError: it is no text, no notebook, or no Python.
    """
    if len(data) > MAX_BYTES:
        raise ReadError(name, f"is longer than {MAX_BYTES >> 20} MiB", hint="no program is")
    head = data.lstrip()[:1]
    notebook = head == b"{" and (b'"cells"' in data or b'"worksheets"' in data)
    text = _cells(data, name) if notebook else _text(data, name)
    text, skipped = _without_magics(text)
    return _parsed(name, text, notebook, skipped)


def _text(data: bytes, name: str) -> str:
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise ReadError(name, f"is no Python text: {error}", hint="save it as UTF-8") from error
    if "\0" in text:
        raise ReadError(name, "holds null bytes, and is no Python text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cells(data: bytes, name: str) -> str:
    """The code cells of a notebook, one below the other."""
    try:
        document = json.loads(data)
        sheets = document.get("worksheets") or [document]
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
        sources = [
            cell.get("source", cell.get("input", ""))
            for cell in cells
            if cell.get("cell_type") == "code"
        ]
        texts = ["".join(source) for source in sources]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ReadError(name, "is no notebook", hint="it must be JSON with cells") from error
    return "\n".join(f"{_whole_cell(text)}\n" for text in texts)


def _whole_cell(text: str) -> str:
    """A cell; one that is not in Python, such as `%%bash`, as comments."""
    first = text.lstrip().partition("\n")[0]
    if first.startswith("%%") and not first.startswith(("%%time", "%%capture")):
        return "\n".join(f"# {line}" for line in text.split("\n"))
    return text


def _without_magics(text: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The text with magics and shell lines as comments; the lines stay where they are.

    >>> _without_magics("%matplotlib inline\\nfiles = !ls\\nif True:\\n    !pwd")[0]
    '# %matplotlib inline\\nfiles = __unknown__  # !ls\\nif True:\\n    pass  # !pwd'
    """
    if not re.search(r"^\s*[%!?]|\?\s*$|=\s*[%!]", text, re.MULTILINE):
        return text, ()
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(text)
    except SyntaxError:
        pass
    else:
        return text, ()  # nothing to mend: a % may continue a sum
    lines = []
    for line in text.split("\n"):
        captured = _CAPTURED.match(line)
        if captured:
            lines.append(f"{captured[1]}{UNKNOWN}  # {captured[2]}")
        elif _MAGIC.match(line):
            lines.append(_left_out(line))
        else:
            lines.append(line)
    return "\n".join(lines), ()


def _left_out(line: str) -> str:
    """A line as a comment; in a block with a statement, since that may be all there is."""
    written = line.lstrip()
    indent = line[: len(line) - len(written)]
    return f"{indent}pass  # {written}" if indent else f"# {written}"


def _parsed(name: str, text: str, notebook: bool, skipped: tuple[tuple[int, str], ...]) -> Program:
    lines = text.split("\n")
    left_out = list(skipped)
    while True:
        try:
            with warnings.catch_warnings(action="ignore"):
                tree = ast.parse("\n".join(lines))
        except SyntaxError as error:
            place = (error.lineno or 0) - 1
            if not _mendable(lines, place, notebook) or len(left_out) > len(lines):
                raise ReadError(
                    f"{name}:{error.lineno}",
                    f"is not Python: {error.msg}",
                    received=(error.text or "").strip()[:80],
                    hint="mend the line, or take it out",
                ) from error
            left_out.append((place + 1, f"not Python, left out: {lines[place].strip()[:60]}"))
            lines[place] = _left_out(lines[place])
        except (ValueError, RecursionError, MemoryError) as error:
            raise ReadError(name, "is nested too deep to be read", hint="no program is") from error
        else:
            return Program(name, "\n".join(lines), tree, notebook, tuple(left_out))


def _mendable(lines: list[str], place: int, notebook: bool) -> bool:
    """Whether a line can be left out: `print` of Python 2, and in notebooks whatever it is."""
    if not 0 <= place < len(lines) or lines[place].lstrip().startswith(("#", "pass  #")):
        return False
    return bool(_PRINT.match(lines[place])) or notebook
