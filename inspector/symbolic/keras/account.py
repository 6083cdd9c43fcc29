"""All that was wired, those calls that lead to no model among it, as the child tells it."""

from __future__ import annotations

from typing import Any

from inspector.graph import Layer as Record
from inspector.symbolic.keras.layers import Layer
from inspector.symbolic.keras.models import Model
from inspector.symbolic.keras.session import current
from inspector.symbolic.keras.tensors import Tensor
from inspector.symbolic.wire import Telling


def account(telling: Telling) -> dict[str, Any]:
    """The calls of layers in order, those that failed, the models, and what training hangs on."""
    layers: dict[int, int] = {}
    for call, _ in current.calls:
        if call.layer._serial not in layers:
            layers[call.layer._serial] = telling.number(_record(call.layer))
    return {
        "layers": list(layers.items()),
        "calls": [
            [
                call.layer._serial,
                call.number,
                [_key(tensor) for tensor in call.inputs],
                [None if one.sizes is None else list(one.sizes) for one in call.outputs],
                call.line,
                frame,
            ]
            for call, frame in current.calls
        ],
        "failures": [
            [number, [_key(one) for one in taken if one._keras_history], line, frame, why]
            for number, taken, line, frame, why in (
                (telling.number(_record(layer)), *rest) for layer, *rest in current.failures
            )
        ],
        "models": [_model(model) for model in current.models],
        "events": [list(event) for event in current.events],
    }


def _record(layer: Layer) -> Record:
    """A layer without what is inside it."""
    plain = Record(
        layer.name,
        layer.class_name,
        trainable=layer.trainable,
        operation=layer.is_operation,
        identity=str(layer._serial),
        dialect=current.major,
        module="script",
    )
    if isinstance(layer, Model):
        return plain
    try:
        with current.within():
            return layer.record()
    except Exception:  # a class of the program may be anything
        return plain


def _key(tensor: Tensor) -> list[int]:
    history = tensor._keras_history
    assert history is not None  # noqa: S101 - inputs of a call always have one
    return [history.operation._serial, history.node_index, history.tensor_index]


def _model(model: Model) -> dict[str, Any]:
    found = model._network
    return {
        "serial": model._serial,
        "name": str(model.name),
        "kept": [] if found is None else [[c.layer._serial, c.number] for c in found.calls],
        "inputs": [] if found is None else [_key(tensor) for tensor in found.inputs],
        "outputs": [] if found is None else [_key(tensor) for tensor in found.outputs],
        "holds": sorted(_held(model)),
    }


def _held(model: Model) -> set[int]:
    """Every layer in a model, however deep."""
    found: set[int] = set()
    stack: list[Any] = [model]
    while stack:
        layer = stack.pop()
        if isinstance(layer, Layer) and layer._serial not in found:
            found.add(layer._serial)
            stack.extend(layer._sublayers())
            stack.append(layer._config.get("layer"))
    return found
