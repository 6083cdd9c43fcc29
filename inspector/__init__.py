"""What a Keras model is made of: layers, parameters, formulas, without importing Keras.

    import inspector

    inspector.count("resnet50").depth                      # 50
    inspector.params("model.keras").layers[2].arithmetic   # "7·7·3·64 + 64"

A MODEL is a path, the name of an architecture of `keras.applications`, or a live Keras model.
Every answer is a frozen value; media such as `frame` and `summary` are functions beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.version import __version__

if TYPE_CHECKING:
    from inspector.answers.classes import ClassExplanation
    from inspector.answers.count import Count
    from inspector.answers.explain import LayerExplanation
    from inspector.answers.lint import Finding, Lint
    from inspector.answers.params import Params
    from inspector.answers.terms import Term, TotalExplanation
    from inspector.answers.trace import Trace
    from inspector.answers.verify import Difference, Verification
    from inspector.api import (
        count,
        explain,
        frame,
        lint,
        load,
        params,
        rewritten,
        summary,
        trace,
        verify,
    )
    from inspector.errors import InspectError, KerasError, LimitError, ReadError, RuleError
    from inspector.model import LayerRow, Model, Totals
    from inspector.symbolic.outside import Binding

__all__ = [
    "Binding",
    "ClassExplanation",
    "Count",
    "Difference",
    "Finding",
    "InspectError",
    "KerasError",
    "LayerExplanation",
    "LayerRow",
    "LimitError",
    "Lint",
    "Model",
    "Params",
    "ReadError",
    "RuleError",
    "Term",
    "TotalExplanation",
    "Totals",
    "Trace",
    "Verification",
    "__version__",
    "count",
    "explain",
    "frame",
    "lint",
    "load",
    "params",
    "rewritten",
    "summary",
    "trace",
    "verify",
]

_HOMES = {
    "Binding": "inspector.symbolic.outside",
    "ClassExplanation": "inspector.answers.classes",
    "Count": "inspector.answers.count",
    "Difference": "inspector.answers.verify",
    "Finding": "inspector.answers.lint",
    "InspectError": "inspector.errors",
    "KerasError": "inspector.errors",
    "LayerExplanation": "inspector.answers.explain",
    "LayerRow": "inspector.model",
    "LimitError": "inspector.errors",
    "Lint": "inspector.answers.lint",
    "Model": "inspector.model",
    "Params": "inspector.answers.params",
    "ReadError": "inspector.errors",
    "RuleError": "inspector.errors",
    "Term": "inspector.answers.terms",
    "TotalExplanation": "inspector.answers.terms",
    "Totals": "inspector.model",
    "Trace": "inspector.answers.trace",
    "Verification": "inspector.answers.verify",
    "count": "inspector.api",
    "explain": "inspector.api",
    "frame": "inspector.api",
    "lint": "inspector.api",
    "load": "inspector.api",
    "params": "inspector.api",
    "rewritten": "inspector.api",
    "summary": "inspector.api",
    "trace": "inspector.api",
    "verify": "inspector.api",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: the package itself loads in no time."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - part of the laziness

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
