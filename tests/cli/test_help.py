"""What the command says of itself."""

from __future__ import annotations

import itertools


def test_alone_it_shows_its_help(graphinspect):
    alone, asked = graphinspect(), graphinspect("--help")
    assert (alone.code, alone.err) == (0, "")
    assert alone.out == asked.out
    assert "Commands" in alone.out


def test_paragraphs_are_folded_by_the_terminal_only(graphinspect):
    lines = [line.strip() for line in graphinspect("--help").out.splitlines()]
    start = next(place for place, line in enumerate(lines) if line.startswith("MODEL is"))
    paragraph = lines[start : lines.index("", start)]
    assert len(paragraph) > 1
    for line, after in itertools.pairwise(paragraph):
        assert len(line) + 1 + len(after.split()[0]) > 76  # the next word found no room
