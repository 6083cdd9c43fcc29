"""Why a Keras would refuse one layer: its class, its keys, and the objects in its config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from inspector.errors import shown
from inspector.refusals.keras import Keras
from inspector.refusals.tables import ACTIVATIONS, FAMILIES, INSIDE, MODELS, Taken

_PACKAGES = frozenset({"keras_cv", "keras_hub", "keras_nlp"})  # whoever has them can load theirs
_OF_OLD_LAMBDAS = frozenset({"module", "function_type", "output_shape_type", "output_shape_module"})
_SHAPE = frozenset({"batch_input_shape"})
_POLICIES = frozenset({"Policy", "PolicyV1", "DTypePolicy"})


class Entry(NamedTuple):
    """One layer object of a model."""

    class_name: str
    config: Mapping[str, Any]
    module: str | None  # None: found by its class alone
    named: bool  # whether a module is given at all, be it null
    name: str

    @property
    def said(self) -> str:
        """How a reason calls it."""
        return f"{self.class_name} {shown(self.name)}" if self.name else self.class_name


def entry_of(value: Mapping[str, Any]) -> Entry:
    """A layer object as the rules look at it."""
    config, module = value.get("config"), value.get("module")
    config = config if isinstance(config, dict) else {}
    name = config.get("name", value.get("name"))
    return Entry(
        str(value.get("class_name")),
        config,
        module if isinstance(module, str) else None,
        "module" in value,
        name if isinstance(name, str) else "",
    )


def refused_layer(entry: Entry, keras: Keras) -> Iterator[str]:
    """Every reason for which a Keras would not make this layer."""
    missing = list(_unknown_class(entry, keras))
    yield from missing
    if missing or _is_operation(entry):
        return
    taken = keras.table.taken("layers", entry.class_name)
    if taken is None:
        return
    yield from _keys(entry, taken, keras)
    for key in sorted(key for key in taken.deep if entry.config.get(key) is not None):
        for reason in _value(key, entry.config[key], keras):
            yield f"{entry.said}: {reason}"
    if entry.class_name == "Lambda":
        yield from _function(entry, keras)


# --- its class ----------------------------------------------------------------------------------


def _unknown_class(entry: Entry, keras: Keras) -> Iterator[str]:
    """A class that this Keras does not have, or does not find where the file says it is."""
    class_name, module = entry.class_name, entry.module
    if not entry.named:
        if class_name not in keras.table.legacy:
            yield f"it has no layer {shown(class_name)[1:-1]}{_instead(class_name)}"
    elif module is None or not keras.holds(module):
        if (module or "").partition(".")[0] not in _PACKAGES:
            home = f" of {shown(module)[1:-1]}" if module else ""
            said = shown(class_name)[1:-1]
            yield f"{said}{home} is a class of its own: give it in custom_objects"
    elif keras.table.taken("layers", class_name) is None and not _is_operation(entry):
        yield f"it has no layer {shown(class_name)[1:-1]}{_instead(class_name)}"


def _is_operation(entry: Entry) -> bool:
    """Whether it is a node of `keras.ops`, which Keras 3 finds by its module."""
    return (entry.module or "").startswith(("keras.src.ops", "keras.ops"))


def _instead(class_name: str) -> str:
    if class_name == "TFOpLambda" or class_name in {"SlicingOpLambda", "TensorFlowOpLayer"}:
        return ", the function of TensorFlow that Keras 2 wraps"
    return ""


# --- its keys -----------------------------------------------------------------------------------


def _keys(entry: Entry, taken: Taken, keras: Keras) -> Iterator[str]:
    """Keys that the class does not take, and keys that it needs."""
    if not (taken.any or entry.config.keys() <= taken.takes):
        dropped = _dropped(entry)
        unknown = [key for key in entry.config if key not in taken.takes and key not in dropped]
        if unknown:
            yield f"{entry.said} takes no {', '.join(shown(key)[1:-1] for key in unknown[:3])}"
    empty = [key for key in taken.filled & entry.config.keys() if entry.config[key] is None]
    if empty:
        yield f"{entry.said} takes no null as {', '.join(sorted(empty))}"
    needed = taken.needs - entry.config.keys()
    if needed:
        yield f"{entry.said} lacks {', '.join(sorted(needed))}"
    if not keras.shapes:
        yield from _misread(entry)


def _dropped(entry: Entry) -> frozenset[str]:
    """Keys that are taken out of layers without a module, as older files have them."""
    if entry.named:
        return frozenset()
    return _OF_OLD_LAMBDAS | _SHAPE if entry.class_name == "Lambda" else _SHAPE


def _misread(entry: Entry) -> Iterator[str]:
    """Values of Keras 2 that Keras 3 takes for something else."""
    kind, config = entry.class_name, entry.config
    if kind == "BatchNormalization" and entry.named and isinstance(config.get("axis"), list):
        yield f"{entry.said} takes no list as its axis"
    if kind == "Attention" and not entry.named and config.get("score_mode") == "dot":
        yield f"{entry.said}: its score_mode is read as the function keras.layers.dot"


# --- what is in its config ----------------------------------------------------------------------


def _value(key: str, value: Any, keras: Keras) -> Iterator[str]:
    family = FAMILIES.get(key.rpartition("_")[2])
    if family is not None:
        yield from _object(value, family, keras)
    elif key in ACTIVATIONS:
        yield from _activation(value, keras)
    elif key == "dtype" and isinstance(value, dict):
        class_name = value.get("class_name")
        if class_name in _POLICIES and class_name not in keras.table.dtypes:
            yield f"its dtype is a {class_name}"
    elif key in INSIDE:
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict) and "class_name" in inner:
                yield from _inside(entry_of(inner), keras)


def _object(value: Any, family: str, keras: Keras) -> Iterator[str]:
    """An initializer, regularizer or constraint: by name, or with a config."""
    name = value.get("class_name") if isinstance(value, dict) else value
    if not isinstance(name, str):
        return
    module = value.get("module") if isinstance(value, dict) else None
    taken = keras.table.taken(family, name)
    if taken is None or (isinstance(module, str) and not keras.holds(module)):
        yield f"the {family[:-1]} {shown(name)[1:-1]} is not known"
        return
    config = value.get("config") if isinstance(value, dict) else None
    unknown = [key for key in config or () if key not in taken.takes and not taken.any]
    if unknown:
        yield f"{name} takes no {', '.join(shown(key)[1:-1] for key in unknown[:3])}"


def _activation(value: Any, keras: Keras) -> Iterator[str]:
    """An activation: by name, as a function, or as a layer."""
    if isinstance(value, str):
        if value not in keras.table.activations:
            yield f"the activation {shown(value)[1:-1]} is not known"
    elif isinstance(value, dict) and value.get("class_name") == "function":
        name, module = value.get("config"), value.get("module")
        builtin = module == "builtins" and name in keras.table.activations
        if not builtin and not (isinstance(module, str) and keras.holds(module)):
            yield f"the function {shown(name)[1:-1]} is a custom one"
    elif isinstance(value, dict) and not keras.bare_inside and "module" not in value:
        yield f"the activation {shown(value.get('class_name'))[1:-1]} names no module"


def _inside(entry: Entry, keras: Keras) -> Iterator[str]:
    """The layer in a wrapper, or the cell of a recurrent layer."""
    if not entry.named and not keras.bare_inside:
        yield f"the {entry.class_name} inside names no module, as older files do"
        return
    if entry.class_name not in MODELS:
        yield from refused_layer(entry._replace(named=entry.named), keras)


def _function(entry: Entry, keras: Keras) -> Iterator[str]:
    """What a Lambda calls: code is refused in safe mode, a name must be one of Keras."""
    function = entry.config.get("function")
    if keras.folders and "function_type" not in entry.config:
        yield f"{entry.said} lacks function_type"
    elif isinstance(function, dict) and function.get("class_name") == "function":
        module = function.get("module")
        builtin = module == "builtins" or (module is None and keras.bare_inside)
        if not (builtin or (isinstance(module, str) and keras.holds(module))):
            yield f"{entry.said} calls a function of its own: give it in custom_objects"
    elif isinstance(function, str):
        yield f"{entry.said} calls {shown(function)} by name: give it in custom_objects"
    elif function is not None:
        yield f"{entry.said} holds Python code, which safe mode refuses"
