"""What README and docs show is what the tool prints; what they list is what there is."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from inspector.rules.ops import UNRULED

ROOT = Path(__file__).parents[2]


def _tool():
    spec = importlib.util.spec_from_file_location("docs_tool", ROOT / "tools" / "docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", _tool().PAGES, ids=lambda page: page.name)
def test_every_output_shown_is_printed_by_the_tool(page):
    text = page.read_text("utf-8")
    assert _tool().refreshed(text) == text


def test_the_picture_is_drawn_by_the_tool():
    tool = _tool()
    for path, text in tool.fresh():
        if path == tool.PICTURE:
            assert path.read_text("utf-8") == text


def test_the_operations_without_a_rule_are_named():
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert set(UNRULED) <= set(re.findall(r"`(\w+)`", page))


def test_every_link_leads_somewhere():
    for page in [*_tool().PAGES, ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
