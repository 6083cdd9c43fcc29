"""Our numbers against texts that a real Keras printed: agreement, differences, known traps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inspector import loader
from inspector.answers.verify import Difference, verify
from inspector.printed import PrintedSummary, parse_summary

SUMMARIES = Path(__file__).parent.parent / "golden" / "summaries"
# A name is cut short in "names".
UNCUT = sorted({path.stem for path in SUMMARIES.glob("*.json")} - {"names"})


def sample(name: str, variant: str = "plain"):
    text = (SUMMARIES / f"{name}.{variant}.txt").read_text("utf-8")
    return loader.load(SUMMARIES / f"{name}.json"), parse_summary(text, "3.15.1")


def altered(printed: PrintedSummary, place: int, **changes):
    rows = list(printed.rows)
    rows[place] = replace(rows[place], **changes)
    return replace(printed, rows=tuple(rows))


@pytest.mark.parametrize("variant", ["plain", "trainable"])
@pytest.mark.parametrize("name", UNCUT)
def test_a_recorded_model_agrees(name, variant):
    model, printed = sample(name, variant)
    answer = verify(model, printed)
    assert answer.differences == ()
    assert answer.agrees
    assert answer.rows == len(model.rows)
    assert answer.keras_version == "3.15.1"


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"params": 1}, Difference("conv", "params", 208, 1)),
        ({"class_name": "Conv1D"}, Difference("conv", "class_name", "Conv2D", "Conv1D")),
        ({"trainable": False}, Difference("conv", "trainable", True, False)),
        (
            {"output_shape": "(None, 1)"},
            Difference("conv", "output_shape", "(None, 24, 24, 8)", "(None, 1)"),
        ),
    ],
)
def test_one_cell_that_differs_is_named(changes, difference):
    model, printed = sample("chain")
    answer = verify(model, altered(printed, 1, **changes))
    assert answer.differences == (difference,)
    assert not answer.agrees


def test_a_row_that_only_one_side_has_is_named():
    model, printed = sample("chain")
    answer = verify(model, replace(printed, rows=printed.rows[:-1]))
    assert answer.differences == (
        Difference("", "rows", 5, 4),
        Difference("head", "row", "head", None),
    )
    answer = verify(model, altered(printed, 4, name="tail"))
    assert answer.differences == (
        Difference("head", "row", "head", None),
        Difference("tail", "row", None, "tail"),
    )


def test_rows_in_another_order_are_told_once():
    model, printed = sample("chain")
    answer = verify(model, replace(printed, rows=printed.rows[::-1]))
    assert answer.differences == (Difference("", "order", "image", "head"),)


def test_a_footer_that_differs_is_named():
    model, printed = sample("chain")
    answer = verify(model, replace(printed, trainable=1))
    assert answer.differences == (Difference("", "trainable", 314, 1),)


def test_the_numbers_of_an_optimizer_are_no_difference():
    model, printed = sample("chain")
    compiled = replace(printed, total=printed.total + 22, optimizer=22)
    answer = verify(model, compiled)
    assert answer.agrees
    assert answer.notes == (
        "Keras prints 352 as the total: 330 parameters and 22 numbers of the optimizer, "
        "which were not compared",
    )


def test_what_we_do_not_know_is_a_note(tmp_path):
    text = (SUMMARIES / "chain.json").read_text("utf-8")
    dense = '"module": "keras.layers", "class_name": "Dense"'
    path = tmp_path / "own.json"
    path.write_text(text.replace(dense, '"module": "mine", "class_name": "Dense"'), "utf-8")
    answer = verify(loader.load(path), sample("chain")[1])
    assert answer.agrees
    assert answer.notes == (
        "head: its parameters were not compared; Keras prints 90",
        "head: its output shape was not compared; here it is ?, Keras prints (None, 10)",
        "the totals were not compared: ours miss rows; Keras prints 330",
    )
