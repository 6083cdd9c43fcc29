"""Models of Keras 1, 2 and 3 into one graph, as each Keras itself describes them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from inspector.answers.count import count
from inspector.errors import ReadError
from inspector.infer import analyze
from inspector.model import Model, model_of
from inspector.readers import hdf5
from inspector.readers.dialects import dialect_of, read_graph

TESTS = Path(__file__).parent.parent
FIXTURES = TESTS / "fixtures"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def config_of(name: str) -> dict[str, Any]:
    """The model object in a file."""
    path = FIXTURES / name
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            return json.loads(archive.read("config.json"))
    if path.suffix == ".h5":
        with hdf5.open_file(path) as file:
            return json.loads(file.root.attributes["model_config"])
    return json.loads(path.read_text("utf-8"))


def model_from(config: Any) -> Model:
    graph = read_graph(config, "config")
    return model_of(analyze(graph), source="config", format="json")


TRUTH = [line for line in lines(FIXTURES / "truth.jsonl") if "layers" in line]
PLAIN = [line for line in TRUTH if not line["file"].startswith(("k3_int", "k3_float8", "k3_sh2"))]


def shape_of(row: Any) -> Any:
    outputs = [list(shape) for shape in row.outputs[-1]]
    return outputs[0] if len(outputs) == 1 else outputs


@pytest.mark.parametrize("truth", PLAIN, ids=lambda truth: truth["file"])
def test_a_file_is_what_keras_says(truth):
    model = model_from(config_of(truth["file"]))
    rows = {row.name: row for row in model.rows}
    expected = [layer for layer in truth["layers"] if layer[0] in rows]
    hidden = [layer for layer in truth["layers"] if layer[0] not in rows]
    assert all(layer[1] == "InputLayer" for layer in hidden)
    assert model.class_name == "Sequential" or not hidden
    assert [row.name for row in model.rows] == [layer[0] for layer in expected]
    for name, class_name, output, trainable, non_trainable in expected:
        row = rows[name]
        assert row.class_name == class_name.replace("Model", "Functional")
        assert shape_of(row) == output
        assert (row.trainable_params, row.non_trainable_params) == (trainable, non_trainable)
    assert model.totals.complete
    assert (model.totals.params, model.totals.trainable) == (truth["params"], truth["trainable"])


@pytest.mark.parametrize("truth", PLAIN, ids=lambda truth: truth["file"])
def test_the_dialect_is_told_by_content(truth):
    config = config_of(truth["file"])
    config.pop("keras_version", None)
    assert dialect_of(config) == int(truth["file"][1])
    assert read_graph(config, "config").dialect == int(truth["file"][1])


def test_a_layer_in_two_places_of_a_file_counts_once():
    model = model_from(config_of("k3_sh2.keras"))
    assert model.totals.params == 20


def test_branches_of_a_merge_stand_in_the_graph():
    model = model_from(config_of("k1_mergeseq.json"))
    assert str(model.graph).splitlines() == [
        "da_input:0 = InputLayer()",
        "da:0 = Dense(da_input:0)",
        "db_input:0 = InputLayer()",
        "db:0 = Dense(db_input:0)",
        "mg:0 = Concatenate(da:0, db:0)",
        "o:0 = Dense(mg:0)",
    ]
    assert model.totals.params == 47  # as many as the .h5 file stores
    assert len(model.graph.inputs) == 2


# --- whole models of Keras 2 --------------------------------------------------------------------

MODELS = lines(TESTS / "golden" / "models_tf_keras.jsonl")


@pytest.mark.parametrize("line", MODELS, ids=lambda line: line["name"])
def test_a_model_is_what_tf_keras_says(line):
    model = model_from(line["model"])
    assert model.graph.dialect == 2
    assert [row.name for row in model.rows] == [row[0] for row in line["rows"]]
    for row, (name, _, outputs, params, trainable, inner) in zip(
        model.rows, line["rows"], strict=True
    ):
        assert [
            [None if s is None else list(s) for s in call] for call in row.outputs
        ] == outputs, name
        if row.params is not None:
            assert (row.params, row.trainable_params) == (params, trainable), name
        if inner is not None:
            assert [each.params for each in row.layers] == [each[3] for each in inner], name
    assert count(model).listed == len(line["rows"])
    if model.totals.complete:
        expected = (line["params"], line["trainable"])
        assert (model.totals.params, model.totals.trainable) == expected


def test_only_a_custom_class_is_not_known():
    unknown = [line["name"] for line in MODELS if not model_from(line["model"]).totals.complete]
    assert unknown == ["custom"]


# --- Keras 1 ------------------------------------------------------------------------------------


def vgg16_of_keras_1() -> dict[str, Any]:
    """VGG-16 as published for Theano: only convolutions say that channels come first."""
    layers: list[dict[str, Any]] = []
    for filters, repeats in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(repeats):
            layers.append({"class_name": "ZeroPadding2D", "config": {"padding": [1, 1]}})
            conv = {"nb_filter": filters, "nb_row": 3, "nb_col": 3, "border_mode": "valid"}
            conv |= {"dim_ordering": "th", "subsample": [1, 1], "bias": True}
            layers.append({"class_name": "Convolution2D", "config": conv})
        pool = {"pool_size": [2, 2], "strides": [2, 2], "border_mode": "valid"}
        layers.append({"class_name": "MaxPooling2D", "config": pool | {"dim_ordering": "th"}})
    layers.append({"class_name": "Flatten", "config": {}})
    layers += [{"class_name": "Dense", "config": {"output_dim": n}} for n in (4096, 4096, 1000)]
    layers[0]["config"]["batch_input_shape"] = [None, 3, 224, 224]
    for place, layer in enumerate(layers):
        layer["config"]["name"] = f"layer_{place}"
    return {"class_name": "Sequential", "config": layers}


def test_channels_first_is_told_by_the_neighbors():
    model = model_from(vgg16_of_keras_1())
    assert model.totals.params == 138_357_544
    flat = next(row for row in model.rows if row.class_name == "Flatten")
    assert flat.output_shape == (None, 25088)


@pytest.mark.parametrize(
    ("class_name", "config", "output", "params"),
    [
        ("Embedding", {"input_dim": 10, "output_dim": 4, "input_length": 6}, (None, 6, 4), 40),
        ("Dense", {"input_dim": 5, "output_dim": 3, "bias": False}, (None, 3), 15),
        ("LSTM", {"input_dim": 5, "output_dim": 3, "consume_less": "cpu"}, (None, 3), 108),
        ("GRU", {"input_dim": 5, "output_dim": 3, "inner_activation": "tanh"}, (None, 3), 81),
        ("Highway", {"input_dim": 5, "input_dtype": "float32"}, (None, 5), 60),
    ],
)
def test_a_first_layer_may_name_the_size_of_its_input_only(class_name, config, output, params):
    layer = {"class_name": class_name, "config": {"name": "first", **config}}
    model = model_from({"class_name": "Sequential", "config": [layer], "keras_version": "1.2.2"})
    assert model.graph.dialect == 1
    assert (model.rows[0].output_shape, model.rows[0].params) == (output, params)


@pytest.mark.parametrize(
    ("class_name", "config", "output"),
    [
        ("ZeroPadding2D", {"padding": {"top_pad": 1, "right_pad": 2}}, (None, 9, 10, 3)),
        ("ZeroPadding2D", {"padding": [1, 2, 3, 4]}, (None, 11, 15, 3)),
        ("ZeroPadding2D", {"padding": [1, 2]}, (None, 10, 12, 3)),
        ("UpSampling2D", {"size": [2, 3]}, (None, 16, 24, 3)),
        ("Cropping2D", {"cropping": [[1, 2], [0, 3]]}, (None, 5, 5, 3)),
        (
            "AtrousConvolution2D",
            {"nb_filter": 4, "nb_row": 3, "nb_col": 3, "atrous_rate": [2, 2]},
            (None, 4, 4, 4),
        ),
        ("MaxPooling2D", {"pool_size": [2, 2], "strides": [3, 3]}, (None, 3, 3, 3)),
        (
            "Convolution2D",
            {"nb_filter": 4, "nb_row": 3, "nb_col": 5, "border_mode": "full", "subsample": [1, 2]},
            (None, 10, 6, 4),
        ),
    ],
)
def test_settings_of_keras_1(class_name, config, output):
    config = {"name": "it", "batch_input_shape": [None, 8, 8, 3], "input_dtype": "f", **config}
    layer = {"class_name": class_name, "config": config}
    model = model_from({"class_name": "Sequential", "config": [layer]})
    assert model.rows[0].output_shape == output


def merged(mode: str, **config: Any) -> Model:
    door = {"batch_input_shape": [None, 4, 6], "input_dtype": "float32"}
    inputs = [
        {"class_name": "InputLayer", "name": name, "config": {"name": name, **door}}
        for name in "ab"
    ]
    merge = {"name": "m", "mode": mode, "mode_type": "raw", **config}
    nodes = [[["a", 0, 0], ["b", 0, 0]]]
    layers = [
        *inputs,
        {"class_name": "Merge", "name": "m", "config": merge, "inbound_nodes": nodes},
    ]
    doors = {"input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["m", 0, 0]]}
    return model_from({"class_name": "Model", "config": {"name": "x", "layers": layers, **doors}})


@pytest.mark.parametrize(
    ("mode", "config", "class_name", "output"),
    [
        ("sum", {}, "Add", (None, 4, 6)),
        ("mul", {}, "Multiply", (None, 4, 6)),
        ("ave", {}, "Average", (None, 4, 6)),
        ("max", {}, "Maximum", (None, 4, 6)),
        ("concat", {"concat_axis": 1}, "Concatenate", (None, 8, 6)),
        ("concat", {"concat_axis": -1}, "Concatenate", (None, 4, 12)),
        ("dot", {"dot_axes": [2, 2]}, "Dot", (None, 4, 4)),
        ("dot", {"dot_axes": [[1], [1]]}, "Dot", (None, 6, 6)),
        ("cos", {"dot_axes": -1}, "Dot", (None, 4, 4)),
        ("code", {"mode_type": "lambda", "output_shape": [9]}, "Merge", (None, 9)),
        ("code", {"mode_type": "lambda"}, "Merge", None),
    ],
)
def test_every_mode_of_merge(mode, config, class_name, output):
    row = merged(mode, **config).rows[-1]
    assert (row.class_name, row.output_shape, row.params) == (class_name, output, 0)


# --- wiring of Keras 2 --------------------------------------------------------------------------


def functional(*layers: dict[str, Any], outputs: list[Any]) -> dict[str, Any]:
    door = {"name": "x", "batch_input_shape": [None, 4, 6], "dtype": "float32"}
    entry = {"class_name": "InputLayer", "name": "x", "config": door, "inbound_nodes": []}
    doors = {"input_layers": [["x", 0, 0]], "output_layers": outputs}
    return {"class_name": "Model", "config": {"name": "m", "layers": [entry, *layers], **doors}}


def dense(name: str, *nodes: Any, **config: Any) -> dict[str, Any]:
    settings = {"name": name, "units": 6, **config}
    nodes = [[[*node, {}]] for node in nodes]
    return {"class_name": "Dense", "name": name, "config": settings, "inbound_nodes": nodes}


def nested(name: str, nodes: list[Any], **config: Any) -> dict[str, Any]:
    inner = {"class_name": "Sequential", "name": name, "config": {"name": name, **config}}
    return {**inner, "inbound_nodes": nodes}


def test_calls_of_a_model_inside_count_from_1():
    inside = [{"class_name": "Dense", "config": dense("d")["config"]}]
    inside[0]["config"]["batch_input_shape"] = [None, 4, 6]
    calls = [[["x", 0, 0, {}]], [["s", 1, 0, {}]]]
    model = model_from(functional(nested("s", calls, layers=inside), outputs=[["s", 2, 0]]))
    assert str(model.graph).splitlines()[1:] == ["s:0 = Sequential(x:0)", "s:1 = Sequential(s:0)"]


def test_calls_of_a_model_that_its_first_call_built_count_from_0():
    inside = [{"class_name": "Dense", "config": dense("d")["config"]}]
    calls = [[["x", 0, 0, {}]], [["s", 0, 0, {}]]]
    model = model_from(functional(nested("s", calls, layers=inside), outputs=[["s", 1, 0]]))
    assert str(model.graph).splitlines()[1:] == ["s:0 = Sequential(x:0)", "s:1 = Sequential(s:0)"]
    assert model.totals.params == 42


def test_a_model_that_nobody_built_has_no_counts():
    model = model_from({"class_name": "Sequential", "config": [dense("a"), dense("b")]})
    assert [row.params for row in model.rows] == [None, None]
    assert not model.totals.complete


def test_a_model_inside_without_a_name_gets_one():
    first = dense("a", batch_input_shape=[None, 5])
    inside = {"class_name": "Sequential", "config": [first]}
    model = model_from({"class_name": "Sequential", "config": [inside, inside | {}]})
    assert [row.name for row in model.rows] == ["sequential_1", "sequential_2"]
    assert model.rows[0].params == 36


def test_an_old_gru_resets_before_the_product():
    config = {"name": "g", "units": 2, "batch_input_shape": [None, 3, 4]}
    model = model_from(
        {"class_name": "Sequential", "config": [{"class_name": "GRU", "config": config}]}
    )
    assert model.graph.dialect == 2
    assert model.totals.params == 3 * 2 * (4 + 2 + 1)


def test_states_are_no_second_sequence():
    lstm = {"name": "l", "units": 3}
    nodes = [[["x", 0, 0, {}], ["s", 0, 0, {}], ["s", 0, 0, {}]]]
    pick = {"class_name": "GlobalMaxPooling1D", "name": "p", "config": {"name": "p"}}
    pick["inbound_nodes"] = [[["x", 0, 0, {}]]]
    layer = {"class_name": "LSTM", "name": "l", "config": lstm, "inbound_nodes": nodes}
    model = model_from(
        functional(pick, dense("s", ["p", 0, 0], units=3), layer, outputs=[["l", 0, 0]])
    )
    assert model.rows[-1].output_shape == (None, 3)
    assert model.rows[-1].inbound == (("x", 0, 0), ("s", 0, 0), ("s", 0, 0))


def test_shapes_that_saved_models_wrap():
    shape = {"class_name": "__tuple__", "items": [None, 5]}
    layer = dense("a", batch_input_shape=shape)
    model = model_from({"class_name": "Sequential", "config": {"name": "s", "layers": [layer]}})
    assert model.totals.params == 36


def test_a_layer_that_leads_to_no_output_stays():
    model = model_from(
        functional(dense("a", ["x", 0, 0]), dense("b", ["x", 0, 0]), outputs=[["a", 0, 0]])
    )
    assert [row.name for row in model.rows] == ["x", "a", "b"]
    assert model.totals.params == 84


def test_weights_freeze_with_every_model_around_them():
    inside = [dense("d", batch_input_shape=[None, 4, 6])]
    frozen = nested("s", [[["x", 0, 0, {}]]], layers=inside, trainable=False)
    model = model_from(functional(frozen, outputs=[["s", 1, 0]]))
    assert (model.totals.params, model.totals.trainable) == (42, 0)


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ([], "not a Keras model"),
        ({"class_name": "Mine", "config": {}}, "holds no layers"),
        ({"class_name": "Sequential", "config": [5]}, "is not a layer"),
        ({"class_name": "Sequential", "config": [{"class_name": "Dense"}]}, "has no config"),
        (
            {"class_name": "Sequential", "config": [{"class_name": "Merge", "config": [1]}]},
            "has no config",
        ),
        (functional(dense("a", ["b", 0, 0]), outputs=[["a", 0, 0]]), "which is not in the model"),
        (functional(dense("a", ["a", 0, 0]), outputs=[["a", 0, 0]]), "waits for its own output"),
        (functional(dense("a", ["x", 0, 0]), outputs=[["a", 3, 0]]), "which is not in it"),
        (
            functional(dense("a", ["x", 0, 0]), dense("a", ["x", 0, 0]), outputs=[["a", 0, 0]]),
            'two layers named "a"',
        ),
        (
            functional(dense("a", ["x", 0, 0]) | {"inbound_nodes": [[3]]}, outputs=[["a", 0, 0]]),
            "is not readable",
        ),
    ],
)
def test_what_is_no_model_is_refused(config, problem):
    with pytest.raises(ReadError, match=problem):
        read_graph(config, "file")
