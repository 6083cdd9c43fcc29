"""Save models with the Keras at hand in every format it writes, and compare what is read of them.

    python -m tools.models cases [NAME ...]              # those of tools/model_cases.py
    python -m tools.models applications [NAME ...]       # of keras.applications, as JSON
    python -m tools.models applications --files MobileNet VGG16
    python -m tools.models write tests/models            # what the suite reads, with its truth

With `--engine tf_keras` all of it is done by Keras 2; it wants an environment of its own. The
expected values are those of the model that Keras itself loads from the same file.
"""

# ruff: noqa: N803 - K is how Keras is called

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import inspector

Line = dict[str, Any]
_LARGE = 30_000  # bytes of a file, above which the suite does without it
_FOLDERS = ("deep_sm", "frozen_sm")  # folders take more, and tell the same alike


# --- truth --------------------------------------------------------------------------------------


def number(weights: Sequence[Any]) -> int:
    """How many numbers these variables hold, each once."""
    distinct = {id(weight): weight for weight in weights}
    return sum(int(_product(weight.shape)) for weight in distinct.values())


def _product(shape: Any) -> int:
    result = 1
    for size in shape:
        result *= int(size)
    return result


def sizes(shape: Any) -> Any:
    """A shape as a list."""
    return [None if size is None else int(size) for size in tuple(shape)]


def calls(model: Any, layer: Any) -> list[list[Any]]:
    """The output shapes of each call of a layer inside a model."""
    nodes = layer._inbound_nodes
    if hasattr(model, "_network_nodes"):  # tf_keras
        nodes = [
            node
            for place, node in enumerate(nodes)
            if f"{layer.name}_ib-{place}" in model._network_nodes
        ]
    else:
        functional = getattr(model, "_functional", None) or model
        known = {id(node) for some in functional._nodes_by_depth.values() for node in some}
        nodes = [node for node in nodes if id(node) in known]
    return [_shapes(node) for node in nodes]


def _shapes(node: Any) -> list[Any]:
    found: list[Any] = []
    stack = [node.outputs if hasattr(node, "outputs") else node.output_tensors]
    while stack:
        item = stack.pop()
        if isinstance(item, list | tuple):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            stack.extend(reversed(list(item.values())))
        elif item is not None:
            found.append(sizes(item.shape))
    return found


def rows(model: Any, trained: set[int]) -> list[list[Any]]:
    """Name, class, output shapes, parameters, trained ones of each layer; and a model's own."""
    return [
        [
            layer.name,
            type(layer).__name__,
            calls(model, layer),
            number(getattr(layer, "weights", ())),
            number([each for each in getattr(layer, "weights", ()) if id(each) in trained]),
            rows(layer, trained) if hasattr(layer, "layers") and hasattr(layer, "input") else None,
        ]
        for layer in getattr(model, "operations", None) or model.layers
    ]


def truth(model: Any, engine: str) -> Line:
    """What Keras says of a model."""
    trained = {id(weight) for weight in model.trainable_weights}
    return {
        "by": engine,
        "class_name": type(model).__name__,
        "layers": rows(model, trained),
        "params": number(model.weights),
        "trainable": number(model.trainable_weights),
    }


# --- files --------------------------------------------------------------------------------------


def saved(K: Any, model: Any, folder: Path) -> Iterator[tuple[str, Path]]:
    """The model in every format that this Keras writes."""
    text = folder / f"{model.name}.json"
    text.write_text(model.to_json(), encoding="utf-8")
    yield "json", text
    for kind, ending in (("h5", "h5"), ("keras", "keras")):
        path = folder / f"{model.name}.{ending}"
        model.save(path)
        yield kind, path
    path = folder / f"{model.name}.weights.h5"
    model.save_weights(path)
    yield "weights", path
    target = folder / f"{model.name}_sm"
    if hasattr(K, "ops"):
        model.export(target, verbose=False)
        yield "export", target
    else:
        model.save(target, save_format="tf")
        yield "savedmodel", target


def loaded(K: Any, model: Any, kind: str, path: Path) -> Any:
    """The model that Keras itself makes of a file."""
    from tools import model_cases

    known = {"Mine": model_cases.custom_class(K)} if model.name == "custom" else {}
    if kind in ("weights", "export", "savedmodel"):  # loading one sets flags of parts anew
        return model
    try:
        if kind == "json":
            return K.models.model_from_json(path.read_text("utf-8"), custom_objects=known)
        return K.models.load_model(path, custom_objects=known, compile=False)
    except (TypeError, ValueError) as error:  # Keras does not read all that it writes
        print(f"      {path.name}: Keras refuses it: {str(error).splitlines()[0][:90]}")
        return model


def differences(line: Line, path: Path, kind: str) -> Iterator[str]:
    """What is read otherwise than Keras says."""
    model = inspector.load(path)
    totals = model.totals
    if totals.complete and totals.params != line["params"]:
        yield f"params {totals.params} instead of {line['params']}"
    if kind != "json" and totals.stored != line["params"]:
        yield f"stored {totals.stored} instead of {line['params']}"
    if kind in ("weights", "export"):
        return
    if totals.trainable is not None and totals.complete and totals.trainable != line["trainable"]:
        yield f"trainable {totals.trainable} instead of {line['trainable']}"
    unknown = [row.path for row in model.walk() if row.params is None]
    if unknown and (kind != "json" or "custom" not in path.stem):
        yield f"incomplete: {unknown}"
    yield from row_differences(line["layers"], model.rows)


