"""Names and nodes: what `trace` tells, and programs with explicit names."""

import json
from pathlib import Path

import pytest

import inspector
from inspector.scripts import model_in_run
from inspector.symbolic.outside import run_source

ROOT = Path(__file__).resolve().parent.parent.parent
COURSE = str(ROOT / "sample_models" / "resnet50_course.py")
SCRIPTS = sorted((ROOT / "tests" / "scripts").glob("keras3/*.py"))


def test_the_names_of_the_course():
    answer = inspector.trace(COURSE)
    meanings = {m.name: (m.bound, m.tensors, m.alone) for m in answer.meanings}
    assert meanings["X"] == (184, 168, 168)
    assert meanings["X_shortcut"][2] == 8
    assert meanings["X_input"] == (1, 1, 1)
    assert answer.unnamed == 0


def test_versions_begin_anew_in_every_call():
    answer = inspector.trace(COURSE)
    first = [b for b in answer.bindings if b.frame == 2 and b.variable == "X"]
    assert [b.version for b in first] == list(range(11))
    assert first[0].layer == "max_pooling2d"
    assert first[-1].shape == (None, 15, 15, 256)


def test_two_names_of_one_tensor():
    answer = inspector.trace(COURSE)
    section = next(s for s in answer.sections if s.frame.function == "identity_block")
    shortcut = section.rows[1]
    assert shortcut.same
    assert str(shortcut.value.name) == "X"


def rewritten_model(path):
    text = inspector.rewritten(str(path))
    return text, run_source(text.encode(), path.name, folder=str(path.parent))


@pytest.mark.parametrize("path", [Path(COURSE), *SCRIPTS], ids=lambda path: path.stem)
def test_explicit_names_give_the_same_graphs(path):
    before = inspector.trace(str(path)).run
    _, after = rewritten_model(path)
    assert [str(m.graph) for m in before.models] == [str(m.graph) for m in after.models]
    assert [m.variable for m in before.models] == [m.variable for m in after.models]


def test_explicit_names_keep_comments_and_layout():
    text, _ = rewritten_model(Path(COURSE))
    assert "    # the way around: the input of the block is kept under a second name\n" in text
    assert '    X_10 = Activation("relu")(X_9)\n    return X_10\n' in text
    assert len(text.split("\n")) == len(Path(COURSE).read_text().split("\n"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x = D(x)\nx = D(x)", "x_2 = D(x_1)\nx_3 = D(x_2)"),
        ("x = D(x)\nx += x", "x_2 = D(x_1)\nx_3 = x_2 + (x_2)"),
        (
            "x = D(x)\nfor i in range(2):\n    x = D(x)",
            "x_2 = D(x_1)\nfor i in range(2):\n    x_2 = D(x_2)",
        ),
        (
            "for i in range(2):\n    x = D(x)\n    x = D(x)\nx = D(x)",
            "for i in range(2):\n    x_2 = D(x_1)\n    x_1 = D(x_2)\nx_3 = D(x_1)",
        ),
        (
            "if x is None:\n    x = D(x)\nx = D(x)",
            "if x_1 is None:\n    x_1 = D(x_1)\nx_2 = D(x_1)",
        ),
        ("f = lambda: x\nx = D(x)", "f = lambda: x\nx = D(x)"),
    ],
)  # fmt: skip
def test_what_a_rewriting_looks_like(body, expected, tmp_path):
    head = "import keras\nD = keras.layers.Dense(4)\n"
    path = tmp_path / "a.py"
    path.write_text(f"{head}x = keras.Input((4,))\n{body}\n")
    text = inspector.rewritten(str(path))
    assert text.endswith(f"\n{expected}\n")


def test_the_document():
    from inspector.render.trace import trace_document

    document = json.loads(json.dumps(trace_document(inspector.trace(COURSE))))
    assert document["schema"] == "graphinspect.trace/1"
    model = document["models"][0]
    assert (model["variable"], model["layers"], model["params"]) == ("model", 177, 23_600_006)
    binding = document["bindings"][1]
    assert binding["scope"] == "ResNet50"
    assert binding["variable"] == "X"
    assert binding["output_shape"] == [None, 70, 70, 3]


