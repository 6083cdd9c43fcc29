"""Which Keras a program speaks: what it says, and what it does."""

import json

import pytest

import inspector
from inspector.model import analyzed, model_of
from inspector.symbolic.outside import run_source

HEAD = """import tensorflow as tf
from tensorflow.keras import Input, Model, layers
x = Input((8, 8, 3))
"""


def run(text, **options):
    return run_source(text.encode(), "program.py", **options)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("y = tf.nn.relu(x)", "tf.nn.relu of a tensor, line 4"),
        ("y = tf.reduce_mean(x, axis=[1, 2])", "tf.math.reduce_mean of a tensor, line 4"),
        ("y = x; opt = tf.keras.optimizers.Adam(lr=0.1)", "Adam(lr=), line 4"),
        ("y = x; session = tf.Session()", "tf.Session, line 4"),
    ],
)
def test_what_only_keras_2_can_do(line, why):
    found = run(f"{HEAD}{line}\nmodel = Model(x, layers.Flatten()(y))\n")
    assert found.dialect == "tf_keras"
    assert found.why in (why, why.replace("math.", ""))
    assert not [message for _, message in found.problems if "Error" in message]
    assert [model.graph.inputs[0].layer for model in found.models] == ["input_1"]


@pytest.mark.parametrize(
    "line",
    [
        "y = layers.Lambda(lambda t: tf.nn.relu(t))(x)",
        "y = layers.ReLU()(x); seed = tf.random.set_seed(1)",
        "y = layers.ReLU()(x); z = tf.reshape([1, 2], (2, 1))",
    ],
)
def test_what_keras_3_can_do_too(line):
    found = run(f"{HEAD}{line}\nmodel = Model(x, layers.Flatten()(y))\n")
    assert found.dialect == "keras3"
    assert [model.graph.inputs[0].layer for model in found.models] == ["input_layer"]


def test_keras_3_refuses_functions_of_tensorflow():
    found = run(f"{HEAD}y = tf.nn.relu(x)\n", keras="3")
    assert [(line, "takes no function" in text) for line, text in found.problems] == [(4, True)]


def test_activations_are_functions():
    found = run(
        "import keras\nx = keras.Input((4,))\nf = keras.activations.get('relu')\n"
        "y = keras.layers.Dense(2, activation=f)(keras.activations.get(None)(f(x)))\n"
        "model = keras.Model(x, y)\n"
    )
    assert not found.problems
    assert [node.layer.class_name for node in found.models[0].graph.nodes] == [
        *("InputLayer", "ReLU", "Dense"),
    ]
    assert found.models[0].graph.layers[-1].config["activation"] == "relu"


def test_magics_stay_in_a_rewritten_notebook(tmp_path):
    cells = [
        "%matplotlib inline\n!pip install keras\nimport keras\n",
        "files = !ls\nx = keras.Input((4,))\nx = keras.layers.Dense(3)(x)\n"
        "if files:\n    %timeit 1 + 1\nmodel = keras.Model(x, x)\n",
    ]
    path = tmp_path / "course.ipynb"
    sources = [{"cell_type": "code", "source": text} for text in cells]
    path.write_text(json.dumps({"cells": sources}))
    written = inspector.rewritten(path)
    compile(written, "rewritten", "exec")
    for kept in ("# %matplotlib inline", "# !pip install keras", "files = None  # !ls"):
        assert f"{kept}\n" in written
    assert "    pass  # %timeit 1 + 1\n" in written
    assert "x_2 = keras.layers.Dense(3)(x_1)" in written


def test_a_program_is_not_handed_to_keras(graphinspect, tmp_path):
    path = tmp_path / "net.py"
    path.write_text("import keras\nx = keras.Input((4,))\nmodel = keras.Model(x, x)\n")
    told = graphinspect("verify", path)
    assert told.code == 2
    assert "is a program, and Keras loads files" in told.err
    assert "--engine keras" in told.err


def test_a_sequential_of_keras_1_that_begins_with_branches():
    found = run(
        "from keras.models import Sequential\nfrom keras.layers import Dense, Merge\n"
        "left, right = Sequential(), Sequential()\n"
        "left.add(Dense(32, input_dim=784, init='uniform'))\nright.add(Dense(32, input_dim=784))\n"
        "model = Sequential()\nmodel.add(Merge([left, right], mode='concat'))\n"
        "model.add(Dense(10))\n"
    )
    assert not found.problems
    graph = next(model.graph for model in found.models if model.variable == "model")
    model = model_of(analyzed(graph, "program.py"), source="program.py", format="script")
    # 784 * 32 + 32 in each branch, 64 * 10 + 10 behind them
    assert [row.params for row in model.rows] == [25_120, 25_120, 0, 650]
    assert model.totals.complete
