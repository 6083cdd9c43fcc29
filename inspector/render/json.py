"""Answers as JSON documents; the keys are a promise (docs/json.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from inspector.answers.count import ClassCount, Count
from inspector.answers.params import Params
from inspector.answers.verify import Verification
from inspector.graph import Weight
from inspector.model import LayerRow, Model, Totals

if TYPE_CHECKING:
    from inspector.answers.calc import Calc
    from inspector.security.catalogue import Rule
    from inspector.security.findings import Audit, Finding

# What a terminal or an editor would act on; JSON itself only has to escape C0.
_UNSEEN = re.compile(r"[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def dumped(document: Mapping[str, Any]) -> str:
    """The text of a document, safe to print: characters that control a terminal are escaped.

    A key has a line of its own, and so has every layer or finding: a document of 50,000 layers
    can be searched by line, and takes a fifth of the time that indenting everything would.
    """
    lines = (f"  {_compact(key)}: {_spread(value)}" for key, value in document.items())
    text = "{\n" + ",\n".join(lines) + "\n}"
    return _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _spread(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n    " + ",\n    ".join(map(_compact, value)) + "\n  ]"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def params_document(answer: Params) -> dict[str, Any]:
    """`graphinspect.params/1`."""
    return {
        "schema": "graphinspect.params/1",
        "model": model_object(answer.model),
        "totals": _totals(answer.totals),
        "layers": [layer_object(row) for row in answer.layers],
        "notes": list(answer.notes),
    }


def calc_document(answer: Calc) -> dict[str, Any]:
    """`graphinspect.calc/1`."""
    document: dict[str, Any] = {
        "schema": "graphinspect.calc/1",
        "kind": answer.kind,
        "totals": _totals(answer.totals),
        "layers": [
            {
                **layer_object(line.row),
                "spec": line.spec,
                "input_shapes": [_listed(shape) for shape in line.inputs],
                "open": line.partly or None,
            }
            for line in answer.lines
        ],
        "notes": list(answer.notes),
    }
    if answer.checked is not None:
        from inspector.render.pasted_summary import (  # noqa: PLC0415 - only for a summary
            summary_object,
        )

        document.update(summary_object(answer.checked))
    return document


def count_document(answer: Count) -> dict[str, Any]:
    """`graphinspect.count/1`."""
    return {
        "schema": "graphinspect.count/1",
        "model": model_object(answer.model),
        "layers": {
            "listed": answer.listed,
            "operations": answer.operations,
            "with_weights": answer.with_weights,
            "kernel": answer.kernel,
            "depth": answer.depth,
            "longest_path": answer.longest_path,
            "blocks": answer.blocks,
            "off_path": list(answer.off_path),
        },
        "signature": answer.signature or None,
        "by_class": [_class_count(found) for found in answer.by_class],
        "totals": _totals(answer.totals),
        "agreement": dict(answer.agreement),
        "notes": list(answer.notes),
    }


def counts_document(answers: Sequence[Count]) -> dict[str, Any]:
    """`graphinspect.counts/1`: several models, each as `graphinspect.count/1` has it."""
    return {
        "schema": "graphinspect.counts/1",
        "models": [count_document(answer) for answer in answers],
    }


def verify_document(model: Model, answer: Verification) -> dict[str, Any]:
    """`graphinspect.verify/1`."""
    return {
        "schema": "graphinspect.verify/1",
        "model": model_object(model),
        "agrees": answer.agrees,
        "rows": answer.rows,
        "keras_version": answer.keras_version,
        "differences": [
            {"layer": found.layer, "field": found.field, "ours": found.ours, "keras": found.theirs}
            for found in answer.differences
        ],
        "notes": list(answer.notes),
    }


def audit_document(answer: Audit) -> dict[str, Any]:
    """`graphinspect.audit/1`."""
    return {
        "schema": "graphinspect.audit/1",
        "source": answer.source,
        "format": answer.format,
        "dangerous": answer.dangerous,
        "counts": answer.counts,
        "findings": [_finding(found) for found in answer.findings],
        "looked_at": list(answer.looked_at),
        "unread": list(answer.unread),
    }


def rules_document(rules: Iterable[Rule]) -> dict[str, Any]:
    """`graphinspect.rules/1`: what an audit looks for."""
    return {"schema": "graphinspect.rules/1", "rules": [rule._asdict() for rule in rules]}


def _finding(found: Finding) -> dict[str, Any]:
    rule = found.rule
    return {
        "code": found.code,
        "severity": found.severity,
        "path": found.path,
        "message": found.message,
        "hint": rule.advice,
        "title": rule.title,
        "effect": rule.effect,
        "affected": rule.affected,
        "references": list(rule.references),
    }


def layer_object(row: LayerRow) -> dict[str, Any]:
    """One layer as every document shows it; a model inside has its own `layers`."""
    return {
        "path": row.path,
        "name": row.name,
        "class_name": row.class_name,
        "operation": row.operation,
        "trainable": row.trainable,
        "output_shape": _listed(row.output_shape),
        "output_shapes": [_listed(shape) for shape in row.output_shapes],
        "params": row.params,
        "trainable_params": row.trainable_params,
        "non_trainable_params": row.non_trainable_params,
        "formula": row.formula,
        "arithmetic": row.arithmetic,
        "weights": [_weight(weight) for weight in row.weights],
        "stored": row.stored,
        "summary": row.summary,
        "macs": row.macs,
        "calls": row.calls,
        "inbound": [list(ref) for ref in row.inbound],
        "agrees": row.agrees,
        "layers": None if row.layers is None else [layer_object(inner) for inner in row.layers],
        "notes": list(row.notes),
    }


def _listed(shape: Any) -> Any:
    """Tuples as lists, however they are nested."""
    return [_listed(item) for item in shape] if isinstance(shape, tuple) else shape


def _weight(weight: Weight) -> dict[str, Any]:
    return {"name": weight.name, "shape": list(weight.shape), "trainable": weight.trainable}


def _class_count(found: ClassCount) -> dict[str, Any]:
    return {"class_name": found.class_name, "layers": found.layers, "params": found.params}


def model_object(model: Model) -> dict[str, Any]:
    """What every document says of the model itself."""
    return {
        "name": model.name,
        "class_name": model.class_name,
        "source": model.source,
        "format": model.format,
        "keras_version": model.keras_version,
    }


def _totals(totals: Totals) -> dict[str, Any]:
    return {
        "params": totals.params,
        "trainable": totals.trainable,
        "non_trainable": totals.non_trainable,
        "stored": totals.stored,
        "summary": totals.summary,
        "macs": totals.macs,
        "complete": totals.complete,
    }
