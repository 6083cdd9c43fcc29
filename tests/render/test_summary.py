"""The text of `summary`, held against texts that a real Keras printed (tools/summaries.py)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector import loader
from inspector.errors import InspectError
from inspector.render.summary import summary_text

SUMMARIES = Path(__file__).parent.parent / "golden" / "summaries"
OPTIONS = {
    "plain": {},
    "nested": {"expand_nested": True},
    "trainable": {"show_trainable": True, "expand_nested": True},
}
RECORDED = sorted(path.name.removesuffix(".txt") for path in SUMMARIES.glob("*.txt"))


def loaded(tmp_path: Path, name: str, *changes: tuple[str, str]):
    """A recorded sample, with some words of its JSON replaced."""
    text = (SUMMARIES / f"{name}.json").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "changed.json"
    path.write_text(text, "utf-8")
    return loader.load(path)


@pytest.mark.parametrize("recorded", RECORDED)
def test_it_is_what_keras_prints(recorded):
    name, variant = recorded.split(".")
    model = loader.load(SUMMARIES / f"{name}.json")
    text = summary_text(model, line_length=100, **OPTIONS[variant])
    assert text == (SUMMARIES / f"{recorded}.txt").read_text("utf-8")


def test_every_sample_has_a_text_of_each_kind():
    names = {path.stem for path in SUMMARIES.glob("*.json")}
    assert {f"{name}.{variant}" for name in names for variant in OPTIONS} == set(RECORDED)


def test_the_usual_width_follows_the_screen(monkeypatch):
    model = loader.load(SUMMARIES / "chain.json")
    for columns, width in ((200, 88), (60, 56)):
        monkeypatch.setenv("COLUMNS", str(columns))
        assert len(summary_text(model).splitlines()[1]) == width


def test_a_line_too_short_for_the_table_is_refused():
    model = loader.load(SUMMARIES / "shared.json")
    with pytest.raises(InspectError, match="does not fit into the line; received 15 columns"):
        summary_text(model, line_length=15)


def test_a_name_neither_acts_on_the_screen_nor_reads_as_markup(tmp_path):
    hostile = json.dumps("[red]\x1b[2J\u202e\nhead[/]")[1:-1]
    model = loaded(tmp_path, "chain", ('"head"', f'"{hostile}"'))
    text = summary_text(model, line_length=200)
    assert r"│ [red]\x1b[2J\u202e\nhead[/] (Dense)" in text
    assert "\x1b" not in text


def test_what_nobody_knows_is_a_question_mark(tmp_path):
    model = loaded(
        tmp_path,
        "chain",
        ('"module": "keras.layers", "class_name": "Dense"', '"module": "mine", "class_name": "My"'),
    )
    text = summary_text(model, line_length=100)
    row = next(line for line in text.splitlines() if "head (My)" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")] == ["head (My)", "?", "?"]
    assert " Total params: at least 240 (960.00 B)\n" in text
