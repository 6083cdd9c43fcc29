"""SavedModel folders: three that Keras wrote, those built here by hand, damaged ones, hostile ones.

Where TensorFlow is installed, it lists the variables of models saved on the spot.
"""

from __future__ import annotations

import builtins
import os
import random
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from math import prod
from pathlib import Path

import pytest

from inspector.errors import LimitError, ReadError
from inspector.readers.saved_model import SavedModel, TensorSpec, read_folder
from inspector.readers.sstable import MAGIC, TableError, entries

FIXTURES = Path(__file__).parents[1] / "fixtures"
DATA = "variables.data-00000-of-00001"


def shapes(saved: SavedModel) -> dict[str, tuple[int | None, ...]]:
    return {variable.name: variable.shape for variable in saved.variables}


# --- what Keras wrote ---------------------------------------------------------------------------


def test_a_compiled_keras_2_model():
    saved = read_folder(FIXTURES / "k2_simple_sm")
    assert saved.model is not None
    assert saved.model["class_name"] == "Functional"
    assert [layer["name"] for layer in saved.model["config"]["layers"]] == [
        "img", "c", "r", "add", "f", "d",
    ]  # fmt: skip
    assert shapes(saved) == {
        "c/kernel": (3, 3, 3, 4),
        "c/bias": (4,),
        "r/kernel": (1, 1, 4, 4),
        "r/bias": (4,),
        "d/kernel": (144, 2),
        "d/bias": (2,),
    }
    first = saved.variables[0]
    assert first.path == "layer_with_weights-0/kernel"
    assert (first.dtype, first.trainable, first.layers) == ("float32", True, ("c",))
    assert (saved.keras_version, saved.tensorflow_version) == ("2.21.0", "2.21.0")
    assert saved.notes == ()
    (signature,) = saved.signatures
    assert signature.name == "serving_default"
    assert signature.inputs == (TensorSpec("img", (None, 8, 8, 3), "float32"),)
    assert signature.outputs == (TensorSpec("d", (None, 2), "float32"),)


def test_nested_models_whose_checkpoint_says_only_variables():
    saved = read_folder(FIXTURES / "k2_nested_sm")
    assert [(v.path, v.layers, v.trainable) for v in saved.variables] == [
        ("variables/0", ("inner/nd",), False),  # its model is frozen, which no variable says
        ("variables/1", ("inner/nd",), False),
        ("variables/2", ("seq/sd",), True),
        ("variables/3", ("seq/sd",), True),
    ]
    assert [(layer.path, layer.class_name) for layer in saved.layers] == [
        ("x", "InputLayer"),
        ("inner", "Functional"),
        ("seq", "Sequential"),
        ("inner/ni", "InputLayer"),
        ("inner/nd", "Dense"),
        ("seq/sd", "Dense"),
    ]


def test_an_export_of_keras_3():
    saved = read_folder(FIXTURES / "k3_export")
    assert saved.model is None
    assert saved.layers == ()
    assert saved.notes == (
        "written by export() of Keras 3: it holds variables and signatures, but no layers",
    )
    assert {v.name: (v.shape, v.trainable) for v in saved.variables} == {
        "c/kernel": ((3, 3, 3, 4), True),
        "c/bias": ((4,), True),
        "bn/gamma": ((4,), False),
        "bn/beta": ((4,), False),
        "bn/moving_mean": ((4,), False),
        "bn/moving_variance": ((4,), False),
        "inner/d/kernel": ((144, 2), True),
        "inner/d/bias": ((2,), True),
    }
    assert len(saved.variables) == 8
    assert [signature.name for signature in saved.signatures] == ["serve", "serving_default"]
    assert saved.signatures[0].outputs == (TensorSpec("output_0", (None, 2), "float32"),)


@pytest.mark.parametrize("name", ["k2_simple_sm", "k2_nested_sm", "k3_export"])
def test_the_file_names_the_folder(name):
    assert read_folder(FIXTURES / name / "saved_model.pb") == read_folder(FIXTURES / name)


@pytest.mark.parametrize("name", ["k2_simple_sm", "k2_nested_sm", "k3_export"])
def test_a_file_alone_declares_the_same_variables(name, tmp_path):
    shutil.copy(FIXTURES / name / "saved_model.pb", tmp_path / "renamed.pb")
    alone = read_folder(tmp_path / "renamed.pb")
    whole = read_folder(FIXTURES / name)
    assert [(v.path, v.shape, v.dtype, v.trainable, v.name) for v in alone.variables] == [
        (v.path, v.shape, v.dtype, v.trainable, v.name) for v in whole.variables
    ]
    assert alone.model is None
    assert "no variables/variables.index" in alone.notes[-1]


