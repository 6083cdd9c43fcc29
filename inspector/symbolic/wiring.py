"""Every call of a layer in a program, whether it leads to a model or not; read with suspicion."""

# Annotations are evaluated here, as in `inspector.graph`: those of NamedTuple cost less so.

from collections.abc import Mapping
from typing import Any, NamedTuple

from inspector.dims import Shape
from inspector.graph import Layer
from inspector.symbolic.wire import Heard

Key = tuple[int, int, int]  # a tensor: layer object, call, output


class Wired(NamedTuple):
    """One call of a layer."""

    serial: int  # of the layer object
    number: int  # first, second … call of it, from 0
    layer: Layer
    inputs: tuple[Key, ...]
    outputs: tuple[Shape | None, ...]
    line: int = 0  # 0: no line is known
    frame: int = 0  # the call of a function in which it stands


class Failure(NamedTuple):
    """A call that could not be made."""

    layer: Layer
    inputs: tuple[Key, ...]
    line: int
    frame: int
    message: str


class Whole(NamedTuple):
    """A model, by the calls that it keeps."""

    serial: int
    name: str
    kept: frozenset[tuple[int, int]]
    inputs: tuple[Key, ...]
    outputs: tuple[Key, ...]
    holds: frozenset[int] = frozenset()  # every layer object in it, however deep


class Event(NamedTuple):
    """A flag that was set, or a method of training that was called."""

    what: str  # "trainable", "compile", "fit" …
    serial: int
    value: bool
    line: int


class Wiring(NamedTuple):
    """All that was wired, in the order in which it happened."""

    calls: tuple[Wired, ...] = ()
    failures: tuple[Failure, ...] = ()
    models: tuple[Whole, ...] = ()
    events: tuple[Event, ...] = ()


def decoded_wiring(value: Mapping[str, Any], heard: Heard) -> Wiring:
    """The account that a child gave, of layers that it has told before."""
    layers = {int(serial): heard.layer(number) for serial, number in value["layers"]}
    return Wiring(
        calls=tuple(_wired(item, layers) for item in value["calls"]),
        failures=tuple(
            Failure(heard.layer(layer), _keys(taken), int(line), int(frame), str(why))
            for layer, taken, line, frame, why in value["failures"]
        ),
        models=tuple(_whole(item) for item in value["models"]),
        events=tuple(
            Event(str(what), int(serial), bool(flag), int(line))
            for what, serial, flag, line in value["events"]
        ),
    )


def _wired(item: Any, layers: Mapping[int, Layer]) -> Wired:
    serial, index, taken, shapes, line, frame = item
    outputs = tuple(
        None if shape is None else tuple(None if size is None else int(size) for size in shape)
        for shape in shapes
    )
    made = layers[int(serial)]
    return Wired(int(serial), int(index), made, _keys(taken), outputs, int(line), int(frame))


def _whole(item: Mapping[str, Any]) -> Whole:
    return Whole(
        serial=int(item["serial"]),
        name=str(item["name"]),
        kept=frozenset((int(serial), int(index)) for serial, index in item["kept"]),
        inputs=_keys(item["inputs"]),
        outputs=_keys(item["outputs"]),
        holds=frozenset(int(serial) for serial in item["holds"]),
    )


def _keys(items: Any) -> tuple[Key, ...]:
    return tuple((int(serial), int(index), int(place)) for serial, index, place in items)
