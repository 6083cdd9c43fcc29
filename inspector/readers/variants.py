"""A recorded architecture and the arguments of a call, to the config that Keras would build.

Everything is derived from what the catalogue holds: the body, the layers after it for each head,
the paddings that follow the size of the input. The sizes at those paddings come from the input
alone, each halved and rounded up; so no rule and no walk is needed here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from inspector.dims import Shape
from inspector.readers.arguments import IMAGENET, Settings
from inspector.readers.entries import Entry, configured, inserted, joined, named, without
from inspector.readers.widths import multiplied, widened

_DEVIATIONS = (0.229, 0.224, 0.225)  # of the colours in ImageNet


def variant(record: Mapping[str, Any], asked: Settings) -> dict[str, Any]:
    """The config of the model asked for; the recorded one itself, where nothing differs."""
    plan = _plan(record, asked)
    recorded: list[Entry] = plan["model"]["config"]["layers"]
    body, top = recorded[: plan["body"]], recorded[plan["body"] :]
    head = top if asked.include_top else plan["heads"][asked.pooling or "none"]
    entries = _fed(body, asked) + _topped(head, asked)
    entries = _widths(entries, asked)
    entries = _padded(entries, plan.get("halvings", {}), asked)
    if asked.key.startswith("convnext"):
        entries = _shapes_inside(entries, asked.input_shape)
        entries = _respelled(entries, record["arguments"]["name"], asked.name)
    model: dict[str, Any] = record["model"]
    config = {
        **model["config"],
        "name": asked.name,
        "layers": entries,
        "output_layers": [entries[-1]["name"], 0, 0],
    }
    if config == model["config"]:
        return model
    return {**model, "config": {**config, "layers": joined(entries, {})}}


def _plan(record: Mapping[str, Any], asked: Settings) -> Mapping[str, Any]:
    """The recorded body that is wired as the one asked for."""
    others: Mapping[str, Any] = record["others"]
    if asked.minimalistic:
        return others["minimalistic"]  # type: ignore[no-any-return]
    if "unknown_width" in others and asked.input_shape[1] is None:
        return others["unknown_width"]  # type: ignore[no-any-return]
    return record


# --- what comes in ------------------------------------------------------------------------------


def _fed(body: Sequence[Entry], asked: Settings) -> list[Entry]:
    """The body behind an input of the shape asked for, with the preprocessing that goes with it."""
    door = configured(body[0], batch_shape=[None, *asked.input_shape])
    entries = [door, *body[1:]]
    coloured = asked.input_shape[2] == 3
    if asked.key.startswith("convnext"):
        inside = asked.include_preprocessing and coloured
        return entries if inside else without(entries, entries[1]["name"])
    if not asked.include_preprocessing:
        return without(without(entries, "normalization"), "rescaling")
    if asked.key.startswith("efficientnetv2b") and not coloured:
        plain = [
            configured(entry, scale=1 / 128.0, offset=-1) if entry["name"] == "rescaling" else entry
            for entry in entries
        ]
        return without(plain, "normalization")
    if asked.key.startswith("efficientnetb") and asked.weights == IMAGENET:
        scale = [1 / math.sqrt(deviation) for deviation in _DEVIATIONS]
        first = next(entry for entry in entries if entry["name"] == "rescaling")
        second = configured(named(first, "rescaling_1", ["normalization"]), scale=scale)
        return inserted(entries, second, after="normalization")
    return entries


def _padded(entries: Sequence[Entry], halvings: Mapping[str, int], asked: Settings) -> list[Entry]:
    """The layers with the paddings that Keras makes for the sizes that arrive at them."""
    return [
        configured(entry, padding=_padding(entry, halvings[entry["name"]], asked))
        if entry["name"] in halvings
        else entry
        for entry in entries
    ]


def _padding(entry: Entry, times: int, asked: Settings) -> list[list[int]]:
    """A padding for an input halved so many times: one less in front where its size is even."""
    half = entry["config"]["padding"][0][1]  # of the kernel
    height, width, _ = asked.input_shape
    if height is None or width is None:
        return [[half - 1, half]] * 2
    unpadded_stem = asked.key.startswith("nasnet")
    sizes = (_halved(size, times, unpadded_stem) for size in (height, width))
    return [[half - 1 + size % 2, half] for size in sizes]


def _halved(size: int, times: int, unpadded_stem: bool) -> int:
    """A size after so many layers that halve it; a stem without padding loses one first.

    >>> _halved(225, 2, unpadded_stem=False), _halved(225, 2, unpadded_stem=True)
    (57, 56)
    """
    if unpadded_stem and times:
        size, times = (size - 1) // 2, times - 1
    for _ in range(times):
        size = (size + 1) // 2
    return size


def _shapes_inside(entries: Sequence[Entry], shape: Shape) -> list[Entry]:
    """ConvNeXt with the shapes that its inner models are built with: a fourth, then halves."""
    told = []
    division = 1
    for entry in entries:
        if entry["class_name"] != "Sequential":
            told.append(entry)
            continue
        door, *inner = entry["config"]["layers"]
        channels = shape[2] if division == 1 else door["config"]["batch_shape"][-1]
        sizes = (None if size is None else size // division for size in shape[:2])
        built = [None, *sizes, channels]
        layers = [configured(door, batch_shape=built), *inner]
        told.append(configured(entry, layers=layers, build_input_shape=built))
        division = 4 if division == 1 else 2 * division
    return told


# --- what comes out -----------------------------------------------------------------------------


def _topped(head: Sequence[Entry], asked: Settings) -> list[Entry]:
    """The layers after the body, with the classes, the activation and the dropout asked for."""
    wanted = {
        ("units", 1000): asked.classes,
        ("filters", 1000): asked.classes,
        ("activation", "softmax"): asked.classifier_activation,
    }
    topped = []
    for entry in head:
        config = entry["config"]
        fresh = {key: value for (key, old), value in wanted.items() if config.get(key) == old}
        if config.get("target_shape") == [1000]:
            fresh["target_shape"] = [asked.classes]
        if entry["class_name"] == "Dropout" and asked.dropout is not None:
            fresh["rate"] = asked.dropout
        topped.append(configured(entry, **fresh))
    if asked.key.startswith("mobilenetv3") and (asked.dropout or 0) <= 0:
        return without(topped, "dropout")
    return topped


def _widths(entries: list[Entry], asked: Settings) -> list[Entry]:
    if asked.alpha == 1 and asked.depth_multiplier == 1:
        return entries
    if asked.key == "mobilenet":
        return multiplied(entries, asked.alpha, asked.depth_multiplier)
    return widened(entries, asked.alpha, 2 if asked.key == "mobilenetv2" else 3)


def _respelled(value: Any, old: str, new: str) -> Any:
    """ConvNeXt under another name, with which all its layers begin."""
    if old == new:
        return value
    if isinstance(value, str):
        return new + value.removeprefix(old) if value.startswith(f"{old}_") else value
    if isinstance(value, list):
        return [_respelled(item, old, new) for item in value]
    if isinstance(value, dict):
        return {key: _respelled(item, old, new) for key, item in value.items()}
    return value
