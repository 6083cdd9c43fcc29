"""Which call of a model has which name in the program; a call of another model has none here."""

from inspector.answers.mentions import mentions, named, names_of
from inspector.scripts import chosen
from inspector.symbolic.outside import run_source

TWICE = """
from keras import Input, Model, layers
x = Input((4,))
y = Input((4,))
shared = layers.Dense(3, name="shared")
first = shared(x)
second = shared(y)
only = Model(y, layers.ReLU(name="relu")(second))
"""
STATES = """
from keras import Input, Model, layers
x = Input((5, 4))
out, h, c = layers.LSTM(3, return_state=True, name="lstm")(x)
kept = h
_ = out
model = Model(x, [out, layers.Add(name="sum")([h, c])])
"""
INSIDE = """
from keras import Input, Model, layers
def block(t):
    t = layers.Dense(4, name="a")(t)
    t = layers.Dense(2, name="b")(t)
    return t
x = Input((4,), name="x")
inner = Model(x, block(x), name="inner")
y = Input((4,), name="y")
model = Model(y, inner(y))
"""


def said(text):
    run = run_source(text.encode(), "program.py", wiring=True)
    return mentions(run, chosen(run))


def test_calls_are_told_apart_where_a_model_keeps_only_some():
    found = said(TWICE)
    assert [one.name for one in found["shared", 0]] == ["second"]
    assert ("relu", 0) not in found


def test_every_output_has_its_own_names():
    found = said(STATES)["lstm", 0]
    outputs = [[one.name for one in names_of(found, place)] for place in range(3)]
    assert outputs == [["out"], ["h", "kept"], ["c"]]
    assert {one.line for one in found if one.name == "kept"} == {5}


def test_names_inside_of_models_with_their_function():
    found = said(INSIDE)
    assert {path for path, _ in found} == {"inner/x", "inner/a", "inner/b", "y"}
    (bound,) = found["inner/a", 0]
    assert (bound.name, bound.number, bound.line, bound.scope) == ("t", 1, 4, "block")


def test_a_file_has_no_names():
    assert named("vgg16")[1] == {}