def test_only_three_files_are_opened(monkeypatch):
    opened: list[str] = []
    real = os.open

    def noted(path: str, *rest: int) -> int:
        opened.append(Path(path).name)
        return real(path, *rest)

    monkeypatch.setattr(os, "open", noted)
    monkeypatch.setattr(builtins, "open", None)
    read_folder(FIXTURES / "k2_simple_sm")
    assert opened == ["saved_model.pb", "keras_metadata.pb", "variables.index"]


# --- written here -------------------------------------------------------------------------------


def number(value: int) -> bytes:
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*data, value))


def field(key: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return number(key << 3) + number(value)
    data = value.encode() if isinstance(value, str) else value
    return number(key << 3 | 2) + number(len(data)) + data


def node(children: dict[str, int], kind: bytes) -> bytes:
    return b"".join(field(1, field(1, n) + field(2, c)) for c, n in children.items()) + kind


def user(identifier: str, metadata: str = "") -> bytes:
    return field(4, field(1, identifier) + (field(3, metadata) if metadata else b""))


def variable(name: str, *shape: int) -> bytes:
    dims = b"".join(field(2, field(1, size)) for size in shape)
    return field(7, field(1, 1) + field(2, dims) + field(3, 1) + field(6, name))


def saved_model(nodes: Iterable[bytes], version: str = "2.3.1") -> bytes:
    graph = field(7, b"".join(field(1, entry) for entry in nodes))
    functions = field(2, field(1, b"\x0b never a message"))  # the graph is passed over
    return field(1, 1) + field(2, field(1, field(5, version)) + functions + graph)


def block(pairs: Iterable[tuple[bytes, bytes]], kind: int = 0) -> bytes:
    entry = b"".join(number(0) + number(len(k)) + number(len(v)) + k + v for k, v in pairs)
    return entry + bytes(4) + (1).to_bytes(4, "little") + bytes((kind, 0, 0, 0, 0))


def table(*blocks: bytes, places: Iterable[tuple[int, int]] | None = None) -> bytes:
    starts = [sum(map(len, blocks[:place])) for place in range(len(blocks))]
    spans = places or [(at, len(data) - 5) for at, data in zip(starts, blocks, strict=True)]
    index = block((b"~", number(at) + number(size)) for at, size in spans)
    body = b"".join(blocks)
    handles = number(0) + number(0) + number(len(body)) + number(len(index) - 5)
    return body + index + handles.ljust(40, b"\0") + MAGIC


def entry(*shape: int, dtype: int = 1) -> bytes:
    return field(1, dtype) + field(2, b"".join(field(2, field(1, size)) for size in shape))


VALUE = b"/.ATTRIBUTES/VARIABLE_VALUE"


def folder(path: Path, model: bytes, index: bytes | None = None) -> Path:
    (path / "variables").mkdir()
    (path / "saved_model.pb").write_bytes(model)
    if index is not None:
        (path / "variables" / "variables.index").write_bytes(index)
    return path


ROOT = (
    '{"name": "m", "class_name": "Sequential", "keras_version": "2.4.0", "config": '
    '{"name": "m", "layers": [{"class_name": "Dense", "config": {"name": "a.b/c", "units": 2}}]}}'
)
LAYER = '{"name": "a.b/c", "class_name": "Dense", "config": {"name": "a.b/c", "units": 2}}'
OLD = (
    node({"layer-0": 1, "variables": 3}, user("_tf_keras_sequential", ROOT)),
    node({"kernel": 2, "variables": 4}, user("_tf_keras_layer", LAYER)),
    node({}, variable("a.b/c/kernel", 3, 2)),
    node({"0": 2}, user("trackable_list_wrapper")),
    node({"0": 2}, user("trackable_list_wrapper")),
)


def test_metadata_of_tensorflow_2_0_to_2_4_is_in_the_object_graph(tmp_path):
    index = table(block([(b"", b"\x08\x01"), (b"layer-0/kernel" + VALUE, entry(3, 2))]))
    saved = read_folder(folder(tmp_path, saved_model(OLD), index))
    assert saved.model is not None
    assert saved.model["config"]["layers"][0]["class_name"] == "Dense"
    assert (saved.keras_version, saved.tensorflow_version) == ("2.4.0", "2.3.1")
    (only,) = saved.variables
    assert (only.path, only.shape, only.layers) == ("layer-0/kernel", (3, 2), ("a.b%2Fc",))
    assert only.trainable is True  # no list says otherwise
    assert saved.notes == ()


def test_two_witnesses_that_disagree_are_named(tmp_path):
    index = table(block([(b"layer-0/kernel" + VALUE, entry(3, 9))]))
    saved = read_folder(folder(tmp_path, saved_model(OLD), index))
    assert saved.notes == (
        "1 variables are stored with another shape or type than declared: a.b/c/kernel",
    )


def test_what_is_declared_but_not_stored_is_named(tmp_path):
    saved = read_folder(folder(tmp_path, saved_model(OLD), table(block([(b"", b"")]))))
    assert saved.variables == ()
    assert saved.notes == ("1 variables of the model are not in the index: a.b/c/kernel",)


def test_state_is_no_weight(tmp_path):
    nodes = (node({"w": 1, "a.b/c": 2}, user("_generic_user_object")), *[
        node({}, variable(name, 2)) for name in ("w", "x")
    ])  # fmt: skip
    names = (
        b"_CHECKPOINTABLE_OBJECT_GRAPH",
        b"a..b.Sc" + VALUE,
        b"keras_api/metrics/0/total" + VALUE,
        b"optimizer/_iterations" + VALUE,
        b"save_counter" + VALUE,
        b"table/.ATTRIBUTES/table-keys",
        b"w" + VALUE,
        b"w/.OPTIMIZER_SLOT/optimizer/m" + VALUE,
    )
    index = table(block([(b"", b""), (b"\0part", b""), *[(name, entry(2)) for name in names]]))
    saved = read_folder(folder(tmp_path, saved_model(nodes), index))
    assert [(v.path, v.name) for v in saved.variables] == [("a..b.Sc", "x"), ("w", "w")]
    assert saved.notes == ("no Keras metadata: written by tf.saved_model.save, without layers",)


def test_tensorflow_1_has_variables_and_nothing_else(tmp_path):
    model = field(1, 1) + field(2, field(1, field(5, "1.15.0")) + field(2, b""))
    index = table(block([(b"", b""), (b"conv/weights", entry(3, 3)), (b"step", entry(dtype=9))]))
    saved = read_folder(folder(tmp_path, model, index))
    assert [(v.path, v.shape, v.dtype, v.trainable) for v in saved.variables] == [
        ("conv/weights", (3, 3), "float32", None),
        ("step", (), "int64", None),
    ]
    assert saved.tensorflow_version == "1.15.0"
    assert saved.notes == (
        "no object graph: written by TensorFlow 1, or by another program than Keras",
    )


# --- refused ------------------------------------------------------------------------------------


def test_folders_that_are_none(tmp_path):
    with pytest.raises(ReadError) as caught:
        read_folder(tmp_path)
    assert caught.value.problem == "is no SavedModel: it holds no saved_model.pb"
    (tmp_path / "saved_model.pbtxt").write_text("")
    with pytest.raises(ReadError) as caught:
        read_folder(tmp_path)
    assert "saved_model.pbtxt is not read" in caught.value.hint
    (tmp_path / "saved_model.pb").write_bytes(b"")
    with pytest.raises(ReadError, match="holds no graph"):
        read_folder(tmp_path)


@pytest.mark.parametrize(
    "link", ["saved_model.pb", "keras_metadata.pb", "variables", "variables/variables.index"]
)
def test_links_inside_are_refused(link, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(FIXTURES / "k2_nested_sm", copy)
    shutil.move(copy / link, tmp_path / "elsewhere")
    (copy / link).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ReadError) as caught:
        read_folder(copy)
    assert caught.value.problem == "is a link inside a SavedModel"
    assert caught.value.where == str(copy / link)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipes_are_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "saved_model.pb")
    with pytest.raises(ReadError, match="is no regular file"):
        read_folder(tmp_path)


