"""Programs made at random: names and graphs are those of the real Keras.

The suite tries a few. GRAPHINSPECT_EXAMPLES=200 tries as many, at about a second each.
"""

import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.readers.dialects import read_graph
from inspector.symbolic.outside import run_source

EXAMPLES = int(os.environ.get("GRAPHINSPECT_EXAMPLES", "25"))
HEAD = "import keras\nfrom keras import layers, ops\nx0 = keras.Input((8, 8, 4))\n"
# Each gives a tensor of one shape, so that any of them may follow any other.
STEPS = (
    "layers.Conv2D(4, {n}, padding='same')({a})",
    "layers.Dense(4)({a})",
    "layers.BatchNormalization()({a})",
    "layers.Activation('relu')({a})",
    "layers.ReLU()({a})",
    "layers.Dropout(0.{n})({a})",
    "layers.Add()([{a}, {b}])",
    "layers.average([{a}, {b}, {a}])",
    "layers.Conv2D(4, 1)(layers.Concatenate()([{a}, {b}]))",
    "layers.MaxPooling2D({n}, strides=1, padding='same')({a})",
    "layers.UpSampling2D(2)(layers.AveragePooling2D(2)({a}))",
    "layers.DepthwiseConv2D({n}, padding='same')({a})",
    "layers.SeparableConv2D(4, 3, padding='same', name='named_{place}')({a})",
    "layers.Reshape((8, 8, 4))(layers.Flatten()({a}))",
    "layers.Lambda(lambda t: t * 2.0)({a})",
    "shared({a})",
    "inner({a})",
    "{a} + {b}",
    "{n}.0 - {a} * {b}",
    "ops.relu({a})",
    "ops.maximum({a}, {b})",
    "ops.concatenate([{a}[..., :2], {b}[..., 2:]], axis=-1)",
    "ops.reshape({a}, (-1, 8, 8, 4))",
)
SHARED = "shared = layers.Conv2D(4, 3, padding='same')\n"
INNER = "inner = keras.Sequential([keras.Input((8, 8, 4)), layers.Dense(4), layers.ReLU()])\n"


def edges(graph):
    """Which call takes what; the graphs inside too."""
    found = {
        (node.layer.name, node.call, tuple((r.layer, r.call, r.output) for r in node.inputs))
        for node in graph.nodes
    }
    inner = [edges(layer.graph) for layer in graph.layers if layer.graph is not None]
    return found, inner, graph.inputs, graph.outputs


@st.composite
def programs(draw):
    """The text of a program of up to twelve lines, with one or two outputs."""
    text = HEAD + draw(st.permutations([SHARED, INNER]).map("".join))
    count = draw(st.integers(1, 12))
    for place in range(1, count + 1):
        a, b = (f"x{draw(st.integers(max(0, place - 4), place - 1))}" for _ in range(2))
        step = draw(st.sampled_from(STEPS))
        text += f"x{place} = {step.format(a=a, b=b, n=draw(st.integers(1, 3)), place=place)}\n"
    outputs = sorted({f"x{count}", f"x{draw(st.integers(1, count))}"})
    return f"{text}model = keras.Model(x0, [{', '.join(outputs)}])\n"


@pytest.mark.keras
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_a_random_program(text):
    keras = pytest.importorskip("keras")
    keras.backend.clear_session()
    names = {}
    exec(text, names)  # noqa: S102 - our own text
    theirs = read_graph(json.loads(names["model"].to_json()), "keras")
    run = run_source(text.encode(), "random.py")
    assert not run.problems
    found = next(model for model in run.models if model.variable == "model")
    assert found.graph.name == theirs.name
    assert edges(found.graph) == edges(theirs)
    ours = [layer.name for layer in found.graph.layers if not layer.operation]
    assert ours == [layer.name for layer in names["model"].layers]
