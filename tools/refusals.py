"""Ask a real Keras which models it refuses, and what its classes take.

    python -m tools.refusals inspector/refusals/keras3.json tests/golden/refusals_keras3.jsonl
    python -m tools.refusals inspector/refusals/tf_keras.json tests/golden/refusals_tf_keras.jsonl \
        --keras tf_keras

The first file holds, for each class, the keys that its config may and must have, found by trying;
the second what became of every model of `refusal_cases` and of the files in `tests/fixtures`.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import inspect
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.refusal_cases import GOLDEN, Case, cases, files

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
_PROBE = "no_such_key"
_UNKNOWN = re.compile(r"nrecognized keyword|unexpected keyword|not understood|nvalid keyword")
_AT_CALL = re.compile(r"when calling|call\(\) missing|No module named|requires the \w+ module")
_MISSING = re.compile(r"missing \d+ required (?:positional|keyword-only) arguments?: (.*)")
_OLDER = (  # keys of other Keras, tried on every class
    "input_dtype", "init", "border_mode", "nb_filter", "dim_ordering", "output_dim", "bias", "p",
    "mode", "input_length", "batch_input_shape", "input_shape", "input_dim", "implementation",
    "time_major", "alpha", "theta", "moving_mean_initializer", "renorm", "fused", "adjustment",
    "synchronized", "data_format", "dtype", "trainable", "name", "unroll", "stateful", "weights",
    "noise_shape", "sparse", "ragged", "shape", "batch_shape", "autocast", "activity_regularizer",
    "dropout_W", "consume_less", "batch_size", "function_type", "output_shape_type", "optional",
    "output_shape_module", "module", "seed", "rng_type", "groups", "negative_slope",
)  # fmt: skip


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", type=Path)
    parser.add_argument("answers", type=Path)
    parser.add_argument("--keras", default="keras", choices=("keras", "tf_keras"))
    options = parser.parse_args()
    keras = importlib.import_module(options.keras)
    quiet = contextlib.redirect_stdout(io.StringIO())
    with quiet, contextlib.redirect_stderr(io.StringIO()):
        tables, answers = _tables(keras, options.keras), list(_answers(keras))
    options.tables.write_text(json.dumps(tables, separators=(",", ":")) + "\n", "utf-8")
    lines = [json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers]
    options.answers.write_text("".join(lines), "utf-8")


# --- what classes take --------------------------------------------------------------------------


def _tables(keras: Any, package: str) -> dict[str, Any]:
    layers = _layers(keras, package)
    exported = {name: it for name, it in layers.items() if _is_found(keras, name, package)}
    found = {"keras": keras.__version__, "layers": _family(exported, _golden_configs())}
    found["legacy"] = sorted(_legacy(package, layers))
    for group in ("initializers", "regularizers", "constraints"):
        module = getattr(keras, group)
        classes = {name: it for name, it in vars(module).items() if inspect.isclass(it)}
        found[group] = {**_family(classes, {}), **_spelled(module)}
    found["activations"] = _activations(keras)
    found["dtypes"] = _dtypes(keras)
    found["modules"] = _modules(package)
    return found


def _layers(keras: Any, package: str) -> dict[str, type]:
    exported = {name: it for name, it in vars(keras.layers).items() if inspect.isclass(it)}
    if package == "keras":
        inner = importlib.import_module("keras.src.layers")
        exported |= {name: it for name, it in vars(inner).items() if inspect.isclass(it)}
    else:
        inner = importlib.import_module("tf_keras.src.layers.serialization")
        inner.populate_deserializable_objects()
        found = inner.LOCAL.ALL_OBJECTS
        exported |= {name: it for name, it in found.items() if inspect.isclass(it)}
    return {name: it for name, it in exported.items() if issubclass(it, keras.layers.Layer)}


def _is_found(keras: Any, name: str, package: str) -> bool:
    """Whether a class is found by its name: some of `tf_keras` are only for TensorFlow 1."""
    entry: dict[str, Any] = {
        "class_name": name,
        "module": "keras.layers",
        "config": {},
        "registered_name": None,
    }
    try:
        keras.layers.deserialize(entry)
    except Exception as error:  # that it is found does not mean that it is made of nothing
        return package == "keras" or f"Could not locate class '{name}'" not in str(error)
    return True


def _legacy(package: str, layers: dict[str, Any]) -> set[str]:
    """The classes that are found without their module, as in older .h5 files."""
    if package == "tf_keras":
        return {name for name in layers if not name.startswith("_")}
    return set(layers) & set(vars(importlib.import_module("keras.src.layers")))


_RELU = {
    "module": "builtins",
    "class_name": "function",
    "config": "relu",
    "registered_name": "relu",
}
_BASES: dict[str, list[dict[str, Any]]] = {
    "InputLayer": [{"batch_input_shape": [None, 4]}],
    "Lambda": [{"function": _RELU}],
    "Wrapper": [],
}


def _golden_configs() -> dict[str, list[dict[str, Any]]]:
    configs: dict[str, list[dict[str, Any]]] = {}
    for name in ("layers_keras3", "layers_more_keras3", "layers_tf_keras", "layers_more_tf_keras"):
        for line in (GOLDEN / f"{name}.jsonl").read_text("utf-8").splitlines():
            entry = json.loads(line)
            configs.setdefault(entry["class_name"], []).append(entry["config"])
    return configs


def _family(
    classes: dict[str, type], configs: dict[str, list[dict[str, Any]]]
) -> dict[str, dict[str, Any]]:
    return {
        name: taken
        for name, it in sorted(classes.items())
        if not name.startswith("_")
        and (taken := _taken(it, _BASES.get(name) or configs.get(it.__name__, []))) is not None
    }


def _taken(it: type, configs: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The keys that a class takes and needs; `any` where it takes all."""
    base = next((config for config in [{}, *configs] if _made(it, config) is None), None)
    candidates = {key: value for config in configs for key, value in config.items()}
    candidates |= {key: candidates.get(key) for key in [*_OLDER, *_signature(it)]}
    if base is None:
        base = configs[0] if configs else {}
    taken = [key for key, value in candidates.items() if _takes(it, {**base, key: value}, key)]
    needed = [key for key in base if _needs(it, base, key)]
    kept: dict[str, Any] = {"takes": sorted(taken), "needs": sorted(needed)}
    full = next((config for config in configs if _made(it, config) is None), {})
    filled = [
        key
        for key, value in full.items()
        if value is not None and _made(it, {**full, key: None}) is not None
    ]
    if filled:
        kept["filled"] = sorted(filled)
    if _takes(it, {**base, _PROBE: 1}, _PROBE):
        kept["any"] = True
    return kept


