"""Records what the layer classes of four Keras take: `inspector/signatures/*.json`.

The sources are read, not imported: standalone Keras 1 and 2 run on no Python of today.

    python -m tools.signatures keras3=PATH tf_keras=PATH keras2=PATH keras1=PATH [--check]
    python -m tools.signatures tensorflow    asks an installed TensorFlow for its own names

A PATH is the folder of the package, as installed or unpacked: `keras/` of Keras 1.2.2, of 2.3.1
and of 3.15, `tf_keras/`. Written down for each public class: the parameters in order with their
defaults, whether it takes more by keyword, its other names, the stem of its automatic names.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "inspector" / "signatures"
CALLS = ROOT / "tests" / "golden" / "functions_tf_keras.jsonl"
_EXPORTED = re.compile(r"^keras\.layers\.(?:experimental\.(?:preprocessing\.)?)?(\w+)$")


@dataclass
class Found:
    """One class of the sources."""

    name: str
    bases: list[str]
    node: ast.ClassDef
    exported: list[str] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Write the files, or tell which would change."""
    changed = 0
    for word in arguments:
        if word.startswith("--"):
            continue
        dialect, _, path = word.partition("=")
        if dialect == "tensorflow":
            names = json.dumps(tensorflow_names(), sort_keys=True, indent=0)
            changed += _put(dialect, f"{names}\n", "--check" in arguments)
            continue
        text = written(recorded(dialect, Path(path)))
        changed += _put(dialect, text, "--check" in arguments)
        if dialect == "keras3":
            text = written({"keras": _version(Path(path)), "classes": functions(Path(path))})
            changed += _put("operations", text, "--check" in arguments)
    return 1 if changed and "--check" in arguments else 0


def _put(name: str, text: str, checking: bool) -> bool:
    """Write a file, or only tell whether it would change."""
    target = FOLDER / f"{name}.json"
    old = target.read_text("utf-8") if target.exists() else ""
    if checking:
        print(f"{name}: {'changed' if text != old else 'as recorded'}")
    else:
        target.write_text(text, "utf-8", newline="\n")
    return text != old


def written(record: dict[str, Any]) -> str:
    """The text of a file: one class a line."""
    head = json.dumps(record["keras"])
    lines = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in record["classes"].items()
    )
    return f'{{"keras": {head}, "classes": {{\n{lines}\n}}}}\n'


def recorded(dialect: str, package: Path) -> dict[str, Any]:
    """The public layer classes of a package."""
    classes, aliases = _classes(package)
    listed = _public(dialect, package, classes)
    entries = {}
    for name, others in sorted(listed.items()):
        entry = _entry(name, classes, dialect)
        also = sorted({*others, *(alias for alias, of in aliases.items() if of == name)} - {name})
        if also:
            entry["also"] = also
        entries[name] = entry
    return {"keras": _version(package), "classes": entries}


def _classes(package: Path) -> tuple[dict[str, Found], dict[str, str]]:
    """Every class by name, exported ones before others, and the names given to them besides."""
    classes: dict[str, Found] = {}
    aliases: dict[str, str] = {}
    for path in _files(package):
        tree = ast.parse(path.read_text("utf-8"))
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                found = Found(node.name, [_last(base) for base in node.bases], node)
                found.exported = list(_exports(node))
                known = classes.get(node.name)
                if known is None or (found.exported and not known.exported):
                    classes[node.name] = found
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        aliases[target.id] = node.value.id
    return classes, aliases


def _files(package: Path) -> Iterator[Path]:
    """The sources, those of layers first: other parts use the same class names."""
    files = sorted(path for path in package.rglob("*.py") if "test" not in path.name)
    yield from (path for path in files if "layers" in path.parts)
    yield from (path for path in files if "layers" not in path.parts)


def _last(base: ast.expr) -> str:
    if isinstance(base, ast.Attribute):
        return base.attr
    return base.id if isinstance(base, ast.Name) else ""


