"""Pasted lines of several kinds, in order: Keras code, short forms, specs that name their input."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from inspector.dims import Shape
from inspector.errors import ReadError
from inspector.pasted.building import Builder, Pasted
from inspector.pasted.making import VERSIONS, is_layer, nearest
from inspector.pasted.short import add_short, form_of, near_form
from inspector.pasted.sizes import SHAPE, shape_of
from inspector.pasted.snippet import Snippet

_PROMPT = re.compile(r"^\s*(?:>>> ?|\.\.\. ?|In \[\d*\]: ?)")
_ON = re.compile(rf"^(?P<spec>.*\S)\s+(?:on|input)\s+(?P<shape>{SHAPE})\s*$")
_MAGIC = re.compile(r"^\s*[%!]")
_OLD = re.compile(
    r"\b(nb_filter|nb_row|nb_col|border_mode|subsample|dim_ordering|filter_length|inner_activation|"
    r"AtrousConvolution\dD|merge\s*\()|\bConvolution[23]D\s*\(\s*\d+\s*,\s*\d+\s*,\s*\d+"
)
_TENSORFLOW = re.compile(r"\btf\.|\btensorflow\b|\btf_keras\b")


class Piece(NamedTuple):
    """Lines that belong together."""

    kind: str  # "code" or "short"
    text: str
    line: int  # of its first, from 1
    shape: str = ""  # after `on`


def dialect_of(texts: list[str], version: int | None = None) -> str:
    """Which Keras specs are written for.

    >>> dialect_of(["Conv2D(8, 5)"]), dialect_of(["Convolution2D(8, 3, 3)"])
    ('keras3', 'keras1')
    """
    whole = "\n".join(texts)
    if version == 2:
        return "tf_keras" if _TENSORFLOW.search(whole) else "keras2"
    if version is not None:
        return f"keras{version}"
    return "keras1" if _OLD.search(whole) else "keras3"


def read_program(texts: list[str], given: Shape | None, version: int | None = None) -> Pasted:
    """The graph of all that these specs say, one after the other.

    Args:
        given: the shape that flows into the first layer.
        version: of the Keras that they are written for; by default told by how they are written.

    Raises:
        ReadError: one of them is not understood; with its place.
    """
    dialect = dialect_of(texts, version)
    builder = Builder(VERSIONS[dialect], given)
    snippet = Snippet(builder, dialect)
    for number, text in enumerate(texts, start=1):
        where = f"spec {number}" if len(texts) > 1 else "spec"
        for piece in pieces(text):
            if piece.kind == "short":
                place = f"{where}, line {piece.line}"
                snippet.finish()
                add_short(builder, piece.text, place, dialect)
                continue
            if piece.shape:
                builder.given = shape_of(piece.shape, f"{where}, line {piece.line}")
            snippet.read(piece.text, where, piece.line)
    snippet.finish()
    if not builder.entries:
        hint = nearest("")
        raise ReadError("spec", "names no layer", received=texts[0].strip()[:60], hint=hint)
    return builder.pasted()


def pieces(text: str) -> Iterator[Piece]:
    """The lines of one spec, taken together where they are one statement.

    >>> [piece.kind for piece in pieces("conv 5x5 8 in 3" + chr(10) + "Dense(10)")]
    ['short', 'code']
    """
    lines = [_PROMPT.sub("", line) for line in text.expandtabs(4).splitlines()]
    lines = ["" if _MAGIC.match(line) else line for line in lines]
    held: list[str] = []
    first, depth = 1, 0
    for number, line in enumerate(textwrap.dedent("\n".join(lines)).splitlines(), start=1):
        if not held:
            first = number
        if not "".join(held).strip() and form_of(line) is not None:
            held = []
            yield Piece("short", line, number)
            continue
        depth = _depth(line.partition("#")[0]) + (depth if held else 0)
        if depth > 0:  # a bracket is open: the statement goes on
            held.append(line)
            continue
        said = _ON.match(line) if not _is_code("\n".join([*held, line])) else None
        held.append(said["spec"].rstrip() if said else line)
        if _is_code("\n".join(held)) and (said or "\n".join(held).strip() == "" or _closed(held)):
            if "".join(held).strip():
                yield Piece("code", _dedented(held), first, said["shape"] if said else "")
            held = []
    if "".join(held).strip():
        _check_form(held, first)
        yield Piece("code", "\n".join(held), first)


def _depth(line: str) -> int:
    """How many brackets a line leaves open; in a text they mislead, and the end then decides."""
    return sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))


def _closed(held: list[str]) -> bool:
    """Whether the statement is over: a line that ends in a colon opens a block."""
    return not any(line.rstrip().endswith(":") for line in held)


def _dedented(held: list[str]) -> str:
    return textwrap.dedent("\n".join(held)).rstrip(",") if held else ""


def _is_code(text: str) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(textwrap.dedent(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _check_form(held: list[str], first: int) -> None:
    """Where a line that is no Python begins like a short form, say which."""
    near = near_form(held[0])
    if near and not is_layer(held[0].split()[0], "keras3"):
        place = f"spec, line {first}, column 1"
        raise ReadError(place, "is not understood", received=held[0].strip()[:60], hint=near)