@pytest.mark.parametrize(
    ("index", "problem"),
    [
        (b"", "is no index of variables, or is cut off"),
        (table(block([(b"a", b"")], kind=1)), "holds a compressed block"),
        (table(block([(b"b", b""), (b"a", b"")])), "holds its keys out of order"),
        (table(block([(b"a", b""), (b"a", b"")])), "holds its keys out of order"),
        (table(block([(b"a", b"")]), places=[(0, 1 << 40)]), "names a block that is not in it"),
        (
            table(block([(b"a", b"")]), places=[(0, 12)] * 3),
            "names its blocks out of order",
        ),
        (table(b"\x05\x01\x00a" + bytes(8) + bytes(5)), "holds a damaged entry"),
        (table(b"a" * 4 + b"\xff" * 4 + bytes(5)), "holds a damaged block"),
        (table(b"\x80" + bytes(4) + bytes(5)), "is damaged: it ends inside a number"),
    ],
)
def test_damaged_indexes_are_refused(index, problem):
    with pytest.raises(TableError) as caught:
        list(entries(index, "variables.index"))
    assert caught.value.problem == problem
    assert caught.value.hint


def test_names_that_unfold_are_refused():
    long = number(0) + number(15_000) + number(0) + b"a" * 15_000
    more = b"".join(
        number(14_997) + number(3) + number(0) + count.to_bytes(3, "big")
        for count in range(0x616162, 0x616162 + 5_000)
    )
    data = table(long + more + bytes(4) + (1).to_bytes(4, "little") + bytes(5))
    with pytest.raises(LimitError, match="unfolds to more names"):
        list(entries(data, "variables.index"))