def _signature(it: type) -> Iterator[str]:
    for cls in it.__mro__:
        init = vars(cls).get("__init__")
        if inspect.isfunction(init):
            yield from inspect.signature(init).parameters.keys() - {"self", "args", "kwargs"}
            source = inspect.getsource(init)
            yield from re.findall(r'(?:kwargs|config)\.(?:pop|get)\(\s*"(\w+)"', source)


def _made(it: Any, config: dict[str, Any]) -> str | None:
    """Why a class refuses a config; `None` where it does not."""
    try:
        it.from_config(json.loads(json.dumps(config)))
    except Exception as error:  # whatever it is, it is the answer
        return str(error) or type(error).__name__
    return None


def _takes(it: Any, config: dict[str, Any], key: str) -> bool:
    reason = _made(it, config)
    if reason is None:
        return True
    told = reason.rpartition("Exception encountered:")[2]
    return not (_UNKNOWN.search(told) and re.search(rf"\b{re.escape(key)}\b", told))


def _needs(it: Any, base: dict[str, Any], key: str) -> bool:
    reason = _made(it, {name: value for name, value in base.items() if name != key})
    told = _MISSING.search((reason or "").rpartition("Exception encountered:")[2])
    return bool(told and f"'{key}'" in told[1]) or reason == f"'{key}'"


