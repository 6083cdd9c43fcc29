"""Pasted summaries: what Keras printed fits, and what was changed is pointed at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import inspector
from inspector.answers.pasted_summary import checked_summary, checked_table
from inspector.errors import ReadError
from inspector.pasted.table import read_table
from inspector.readers.zoo import architectures

GOLDEN = Path(__file__).parents[1] / "golden"
TEXTS = {
    path.name: path.read_text("utf-8")
    for folder in ("summaries", "pasted")
    for path in sorted((GOLDEN / folder).glob("*.txt"))
}
BOXED = {name: text for name, text in TEXTS.items() if "┏" in text}
# As forums of 2019 show it; dense was pasted from a model with smaller pictures.
QUESTION = """
Layer (type)                 Output Shape              Param #
=================================================================
conv2d (Conv2D)              (None, 30, 30, 32)        896
_________________________________________________________________
max_pooling2d (MaxPooling2D) (None, 15, 15, 32)        0
_________________________________________________________________
conv2d_1 (Conv2D)            (None, 13, 13, 64)        18496
_________________________________________________________________
max_pooling2d_1 (MaxPooling2 (None, 6, 6, 64)          0
_________________________________________________________________
conv2d_2 (Conv2D)            (None, 4, 4, 64)          36928
_________________________________________________________________
flatten (Flatten)            (None, 1024)              0
_________________________________________________________________
dense (Dense)                (None, 64)                36928
_________________________________________________________________
dense_1 (Dense)              (None, 10)                650
=================================================================
Total params: 122,570
Trainable params: 122,570
Non-trainable params: 0
"""


@pytest.mark.parametrize("name", TEXTS)
def test_what_keras_printed_fits(name):
    checked = checked_summary(TEXTS[name])
    assert checked.wrong == ()
    assert checked.agrees


@pytest.mark.parametrize("key", architectures())
@pytest.mark.parametrize("width", [80, 140])
def test_what_our_summary_prints_fits(key, width):
    if width == 80 and key not in ("resnet50", "mobilenetv2", "densenet121", "convnexttiny"):
        pytest.skip("one narrow table of each kind is enough")
    checked = checked_summary(inspector.summary(key, line_length=width, expand_nested=True))
    assert checked.wrong == ()
    assert checked.agrees
    assert checked.table.params == inspector.load(key).totals.params


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.integers(0, 1000), st.integers(1, 5000), st.booleans())
def test_a_changed_count_is_pointed_at(name, at, change, less):
    table = read_table(TEXTS[name])
    place = at % len(table.rows)
    row = table.rows[place]
    count = row.params - change if less else row.params + change
    if count < 0 or not row.built:
        return
    rows = (*table.rows[:place], replace(row, params=count), *table.rows[place + 1 :])
    checked = checked_table(replace(table, rows=rows))
    assert not checked.agrees
    assert checked.rows[place].fits is False or place in checked.suspects


def test_the_row_that_cannot_be_right():
    checked = checked_summary(QUESTION)
    (row,) = checked.wrong
    assert row.printed.name == "dense"
    assert row.params == 65_600
    assert row.asked_for.spec.arithmetic == "1024·64 + 64"
    assert row.would_fit.spec.arithmetic == "576·64 + 64"
    assert (checked.added, checked.lacking) == (93_898, 28_672)


def test_the_screen_says_it_all(graphinspect, tmp_path):
    run = graphinspect("calc", QUESTION)
    assert run.code == 1
    said = " ".join(run.out.split())
    assert "1 of 8 rows does not fit: dense prints 36,928, its input asks for 65,600" in said
    assert "flatten gives 4·4·64 = 1,024 values, so dense has 1024·64 + 64 = 65,600." in said
    assert "576·64 + 64 would fit an input of 576 values, such as (3, 3, 64)." in said
    assert "which is exactly what dense lacks" in said


def test_what_a_table_hides_is_inferred():
    text = QUESTION.replace("36928\n____", "36928\n____").replace("36928       ", "36928")
    rows = {row.printed.name: row for row in checked_summary(text).rows}
    assert [each.spec.arithmetic for each in rows["conv2d_1"].solutions] == ["3·3·32·64 + 64"]
    assert rows["conv2d"].solutions[0].spec.arithmetic == "3·3·3·32 + 32"
    assert len(rows["conv2d"].solutions) > 1  # nothing tells its input


def test_a_kernel_of_five_with_a_bias():
    text = """
    Layer (type)      Output Shape          Param #
    =================================================
    image (InputLayer) (None, 32, 32, 3)     0
    conv (Conv2D)     (None, 28, 28, 8)     608
    =================================================
    Total params: 608
    """
    (solution,) = checked_summary(text).rows[1].solutions
    assert solution.config["kernel_size"] == (5, 5)
    assert solution.config["use_bias"] is True


def test_every_solution_is_named_where_sizes_are_open():
    text = """
    Layer (type)      Output Shape              Param #
    ===================================================
    image (InputLayer) (None, None, None, 3)     0
    conv (Conv2D)     (None, None, None, 8)     608
    ===================================================
    Total params: 608
    """
    kernels = [each.config["kernel_size"] for each in checked_summary(text).rows[1].solutions]
    assert kernels == [(5, 5), (1, 25), (25, 1)]


@pytest.mark.parametrize("name", [name for name in TEXTS if ".plain" in name])
def test_quoted_in_a_mail_it_reads_the_same(name):
    quoted = "".join(f"> {line}\n" for line in TEXTS[name].splitlines())
    assert read_table(quoted) == read_table(TEXTS[name])


def test_columns_parted_by_one_space():
    squeezed = "\n".join(" ".join(line.split()) for line in QUESTION.splitlines())
    assert [row.params for row in read_table(squeezed).rows] == [
        row.params for row in read_table(QUESTION).rows
    ]


def test_a_cut_class_is_told_by_what_is_left():
    rows = checked_summary(QUESTION).rows
    assert rows[3].class_name == "MaxPooling2D"


def test_without_totals_the_rows_are_checked_all_the_same():
    checked = checked_summary(QUESTION.split("Total")[0])
    assert [row.printed.name for row in checked.wrong] == ["dense"]
    assert checked.lacking == 0


def test_totals_that_do_not_add_up():
    text = TEXTS["chain.plain.txt"]
    assert not checked_summary(
        text.replace("Non-trainable params: ", "Non-trainable params: 9")
    ).agrees


@pytest.mark.parametrize("text", ["Total params: 5", "Layer (type)  Output Shape  Param #\n====\n"])
def test_a_summary_without_rows_is_refused(text):
    with pytest.raises(ReadError, match="holds no"):
        checked_summary(text)


def test_the_plainest_solution_stands_first_and_few_are_named(graphinspect):
    text = inspector.summary("resnet50", line_length=80)
    found = checked_summary(text)
    assert not found.notes  # a class that the table cuts off is told by the axes that flow in
    for row in found.rows:
        grouped = [one.config.get("groups", 1) > 1 for one in row.solutions]
        assert grouped == sorted(grouped)
    out = graphinspect("calc", stdin=text.encode()).out
    kinds = out.count("as well as")
    assert 0 < kinds <= 5
    assert out.count("; ") <= 3 * kinds  # two beside the likeliest, and how many more
