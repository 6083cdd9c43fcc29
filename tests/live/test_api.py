"""Live Keras models, and files that Keras saved from them: the same numbers as the model's own."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.keras

# Run in a process of its own: importing Keras here would spoil the tests of what is imported.
PROGRAM = r"""
import json, math, sys
import keras
from keras import layers
import inspector

def sizes(weights):
    return sum(math.prod(weight.shape) for weight in weights)

def shared_at_two_depths():
    door = keras.Input((8, 8, 4))
    conv = layers.Conv2D(4, 1, name="conv")
    norm = layers.BatchNormalization(name="norm", trainable=False)
    inner_door = keras.Input((8, 8, 4))
    inner = keras.Model(inner_door, norm(conv(inner_door)), name="inner")
    around = keras.Sequential([keras.Input((8, 8, 4)), inner, layers.PReLU(shared_axes=[1, 2])])
    return keras.Model(door, layers.Add()([around(door), inner(door)]))

@keras.saving.register_keras_serializable("t")
class Scale(layers.Layer):
    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],), name="factor")
        self.offset = self.add_weight(shape=(), name="offset", trainable=False)
    def call(self, inputs):
        return inputs * self.factor + self.offset

def custom():
    door = keras.Input((6,))
    return keras.Model(door, layers.Dense(2)(Scale()(door)))

def frozen():
    door = keras.Input((5,))
    base = keras.Sequential([keras.Input((5,)), layers.Dense(4), layers.Dense(3, name="warm")])
    base.trainable = False
    base.get_layer("warm").trainable = True
    return keras.Model(door, layers.Dense(1)(base(door)))

folder, answers = sys.argv[1], {}
for make in (shared_at_two_depths, custom, frozen):
    keras.utils.clear_session()
    model = make()
    name = make.__name__
    theirs = [sizes(model.weights), sizes(model.trainable_weights)]
    found = {"live": model}
    for ending in ("keras", "h5"):
        found[ending] = f"{folder}/{name}.{ending}"
        model.save(found[ending])
    answers[name] = {"expected": theirs}
    for kind, reference in found.items():
        totals = inspector.load(reference).totals
        answers[name][kind] = [totals.params, totals.trainable, totals.complete]
    verified = inspector.verify(model)
    answers[name]["verified"] = [verified.agrees, len(verified.differences)]
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    import json

    folder = tmp_path_factory.mktemp("saved")
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout.splitlines()[-1])


def test_an_object_at_two_depths_counts_once(answers):
    found = answers["shared_at_two_depths"]
    assert found["live"] == [*found["expected"], True]
    assert found["keras"] == [*found["expected"], True]
    assert found["verified"] == [True, 0]


def test_what_training_changes_in_a_custom_layer_is_told_by_the_live_model_alone(answers):
    found = answers["custom"]
    params, _ = found["expected"]
    assert found["keras"] == [params, None, True]
    assert found["h5"] == [params, None, True]
    assert found["live"] == [*found["expected"], True]  # its own weights tell


def test_a_layer_set_free_inside_a_frozen_model_is_trained(answers):
    found = answers["frozen"]
    assert found["live"] == [*found["expected"], True]
    assert found["keras"] == [*found["expected"], True]
    assert found["h5"] == [*found["expected"], True]
    assert found["verified"] == [True, 0]