def test_shapes_that_no_tensor_has_are_refused(tmp_path):
    for path, shape in (("a", (1 << 63,)), ("b", (1,) * 300), ("c", (2**64 - 1,))):
        (tmp_path / path).mkdir()
        index = table(block([(b"layer-0/kernel" + VALUE, entry(*shape))]))
        with pytest.raises(ReadError) as caught:
            read_folder(folder(tmp_path / path, saved_model(OLD), index))
        assert caught.value.hint


def test_an_object_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ReadError, match="names an object that is not in it"):
        read_folder(folder(tmp_path, saved_model([node({"a": 7}, user("x"))])))


def test_more_objects_than_any_model_are_refused(tmp_path):
    (tmp_path / "many").mkdir()
    with pytest.raises(LimitError, match="more than 200,000 objects"):
        read_folder(folder(tmp_path / "many", saved_model([node({"a" * 16: 0}, b"")] * 200_001)))
    with pytest.raises(LimitError, match=r"more than 1,\d\d\d objects"):  # for a file so small
        read_folder(folder(tmp_path, saved_model([b""] * 2_000)))


def test_objects_that_hold_themselves_end(tmp_path):
    loops = [node({"self": 0, "layer-0": 1}, user("_tf_keras_model", '{"name": "a"}'))]
    loops.append(
        node({"layer-0": 0, "layer-1": 1, "up": 0}, user("_tf_keras_model", '{"name": "b"}'))
    )
    key = b"self/" * 3_000 + b"w" + VALUE
    started = time.perf_counter()
    read_folder(folder(tmp_path, saved_model(loops), table(block([(key, entry(1))]))))
    assert time.perf_counter() - started < 1


def test_paths_that_unfold_are_refused(tmp_path):
    count = 3_000
    name = "n" * 2_000
    nodes = [
        node({"layer-0": place + 1}, user("_tf_keras_model", f'{{"name": "{name}"}}'))
        for place in range(count)
    ]
    started = time.perf_counter()
    with pytest.raises(LimitError, match="unfolds to more names"):
        read_folder(folder(tmp_path, saved_model([*nodes, node({}, user("x"))])))
    assert time.perf_counter() - started < 2