def _spelled(module: Any) -> dict[str, Any]:
    """Other names under which the objects of a group are found."""
    names = ("zero", "one", "uniform", "normal", "l1l2", "l1_l2", "maxnorm", "nonneg", "unitnorm")
    found = {}
    for name in names:
        with contextlib.suppress(Exception):
            got = module.deserialize({"class_name": name, "config": {}})
            cls = got if inspect.isclass(got) else type(got)
            if callable(got):
                found[name] = _taken(cls, []) or {}
    return found


def _activations(keras: Any) -> list[str]:
    names = {name for name in vars(keras.activations) if not name.startswith("_")}
    for other in ("swish", "hard_swish", "softmax_v2", "relu6", "crelu", "LeakyReLU", "PReLU"):
        names.add(other)
    kept = []
    for name in sorted(names):
        with contextlib.suppress(Exception):
            if callable(keras.layers.Activation.from_config({"activation": name}).activation):
                kept.append(name)
    return kept


def _dtypes(keras: Any) -> list[str]:
    """The classes of a dtype that a layer takes."""
    kept = []
    for class_name in ("Policy", "PolicyV1", "DTypePolicy"):
        for module in (None, "keras", "keras.mixed_precision"):
            policy: dict[str, Any] = {"class_name": class_name, "config": {"name": "float32"}}
            if module:
                policy |= {"module": module, "registered_name": None}
            if _made(keras.layers.Dense, {"units": 1, "dtype": policy}) is None:
                kept.append(f"{module or ''}.{class_name}")
    return kept


def _modules(package: str) -> list[str]:
    """The modules in which classes of Keras are found, by importing them."""
    kept = []
    for module in _module_names():
        with contextlib.suppress(Exception):
            importlib.import_module(module.replace("keras", package, 1))
            kept.append(module)
    return kept


def _module_names() -> list[str]:
    return [
        "keras.src.models.functional", "keras.src.engine.functional", "keras.engine.functional",
        "keras.src.models.sequential", "keras.src.engine.sequential", "keras.src.models.model",
        "keras.src.engine.training",
    ]  # fmt: skip


# --- what it refuses ----------------------------------------------------------------------------


def _answers(keras: Any) -> Iterator[dict[str, Any]]:
    for path in files():
        yield _answer(f"file:{path.name}", lambda path=path: _load(keras, path))
    for case in cases():
        answer = _answer(case.name, lambda case=case: _revive(keras, case))
        if not _AT_CALL.search(answer.get("error", "")):
            yield answer


def _answer(name: str, work: Any) -> dict[str, Any]:
    try:
        work()
    except Exception as error:  # whatever it is, it is the answer
        told = str(error).rpartition("Exception encountered:")[2] or str(error)
        told = told.replace(f"{Path.cwd()}/", "")  # no folder of this machine
        text = " ".join(f"{type(error).__name__}: {told}".split())
        return {"case": name, "loads": False, "error": re.sub(r"0x[0-9a-f]+", "0x…", text)[:160]}
    return {"case": name, "loads": True}


def _load(keras: Any, path: Path) -> None:
    if path.suffix == ".json":
        keras.models.model_from_json(path.read_text("utf-8"))
    else:
        keras.models.load_model(str(path), compile=False)


def _revive(keras: Any, case: Case) -> None:
    """The model of a case, the way `load_model` comes to it from such a file."""
    if case.format == "json":
        keras.models.model_from_json(json.dumps(case.model))
    elif case.format == "keras":
        keras.saving.deserialize_keras_object(case.model, safe_mode=True)
    elif keras.__name__ == "keras":
        legacy = importlib.import_module("keras.src.legacy.saving.saving_utils")
        decode = importlib.import_module("keras.src.legacy.saving.json_utils").decode
        scopes = importlib.import_module("keras.src.legacy.saving.saving_options")
        safe = importlib.import_module("keras.src.saving.serialization_lib").SafeModeScope
        with scopes.keras_option_scope(use_legacy_config=True), safe(True):
            legacy.model_from_config(decode(json.dumps(case.model)))
    else:
        home = importlib.import_module("tf_keras.src.saving.legacy.model_config")
        decode = importlib.import_module("tf_keras.src.saving.legacy.saved_model.json_utils").decode
        home.model_from_config(decode(json.dumps(case.model)))


if __name__ == "__main__":
    main()
