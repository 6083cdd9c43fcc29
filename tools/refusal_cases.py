"""Models that a Keras may refuse, each under a name: what `refusals` asks, and what tests read."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
FIXTURES = ROOT / "tests" / "fixtures"
Entry = dict[str, Any]


class Case(NamedTuple):
    """A model object in the container it would be read from: h5, keras or json."""

    name: str
    format: str
    model: Any


def cases() -> Iterator[Case]:
    """Every model that both Keras are asked about, files apart."""
    yield from _layers("layers_tf_keras", "h5", "h5+module")
    yield from _layers("layers_more_tf_keras", "h5")
    yield from _layers("layers_keras3", "keras")
    for number, line in enumerate(_lines("models_tf_keras")):
        for form in ("h5", "json"):
            yield Case(f"models_tf_keras:{number}:{form}", form, line["model"])
    for number, line in enumerate(_lines("nodes_tf_keras")[::20]):
        yield Case(f"nodes_tf_keras:{number}:h5", "h5", line["model"])
    yield from inside()
    for name, model in _made().items():
        for form in ("h5", "keras", "json"):
            yield Case(f"made:{name}:{form}", form, copy.deepcopy(model))


def _layers(name: str, *containers: str) -> Iterator[Case]:
    """One model for each line that a model of inputs and one call can show."""
    for number, line in enumerate(_lines(name)):
        alone = line["class_name"].endswith("Cell") or line["class_name"] == "StackedRNNCells"
        if not (line["call"] or alone or line["class_name"] == "InputLayer"):
            for how in containers:
                yield Case(f"{name}:{number}:{how}", how.partition("+")[0], _model(line, how))


def files() -> list[Path]:
    """The files in the repository that a Keras would load as a model."""
    kinds = {".keras", ".h5", ".json"}
    return sorted(path for path in FIXTURES.iterdir() if path.suffix in kinds)


def _lines(name: str) -> list[Entry]:
    text = (GOLDEN / f"{name}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _model(line: Entry, how: str) -> Entry:
    """A functional model of inputs and one layer."""
    shapes = line["inputs"] if _several(line["inputs"]) else [line["inputs"]]
    names = [f"in{number}" for number in range(len(shapes))]
    modern = how == "keras"
    inputs = [_input(*pair, modern=modern) for pair in zip(names, shapes, strict=True)]
    name = line["config"].get("name", "layer")
    entry = {"class_name": line["class_name"], "config": line["config"], "name": name}
    if how != "h5":
        entry |= {"module": line.get("module", "keras.layers"), "registered_name": None}
    entry["inbound_nodes"] = [_call(names, shapes, modern=modern)]
    made = {
        "class_name": "Functional",
        "config": {
            "name": "m",
            "trainable": True,
            "layers": [*inputs, entry],
            "input_layers": [[each, 0, 0] for each in names],
            "output_layers": [[name, 0, 0]],
        },
    }
    return {**made, **_HOME} if modern else made


_HOME = {"module": "keras.src.models.functional", "registered_name": "Functional"}


def _several(inputs: Any) -> bool:
    return bool(inputs) and isinstance(inputs[0], list)


def _input(name: str, shape: list[Any], *, modern: bool) -> Entry:
    key = "batch_shape" if modern else "batch_input_shape"
    config = {key: shape, "dtype": "float32", "sparse": False, "name": name}
    home = {"module": "keras.layers", "registered_name": None} if modern else {}
    entry = {"class_name": "InputLayer", "config": config, "name": name, "inbound_nodes": []}
    return {**entry, **home}


def _call(names: list[str], shapes: list[Any], *, modern: bool) -> Any:
    if not modern:
        return [[name, 0, 0, {}] for name in names]
    tensors = [
        {
            "class_name": "__keras_tensor__",
            "config": {"shape": shape, "dtype": "float32", "keras_history": [name, 0, 0]},
        }
        for name, shape in zip(names, shapes, strict=True)
    ]
    return {"args": tensors if len(tensors) == 1 else [tensors], "kwargs": {}}


# --- made by hand -------------------------------------------------------------------------------


def _layer(class_name: str, module: str | None = "keras.layers", **config: Any) -> Entry:
    entry = {"class_name": class_name, "config": {"name": class_name.lower(), **config}}
    return entry if module is None else {**entry, "module": module, "registered_name": None}


def _sequential(*layers: Entry, **config: Any) -> Entry:
    entries = [_layer("InputLayer", batch_input_shape=[None, 4]), *layers]
    config = {"name": "s", "layers": entries, **config}
    return {"class_name": "Sequential", "config": config, "module": "keras"}


def _object(class_name: str, module: str | None = None, **config: Any) -> Entry:
    made = {"class_name": class_name, "config": config}
    return made if module is None else {**made, "module": module, "registered_name": None}


def _dense(**config: Any) -> Entry:
    return _layer("Dense", units=3, **config)


def _without_modules(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_modules(item) for item in value]
    if isinstance(value, dict):
        kept = value.keys() - ({"module", "registered_name"} if "class_name" in value else set())
        return {key: _without_modules(value[key]) for key in value if key in kept}
    return value


_CODE = "4wEAAAAAAAAAAAAAAAEAAAABAAAAQwAAAHMEAAAAfABTACkBTqkAKQHaAXhyAQAAAHIBAAAA"


def _made() -> dict[str, Entry]:
    """One model for each way in which files of other Keras differ, and controls beside them."""
    initializers = {
        "initializer": _object("GlorotUniform", seed=None),
        "initializer_module": _object("GlorotUniform", "keras.initializers", seed=None),
        "initializer_dtype": _object("GlorotUniform", seed=None, dtype="float32"),
        "initializer_dtype_module": _object(
            "GlorotUniform", "keras.initializers", seed=None, dtype="float32"
        ),
        "initializer_custom": _object("Mine", gain=2.0),
        "initializer_scaled": _object(
            "VarianceScaling", scale=1.0, mode="fan_avg", distribution="normal", seed=None
        ),
        "initializer_old_name": _object("glorot_uniform", seed=None),
    }
    made = {name: _sequential(_dense(kernel_initializer=it)) for name, it in initializers.items()}
    for activation in ("relu", "swish", "hard_sigmoid", "relu6", "my_own", "softmax_v2", "mish"):
        made[f"activation_{activation}"] = _sequential(_dense(activation=activation))
    function = {"module": "builtins", "class_name": "function", "config": "relu"}
    made["activation_function"] = _sequential(_dense(activation=function))
    made["activation_custom_function"] = _sequential(
        _dense(activation={**function, "config": "mine", "registered_name": "mine"})
    )
    made["activation_class"] = _sequential(_dense(activation=_object("LeakyReLU", alpha=0.1)))
    made["layer_activation_custom"] = _sequential(_layer("Activation", activation="mine"))
    for name, dtype in {
        "string": "float32",
        "mixed": "mixed_float16",
        "policy2": _object("Policy", name="mixed_float16"),
        "policy2_module": _object("Policy", "keras.mixed_precision", name="float32"),
        "policy3": _object("DTypePolicy", "keras", name="mixed_float16"),
        "policy3_bare": _object("DTypePolicy", name="float32"),
    }.items():
        made[f"dtype_{name}"] = _sequential(_dense(dtype=dtype))
    l2 = _object("L2", l2=0.1)
    for name, it in {
        "l2": l2,
        "l1l2": _object("L1L2", l1=0.1, l2=0.1),
        "l2_named_old": _object("l2", l2=0.1),
        "custom": _object("Mine", strength=0.1),
    }.items():
        made[f"regularizer_{name}"] = _sequential(_dense(kernel_regularizer=it))
    made["constraint"] = _sequential(
        _dense(kernel_constraint=_object("MaxNorm", max_value=2, axis=0))
    )
    made["constraint_custom"] = _sequential(_dense(kernel_constraint=_object("Mine")))
    made["unknown_key"] = _sequential(_dense(no_such_key=1))
    made["missing_key"] = _sequential(_layer("Dense"))
    made["bad_value"] = _sequential(_layer("Dense", units=-1))
    made["custom_layer"] = _sequential(_layer("Mine", "my_package.layers"))
    made["custom_layer_bare"] = _sequential(_layer("Mine", None))
    made["custom_registered"] = _sequential(
        {**_layer("Mine", None), "module": None, "registered_name": "Custom>Mine"}
    )
    made |= _lambdas() | _others()
    bare = {f"{name}_bare": _without_modules(model) for name, model in made.items()}
    return {**made, **bare}


def _lambdas() -> dict[str, Entry]:
    """Functions in layers: in the file, or by name."""
    function = {"module": "builtins", "class_name": "function", "config": "relu"}
    made = {}
    code = {
        "class_name": "__lambda__",
        "config": {"code": _CODE, "defaults": None, "closure": None},
    }
    made["lambda_code"] = _sequential(_layer("Lambda", function=code))
    made["lambda_code2"] = _sequential(
        _layer("Lambda", None, function=[_CODE, None, None], function_type="lambda")
    )
    pair = {"class_name": "__tuple__", "items": [_CODE, None, None]}
    made["lambda_tuple"] = _sequential(
        _layer("Lambda", None, function=pair, function_type="lambda")
    )
    made["lambda_named"] = _sequential(
        _layer("Lambda", None, function="mine", function_type="function")
    )
    made["lambda_builtin"] = _sequential(_layer("Lambda", function=function))
    return made


def _others() -> dict[str, Entry]:
    """Layers that are gone, keys of older versions, models in odd forms, wrappers."""
    made = {}
    made["removed_layer"] = _sequential(_layer("ThresholdedReLU", theta=1.0))
    made["removed_local"] = _sequential(_layer("LocallyConnected1D", filters=2, kernel_size=[2]))
    made["batch_input_shape"] = _sequential(_dense(batch_input_shape=[None, 4]))
    made["input_dim"] = _sequential(_dense(input_dim=4))
    made["batch_normalization_list"] = _sequential(_layer("BatchNormalization", axis=[1]))
    made["batch_normalization_renorm"] = _sequential(
        _layer("BatchNormalization", axis=1, renorm=False)
    )
    made["list"] = {"class_name": "Sequential", "config": [_dense(batch_input_shape=[None, 4])]}
    made["no_name"] = {
        "class_name": "Sequential",
        "config": {"layers": [_dense()]},
        "module": "keras",
    }
    made["subclassed"] = {"class_name": "Mine", "config": {}, "module": "my.models"}
    made["wrapped"] = _sequential(
        _layer("Reshape", target_shape=[2, 2]),
        _layer("TimeDistributed", layer=_dense()),
    )
    made["wrapped_removed"] = _sequential(
        _layer("Reshape", target_shape=[2, 2]),
        _layer("TimeDistributed", layer=_layer("ThresholdedReLU", theta=1.0)),
    )
    made["wrapped_key"] = _sequential(
        _layer("Reshape", target_shape=[2, 2]),
        _layer("TimeDistributed", layer=_dense(no_such_key=1)),
    )
    made["wrapped_shape"] = _sequential(
        _layer("Reshape", target_shape=[2, 2]),
        _layer("TimeDistributed", layer=_dense(batch_input_shape=[None, 2])),
    )
    made["nested"] = _sequential(_sequential(_dense()))
    made["nested_custom"] = _sequential(_sequential(_layer("Mine", "my_package")))
    made["recurrent"] = _sequential(
        _layer("Reshape", target_shape=[2, 2]), _layer("LSTM", units=3, implementation=2)
    )
    made["recurrent_old"] = _sequential(
        _layer("Reshape", target_shape=[2, 2]), _layer("LSTM", units=3, time_major=False)
    )
    made["cudnn"] = _sequential(
        _layer("Reshape", target_shape=[2, 2]), _layer("CuDNNLSTM", units=3)
    )
    return made


# --- models inside models, as Keras 2 counts their calls ------------------------------------------


def inside() -> Iterator[Case]:
    """A model inside another, of each class, called once or twice, last or followed by a layer."""
    for class_name in ("Functional", "Model", "Sequential"):
        for calls in (1, 2):
            for followed in (False, True):
                name = f"inside:{class_name}:{calls}:{'followed' if followed else 'last'}"
                yield Case(name, "h5", _outer(class_name, calls, followed=followed))


def _outer(class_name: str, calls: int, *, followed: bool) -> Entry:
    entry = _old("InputLayer", "x", batch_input_shape=[None, 4])
    dense = _old("Dense", "d", [["nx", 0, 0, {}]], units=4)
    start = _old("InputLayer", "nx", batch_input_shape=[None, 4])
    config: Entry = {"name": "inner", "layers": [start, dense]}
    if class_name != "Sequential":
        config |= {"input_layers": [["nx", 0, 0]], "output_layers": [["d", 0, 0]]}
    nodes: list[Any] = [[["x", 0, 0, {}]], [["inner", 1, 0, {}]]][:calls]
    inner = {"class_name": class_name, "config": config, "name": "inner", "inbound_nodes": nodes}
    layers: list[Entry] = [entry, inner]
    last: list[Any] = ["inner", calls, 0]
    if followed:
        layers.append(_old("Dense", "after", [[*last, {}]], units=2))
        last = ["after", 0, 0]
    outer = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [last]}
    return {"class_name": "Functional", "config": outer}


def _old(class_name: str, name: str, *nodes: Any, **config: Any) -> Entry:
    config = {"name": name, **config}
    return {"class_name": class_name, "config": config, "name": name, "inbound_nodes": list(nodes)}