def _exports(node: ast.ClassDef) -> Iterator[str]:
    """The names under `keras.layers` that a decorator gives to a class; the first is its own."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and _last(decorator.func) == "keras_export":
            for value in decorator.args:
                paths = ast.literal_eval(value)
                for path in [paths] if isinstance(paths, str) else paths:
                    match = _EXPORTED.match(path)
                    if match:
                        yield match[1]


def _public(dialect: str, package: Path, classes: dict[str, Found]) -> dict[str, list[str]]:
    if dialect in ("keras3", "tf_keras"):
        return {name: found.exported for name, found in classes.items() if found.exported}
    listed: dict[str, list[str]] = {}
    for path in _files(package):
        if "layers" not in path.parts and path.name != "topology.py":
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name[0] != "_" and _is_layer(node, classes):
                listed[node.name] = []
    return listed


def _is_layer(node: ast.ClassDef, classes: dict[str, Found]) -> bool:
    names = [node.name]
    seen: set[str] = set()
    while names:
        name = names.pop()
        if name == "Layer":
            return True
        if name in classes and name not in seen:
            seen.add(name)
            names.extend(classes[name].bases)
    return False


def _entry(name: str, classes: dict[str, Found], dialect: str) -> dict[str, Any]:
    arguments = _init(name, classes)
    entry: dict[str, Any] = {"params": _params(arguments), "stem": _stem(name, dialect)}
    if arguments is not None and arguments.kwarg is None:
        entry["closed"] = True
    elif arguments is not None:
        own = {param[0] for param in entry["params"]}
        passed = sorted(set(_passed_on(name, classes)) - own)
        if passed:
            entry["passes"] = passed
    return entry


def _passed_on(name: str, classes: dict[str, Found]) -> Iterator[str]:
    """What a class takes by keyword and hands to those that it descends from."""
    for base in classes[name].bases if name in classes else ():
        if base not in (name, "Layer"):
            arguments = _init(base, classes)
            yield from (param[0] for param in _params(arguments) if param[0] != "*")
            yield from _passed_on(base, classes)


def _init(name: str, classes: dict[str, Found]) -> ast.arguments | None:
    """The arguments of the `__init__` that a class has, or inherits."""
    found = classes.get(name)
    if found is None:
        return None
    for node in found.node.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            return node.args
    inherited = (_init(base, classes) for base in found.bases if base != name)
    return next((arguments for arguments in inherited if arguments is not None), None)


def _params(arguments: ast.arguments | None) -> list[list[Any]]:
    """`[name]` or `[name, default]`, in order; behind a `*` only by keyword, marked by it."""
    if arguments is None:
        return []
    plain = arguments.args[1:]
    bare = len(plain) - len(arguments.defaults)
    params = [
        [arg.arg, *([] if place < bare else [_value(arguments.defaults[place - bare])])]
        for place, arg in enumerate(plain)
    ]
    if arguments.kwonlyargs:
        params.append(["*"])
    for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        params.append([arg.arg, *([] if default is None else [_value(default)])])
    return params


def _value(node: ast.expr) -> Any:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None  # a name of the sources, such as a policy; none of them is a size
    return list(value) if isinstance(value, tuple) else value


def _stem(name: str, dialect: str) -> str:
    """What automatic names begin with; `ConvLSTM2D` is `conv_lst_m2d` in standalone Keras 2."""
    if dialect == "keras1":
        return name.lower()
    word = "[A-Z][a-z0-9]+" if dialect == "keras2" else "[A-Z][a-z]+"
    step = re.sub(f"(.)({word})", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", step).lower()


def functions(package: Path) -> dict[str, Any]:
    """Each function of `keras.ops`: what it takes, and the operation that it makes of that."""
    found = {}
    for path in sorted((package / "src" / "ops").glob("*.py")):
        if path.stem.endswith("_test"):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name[0] != "_":
                entry = _operation(node, classes)
                if entry is not None:
                    found[node.name] = {**entry, "module": f"keras.src.ops.{path.stem}"}
    return dict(sorted(found.items()))


def _operation(node: ast.FunctionDef, classes: dict[str, ast.ClassDef]) -> dict[str, Any] | None:
    for call in ast.walk(node):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        made = call.func.value
        if call.func.attr != "symbolic_call" or not isinstance(made, ast.Call):
            continue
        params = [param for param in _params(_with_self(node.args)) if param[0] != "*"]
        star = node.args.vararg
        return {
            "params": params if star is None else [[f"*{star.arg}"], *params],
            "class": _last(made.func),
            "init": _given(made, _positions(classes.get(_last(made.func)))),
            "call": _given(call, []),
        }
    return None


def _with_self(arguments: ast.arguments) -> ast.arguments:
    """The arguments of a function as those of a method, which `_params` reads."""
    return ast.arguments(
        posonlyargs=[],
        args=[ast.arg("self"), *arguments.posonlyargs, *arguments.args],
        defaults=arguments.defaults,
        kwonlyargs=arguments.kwonlyargs,
        kw_defaults=arguments.kw_defaults,
    )


def _positions(node: ast.ClassDef | None) -> list[str]:
    for item in node.body if node is not None else ():
        if isinstance(item, ast.FunctionDef) and item.name == "__init__":
            return [arg.arg for arg in item.args.args[1:]]
    return []


def _given(call: ast.Call, positions: list[str]) -> list[list[str]]:
    """`[key, parameter]` for each argument that is handed on; by position where no key is."""
    handed = []
    for place, given in enumerate(call.args):
        value = given.value if isinstance(given, ast.Starred) else given
        if isinstance(value, ast.Name):
            handed.append([positions[place] if place < len(positions) else "", value.id])
    named = (keyword for keyword in call.keywords if keyword.arg is not None)
    handed.extend(
        [str(keyword.arg), keyword.value.id]
        for keyword in named
        if isinstance(keyword.value, ast.Name)
    )
    return handed


_NO_TENSORS = (
    *("io.", "dtypes.", "debugging", "graph_util", "strings", "config", "autograph", "data."),
    *("compat", "quantization."),
)


def tensorflow_names() -> dict[str, str]:
    """What TensorFlow itself calls a function: `tf.abs` is `math.abs`."""
    import tensorflow as tf
    from tensorflow.python.util.tf_export import get_canonical_name_for_symbol

    found = {}
    for prefix in ("", "math", "nn", "linalg", "image", "signal", "random", "sets"):
        module = getattr(tf, prefix) if prefix else tf
        for name in dir(module):
            function = getattr(module, name)
            if name.startswith("_") or isinstance(function, type) or not callable(function):
                continue
            own = get_canonical_name_for_symbol(function)
            spelled = f"{prefix}.{name}" if prefix else name
            if own and own != spelled and not own.startswith(_NO_TENSORS):
                found[spelled] = own
    return found | _met_in_models()


def _met_in_models() -> dict[str, str]:
    """Functions that call another one, which is what Keras writes down: `pad` is `compat.v1.pad`.

    Taken from the recorded models, where one call gave one node, and always of that name.
    """
    met: dict[str, set[str]] = {}
    for line in CALLS.read_text("utf-8").splitlines():
        case = json.loads(line)
        called = re.fullmatch(r"tf\.((?!compat)[\w.]+)\((?!.*(tf\.|K\.|lambda)).*\)", case["call"])
        layers = case["model"]["config"]["layers"]
        names = [entry["config"].get("function") for entry in layers if entry["inbound_nodes"]]
        if called and len(names) == 1 and names[0]:
            met.setdefault(called[1], set()).add(names[0])
    return {
        name: own for name, owns in met.items() for own in owns if len(owns) == 1 and own != name
    }


def _version(package: Path) -> str:
    for path in (package / "src" / "version.py", package / "version.py", package / "__init__.py"):
        match = re.search(r"__version__\s*=\s*\"?'?([\d.]+)", _text(path))
        if match:
            return match[1]
    return "unknown"


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
