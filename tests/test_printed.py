"""Printed summaries taken apart, on texts that a real Keras printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.errors import ReadError
from inspector.printed import PrintedRow, parse_summary

SUMMARIES = Path(__file__).parent / "golden" / "summaries"


def printed(name: str):
    return parse_summary((SUMMARIES / f"{name}.txt").read_text("utf-8"))


def test_a_cell_on_several_lines_is_one_again():
    rows = {row.name: row for row in printed("names.plain").rows}
    assert rows["a name with spaces"].class_name == "InputLayer"
    assert rows["[bold]not markup[-1] (really)"].params == 20
    assert rows["sum │ of"].class_name == "Add"


def test_connections_of_a_layer_called_often():
    rows = {row.name: row for row in printed("shared.plain").rows}
    assert rows["twin"] == PrintedRow(
        name="twin",
        class_name="Dense",
        output_shape="(None, 16)",
        params=272,
        connected="left[0][0], right[0][0], twin[0][0]",
    )


def test_a_chain_has_no_connections():
    assert {row.connected for row in printed("chain.plain").rows} == {None}


def test_models_inside_come_with_their_level():
    rows = printed("nested.nested").rows
    assert [(row.name, row.level) for row in rows if row.level] == [
        ("inner_door", 1),
        ("deep", 1),
        ("deepest", 2),
        ("on_top", 1),
        ("dense", 1),
        ("re_lu", 1),
    ]


def test_several_outputs_are_one_text():
    rows = {row.name: row for row in printed("states.plain").rows}
    assert rows["encoder"].output_shape == "[(None, 8), (None, 8), (None, 8)]"


def test_what_is_unbuilt_counts_nothing():
    rows = printed("unbuilt.trainable").rows
    assert [(row.built, row.params, row.trainable) for row in rows][:2] == [
        (False, 0, None),
        (True, 0, None),
    ]


def test_the_column_trainable_is_read():
    rows = printed("frozen.trainable").rows
    assert {row.name: row.trainable for row in rows} == {
        "door": None, "base": False, "base_door": None, "conv": False, "norm": False,
        "pool": None, "cold": False, "warm": True,
    }  # fmt: skip


def test_tables_drawn_in_ascii_are_read_too():
    text = (SUMMARIES / "shared.plain.txt").read_text("utf-8")
    edges = str.maketrans("┏┳┓└┴┘━─│┃┡╇┩├┼┤", "++++++--|||+||+|")
    assert parse_summary(text.translate(edges)) == parse_summary(text)


def test_the_numbers_of_the_optimizer_stand_apart():
    text = (SUMMARIES / "chain.plain.txt").read_text("utf-8")
    total = parse_summary(text).total
    text = text.replace(f"Total params: {total}", f"Total params: {total + 22}")
    both = parse_summary(f"{text} Optimizer params: 22 (88.00 B)\n")
    assert (both.total, both.optimizer, both.params) == (total + 22, 22, total)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it holds no whole table"),
        ("Model: x\n┏━━┓\n", "it holds no whole table"),
        ("┏━━━┓\n┃ a ┃\n└───┘\n", "its footer names no totals"),
        ("┏━━━━━━━┓\n┃ Layer ┃\n┡━━━━━━━┩\n│ a │\n└───────┘\n", "does not fit its rules"),
        ("┏━━━┓\n┃ a ┃\n┡━━━┩\n│ 1 │\n└───┘\n", "has no name or no count"),
    ],
)
def test_other_text_is_refused(text, problem):
    kinds = () if "totals" in problem else ("Total", "Trainable", "Non-trainable")
    footer = "".join(f" {kind} params: 1 (4.00 B)\n" for kind in kinds)
    with pytest.raises(ReadError, match=problem):
        parse_summary(text + footer)