# --- damaged ------------------------------------------------------------------------------------


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The same bytes with some lost, changed or put in."""
    if chance.random() < 0.25:
        return data[: chance.randrange(len(data))]
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 40))):
        place = chance.randrange(len(changed))
        if chance.random() < 0.3:
            size = chance.randrange(1, 9)
            changed[place : place + size] = chance.choice(
                (b"\xff" * 9 + b"\x01", b"\x80" * 10, b"")
            )
        else:
            changed[place] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
    return bytes(changed)


@pytest.mark.parametrize(
    ("name", "file", "times"),
    [
        ("k2_nested_sm", "keras_metadata.pb", 700),
        ("k2_nested_sm", "saved_model.pb", 350),
        ("k3_export", "saved_model.pb", 350),
        ("k2_simple_sm", "variables/variables.index", 400),
        ("k3_export", "variables/variables.index", 300),
    ],
)
def test_damaged_files_fail_in_our_own_words_and_soon(name, file, times, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(FIXTURES / name, copy, ignore=shutil.ignore_patterns(DATA))
    data = (copy / file).read_bytes()
    chance = random.Random(f"{name}/{file}")  # noqa: S311
    for _ in range(times):
        (copy / file).write_bytes(damaged(data, chance))
        started = time.perf_counter()
        with suppress(ReadError):
            read_folder(copy)
        assert time.perf_counter() - started < 1


# --- TensorFlow's own word ----------------------------------------------------------------------


def built(k):
    """Models of Keras 2 or 3 with frozen, nested, shared, recurrent and stateful layers."""
    layers = k.layers
    start = layers.Input((8, 8, 3), name="img")
    x = layers.Conv2D(4, 3, name="c")(start)
    x = layers.BatchNormalization(name="bn", trainable=False)(x)
    x = layers.Dropout(0.1)(x)
    model = k.Model(start, layers.Dense(2, name="d")(layers.Flatten()(x)), name="flat")
    model.compile("adam", "mse")
    yield model

    def part(name):
        door = layers.Input((4,))
        inner = layers.BatchNormalization(name="b1")(layers.Dense(4, name="d1")(door))
        return k.Model(door, inner, name=name)

    first, second = part("first"), part("second")
    first.trainable = False
    start = layers.Input((4,))
    yield k.Model(start, layers.Dense(3, name="d1")(second(first(start))), name="nested")

    shared, start, door = layers.Dense(4, name="shared"), layers.Input((4,)), layers.Input((4,))
    inner = k.Model(door, shared(door), name="inner")
    yield k.Model(start, shared(inner(start)), name="twice")

    start = layers.Input((5, 6))
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="bi")(start)
    x = layers.MultiHeadAttention(2, 4, name="mha")(x, x)
    yield k.Model(start, layers.GRU(4, name="g")(x), name="recurrent")

    scaled = layers.Normalization(name="norm")
    scaled.build((None, 3))
    yield k.Sequential([layers.Input((3,)), scaled, layers.Dense(2, name="d")], name="chain")

    chain = k.Sequential([layers.Input((4,)), layers.Dense(3)], name="inside")
    yield k.Sequential([layers.Input((4,)), chain, layers.Dense(3)], name="outside")


def listed(tf, path: Path) -> list[tuple[int, ...]]:
    """The shapes that TensorFlow lists for the weights of a model."""
    return [
        tuple(shape)
        for name, shape in tf.train.list_variables(str(path / "variables" / "variables"))
        if name.endswith("VARIABLE_VALUE")
        and not name.startswith(
            ("optimizer/", "keras_api/metrics", "_all_variables", "save_counter")
        )
    ]


def told(saved: SavedModel) -> list[tuple[str, tuple[int | None, ...]]]:
    return sorted((variable.name, variable.shape) for variable in saved.variables)


@pytest.mark.keras
@pytest.mark.parametrize("name", ["k2_simple_sm", "k2_nested_sm", "k3_export"])
def test_tensorflow_lists_the_same_variables_of_the_fixtures(name):
    tf = pytest.importorskip("tensorflow")
    found = [variable.shape for variable in read_folder(FIXTURES / name).variables]
    assert sorted(found) == sorted(listed(tf, FIXTURES / name))


@pytest.mark.keras
def test_keras_2_names_the_same_weights(tmp_path):
    k = pytest.importorskip("tf_keras")
    tf = pytest.importorskip("tensorflow")
    for model in built(k):
        path = tmp_path / model.name
        model.save(path, save_format="tf")
        saved = read_folder(path)
        weights = [
            (weight.name.removesuffix(":0"), tuple(weight.shape)) for weight in model.weights
        ]
        assert told(saved) == sorted(weights), model.name
        assert sorted(v.shape for v in saved.variables) == sorted(listed(tf, path))
        assert sum(v.trainable for v in saved.variables) == len(model.trainable_weights)
        assert saved.notes == ()
        for layer in model.layers:
            held = [v for v in saved.variables if layer.name in {p.split("/")[0] for p in v.layers}]
            assert sum(prod(v.shape) for v in held) == layer.count_params(), layer.name


@pytest.mark.keras
def test_keras_3_exports_the_same_weights(tmp_path):
    k = pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    for model in built(k):
        path = tmp_path / model.name
        model.export(path, verbose=False)
        saved = read_folder(path)
        assert told(saved) == sorted((w.path, tuple(w.shape)) for w in model.weights), model.name
        assert sum(v.trainable for v in saved.variables) == len(model.trainable_weights)
        assert len(saved.notes) == 1
