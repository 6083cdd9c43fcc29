"""Pasted layers counted: against Keras and PyTorch, and by every spelling."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import inspector
from inspector.errors import InspectError

GOLDEN = Path(__file__).parents[1] / "golden"


def recorded(name):
    return [json.loads(line) for line in (GOLDEN / name).read_text("utf-8").splitlines()]


def params(*specs, **options):
    answer = inspector.calc(*specs, **options)
    assert answer.totals.complete
    return answer.totals.params


# --- against the real ones ----------------------------------------------------------------------


@pytest.mark.parametrize("line", recorded("specs_keras3.jsonl"), ids=lambda line: line["spec"])
def test_specs_come_to_what_keras_counts(line):
    answer = inspector.calc(line["spec"], input=line["input"])
    assert answer.totals.complete
    assert answer.totals.params == line["params"]
    assert answer.layers[0].output_shape == tuple(line["output"])


@pytest.mark.parametrize("line", recorded("specs_tf_keras.jsonl"), ids=lambda line: line["spec"])
def test_specs_come_to_what_tf_keras_counts(line):
    spec = f"tf.keras.layers.{line['spec']}"
    answer = inspector.calc(spec, input=line["input"], keras=2)
    assert answer.totals.params == line["params"]
    assert answer.layers[0].output_shape == tuple(line["output"])


@pytest.mark.parametrize(
    "line", recorded("modules_pytorch.jsonl"), ids=lambda line: line["text"].split("\n")[0][:50]
)
def test_modules_come_to_what_pytorch_counts(line):
    answer = inspector.calc(line["text"])
    assert answer.totals.complete
    assert answer.totals.params == line["params"]
    if line["buffers"]:
        assert f"{line['buffers']:,} more numbers are buffers" in " ".join(answer.notes)


# --- what people ask ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("specs", "shape", "counts"),
    [
        (["Conv2D(32, 3)"], "32x32x3", [896]),
        (
            ["Conv2D(32, 3)", "MaxPooling2D()", "Conv2D(64, 3)", "MaxPooling2D()",
             "Conv2D(128, 3)", "GlobalAveragePooling2D()", "Dense(10)"],
            "150x150x3",
            [896, 0, 18_496, 0, 73_856, 0, 1_290],
        ),
        (["Flatten()", "Dense(100)"], "300x300x3", [0, 27_000_100]),
        (["Conv2D(100, 5)"], "300x300x3", [7_600]),
        (
            ["ZeroPadding2D(3)", "Conv2D(32, 7)", "BatchNormalization(axis=3)", "ReLU()",
             "MaxPooling2D()", "Flatten()", "Dense(1)"],
            "64x64x3",
            [0, 4_736, 128, 0, 0, 0, 32_769],
        ),
        (["BatchNormalization()"], "7x7x512", [2_048]),
        (["Bidirectional(GRU(32))"], "10x16", [9_600]),
        (["Bidirectional(GRU(32, reset_after=False))"], "10x16", [9_408]),
        (["LSTM(256)"], "10x4096", [4_457_472]),
        (["SeparableConv2D(1, 2)"], "10x10x3", [16]),
        (["Conv2D(1, 2)"], "10x10x3", [13]),
        (["MultiHeadAttention(12, 64)"], "10x768", [2_362_368]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) and isinstance(value[0], str) else "",
)  # fmt: skip
def test_questions_of_students(specs, shape, counts):
    answer = inspector.calc(*specs, input=shape)
    assert [row.params for row in answer.layers] == counts


def test_a_volume_after_a_convolution():
    (row,) = inspector.calc("Conv2D(32, 7, strides=2)", input="63x63x16").layers
    assert row.output_shape == (None, 29, 29, 32)


def test_valid_padding_does_not_shrink_under_a_kernel_of_one():
    (row,) = inspector.calc("Conv2D(64, 1, padding='valid')", input="56x56x256").layers
    assert row.output_shape == (None, 56, 56, 64)


def test_the_other_bias_of_a_gru_is_told():
    (other,) = inspector.calc("Bidirectional(GRU(32)) on 10x16").otherwise
    assert (other.setting, other.params) == ("reset_after=False", 9_408)
    assert inspector.calc("GRU(32, reset_after=True) on 10x16").otherwise == ()


def test_half_of_a_batch_normalization_is_not_trained():
    totals = inspector.calc("bn 32").totals
    assert (totals.params, totals.trainable, totals.non_trainable) == (128, 64, 64)


# --- spellings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spec",
    [
        "Conv2D(8, 5)",
        "layers.Conv2D(8, (5, 5))",
        "tf.keras.layers.Conv2D(filters=8, kernel_size=5, activation=tf.nn.relu)",
        "Convolution2D(8, 5, 5, border_mode='same')",
        "x = Conv2D(4 * 2, 5)(x)",
        ">>> Conv2D(8, 5)",
        "model = Sequential()\nmodel.add(Conv2D(8, 5))\nmodel.summary()",
        "Sequential([Conv2D(8, 5)])",
        "from keras.layers import Conv2D as C\nn = 8\nC(\n    n,\n    5,\n)",
        '{"class_name": "Conv2D", "config": {"filters": 8, "kernel_size": [5, 5]}}',
        "{'class_name': 'Conv2D', 'config': {'filters': 8, 'kernel_size': (5, 5), 'name': None}}",
    ],
)
@pytest.mark.parametrize("shape", ["32x32x3", "32,32,3", "(None, 32, 32, 3)", (32, 32, 3)])
def test_one_layer_in_many_spellings(spec, shape):
    assert params(spec, input=shape) == 608


@pytest.mark.parametrize(
    "spec",
    [
        "Conv2D(8, 5) on 32x32x3",
        "Conv2D(8, 5, input_shape=(32, 32, 3))",
        "Conv2D(8, 5, batch_input_shape=(None, 32, 32, 3))",
        "x = Input((32, 32, 3))\ny = Conv2D(8, 5)(x)",
        "x = Input(batch_shape=(None, 32, 32, 3))\nmodel = Model(x, Conv2D(8, 5)(x))",
        "conv f=5 3->8",
        "conv 5x5 8 in 3",
        "Conv2d(3, 8, kernel_size=(5, 5), stride=(1, 1))",
        "nn.Conv2d(3, 8, 5)",
        "self.conv1 = nn.Conv2d(3, 8, 5)",
    ],
)
def test_the_input_in_many_spellings(spec):
    assert params(spec) == 608


def test_keras_1_takes_the_kernel_as_two_numbers():
    assert params("Conv2D(32, 3, 3)", input="32x32x3", keras=3) == 896
    one = inspector.calc("Convolution2D(32, 3, 3)", input="32x32x3", keras=1).layers[0]
    three = inspector.calc("Conv2D(32, 3, 3)", input="32x32x3", keras=3)
    assert one.output_shape == (None, 30, 30, 32)
    assert three.layers[0].output_shape == (None, 10, 10, 32)
    assert "--keras 1" in " ".join(three.notes)


def test_branches_meet_again():
    snippet = """
    X_input = Input((8, 8, 4))
    X = Conv2D(4, 3, padding='same')(X_input)
    X_shortcut = Conv2D(4, 1)(X_input)
    X = Add()([X, X_shortcut])
    X = concatenate([X, X_input])
    model = Model(X_input, X)
    """
    answer = inspector.calc(snippet)
    assert [row.params for row in answer.layers] == [148, 20, 0, 0]
    assert answer.layers[-1].output_shape == (None, 8, 8, 8)


def test_a_layer_called_twice_is_counted_once():
    answer = inspector.calc("x = Input((4,))\nd = Dense(4)\ny = d(d(x))")
    assert answer.totals.params == 20
    assert answer.layers[0].calls == 2


def test_a_model_called_like_a_layer():
    snippet = "base = Sequential([Dense(4), Dense(4)])\nx = Input((4,))\ny = Dense(1)(base(x))"
    answer = inspector.calc(snippet)
    assert answer.totals.params == 45
    assert [row.class_name for row in answer.layers] == ["Sequential", "Dense"]


@pytest.mark.parametrize(
    "text",
    [
        "Sequential([\n  Input((28, 28, 1)),\n  Conv2D(32, 3),  # (a\n\n  Flatten(),\n])\nDense(3)",
        "m = Sequential()\nm.add(Input((28, 28, 1)))\nm.add(Conv2D(32, 3))\nm.add(Flatten())\n"
        "m.add(Dense(3))",
        "m = Sequential()\nm.add(InputLayer(input_shape=(28, 28, 1)))\nm.add(Conv2D(32, 3))\n"
        "m.add(Flatten())\nm.add(Dense(3))",
    ],
)
def test_a_sequential_with_its_input(text):
    assert params(text) == 320 + 21_632 * 3 + 3


def test_a_called_sequential_with_its_input():
    text = "m = Sequential([Input((4,)), Dense(4)])\nx = Input((4,))\ny = Dense(1)(m(x))"
    assert params(text) == 25


def test_a_model_called_twice_is_counted_once():
    text = "m = Sequential([Dense(4)])\nx = Input((4,))\ny = Add()([m(x), m(m(x))])"
    assert params(text) == 20
    text = "a = Input((4,))\nm = Model(a, Dense(4)(a))\nx = Input((4,))\ny = Add()([m(x), m(m(x))])"
    assert params(text) == 20


def test_a_layer_after_a_model_takes_its_output():
    assert params("m = Sequential([Dense(4)])\nDense(1)", input="4") == 25
    assert params("Sequential([Dense(4)])", "Dense(1)", input="4") == 25


def test_a_whole_model_as_json():
    text = (GOLDEN / "summaries" / "chain.json").read_text("utf-8")
    assert inspector.calc(text).totals == inspector.load(GOLDEN / "summaries" / "chain.json").totals


def test_without_an_input_the_formula_says_what_is_open():
    (line,) = inspector.calc("Conv2D(8, 5)").lines
    assert (line.row.params, line.partly, line.open) == (None, "5·5·nC_in·8 + 8", True)
    assert not inspector.calc("Conv2D(8, 5)").totals.complete


def test_what_follows_an_open_layer_is_known_again():
    first, second = inspector.calc("Conv2D(8, 5)", "BatchNormalization()").layers
    assert (first.params, second.params) == (None, 32)


def test_keras_and_pytorch_side_by_side():
    answer = inspector.calc("lstm 128 in 64", "nn.LSTM(64, 128)")
    assert [row.params for row in answer.layers] == [98_816, 99_328]
    assert answer.kind == "mixed"


def test_a_print_with_a_class_of_the_users_own_is_a_lower_bound():
    answer = inspector.calc("Net(\n  (conv1): Conv2d(1, 32, kernel_size=(3, 3), stride=(1, 1))\n)")
    assert answer.totals.params == 320
    assert not answer.totals.complete
    assert "Net is no class of torch.nn" in " ".join(answer.notes)


# --- what is not understood ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "where", "hint"),
    [
        ("conv2d(8, 5)", "spec, line 1, column 1", "Conv2D"),
        ("Dense(3)\nConvd(8)", "spec, line 2, column 1", "Conv"),
        ("Conv2D 8 5", "spec, line 1, column 8", "Conv2D(8, 5)"),
        ("Conv2D(8, 5", "spec, line 1, column 7", "Conv2D(8, 5)"),
        ("conv 3x3 banana", "spec, line 1, column 10", "f=5"),
        ("conv 8", "spec, line 1", "5x5"),
        ("convv 3x3 5", "spec, line 1, column 1", "conv 3x3 5"),
        ("Dense(units)", "spec, line 1, column 7", "write the value of units"),
        ("Dense(5, untis=3)", "spec, line 1, column 1", "Dense(units"),
        ("for i in range(3):\n    Dense(3)", "spec, line 1, column 1", "written out"),
        ("nn.Conv2d(3)", "spec, line 1, column 1", "in_channels"),
        ('{"filters": 8}', "spec", "class_name"),
        ("__import__('os').system('x')", "spec, line 1, column 1", ""),
        ("", "spec", "graphinspect calc"),
    ],
)
def test_what_is_not_understood_gives_its_place(spec, where, hint):
    with pytest.raises(InspectError) as caught:
        inspector.calc(spec)
    assert caught.value.where == where
    assert hint in caught.value.hint


@pytest.mark.parametrize("shape", ["abc", "3x", "0x3", "-5", "3xx3.5"])
def test_a_shape_that_is_none_is_refused(shape):
    with pytest.raises(InspectError):
        inspector.calc("Dense(3)", input=shape or "?")


def test_nothing_that_is_pasted_is_run(tmp_path):
    target = tmp_path / "made"
    with pytest.raises(InspectError):
        inspector.calc(f"open({str(target)!r}, 'w')")
    assert not target.exists()


_WORDS = st.sampled_from(
    ["Conv2D", "Dense", "(", ")", "8", ",", "5", "conv", "f=5", "3->8", "nn.", "LSTM", "on",
     "32x32x3", "\n", "=", "x", "[", "]", "{", "}", '"class_name"', ":", "Model", "Input", "*",
     "Total params: 5", "Layer (type)", "Param #", "None", "Add", "(0): ", "'", "999999999", "-1"]
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=14).map(" ".join)))
def test_any_text_is_answered_or_refused(text):
    with contextlib.suppress(InspectError):
        assert inspector.calc(text).totals.params >= 0
