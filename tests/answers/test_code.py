"""Programs that rebuild graphs: a real Keras runs them, and the same graph comes out."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

from inspector import api, programs
from inspector.answers.code import code
from inspector.answers.diff import diff
from inspector.graph import Graph, Layer, Node, TensorRef
from inspector.infer import analyze
from inspector.model import analyzed, model_of
from inspector.readers.dialects import read_graph
from inspector.readers.zoo import architectures
from tests.answers.test_transfer import _run

ROOT = Path(__file__).parents[2]
FILES = [
    path
    for folder in ("tests/fixtures", "sample_models")
    for path in sorted((ROOT / folder).iterdir())
    if path.suffix in (".keras", ".h5", ".json")
]
BUILT = (  # twelve that Keras builds fast, one of each family
    "vgg16", "resnet50", "resnet50v2", "mobilenet", "mobilenetv2", "mobilenetv3small",
    "densenet121", "inceptionv3", "xception", "efficientnetb0", "efficientnetv2b0", "convnexttiny",
)  # fmt: skip


def _programs():
    for path in FILES:
        try:
            model = api.load(path)
        except api.ReadError:
            continue
        if model.graph.nodes:
            yield path, model


@pytest.mark.parametrize("keras", [2, 3])
@pytest.mark.parametrize("style", ["explicit", "x"])
def test_every_file_becomes_a_program(style, keras):
    written = 0
    for path, model in _programs():
        source = code(model, style=style, keras=keras)
        ast.parse(source.text)
        assert ("NotImplementedError" in source.text) == bool(source.gaps), path
        written += 1
    assert written > 60


@pytest.mark.parametrize("name", architectures())
def test_no_architecture_leaves_a_gap_in_keras_3(name):
    source = programs.code(name)
    ast.parse(source.text)
    assert not source.gaps


@pytest.mark.parametrize("name", architectures())
def test_every_architecture_has_functions_that_parse(name):
    source = programs.code(name, functions=True)
    tree = ast.parse(source.text)
    made = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert made == set(source.functions)
    assert made
    assert made <= called
    assert len(source.text.splitlines()) < len(_plain_lines(name))


def _plain_lines(name):
    return programs.code(name, style="x").text.splitlines()


def _same(model, said):
    assert "error" not in said, said
    graph = read_graph(json.loads(said["json"]), "to_json()")
    answer = diff(model, model_of(analyzed(graph, "to_json()"), source="-", format="json"))
    assert answer.same_graph, answer.differences[:5]
    assert answer.same_names, answer.differences[:5]
    assert answer.same_flags
    assert said["trainable"] + said["non_trainable"] == model.totals.params


@pytest.mark.keras
def test_twelve_architectures_come_back_from_keras():
    models = [api.load(name) for name in BUILT]
    styles = ("explicit", "x")
    programs = [code(model, style=styles[n % 2]).text for n, model in enumerate(models)]
    for model, said in zip(models, _run(sys.executable, programs, "json")[1], strict=True):
        _same(model, said)


@pytest.mark.keras
def test_functions_build_twelve_architectures():
    models = [api.load(name) for name in BUILT]
    styles = ("explicit", "x")
    sources = [code(m, style=styles[n % 2], functions=True) for n, m in enumerate(models)]
    assert all(source.functions for source in sources)
    answers = _run(sys.executable, [source.text for source in sources], "json")[1]
    for model, said in zip(models, answers, strict=True):
        _same(model, said)


@pytest.mark.keras
def test_every_file_of_keras_3_comes_back_from_keras():
    models = [model for _, model in _programs() if model.graph.dialect >= 3]
    sources = [code(model, style="x") for model in models]
    pairs = [(m, s) for m, s in zip(models, sources, strict=True) if not s.gaps]
    assert len(pairs) > 25
    answers = _run(sys.executable, [source.text for _, source in pairs], "json")[1]
    for (model, _), said in zip(pairs, answers, strict=True):
        _same(model, said)


# --- names that want to be code -----------------------------------------------------------------

HOSTILE = (
    "a\nraise SystemExit",
    '"); __import__("os").system("true"); ("',
    "'''\n1/0\n'''",
    "\\",
    "{x}",
    "x\u2028y\u202e",
    "\ud800",
    "class",
    "keras",
    "",
    "#",
    "a" * 5000,
)


def _hostile(name, kind, config):
    door = Layer("in", "InputLayer", {"batch_shape": [None, 4]}, "keras.layers")
    layer = Layer(name, kind, config, config.pop("module", "keras.layers"))
    nodes = (Node(door), Node(layer, 0, (TensorRef("in"),)))
    graph = Graph(name, "Functional", (door, layer), nodes, (TensorRef("in"),), (TensorRef(name),))
    return model_of(analyze(graph), source="test", format="json")


def _only_expected(text):
    """The program calls keras and its own gaps, and nothing else whatever it was told."""
    tree = ast.parse(text)
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    own |= {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Import) or node.names[0].name in ("keras", "tensorflow")
        if isinstance(node, ast.Call):
            root = node.func
            while isinstance(root, ast.Attribute | ast.Call):
                root = root.value if isinstance(root, ast.Attribute) else root.func
            assert isinstance(root, ast.Name)
            assert root.id in {"keras", "tf", "NotImplementedError", "float", "slice", *own}


@pytest.mark.parametrize("style", ["explicit", "x"])
@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_code(name, style):
    cases = (
        ("Dense", {"units": 3, "activation": name}),
        ("Lambda", {"function": name}),
        (name or "x", {"module": "evil", "units": name, name or "k": [name, {name: name}]}),
        ("Dense", {"units": 3, "kernel_initializer": {"class_name": name, "config": {name: 1}}}),
        (
            "Dense",
            {
                "units": 3,
                "activation": {
                    "class_name": "function",
                    "module": "builtins",
                    "config": name,
                    "registered_name": name,
                },
            },
        ),
        ("Dense", {"units": 3, "dtype": name}),
    )
    for kind, config in cases:
        model = _hostile(name, kind, {"name": name, **config})
        for keras in (2, 3):
            _only_expected(code(model, style=style, keras=keras).text)


@pytest.mark.parametrize(
    "function", ["io.write_file", "os.system", "py_function", "__operators__.eval", "a b", "x()"]
)
def test_a_function_that_is_no_mathematics_is_a_gap(function):
    door = Layer("in", "InputLayer", {"batch_input_shape": [None, 4]}, dialect=2)
    config = {"name": "op", "function": function}
    layer = Layer("op", "TFOpLambda", config, operation=True, dialect=2)
    nodes = (Node(door), Node(layer, 0, (TensorRef("in"),)))
    graph = Graph(
        "g", "Functional", (door, layer), nodes, (TensorRef("in"),), (TensorRef("op"),), dialect=2
    )
    source = code(model_of(analyze(graph), source="test", format="json"))
    assert len(source.gaps) == 1
    _only_expected(source.text)


# --- what people read ---------------------------------------------------------------------------


def test_only_settings_off_their_defaults_are_said(graphinspect):
    run = graphinspect("code", "vgg16", "--style", "x")
    assert run.code == 0
    assert 'x = keras.layers.MaxPooling2D(name="block1_pool")(x)' in run.out
    assert "kernel_initializer" not in run.out
    assert run.out.splitlines()[-1] == (
        'model = keras.Model(inputs=input_layer, outputs=x, name="vgg16")'
    )


def test_resnet50_is_a_program_that_one_would_write(graphinspect):
    run = graphinspect("code", "resnet50", "--functions")
    lines = run.out.splitlines()
    assert "def bottleneck(x, filters, name, strides=1, project=False):" in lines
    assert 'x = bottleneck(x, 128, name="conv3_block1", strides=2, project=True)' in lines
    place = lines.index("for n in range(2, 7):")
    assert lines[place + 1] == '    x = bottleneck(x, 256, name=f"conv4_block{n}")'
    assert len(lines) < 60


def test_without_a_repeated_block_there_is_no_function(graphinspect):
    file = ROOT / "sample_models/digits.keras"
    run = graphinspect("code", file, "--functions")
    assert run.code == 0
    assert run.out == graphinspect("code", file, "--style", "x").out
    assert "note: no block repeats" in run.err


def _repeated(tmp_path, body, uses):
    lines = ["seen = x = keras.Input((8, 8, 4), name='seen')"]
    lines += [body.format(n=n, **use) for n, use in enumerate(uses)]
    lines.append("model = keras.Model(seen, x)")
    path = tmp_path / "program.py"
    path.write_text("import keras\nfrom keras import layers\n" + "\n".join(lines), "utf-8")
    return programs.code(path, functions=True)


def test_what_differs_between_uses_is_a_parameter(tmp_path):
    body = (
        "y = layers.Conv2D({f}, 3, padding='same', activation='{a}', name='b{n}_one')(x)\n"
        "y = layers.Conv2D(4, 3, padding='same', name='b{n}_two')(y)\n"
        "x = layers.Add(name='b{n}_sum')([x, y])"
    )
    uses = [{"f": f, "a": a} for f, a in ((8, "relu"), (16, "relu"), (8, "elu"))]
    text = _repeated(tmp_path, body, uses).text
    assert 'def residual_block(x, filters, name, activation="relu"):' in text
    assert "    shortcut = x\n" in text
    assert 'x = residual_block(seen, 8, name="b0")' in text
    assert 'x = residual_block(x, 16, name="b1")' in text
    assert 'x = residual_block(x, 8, name="b2", activation="elu")' in text


def test_hostile_names_of_blocks_stay_text(tmp_path):
    body = (
        "y = layers.Conv2D(4, 3, padding='same', name='{p}{n}_one')(x)\n"
        "y = layers.Conv2D(4, 3, padding='same', name='{p}{n}_two')(y)\n"
        "x = layers.Add(name='{p}{n}_sum')([x, y])"
    )
    for part in ("{{1/0}}", '\\"); 1/0; (\\"', "a b", "#"):
        source = _repeated(tmp_path, body, [{"p": part}] * 3)
        assert source.functions == ("residual_block",)
        tree = ast.parse(source.text)
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.BinOp)
                    and isinstance(node.op, ast.Div)]  # fmt: skip


def test_a_shortcut_is_put_aside():
    text = programs.code(ROOT / "sample_models/residual.keras", style="x").text
    assert "x_shortcut = x\n" in text
    assert 'keras.layers.Add(name="block1_add")([x, x_shortcut])' in text


def test_a_shared_model_is_built_once():
    text = programs.code(ROOT / "sample_models/twins.keras").text
    assert text.count("keras.Sequential(") == 1
    assert text.count("encoder_model(") == 2


def test_gaps_are_marked_and_never_run(graphinspect):
    run = graphinspect("code", ROOT / "sample_models/custom.keras", "--strict")
    assert run.code == 1
    assert run.out.count("# GAP: ") == 2
    assert "a gap is left" in run.err


@pytest.mark.parametrize("name", ["k3_lora", "k3_int8", "k3_int4", "k3_float8"])
def test_lora_and_quantised_weights_are_gaps_in_keras_2(name):
    file = ROOT / "tests" / "fixtures" / f"{name}.keras"
    assert "LoRA or quantised" in programs.code(file, keras=2).text
    assert "GAP" not in programs.code(file, keras=3).text


def _of_program(tmp_path, lines):
    path = tmp_path / "program.py"
    path.write_text("import keras\nfrom keras import layers\n" + "\n".join(lines), "utf-8")
    return programs.code(path)


def test_a_program_says_its_settings_and_not_its_defaults(tmp_path):
    text = _of_program(
        tmp_path,
        [
            "x = keras.Input((8, 8, 3))",
            "y = layers.Conv2D(2, 3, kernel_regularizer=keras.regularizers.l2(2e-4), name='a')(x)",
            "y = layers.Conv2D(2, 3, kernel_constraint=keras.constraints.max_norm(3.0),",
            "    kernel_initializer='he_normal', bias_initializer='zero', name='b')(y)",
            "model = keras.Model(x, y)",
        ],
    ).text
    assert "kernel_regularizer=keras.regularizers.L2(l2=0.0002)" in text
    assert "MaxNorm(max_value=3.0)" in text
    assert 'kernel_initializer="he_normal"' in text
    for default in ("glorot_uniform", "bias_initializer", "data_format", "argument_"):
        assert default not in text


def test_one_input_of_two_models_is_no_gap(tmp_path):
    source = _of_program(
        tmp_path,
        [
            "x = keras.Input((4,), name='seen')",
            "encoder = keras.Model(x, layers.Dense(2)(x), name='encoder')",
            "model = keras.Model(x, layers.Dense(4)(encoder(x)), name='both')",
        ],
    )
    assert source.gaps == ()
    assert source.text.count('name="seen"') == 2
