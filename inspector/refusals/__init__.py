"""Why a Keras would not load a model, told from its config alone.

What the classes of each Keras take was recorded from that Keras (`keras3.json`, `tf_keras.json`, by
`tools/refusals.py`), and so was what it said to thousands of models, to which the tests hold these
rules. They speak of `load_model(path)` with nothing else given: custom objects may help.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inspector.errors import shown
from inspector.refusals.keras import Keras, keras3, tf_keras
from inspector.refusals.layers import entry_of, refused_layer
from inspector.refusals.tables import MODELS
from inspector.refusals.wiring import Shared, refused_calls

__all__ = ["Keras", "keras3", "refusals", "tf_keras"]


def refusals(model: Any, form: str, keras: Keras) -> list[str]:
    """Every reason for which a Keras would refuse a model object; empty where it would load.

    Args:
        model: the object with class_name and config, as the file holds it.
        form: the container it comes in: h5, keras, json or savedmodel.
    """
    if form == "savedmodel":
        return [] if keras.folders else ["load_model no longer reads a SavedModel"]
    if not isinstance(model, dict) or "class_name" not in model:
        return ["it is no model"]
    return list(dict.fromkeys(_model(model, keras, Shared(), bare=_is_bare(model, form, keras))))


def _is_bare(model: Mapping[str, Any], form: str, keras: Keras) -> bool:
    """Whether the class of the outermost model is found without a module."""
    return form == "h5" or (form == "json" and keras.bare_json and "module" not in model)


def _model(model: Mapping[str, Any], keras: Keras, shared: Shared, *, bare: bool) -> Iterator[str]:
    """The reasons of a model and of all that is inside it.

    Args:
        bare: whether its class is found without a module.
    """
    reason = _unknown_model(model, keras, bare=bare) or _without_layers(model, keras)
    if reason:
        yield reason
        return
    config = model["config"]
    layers = config["layers"] if isinstance(config, dict) else config
    for each in layers:
        if not isinstance(each, dict):
            yield f"a layer is {shown(each)}"
        elif each.get("class_name") in MODELS:
            yield from _model(each, keras, shared, bare="module" not in each)
        else:
            yield from refused_layer(entry_of(each), keras)
    if not keras.offset:
        yield from shared.met(model, layers)
    if isinstance(config, dict):
        yield from refused_calls(config, layers, keras)


def _without_layers(model: Mapping[str, Any], keras: Keras) -> str | None:
    """Why the config of a model is none."""
    class_name, config = model.get("class_name"), model.get("config")
    if isinstance(config, list):
        bare_list = f"its {class_name} is a bare list of layers, as before Keras 2.2.3"
        return None if keras.lists else bare_list
    if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
        return f"its {class_name} holds no layers"
    nameless = class_name == "Sequential" and "name" not in config
    return "its Sequential has no name" if nameless else None


def _unknown_model(model: Mapping[str, Any], keras: Keras, *, bare: bool) -> str | None:
    """Why the class of a model is not found."""
    class_name, module = model.get("class_name"), model.get("module")
    said = shown(class_name)[1:-1]
    if class_name not in MODELS:
        return f"{said} is a class of its own: give it in custom_objects"
    if bare:
        return None
    if not isinstance(module, str):
        older = "" if "module" in model else ", as older files do"
        return f"its {said} names no module{older}"
    exported = {"Sequential", "Model"} if module in {"keras", "keras.models"} else set()
    home = module.removeprefix("tf_") if keras.holds(module) else module
    if class_name in exported or home in keras.table.modules:
        return None
    return f"it has no module {shown(module)[1:-1]}"
