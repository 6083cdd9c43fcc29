"""Why a Keras would not join the layers of a model, though it can make each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inspector.errors import shown
from inspector.refusals.keras import Keras
from inspector.refusals.tables import MODELS

_ROUNDS = 50  # of a list in an order that Keras does not write; nothing is said of it then
_RECURRENT = frozenset(
    {"Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "RNN", "SimpleRNN"}
)


def refused_calls(config: Mapping[str, Any], layers: list[Any], keras: Keras) -> Iterator[str]:
    """References to calls that this Keras counts otherwise, of the layers of one model.

    In Keras 2 the first call of a model inside is its second node. Keras 3 knows that of the
    outputs of a Functional, and of nothing else that an older file says.
    """
    if keras.offset:
        return
    models = {
        each["name"]: each
        for each in layers
        if isinstance(each, dict) and each.get("class_name") in MODELS and "name" in each
    }
    if models:
        yield from _never_made(layers)
    for each in layers:
        recurrent = isinstance(each, dict) and each.get("class_name") in _RECURRENT
        if recurrent and any(len(node) > 1 for node in _old_calls(each)):
            yield f"{shown(each.get('name'))} gets its state as one more input"
    sequential = {name: it for name, it in models.items() if it["class_name"] == "Sequential"}
    for reference in _references(config.get("output_layers")):
        yield from _uncounted(reference, sequential)


def _never_made(layers: list[Any]) -> Iterator[str]:
    """Calls that wait for one that is never made, when Keras 3 makes them as far as it can."""
    named = [
        each for each in layers if isinstance(each, dict) and isinstance(each.get("name"), str)
    ]
    waiting = {each["name"]: list(_old_calls(each)) for each in named}
    made = {each["name"]: int(each.get("class_name") == "InputLayer") for each in named}
    for _ in range(_ROUNDS):
        before = sum(made.values())
        for name, calls in waiting.items():
            while calls and all(_is_made(reference, made) for reference in calls[0]):
                del calls[0]
                made[name] += 1
        if before == sum(made.values()):
            left = [name for name, calls in waiting.items() if calls]
            if left:
                yield f"the calls of {shown(left[0])} are counted from 1, as Keras 2 does"
            return


def _is_made(reference: list[Any], made: Mapping[str, int]) -> bool:
    name, call = reference[:2]
    return name not in made or not isinstance(call, int) or call < made[name]


def _uncounted(reference: list[Any], models: Mapping[Any, Any]) -> Iterator[str]:
    """A reference past the last call of a model."""
    name, call = reference[:2]
    model = models.get(name) if isinstance(name, str) else None
    calls = model.get("inbound_nodes") if model is not None else None
    if isinstance(calls, list) and isinstance(call, int) and call >= len(calls) and calls:
        yield f"calls of the model {shown(name)} inside are counted from 1, as Keras 2 does"


def _references(outputs: Any) -> Iterator[list[Any]]:
    """Every `[layer, call, output]` in a structure of them."""
    stack = [outputs]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list) and len(item) == 3 and isinstance(item[0], str):
            yield item
        elif isinstance(item, list):
            stack.extend(item)


def _old_calls(entry: Any) -> Iterator[list[Any]]:
    """The calls of a layer as Keras 1 and 2 write them: lists of references."""
    nodes = entry.get("inbound_nodes") if isinstance(entry, Mapping) else None
    for node in nodes if isinstance(nodes, list) else ():
        if isinstance(node, list) and all(
            isinstance(each, list) and len(each) > 2 for each in node
        ):
            yield node


class Shared:
    """Layers that stand in several models: Keras 3 makes the calls of inner models first."""

    def __init__(self) -> None:
        self._called: set[Any] = set()

    def met(self, model: Mapping[str, Any], layers: list[Any]) -> Iterator[str]:
        """Called for each model when those inside it are done."""
        functional = model.get("class_name") != "Sequential"
        own = [
            each
            for each in layers
            if isinstance(each, dict)
            and each.get("shared_object_id") is not None
            and each.get("class_name") not in MODELS
            and each.get("class_name") != "InputLayer"
        ]
        for each in own:
            if functional and each["shared_object_id"] in self._called:
                yield f"{shown(each.get('name'))} stands in a model inside too"
        self._called |= {each["shared_object_id"] for each in own}
