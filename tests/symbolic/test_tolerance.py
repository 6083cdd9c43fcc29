"""What nobody knows stays unknown, and the rest of a program goes on."""

import json
from pathlib import Path

import pytest

import inspector
from inspector.errors import InspectError, ReadError
from inspector.scripts import model_in_run
from inspector.symbolic.outside import run_source

HERE = Path(__file__).resolve().parent.parent
SCRIPTS = HERE / "scripts"
SAMPLES = HERE.parent / "sample_models"


def rows(path):
    return {row.name: row for row in inspector.load(str(path)).rows}


def test_sizes_from_data_are_unknown_and_the_rest_is_not():
    found = rows(SCRIPTS / "tolerant" / "data.py")
    assert found["embedding"].params is None
    assert "line 8" in found["embedding"].notes[0]
    assert found["embedding"].output_shape == (None, 12, 16)
    assert found["dense"].params == 16 * 8 + 8
    assert found["dense_1"].params is None
    assert found["dense_1"].output_shape == (None, None)


def test_an_unknown_function_is_a_node():
    found = rows(SCRIPTS / "tolerant" / "opaque.py")
    assert list(found) == ["input_layer", "attention_block", "flatten", "dense"]
    assert found["attention_block"].params is None
    assert found["dense"].params is None


def test_a_failed_statement_leaves_no_older_value():
    with pytest.raises(ReadError, match="line 8"):
        inspector.load(str(SCRIPTS / "tolerant" / "failed.py"))


def test_several_models_are_listed():
    path = str(SCRIPTS / "keras3" / "seq2seq.py")
    with pytest.raises(ReadError, match="training, encoding, decoding"):
        inspector.load(path)
    assert inspector.load(f"{path}:encoding").totals.params == 100 * 64 + 4 * (64 + 64 + 1) * 64


def test_a_function_that_nothing_calls():
    text = b"import keras\ndef build(n=3):\n    x = keras.Input((n,))\n" \
           b"    return keras.Model(x, keras.layers.Dense(1)(x))\n"  # fmt: skip
    assert model_in_run(run_source(text, "a.py"), "").totals.params == 4
    assert model_in_run(run_source(text, "a.py", name="build"), "build").totals.params == 4


def test_a_notebook(tmp_path):
    cells = [
        ["%matplotlib inline\n", "!pip install keras\n", "import keras"],
        [
            "x = keras.Input((3,))\n",
            "files = !ls\n",
            "model = keras.Model(x, keras.layers.Dense(2)(x))",
        ],
        ["%%bash\n", "rm -rf /"],
        ["model.summary()\n", "keras.layers?"],
    ]
    document = {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "nbformat": 4}
    path = tmp_path / "course.ipynb"
    path.write_text(json.dumps(document))
    model = inspector.load(str(path))
    assert (model.format, model.totals.params) == ("notebook", 8)


# No Keras 1 runs any more: what tf_keras counted of the same layers, in its words, is the truth
# (`tests/scripts/tf_keras/older_*.py`, run by `tools.programs`).
COUNTED = json.loads((HERE / "golden" / "scripts_tf_keras.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "dialect", "first"),
    [
        ("keras1/mnist_cnn", "1", "convolution2d_1"),
        ("keras1/merged", "1", "input_1"),
        ("keras1/channels_first", "1", "zeropadding2d_1"),
        ("keras1/lstm", "1", "lstm_1"),
        ("keras2/paths", "2", "input_1"),
        ("keras2/gru", "2", "gru_1"),
    ],
)
def test_older_keras(name, dialect, first):
    path = str(SCRIPTS / f"{name}.py")
    model = inspector.load(path)
    counted = COUNTED[f"older_{name.partition('/')[2]}"]["model"]
    assert (model.totals.params, model.totals.trainable) == (
        counted["params"],
        counted["trainable"],
    )
    assert [row.params for row in model.rows] == [params for _, params in counted["layers"]]
    assert model.rows[0].name == first
    assert inspector.trace(path).run.keras == dialect


def test_keras_can_be_told():
    text = b"from keras.layers import GRU, Input\nfrom keras.models import Model\n" \
           b"x = Input((7, 5))\nmodel = Model(x, GRU(12)(x))\n"  # fmt: skip
    counts = {k: model_in_run(run_source(text, "a.py", keras=k), "").totals.params for k in "23"}
    assert counts == {"2": 3 * 12 * (5 + 12 + 1), "3": 3 * 12 * (5 + 12 + 2)}


# --- the samples --------------------------------------------------------------------------------


def test_the_residual_network_of_the_course():
    totals = inspector.load(str(SAMPLES / "resnet50_course.py")).totals
    assert (totals.params, totals.trainable, totals.non_trainable) == (
        23_600_006,
        23_546_886,
        53_120,
    )


@pytest.mark.parametrize("name", ["one_name", "many_names", "layers_first"])
def test_three_ways_to_one_model(name):
    model = inspector.load(str(SAMPLES / f"{name}.py"))
    assert model.totals.params == 55_050
    assert [row.params for row in model.rows] == [0, 50_240, 4_160, 650]


SUBCLASSED = b"""
import keras
class Classifier(keras.Model):
    def __init__(self):
        super().__init__()
        self.words = keras.layers.Embedding(100, 8)
        self.pool = keras.layers.GlobalAveragePooling1D()
        self.out = keras.layers.Dense(3)
        self.spare = keras.layers.Dense(5)
    def call(self, x):
        return self.out(self.pool(self.words(x)))
model = Classifier()
model.build((None, 20))
"""


def test_a_model_of_a_class_is_its_parts():
    model = model_in_run(run_source(SUBCLASSED, "a.py"), "")
    found = {row.name: row.params for row in model.rows}
    assert found["embedding"] == 100 * 8
    assert found["global_average_pooling1d"] == 0
    assert found["dense"] == 8 * 3 + 3
    assert found["dense_1"] is None  # never called: Keras calls it unbuilt
    assert not model.totals.complete
    for command in (inspector.code, inspector.transfer):
        with pytest.raises(InspectError, match="no layer graph"):
            command(model)


def test_layers_take_arrays():
    run = run_source(
        b"import numpy as np\nfrom keras.layers import Add, Conv2D\n"
        b"a = np.ones((1, 4, 4, 3))\nb = Add()([a, Conv2D(3, 1)(a)])\nc = Add()([a, a])\n",
        "a.py",
    )
    assert not run.problems


def test_a_name_bound_twice_by_one_statement_is_bound_once():
    run = run_source(
        b"import keras\nx = keras.Input((4, 8))\n"
        b"y, _, _ = keras.layers.LSTM(3, return_state=True)(x)\n",
        "a.py",
    )
    found = [(b.variable, b.tensor) for b in run.bindings if b.line == 3]
    assert found == [("y", 0), ("_", 2)]
