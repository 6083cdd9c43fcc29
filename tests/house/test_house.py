"""Nothing is forgotten: public names, commands, rules and errors each have what they need."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import inspector
from inspector.cli.app import COMMANDS

ROOT = Path(__file__).parents[2]


def test_every_public_name_is_there_and_documented():
    for name in inspector.__all__:
        assert hasattr(inspector, name)
        if name != "__version__":
            assert inspect.getdoc(getattr(inspector, name)), name
    assert set(inspector.__all__) == set(inspector._HOMES) | {"__version__"}


@pytest.mark.parametrize("name", inspector.__all__)
def test_every_public_function_is_typed(name):
    value = getattr(inspector, name)
    if inspect.isfunction(value):
        signature = inspect.signature(value)
        assert signature.return_annotation is not inspect.Signature.empty
        for parameter in signature.parameters.values():
            assert parameter.annotation is not inspect.Parameter.empty


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples_and_is_documented(name, graphinspect):
    run = graphinspect(name, "--help")
    assert run.code == 0
    assert f"graphinspect {name}" in run.out
    assert "Example" in run.out
    examples = run.out[run.out.index("Example") :].partition("╭")[0].splitlines()[1:]
    folded = [line for line in examples if line.strip() and "graphinspect" not in line]
    assert not folded, "an example fits into 80 columns, to be copied as one line"
    assert f"`{name}" in (ROOT / "README.md").read_text("utf-8")
    assert f"graphinspect {name}" in (ROOT / "docs" / "commands.md").read_text("utf-8")


def test_no_module_grows_beyond_reading():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "inspector").rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert not long


def test_the_changelog_names_the_version():
    assert f"## {inspector.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_an_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        inspector.nothing  # noqa: B018


def test_the_readme_promises_no_machine_of_ours():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        assert not re.search(r"/(root|home|work|tmp)/", page.read_text("utf-8")), page