@pytest.mark.keras
def test_the_real_keras_tells_the_same():
    pytest.importorskip("keras")
    ours, theirs = (inspector.trace(COURSE, engine=e, timeout=300) for e in ("symbolic", "keras"))
    told = [
        [(b.line, b.variable, b.version, b.layer, b.node, b.tensor, b.shape) for b in a.bindings]
        for a in (ours, theirs)
    ]
    assert told[0] == told[1]
    assert str(ours.models[0].found.graph) == str(theirs.models[0].found.graph)


def test_a_model_of_a_run_is_a_model():
    run = inspector.trace(COURSE).run
    assert model_in_run(run, "model").name == "ResNet50"


def test_a_program_on_standard_input(graphinspect):
    text = Path(COURSE).read_bytes()
    assert "23,600,006" in graphinspect("trace", "-", stdin=text).out
    assert "23,600,006" in graphinspect("count", "-", "--script", stdin=text).out


def test_the_screen_ends_on_its_sentence(graphinspect):
    run = graphinspect("trace", COURSE)
    assert (run.code, run.err) == (0, "")
    assert "168 named X + 8 named X_shortcut + 1 named X_input = 177 nodes of the graph." in run.out
    assert "X was bound 184 times: 168 different nodes; the graph contains no X." in run.out


@pytest.mark.parametrize("words", [("nothing.py",), ("resnet50",), (COURSE, "--keras", "4")])
def test_what_cannot_be_traced(graphinspect, words):
    run = graphinspect("trace", *words)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("error: ")


def test_the_layers_of_a_loop_are_one_row(graphinspect):
    text = (
        b"import keras\nx = y = keras.Input((4,))\nfor _ in range(3):\n"
        b"    y = keras.layers.Dense(4)(y)\nmodel = keras.Model(x, y)\n"
        b"for layer in model.layers[:3]:\n    layer.trainable = False\n"
    )
    out = graphinspect("trace", "-", "--script", stdin=text).out
    rows = [line.split() for line in out.splitlines() if "layer₁" in line]
    words = "6 layer₁ … layer₃ 3 layers, one after the other input_layer … dense_1"
    assert rows == [words.split()]


def test_a_program_on_standard_input_that_is_not_said_to_be_one(graphinspect):
    run = graphinspect("count", "-", stdin=b"import keras\n")
    assert run.code == 2
    assert "--script" in run.err


def test_a_name_that_is_no_model(graphinspect):
    run = graphinspect("count", f"{COURSE}:nothing")
    assert run.code == 2
    assert "known here: " in run.err
    assert "received" not in run.err


LOOP = b"""import keras
from keras import layers
x = start = keras.Input((4,))
for width in (WIDTHS):
    y = layers.Dense(width)(x)
    x = layers.ReLU()(y)
model = keras.Model(start, x)
"""


def test_rounds_of_a_loop_that_do_the_same_are_one_row(graphinspect):
    text = LOOP.replace(b"WIDTHS", b"8, 8, 8, 8, 8, 8")
    screen = graphinspect("trace", "-", stdin=text).out
    rows = [line.split()[0] for line in screen.splitlines() if "(8,)" in line or "rounds" in line]
    assert rows == ["5", "6", "5\u20136"]
    assert "5 more rounds like this one" in screen
    opened = graphinspect("trace", "-", "--open", stdin=text).out
    assert sum("(8,)" in line for line in opened.splitlines()) == 12


def test_rounds_of_a_loop_that_differ_are_all_shown(graphinspect):
    screen = graphinspect("trace", "-", stdin=LOOP.replace(b"WIDTHS", b"8, 16, 8, 16")).out
    assert sum("(8,)" in line or "(16,)" in line for line in screen.splitlines()) == 8
    assert "rounds" not in screen
