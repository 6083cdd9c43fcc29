"""Stored weights and the layers they belong to, held to what h5py lists and Keras counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import inspector
from inspector.errors import ReadError
from inspector.graph import Graph, Layer
from inspector.readers.dialects import read_graph
from inspector.readers.saved_model import SavedModel, StoredVariable, read_folder
from inspector.readers.stored import (
    Keyed,
    Placement,
    StoredWeight,
    StoredWeights,
    hdf5_groups,
    placed,
    saved_model_groups,
    tfjs_groups,
)
from inspector.readers.stored.weights import walk
from inspector.readers.tfjs import JsWeight

TESTS = Path(__file__).parents[1]
LINES = (TESTS / "golden" / "listings_h5py.jsonl").read_text("utf-8").splitlines()
RECORDED = {line["file"]: line for line in map(json.loads, LINES)}
# The files hold more or less than `summary()` of the float model: quantized and merged kernels.
ALTERED = {"k3_int8.keras": 140, "k3_int4.keras": 114, "k3_float8.keras": 6276, "k3_lora.keras": 40}
GRAPHS = {
    "k2_simple.weights.h5": "k2_simple.h5",
    "k2_simple_w.h5": "k2_simple.h5",
    "k3_simple.weights.h5": "k3_simple.keras",
}


def listing(file: str) -> dict[str, Any]:
    return {path: tuple(entry) for path, entry in RECORDED[file]["listing"].items()}


def graph_of(file: str) -> Graph:
    return read_graph(RECORDED[GRAPHS.get(file, file)]["model"], file)


def sizes(placement: Placement) -> dict[str, int]:
    return {path: sum(w.size for w in held) for path, held in placement.layers.items()}


def shapes(placement: Placement) -> dict[str, list[tuple[int, ...]]]:
    return {path: [w.shape for w in held] for path, held in placement.layers.items()}


def layer(name: str, class_name: str = "Dense", **more: Any) -> Layer:
    return Layer(name, class_name, **more)


def model(name: str, *layers: Layer, class_name: str = "Functional", dialect: int = 3) -> Graph:
    return Graph(name, class_name, layers, (), (), (), dialect=dialect)


def inside(name: str, *layers: Layer, identity: str = "", class_name: str = "Functional") -> Layer:
    graph = model(name, *layers, class_name=class_name)
    return Layer(name, class_name, graph=graph, identity=identity)


def weights(*names: str) -> tuple[StoredWeight, ...]:
    """Weights of sizes 1, 2, 3 …, so that each is known again."""
    return tuple(StoredWeight(name, (size,), "float32") for size, name in enumerate(names, 1))


# --- every fixture ------------------------------------------------------------------------------


@pytest.mark.parametrize("file", [f for f in RECORDED if f not in ALTERED and f != "k3_sub.keras"])
def test_every_layer_holds_what_keras_counted(file):
    stored = hdf5_groups(listing(file), file)
    placement = placed(stored, graph_of(file))
    found = sizes(placement)
    counted = RECORDED[file]["counted"] or RECORDED[GRAPHS.get(file, file)]["counted"] or {}
    assert {name: found.get(name, 0) for name in counted} == counted
    assert placement.unmapped == ()
    unknown = {path for path, owner in walk(graph_of(file)) if not owner.operation} - found.keys()
    assert unknown <= ({"mg"} if file == "k1_mergeseq.h5" else set())  # it has no group


@pytest.mark.parametrize(("file", "total"), ALTERED.items())
def test_quantized_and_merged_weights_are_counted_as_they_are_stored(file, total):
    stored = hdf5_groups(listing(file), file)
    assert stored.size == total
    assert sum(sizes(placed(stored, graph_of(file))).values()) == total


def test_a_subclassed_model_has_groups_by_attributes():
    stored = hdf5_groups(listing("k3_sub.keras"), "k3_sub.keras")
    assert stored.keyed is Keyed.OBJECT
    assert {path: len(held) for path, held in stored.groups.items()} == {
        "": 0, "blocks/dense": 2, "blocks/dense_1": 2, "d1": 2,
    }  # fmt: skip
    assert stored.names["d1"] == "first"
    assert stored.size == 29


def test_nested_models_hold_what_their_layers_hold():
    file = "k3_nested.keras"
    placement = placed(hdf5_groups(listing(file), file), graph_of(file))
    assert shapes(placement) == {
        "x": [],
        "inner": [(4, 4), (4,)],
        "inner/ni": [],
        "inner/nd": [(4, 4), (4,)],
        "seq": [(4, 4), (4,)],
        "seq/sd": [(4, 4), (4,)],
    }


def test_parts_of_a_layer_are_told_by_attributes():
    file = "k3_att.keras"
    placement = placed(hdf5_groups(listing(file), file), graph_of(file))
    assert [w.name for w in placement.layers["enc"]] == [f"cell/vars/{n}" for n in range(3)]
    assert {w.name.split("/")[0] for w in placement.layers["mha"]} == {
        "query_dense", "key_dense", "value_dense", "output_dense",
    }  # fmt: skip


def test_optimizers_and_metrics_are_left_out():
    stored = hdf5_groups(listing("k2_simple.keras"), "k2_simple.keras")
    assert not any(path.startswith(("optimizer", "metrics")) for path in stored.groups)
    assert stored.size == 422


def test_a_layer_shared_with_a_nested_model_is_written_once_and_found_twice():
    file = "k3_sh2.keras"
    stored = hdf5_groups(listing(file), file)
    placement = placed(stored, graph_of(file))
    assert stored.size == 20
    assert sizes(placement) == {"b": 0, "shared": 20, "inner": 20, "inner/shared": 20}
    assert placement.layers["inner"] == placement.layers["shared"]
    totals = inspector.load(Path(__file__).parent.parent / "fixtures" / file).totals
    assert (totals.params, totals.stored) == (20, 20)  # so h5py counts


# --- HDF5 by layers -----------------------------------------------------------------------------


def h5(layers: dict[str, list[str]], top: str = "model_weights") -> dict[str, Any]:
    found: dict[str, Any] = {"": (None, None, {}), top: (None, None, {"layer_names": [*layers]})}
    for name, held in layers.items():
        group = f"{top}/{name}".lstrip("/")
        found[group] = (None, None, {"weight_names": held})
        for size, weight in enumerate(held, 1):
            found[f"{group}/{weight}"] = ((size,), "float32", {})
    return found


def test_long_lists_are_split_and_names_may_be_bytes():
    whole = h5({"a": ["a/kernel:0", "a/bias:0"], "b/c": []}, top="")
    whole[""] = (None, None, {"layer_names0": [b"a"], "layer_names1": ["b/c"]})
    whole["a"] = (None, None, {"weight_names0": [b"a/kernel:0"], "weight_names1": [b"a/bias:0"]})
    stored = hdf5_groups(whole, "a.h5")
    assert stored == StoredWeights(Keyed.LAYER, {"a": weights("a/kernel:0", "a/bias:0"), "b/c": ()})
    placement = placed(stored, model("m", layer("a"), layer("b/c")))
    assert sizes(placement) == {"a": 3, "b%2Fc": 0}


def test_what_is_of_no_layer_is_named():
    stored = hdf5_groups(h5({"a": ["a/w:0"], "top_level_model_weights": ["x"]}), "a.h5")
    assert placed(stored, model("m", layer("b"))) == Placement({}, ("a/a/w:0",))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"model_weights": (None, None, {"layer_names": ["a", "a"]})}, "lists a layer twice"),
        ({"model_weights": (None, None, {"layer_names": ["z"]})}, "is listed, but not in the file"),
        ({"model_weights": (None, None, {"layer_names": [7]})}, "lists a name that is none"),
        (
            {"model_weights/a": (None, None, {"weight_names": [b"\xff"]})},
            "lists a name that is none",
        ),
        (
            {"model_weights/a": (None, None, {"weight_names": ["z"]})},
            "lists a weight that is not in it",
        ),
    ],
)
def test_lists_that_are_wrong_are_refused(change, problem):
    with pytest.raises(ReadError) as caught:
        hdf5_groups({**h5({"a": ["a/w:0"]}), **change}, "a.h5")
    assert caught.value.problem == problem
    assert caught.value.hint


def test_a_file_of_something_else_has_no_groups():
    assert hdf5_groups({"": (None, None, {}), "data": ((3,), "float32", {})}, "a.h5") is None


NESTED = inside(
    "inner",
    layer("conv", "Conv2D"),
    layer("conv_1", "Conv2D"),
    layer("bi", "Bidirectional", config={"layer": layer("lstm", "LSTM")}),
    inside("deep", layer("d")),
)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(
            ["conv/kernel:0", "conv_1/kernel:0", "d/bias:0", "bi/forward_lstm/lstm_cell/kernel:0"],
            {"conv": 1, "conv_1": 2, "deep": 3, "deep/d": 3, "bi": 4},
            id="as they are called",
        ),
        pytest.param(
            ["inner/conv/kernel:0", "inner/conv_1/kernel:0", "deep/d/bias:0"],
            {"conv": 1, "conv_1": 2, "deep": 3, "deep/d": 3, "bi": 0},
            id="with the models around",
        ),
        pytest.param(
            ["conv_1/kernel:0", "conv_1_1/kernel:0", "d_1/bias:0"],
            {"conv": 1, "conv_1": 2, "deep": 3, "deep/d": 3, "bi": 0},
            id="made unique by TensorFlow 1",
        ),
        pytest.param(
            ["conv_W:0", "conv_1_W:0", "d_b:0", "lstm_W_i:0"],
            {"conv": 1, "conv_1": 2, "deep": 3, "deep/d": 3, "bi": 4},
            id="as Keras 1 calls them",
        ),
        pytest.param(["conv/kernel:0", "x/kernel:0"], {}, id="one of nobody"),
        pytest.param(["a/conv/kernel:0", "b/conv/kernel:0"], {}, id="two that are the same"),
    ],
)
def test_the_group_of_a_nested_model_is_split_where_there_is_no_doubt(names, expected):
    stored = StoredWeights(Keyed.LAYER, {"inner": weights(*names)})
    found = sizes(placed(stored, model("m", NESTED)))
    total = sum(range(1, len(names) + 1))
    assert found == {"inner": total} | {f"inner/{path}": size for path, size in expected.items()}


def test_layers_of_one_name_are_told_apart_by_the_models_around():
    graph = model("m", inside("top", inside("one", layer("d")), inside("two", layer("d"))))
    told = StoredWeights(Keyed.LAYER, {"top": weights("one/d/w", "two/d/w")})
    assert sizes(placed(told, graph)) == {
        "top": 3, "top/one": 1, "top/one/d": 1, "top/two": 2, "top/two/d": 2,
    }  # fmt: skip
    doubtful = StoredWeights(Keyed.LAYER, {"top": weights("d/w", "d/v")})
    assert sizes(placed(doubtful, graph)) == {"top": 3}


def test_the_only_normalization_gets_what_keras_2_names_without_it():
    graph = model("m", inside("net", layer("norm", "Normalization"), layer("d")))
    names = ("d/w:0", "mean:0", "variance:0", "count:0")
    assert sizes(placed(StoredWeights(Keyed.LAYER, {"net": weights(*names)}), graph)) == {
        "net": 10, "net/norm": 9, "net/d": 1,
    }  # fmt: skip
    odd = StoredWeights(Keyed.LAYER, {"net": weights("d/w:0", "mean:0")})
    assert sizes(placed(odd, graph)) == {"net": 3, "net/d": 1}


# --- by attributes ------------------------------------------------------------------------------


def tree(*objects: str, names: dict[str, str] | None = None) -> dict[str, Any]:
    """One weight for each object, of sizes 1, 2, 3 …"""
    found: dict[str, Any] = {}
    for size, path in enumerate(objects, 1):
        attributes = {"name": names[path]} if names and path in names else {}
        found[f"{path}/vars"] = (None, None, attributes)
        found[f"{path}/vars/0"] = ((size,), "float32", {})
    return found


def by_tree(listed: dict[str, Any], graph: Graph) -> Placement:
    stored = hdf5_groups(listed, "a.weights.h5")
    assert stored is not None
    return placed(stored, graph)


def test_layers_are_numbered_by_class_weights_or_not():
    graph = model(
        "m",
        layer("in", "InputLayer"),
        layer("a"),
        layer("add", "Add", operation=True),
        layer("r", "ReLU"),
        layer("b"),
        inside("n", layer("c")),
    )
    listed = tree("layers/dense", "layers/dense_1", "layers/functional/layers/dense")
    listed["layers/re_lu/vars"] = (None, None, {})
    placement = by_tree(listed, graph)
    assert sizes(placement) == {"a": 1, "b": 2, "r": 0, "n": 3, "n/c": 3}
    assert placement.unmapped == ()


def test_tf_keras_2_12_had_another_name_for_layers():
    key = "_layer_checkpoint_dependencies"
    listed = tree(f"{key}/dense", f"{key}/functional/{key}/dense")
    assert sizes(by_tree(listed, model("m", layer("a"), inside("n", layer("c"))))) == {
        "a": 1, "n": 2, "n/c": 2,
    }  # fmt: skip


def test_recorded_names_decide_where_all_are_those_of_layers():
    listed = tree("layers/x", "layers/y", names={"layers/x": "b", "layers/y": "a"})
    assert sizes(by_tree(listed, model("m", layer("a"), layer("b")))) == {"a": 2, "b": 1}


def test_numbers_decide_where_a_recorded_name_is_of_another_model():
    names = {"layers/dense": "dense_1", "layers/dense_1": "dense_2"}
    listed = tree("layers/dense", "layers/dense_1", names=names)
    graph = model("m", layer("dense_2"), layer("dense_3"))
    assert sizes(by_tree(listed, graph)) == {"dense_2": 1, "dense_3": 2}


def test_layers_that_a_subclass_holds_by_other_attributes():
    listed = tree("head", "layers/dense", "w", names={"head": "b", "layers/dense": "a", "w": "z"})
    placement = by_tree(listed, model("m", layer("a"), layer("b")))
    assert sizes(placement) == {"a": 2, "b": 1}
    assert placement.unmapped == ("w/vars/0",)


def test_numbers_are_in_order_and_types_may_be_noted():
    listed = {f"layers/dense/vars/{n}": ((n,), "|V2", {"dtype": "bfloat16"}) for n in (10, 9, 1)}
    held = by_tree(listed, model("m", layer("a"))).layers["a"]
    assert [w.name for w in held] == ["vars/1", "vars/9", "vars/10"]
    assert {w.dtype for w in held} == {"bfloat16"}


def test_random_states_and_tables_are_no_weights():
    listed = tree("layers/dropout/seed_generator", "layers/dense", "optimizer", "_metrics/mean")
    listed["layers/string_lookup/vars"] = (None, None, {})
    listed["layers/string_lookup/vars/idf_weights"] = ((9,), "float32", {})
    graph = model("m", layer("d", "Dropout"), layer("a"), layer("s", "StringLookup"))
    assert sizes(by_tree(listed, graph)) == {"a": 2, "s": 0}


def test_keras_2_does_not_number_what_it_wrote_before():
    graph = model("m", inside("n", layer("shared")), layer("shared"), layer("after"), dialect=2)
    listed = tree("layers/functional/layers/dense", "layers/dense")
    assert sizes(by_tree(listed, graph)) == {"n": 1, "n/shared": 1, "shared": 1, "after": 2}


def test_where_numbers_do_not_tell_nobody_gets_the_weights():
    graph = model("m", layer("a"), layer("b"), layer("c"), dialect=2)
    placement = by_tree(tree("layers/dense", "layers/dense_1"), graph)
    assert placement.layers == {}
    assert placement.unmapped == ("layers/dense/vars/0", "layers/dense_1/vars/0")


def test_a_wrapper_of_a_layer_that_was_written_before():
    shared = layer("shared", identity="7")
    wrapper = layer("td", "TimeDistributed", config={"layer": layer("shared", identity="7")})
    listed = tree("layers/dense")
    listed["layers/time_distributed/vars"] = (None, None, {})
    assert sizes(by_tree(listed, model("m", shared, wrapper))) == {"shared": 1, "td": 1}
    other = layer("td", "TimeDistributed", config={"layer": layer("elsewhere")})
    assert sizes(by_tree(listed, model("m", shared, other))) == {"shared": 1}  # td: unknown


def test_a_model_with_an_unknown_layer_is_unknown():
    graph = model("m", inside("n", layer("a"), layer("b", "Conv2D")))
    assert sizes(by_tree(tree("layers/functional/layers/dense"), graph)) == {"n/a": 1}


# --- SavedModel and TensorFlow.js ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("k2_simple_sm", {"img": 0, "c": 112, "r": 20, "add": 0, "f": 0, "d": 290}),
        (
            "k2_nested_sm",
            {"x": 0, "inner": 20, "inner/ni": 0, "inner/nd": 20, "seq": 20, "seq/sd": 20},
        ),
    ],
)
def test_a_saved_model_tells_its_layers(name, expected):
    saved = read_folder(TESTS / "fixtures" / name)
    placement = placed(saved_model_groups(saved), read_graph(saved.model, name))
    assert sizes(placement) == expected
    assert placement.unmapped == ()


def test_an_export_of_keras_3_has_groups_by_name():
    stored = saved_model_groups(read_folder(TESTS / "fixtures" / "k3_export"))
    assert {name: sum(w.size for w in held) for name, held in stored.groups.items()} == {
        "c": 112, "bn": 16, "inner/d": 290,
    }  # fmt: skip


def test_layers_with_weights_are_counted_where_nothing_else_tells():
    paths = ("layer_with_weights-0/kernel", "layer_with_weights-1/layer_with_weights-0/cell/w", "x")
    variables = tuple(StoredVariable(path, (n,), "float32") for n, path in enumerate(paths, 1))
    stored = saved_model_groups(SavedModel(None, variables, ()))
    graph = model("m", layer("f", "Flatten"), layer("a"), inside("n", layer("g", "GRU")))
    owning = {"a", "n", "n/g"}.__contains__
    placement = placed(stored, graph, owning)
    assert sizes(placement) == {"a": 1, "n": 2, "n/g": 2}
    assert placement.unmapped == ("x",)
    assert placed(stored, graph).layers == {}
    assert placed(stored, model("m"), owning).unmapped == paths


def test_names_of_tensorflow_js():
    graph = model("s", layer("a"), inside("n", layer("b")))
    names = ("s/a/kernel", "b/kernel", "b/bias")
    found = tfjs_groups(JsWeight(name, (n,), "float32") for n, name in enumerate(names, 1))
    assert {group: len(held) for group, held in found.groups.items()} == {"s/a": 1, "b": 2}
    assert sizes(placed(found, graph)) == {"a": 1, "n": 5, "n/b": 5}
    unknown = tfjs_groups([JsWeight("z/kernel", (1,), "float32")])
    assert placed(unknown, graph) == Placement({}, ("z/kernel",))
