"""Every layer rule against what a real Keras said of the same layer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inspector.errors import InspectError, RuleError, Unknown
from inspector.graph import Layer
from inspector.infer import _apply, _own
from inspector.rules import all_layers, layer_rule
from inspector.rules.rule import Spec, bound, spec_of

LAYERS = all_layers()

GOLDEN = Path(__file__).parent.parent / "golden"


def recorded(*names: str) -> list[dict[str, Any]]:
    texts = [(GOLDEN / f"{name}_keras3.jsonl").read_text("utf-8") for name in names]
    return [json.loads(line) for text in texts for line in text.splitlines()]


LINES = recorded("layers", "layers_more", "variants")
INNER = ("layer", "backward_layer", "cell", "cells", "layers")


def as_layer(record: dict[str, Any]) -> Layer:
    """A recorded layer as the reader hands it over, with the layers inside it."""
    config = {
        key: as_layers(value) if key in INNER else value for key, value in record["config"].items()
    }
    return Layer(
        name=config.get("name") or "layer",
        class_name=record["class_name"],
        config=config,
        module="keras.layers",
        trainable=config.get("trainable", True),
    )


def as_layers(value: Any) -> Any:
    if isinstance(value, list):
        return [as_layers(item) for item in value]
    return as_layer(value) if isinstance(value, dict) and "class_name" in value else value


def shapes(value: Any) -> Any:
    """Recorded lists as shapes: a list of sizes becomes a tuple, anything around it stays."""
    if isinstance(value, dict):
        return {key: shapes(item) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    if all(size is None or isinstance(size, int) for size in value):
        return tuple(value)
    return [shapes(item) for item in value]


def flat(value: Any) -> Iterator[tuple[int | None, ...]]:
    """The shapes in nested outputs, in Keras' order."""
    if isinstance(value, tuple):
        yield value
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from flat(value[key])
    else:
        for item in value:
            yield from flat(item)


def spec_for(record: dict[str, Any], inputs: Any) -> Spec:
    layer = as_layer(record)
    rule = layer_rule(layer.class_name)
    assert rule is not None, f"{layer.class_name} has no rule"
    call = {key: shapes(value) for key, value in record["call"].items()}
    known = bound(rule, () if inputs is None else (inputs,), call)
    flags = {key: value for key, value in call.items() if key not in rule.takes}
    return _own(layer, spec_of(rule, layer, known, flags, _apply))


def spec_from(record: dict[str, Any]) -> Spec:
    return spec_for(record, shapes(record["inputs"]))


def label(record: dict[str, Any]) -> str:
    return f"{record['class_name']}-{record['inputs']}"


@pytest.mark.parametrize("record", LINES, ids=label)
def test_layer_is_as_keras_says(record):
    spec = spec_from(record)
    assert list(spec.outputs) == list(flat(shapes(record["outputs"])))
    assert [(weight.name, list(weight.shape)) for weight in spec.weights] == [
        (name, shape) for name, shape, _ in record["weights"]
    ]
    assert spec.params == record["params"]
    # Recorded from the layer alone, which hides what it trains behind its own flag; inside a
    # model, Keras 3 asks the layers inside it instead.
    learned = sum(w.size for w in spec.weights if w.trainable)
    assert (learned if record["config"].get("trainable", True) else 0) == record["trainable"]


@pytest.mark.parametrize("record", LINES, ids=label)
def test_formula_holds(record):
    spec = spec_from(record)
    sizes: dict[str, int | None] = {}
    for weight in spec.weights:
        for symbol, size in zip(weight.axes.symbols, weight.axes.dims, strict=True):
            assert sizes.setdefault(symbol, size) == size, f"{symbol} means two sizes"
    assert eval(spec.arithmetic.replace("·", "*")) == record["params"]  # noqa: S307 - our own text


@pytest.mark.parametrize("record", recorded("layers_refused"), ids=label)
def test_refused_by_keras_is_refused_here(record):
    with pytest.raises(RuleError):
        spec_from(record)


@pytest.mark.parametrize("record", recorded("macs"), ids=label)
def test_work_is_what_the_profiler_counts(record):
    """Float operations of all products in TensorFlow's graph for one example, halved."""
    assert spec_from(record).work == record["macs"]


@pytest.mark.parametrize("record", LINES, ids=label)
def test_unknown_sizes_stay_unknown(record):
    inputs = shapes(record["inputs"])
    if inputs is None:
        return
    try:
        outputs = spec_for(record, blurred(inputs)).outputs
    except (Unknown, InspectError):
        return
    for known, unknown in zip(flat(shapes(record["outputs"])), outputs, strict=True):
        assert unknown is None or len(unknown) == len(known)
        assert unknown is None or all(n in (None, m) for n, m in zip(unknown, known, strict=True))


def blurred(value: Any) -> Any:
    """Shapes of which only the rank is known; a 1 stays, since encoders look whether it is one."""
    if isinstance(value, tuple):
        return tuple(1 if size == 1 else None for size in value)
    if isinstance(value, dict):
        return {key: blurred(item) for key, item in value.items()}
    return [blurred(item) for item in value]


def test_weightless_are_those_without_weights():
    owning = {record["class_name"] for record in LINES if record["weights"]}
    recorded = {record["class_name"] for record in LINES} & LAYERS.keys()
    assert {name for name in recorded if LAYERS[name].weightless} == recorded - owning - WRAPPERS


# Without weights in the recorded cases, with some as soon as a layer inside has any.
WRAPPERS = {"Pipeline"}
