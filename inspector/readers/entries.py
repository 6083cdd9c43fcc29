"""Layers as `to_json()` writes them: taken out, put in, joined anew, never changed in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Entry = dict[str, Any]  # one object of `config.layers`


def configured(entry: Entry, **config: Any) -> Entry:
    """The layer with other values in its config."""
    return {**entry, "config": {**entry["config"], **config}}


def named(entry: Entry, name: str, sources: Sequence[str]) -> Entry:
    """A layer of the same config under another name, called once with the outputs of `sources`."""
    taken = [_tensor(source) for source in sources]
    call: Entry = {"args": taken if len(taken) == 1 else [taken], "kwargs": {}}
    fresh = {**configured(entry, name=name), "name": name, "inbound_nodes": [call]}
    return {key: value for key, value in fresh.items() if key != "build_config"}


def source(entry: Entry, place: int = 0) -> str:
    """The layer that a layer takes an input from: the first one, or the last for -1."""
    found: list[str] = []

    def keep(history: list[Any]) -> list[Any]:
        found.append(history[0])
        return history

    _with_histories(entry["inbound_nodes"], keep)
    return found[place]


def joined(entries: Sequence[Entry], other: Mapping[str, str]) -> list[Entry]:
    """The layers, taking from `other[name]` what they took from `name`, without recorded shapes."""

    def moved(history: list[Any]) -> list[Any]:
        return [other.get(history[0], history[0]), *history[1:]]

    return [
        {
            **{key: value for key, value in entry.items() if key != "build_config"},
            "inbound_nodes": _with_histories(entry["inbound_nodes"], moved),
        }
        for entry in entries
    ]


def without(entries: Sequence[Entry], name: str) -> list[Entry]:
    """The layers without one: whoever took its output takes its (last) input instead."""
    gone = next((entry for entry in entries if entry["name"] == name), None)
    if gone is None:
        return list(entries)
    rest = [entry for entry in entries if entry is not gone]
    return joined(rest, {name: source(gone, -1)})


def inserted(entries: Sequence[Entry], fresh: Entry, after: str) -> list[Entry]:
    """The layers with a new one: whoever took the output of `after` takes that of `fresh` now."""
    place = next(i for i, entry in enumerate(entries) if entry["name"] == after) + 1
    rest = joined(entries[place:], {after: fresh["name"]})
    return [*entries[:place], fresh, *rest]


def _tensor(layer: str) -> Entry:
    return {
        "class_name": "__keras_tensor__",
        "config": {"dtype": "float32", "keras_history": [layer, 0, 0]},
    }


def _with_histories(value: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    """Saved arguments with the origin of each tensor changed, and its shape left out."""
    if isinstance(value, list):
        return [_with_histories(item, change) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__keras_tensor__":
        config = value["config"]
        history = change(config["keras_history"])
        return {**value, "config": {"dtype": config.get("dtype"), "keras_history": history}}
    return {key: _with_histories(item, change) for key, item in value.items()}
