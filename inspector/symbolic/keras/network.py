"""The calls that lead from inputs to outputs, and the order in which Keras lists their layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from inspector import graph
from inspector.dims import Shape
from inspector.graph import Node, TensorRef
from inspector.symbolic.keras.layers import Call, Layer
from inspector.symbolic.keras.plain import plain
from inspector.symbolic.keras.session import current
from inspector.symbolic.keras.tensors import Tensor, mapped, tensors_in


class Network(NamedTuple):
    """A part of what was wired: its doors, its layers in Keras' order, its calls."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    layers: tuple[Any, ...]
    calls: tuple[Call, ...]  # each after those that feed it


def network(inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> Network:
    """What Keras' `Model(inputs, outputs)` would keep.

    Raises:
        ValueError: an output hangs on an input that is not named.
    """
    calls, first_seen = _calls(inputs, outputs)
    depths = _depths(calls)
    for tensor in inputs:  # one that leads to no output is listed all the same
        call = call_of(tensor)
        if call.layer.class_name == "InputLayer" and call.layer._serial not in depths:
            depths[call.layer._serial] = 0
            first_seen[call.layer._serial] = -1
            calls.insert(0, call)
    layers = {call.layer._serial: call.layer for call in calls}
    order = sorted(layers, key=lambda serial: (-depths[serial], first_seen[serial]))
    listed = tuple(layers[serial] for serial in order)
    _check(inputs, calls)
    _check_names(listed)
    return Network(tuple(inputs), tuple(outputs), listed, tuple(calls))


def call_of(tensor: Tensor) -> Call:
    """The call that gives a tensor."""
    history = tensor._keras_history
    if history is None:
        raise ValueError("a tensor of the model is given by no layer")
    call: Call = history.operation._calls[history.node_index]
    return call


def _calls(
    inputs: Sequence[Tensor], outputs: Sequence[Tensor]
) -> tuple[list[Call], dict[int, int]]:
    """The calls, each after those that feed it, and when a layer was first met from the outputs."""
    doors = {id(tensor) for tensor in inputs}
    done: set[int] = set()
    ordered: list[Call] = []
    first_seen: dict[int, int] = {}
    for output in outputs:
        stack: list[tuple[Tensor, bool]] = [(output, False)]
        while stack:
            tensor, left = stack.pop()
            call = call_of(tensor)
            if left:
                if id(call) not in done:
                    done.add(id(call))
                    ordered.append(call)
                continue
            if id(call) in done or (id(tensor) in doors and call.inputs):
                continue
            first_seen.setdefault(call.layer._serial, len(first_seen))
            stack.append((tensor, True))
            stack.extend((taken, False) for taken in reversed(call.inputs))
    return ordered, first_seen


def _depths(calls: Sequence[Call]) -> dict[int, int]:
    """How far each layer is from the outputs, as Keras counts: the most over its calls."""
    within = {id(call) for call in calls}
    of_calls: dict[int, int] = {}
    of_layers: dict[int, int] = {}
    for call in reversed(calls):
        serial = call.layer._serial
        depth = max(of_calls.get(id(call), 0), of_layers.get(serial, 0))
        of_calls[id(call)] = of_layers[serial] = depth
        for tensor in call.inputs:
            feeding = call_of(tensor)
            if id(feeding) in within:
                of_calls[id(feeding)] = max(depth + 1, of_calls.get(id(feeding), 0))
    return of_layers


def _check(inputs: Sequence[Tensor], calls: Iterable[Call]) -> None:
    doors = {id(tensor) for tensor in inputs}
    for call in calls:
        if not call.inputs and not any(id(tensor) in doors for tensor in call.outputs):
            raise ValueError(
                f"graph disconnected: {call.layer.name} feeds the outputs, and is not among the "
                "inputs of the model"
            )


def _check_names(layers: Sequence[Layer]) -> None:
    seen: set[str] = set()
    for layer in layers:
        if layer.name in seen:
            raise ValueError(f'the name "{layer.name}" is used twice in the model')
        seen.add(layer.name)


# --- as a graph ---------------------------------------------------------------------------------


def as_graph(found: Network, name: str, class_name: str, *, trainable: bool) -> graph.Graph:
    """The graph that our readers would have made of the model, once saved."""
    records = {layer._serial: layer.record() for layer in found.layers}
    doors = {
        id(tensor): _door(tensor, place)
        for place, tensor in enumerate(found.inputs)
        if call_of(tensor).inputs
    }
    kept = {(call.layer._serial, call.number) for call in found.calls}
    numbers = _renumbered(kept)

    def ref(tensor: Tensor) -> TensorRef:
        if id(tensor) in doors:
            return TensorRef(doors[id(tensor)].name)
        layer, index, place = tensor._keras_history  # type: ignore[misc]
        return TensorRef(layer.name, numbers[layer._serial, index], place)

    nodes = [Node(layer) for layer in doors.values()]
    recorded: dict[TensorRef, Shape] = {}
    for call in found.calls:
        number = numbers[call.layer._serial, call.number]
        args, kwargs = _arguments(call, ref)
        nodes.append(Node(records[call.layer._serial], number, args, kwargs))
        for place, tensor in enumerate(call.outputs):
            if tensor.sizes is not None:
                recorded[TensorRef(call.layer.name, number, place)] = tuple(tensor.sizes)
    return graph.Graph(
        name=name,
        class_name=class_name,
        layers=(*doors.values(), *records.values()),
        nodes=tuple(nodes),
        inputs=tuple(map(ref, found.inputs)),
        outputs=tuple(map(ref, found.outputs)),
        trainable=trainable,
        recorded=recorded,
        dialect=current.major,
    )


def _renumbered(kept: set[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The calls of each layer counted from 0, those outside the model left out."""
    counts: dict[int, int] = {}
    numbers = {}
    for serial, index in sorted(kept):
        numbers[serial, index] = counts.get(serial, 0)
        counts[serial] = numbers[serial, index] + 1
    return numbers


def _door(tensor: Tensor, place: int) -> graph.Layer:
    """The input layer that Keras puts where a model begins in the middle of another."""
    sizes = None if tensor.sizes is None else list(tensor.sizes)
    name = f"{tensor.name.partition('/')[0]}_input_{place}"
    return graph.Layer(name, "InputLayer", {"batch_shape": sizes}, "keras.layers")


def _arguments(call: Call, ref: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    def value(item: Any) -> Any:
        if next(tensors_in(item), None) is None:
            return plain(item)
        if isinstance(item, list | tuple):
            return [value(one) for one in item]
        if isinstance(item, Tensor):
            return ref(item) if item._keras_history else None
        return mapped(item, ref)

    return tuple(map(value, call.args)), {key: value(item) for key, item in call.kwargs.items()}