def row_differences(expected: Sequence[list[Any]], found: Sequence[Any]) -> Iterator[str]:
    """The same, layer by layer."""
    if [row[0] for row in expected] != [row.name for row in found]:
        yield f"layers {[row.name for row in found]} instead of {[row[0] for row in expected]}"
        return
    for (name, class_name, shapes, params, trained, inner), row in zip(
        expected, found, strict=True
    ):
        ours = [[None if s is None else list(s) for s in call] for call in row.outputs]
        if class_name.replace("ModuleWrapper", "") != row.class_name:
            yield f"{name}: class {row.class_name} instead of {class_name}"
        if ours != shapes and None not in [shape for call in ours for shape in call]:
            yield f"{name}: shape {ours} instead of {shapes}"
        if row.params is not None and row.params != params:
            yield f"{name}: {row.params} parameters instead of {params}"
        if row.trainable_params not in (None, trained):
            yield f"{name}: {row.trainable_params} trained instead of {trained}"
        if inner and row.layers is not None:
            yield from (f"{name}/{text}" for text in row_differences(inner, row.layers))


def unknown(path: Path) -> list[str]:
    """The layers of which a shape or a count is not known."""
    return [
        row.path
        for row in inspector.load(path).walk()
        if row.params is None or None in [shape for call in row.outputs for shape in call]
    ]


# --- commands -----------------------------------------------------------------------------------


def cases(K: Any, engine: str, names: Sequence[str], target: Path | None) -> int:
    """Compare the small models in every format; with a target, keep the files and their truth."""
    from tools import model_cases

    wrong, lines = 0, list[Line]()
    for name in names or list(model_cases.CASES):
        K.backend.clear_session()
        model = model_cases.CASES[name](K)
        with tempfile.TemporaryDirectory() as folder:
            for kind, path in saved(K, model, Path(folder)):
                line = truth(loaded(K, model, kind, path), engine)
                wrong += report(f"{name} {kind}", line, path, kind)
                if target is not None:
                    lines += kept({"file": "", "kind": kind, **line}, path, target, engine)
    if target is not None:
        text = "".join(json.dumps(line) + "\n" for line in lines)
        place = target / f"truth_{engine.partition(' ')[0]}.jsonl"
        place.write_text(text, encoding="utf-8")
    return wrong


def report(title: str, line: Line, path: Path, kind: str) -> int:
    """Print what is wrong with one file, and what is not known; how many things are wrong."""
    found = list(differences(line, path, kind))
    open_ends = [] if kind in ("weights", "export") else unknown(path)
    ending = f"  unknown: {', '.join(open_ends)}" if open_ends else ""
    print(f"{'WRONG' if found else 'ok':5} {title}{ending}", flush=True)
    for text in found:
        print(f"      {text}")
    return len(found)


def kept(line: Line, path: Path, target: Path, engine: str) -> Iterator[Line]:
    """A small file, moved to where the suite reads it, and its line."""
    made = target / f"{engine.partition(' ')[0]}_{path.name}"
    if path.is_dir():
        if path.name not in _FOLDERS:
            return
        if made.exists():
            shutil.rmtree(made)
        (made / "variables").mkdir(parents=True)
        for part in ("saved_model.pb", "keras_metadata.pb", "variables/variables.index"):
            if (path / part).exists():
                shutil.copy(path / part, made / part)
    else:
        shutil.copy(path, made)
    size = sum(each.stat().st_size for each in [made, *made.rglob("*")] if each.is_file())
    if size > _LARGE and not made.is_dir():
        made.unlink()
        return
    yield {**line, "file": made.name}


def applications(K: Any, engine: str, names: Sequence[str], files: bool) -> int:
    """Compare architectures as JSON, or in every format, whose weights take gigabytes in all."""
    wrong = 0
    for name in names or sorted(vars(K.applications)):
        build = getattr(K.applications, name)
        if not inspect.isfunction(build):
            continue
        K.backend.clear_session()
        options = {"include_top": False, "input_shape": (224, 224, 3)} if files else {}
        model = build(weights=None, **options)
        with tempfile.TemporaryDirectory() as folder:
            for kind, path in saved(K, model, Path(folder)):
                line = truth(model if files else loaded(K, model, kind, path), engine)
                wrong += report(f"{name} {kind}", line, path, kind)
                if not files:
                    break
    return wrong


def main() -> int:
    """Compare, and end with 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("command", choices=("cases", "applications", "write"))
    parser.add_argument("names", nargs="*")
    parser.add_argument("--engine", choices=("keras", "tf_keras"), default="keras")
    parser.add_argument("--files", action="store_true")
    options = parser.parse_args()
    K = importlib.import_module(options.engine)  # noqa: N806
    engine = f"{options.engine} {K.__version__}"
    if options.command == "applications":
        wrong = applications(K, engine, options.names, options.files)
    elif options.command == "cases":
        wrong = cases(K, engine, options.names, None)
    else:
        wrong = cases(K, engine, [], Path(options.names[0]))
    print(f"{wrong} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
