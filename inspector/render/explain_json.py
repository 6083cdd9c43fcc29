"""`graphinspect.explain/1`: the three kinds of explanation as JSON documents."""

from __future__ import annotations

from typing import Any

from inspector.answers.classes import ClassExplanation, Option, Worked
from inspector.answers.explain import Call, Flow, LayerExplanation, WeightPart
from inspector.answers.sizes import Size
from inspector.answers.terms import Term, TotalExplanation
from inspector.dims import Shape
from inspector.graph import Layer, Weight
from inspector.render.json import layer_object, model_object

Explanation = LayerExplanation | TotalExplanation | ClassExplanation
_SCHEMA = "graphinspect.explain/1"


def explain_document(answer: Explanation) -> dict[str, Any]:
    """The document of any explanation; `kind` says which it is."""
    if isinstance(answer, LayerExplanation):
        return _layer(answer)
    if isinstance(answer, TotalExplanation):
        return {"schema": _SCHEMA, "kind": "total", "model": model_object(answer.model),
                **_total(answer)}  # fmt: skip
    return _class(answer)


# --- a layer ------------------------------------------------------------------------------------


def _layer(answer: LayerExplanation) -> dict[str, Any]:
    work = answer.work
    return {
        "schema": _SCHEMA,
        "kind": "layer",
        "model": model_object(answer.model),
        "layer": layer_object(answer.row),
        "parents": list(answer.parents),
        "position": answer.position,
        "of": answer.of,
        "settings": {found.key: _plain(found.value) for found in answer.settings},
        "calls": [_call(call) for call in answer.calls],
        "weights": [_weight_part(part) for part in answer.weights],
        "frozen_by": list(answer.frozen_by),
        "output_values": answer.values,
        "macs": {
            "total": work.macs,
            "formula": work.formula,
            "arithmetic": work.arithmetic,
            "reason": work.reason or None,
        },
        "inner": None if answer.inner is None else _total(answer.inner),
        "reason": answer.reason or None,
    }


def _call(call: Call) -> dict[str, Any]:
    return {
        "inputs": [{"shape": _shape(f.shape), "from": list(f.layers)} for f in call.inputs],
        "outputs": [_given(flow) for flow in call.outputs],
        "sizes": [_size(size) for size in call.sizes],
    }


def _given(flow: Flow) -> dict[str, Any]:
    return {
        "shape": _shape(flow.shape),
        "to": list(flow.layers),
        "model_output": flow.door,
        "values": flow.values,
    }


def _size(size: Size) -> dict[str, Any]:
    return {"axes": list(size.axes), "arithmetic": size.text, "value": size.value}


def _weight_part(part: WeightPart) -> dict[str, Any]:
    return {
        "name": part.name,
        "shape": list(part.axes.dims),
        "symbols": list(part.axes.symbols),
        "formula": str(part.axes),
        "arithmetic": part.axes.digits,
        "params": part.params,
        "changed": part.changed,
        "dtype": part.dtype,
    }


# --- a total ------------------------------------------------------------------------------------


def _total(answer: TotalExplanation) -> dict[str, Any]:
    return {
        "by": answer.by,
        "complete": answer.complete,
        "total": _term(answer.total),
        "without_weights": answer.weightless,
        "shared": answer.shared,
        "frozen": answer.frozen,
        "otherwise": [
            {"left_out": other.key, "less": other.less, "params": other.params}
            for other in answer.otherwise
        ],
    }


def _term(term: Term) -> dict[str, Any]:
    common = {"kind": term.kind, "params": term.params, "trainable": term.trainable}
    if term.kind == "layers":
        return common | {
            "class_name": term.class_name,
            "layers": list(term.paths),
            "each": term.each,
            "formula": term.formula,
            "arithmetic": term.arithmetic,
        }
    return common | {"label": term.label, "terms": [_term(child) for child in term.children]}


# --- a class ------------------------------------------------------------------------------------


def _class(answer: ClassExplanation) -> dict[str, Any]:
    return {
        "schema": _SCHEMA,
        "kind": "class",
        "class_name": answer.class_name,
        "family": list(answer.family),
        "doc": answer.doc,
        "weightless": answer.weightless,
        "takes": list(answer.takes),
        "settings": [_option(option) for option in answer.options],
        "output_size": dict(answer.lengths),
        "example": None if answer.example is None else _worked(answer.example),
    }


def _option(option: Option) -> dict[str, Any]:
    return {
        "key": option.setting.key,
        "default": _plain(option.setting.default),
        "needed": option.setting.needed,
        "expected": option.expected,
        "changes_the_count": option.counts,
    }


def _worked(example: Worked) -> dict[str, Any]:
    return {
        "config": {key: _plain(value) for key, value in example.config.items()},
        "inputs": [_shape(shape) for shape in example.inputs],
        "outputs": [_shape(shape) for shape in example.outputs],
        "weights": [_weight(weight) for weight in example.weights],
        "formula": example.formula,
        "arithmetic": example.arithmetic,
        "params": example.params,
        "macs": {
            "total": example.macs,
            "formula": example.macs_formula,
            "arithmetic": example.macs_arithmetic,
        },
        "sizes": [_size(size) for size in example.sizes],
        "depends_on_input_axes": list(example.axes),
    }


def _weight(weight: Weight) -> dict[str, Any]:
    return {
        "name": weight.name,
        "shape": list(weight.shape),
        "symbols": list(weight.axes.symbols),
        "formula": str(weight.axes),
        "arithmetic": weight.axes.digits,
        "params": weight.size,
        "trainable": weight.trainable,
    }


def _shape(shape: Shape | None) -> list[int | None] | None:
    return None if shape is None else list(shape)


def _plain(value: Any) -> Any:
    """A value of a config as JSON has it; a layer as its class, name and settings."""
    if isinstance(value, Layer):
        config = {key: _plain(item) for key, item in value.config.items()}
        return {"class_name": value.class_name, "name": value.name, "config": config}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)
