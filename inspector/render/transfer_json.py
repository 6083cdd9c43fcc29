"""`graphinspect.transfer/1`."""

from __future__ import annotations

from typing import Any

from inspector.answers.transfer import LayerPlan, Sum, Transfer
from inspector.answers.transfer_code import transfer_code
from inspector.render.json import model_object
from inspector.render.transfer import footer


def transfer_document(answer: Transfer) -> dict[str, Any]:
    """The plan with one entry a layer, and the code that carries it out."""
    return {
        "schema": "graphinspect.transfer/1",
        "model": model_object(answer.base),
        "keras": answer.keras,
        "training": answer.training,
        "inputs": [
            {"name": name, "shape": None if shape is None else list(shape)}
            for name, shape in answer.inputs
        ],
        "first_trained": answer.first_trained,
        "layers": [_layer(layer) for layer in answer.layers],
        "totals": {
            "params": answer.total.params,
            "trainable": answer.trained.params,
            "non_trainable": answer.non_trainable.params,
            "frozen": answer.frozen.params,
            "state_updated": answer.updated.params,
            "complete": answer.complete,
        },
        "bytes": {
            "weights": _bytes(answer.total),
            "gradients": _bytes(answer.trained),
            "optimizers": [
                {"name": each.name, "slots": each.slots, "params": each.params, "bytes": each.bytes}
                for each in answer.optimizers
            ],
        },
        "summary_footer": list(footer(answer)),
        "warnings": list(answer.warnings),
        "notes": list(answer.notes),
        "code": transfer_code(answer),
    }


def _layer(layer: LayerPlan) -> dict[str, Any]:
    shape = layer.output_shape
    return {
        "path": layer.path,
        "name": layer.name,
        "class_name": layer.class_name,
        "part": "head" if layer.head else "base",
        "place": layer.place,
        "state": layer.state,
        "output_shape": None if shape is None else list(shape),
        "params": layer.params,
        "frozen": layer.frozen,
        "trained": layer.trained,
        "state_updated": layer.updated,
        "gradient": layer.gradient,
    }


def _bytes(found: Sum) -> int:
    return found.bytes
