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
    from inspector.answers.blocks import Block, Blocks
    from inspector.answers.calc import Calc, Line
    from inspector.answers.classes import ClassExplanation
    from inspector.answers.code import Source
    from inspector.answers.count import Count
    from inspector.answers.diff import Diff
    from inspector.answers.explain import LayerExplanation
    from inspector.answers.lint import Lint
    from inspector.answers.params import Params
    from inspector.answers.terms import Term, TotalExplanation
    from inspector.answers.trace import Trace
    from inspector.answers.transfer import Transfer
    from inspector.answers.verify import Difference, Verification
    from inspector.api import (
        audit,
        blocks,
        calc,
        count,
        diff,
        explain,
        frame,
        load,
        params,
        plot,
        summary,
        transfer,
        verify,
        view,
    )
    from inspector.errors import InspectError, KerasError, LimitError, ReadError, RuleError
    from inspector.model import LayerRow, Model, Totals
    from inspector.programs import code, lint, rewritten, trace
    from inspector.render.plot import Plot
    from inspector.security.findings import Audit, Finding
    from inspector.symbolic.outside import Binding

__all__ = [
    "Audit",
    "Binding",
    "Block",
    "Blocks",
    "Calc",
    "ClassExplanation",
    "Count",
    "Diff",
    "Difference",
    "Finding",
    "InspectError",
    "KerasError",
    "LayerExplanation",
    "LayerRow",
    "LimitError",
    "Line",
    "Lint",
    "Model",
    "Params",
    "Plot",
    "ReadError",
    "RuleError",
    "Source",
    "Term",
    "TotalExplanation",
    "Totals",
    "Trace",
    "Transfer",
    "Verification",
    "__version__",
    "audit",
    "blocks",
    "calc",
    "code",
    "count",
    "diff",
    "explain",
    "frame",
    "lint",
    "load",
    "params",
    "plot",
    "rewritten",
    "summary",
    "trace",
    "transfer",
    "verify",
    "view",
]

_HOMES = {
    "Audit": "inspector.security.findings",
    "Binding": "inspector.symbolic.outside",
    "Block": "inspector.answers.blocks",
    "Blocks": "inspector.answers.blocks",
    "Calc": "inspector.answers.calc",
    "ClassExplanation": "inspector.answers.classes",
    "Count": "inspector.answers.count",
    "Diff": "inspector.answers.diff",
    "Difference": "inspector.answers.verify",
    "Finding": "inspector.security.findings",
    "InspectError": "inspector.errors",
    "KerasError": "inspector.errors",
    "LayerExplanation": "inspector.answers.explain",
    "LayerRow": "inspector.model",
    "LimitError": "inspector.errors",
    "Line": "inspector.answers.calc",
    "Lint": "inspector.answers.lint",
    "Model": "inspector.model",
    "Params": "inspector.answers.params",
    "Plot": "inspector.render.plot",
    "ReadError": "inspector.errors",
    "RuleError": "inspector.errors",
    "Source": "inspector.answers.code",
    "Term": "inspector.answers.terms",
    "TotalExplanation": "inspector.answers.terms",
    "Totals": "inspector.model",
    "Trace": "inspector.answers.trace",
    "Transfer": "inspector.answers.transfer",
    "Verification": "inspector.answers.verify",
    "audit": "inspector.api",
    "blocks": "inspector.api",
    "calc": "inspector.api",
    "code": "inspector.programs",
    "count": "inspector.api",
    "diff": "inspector.api",
    "explain": "inspector.api",
    "frame": "inspector.api",
    "lint": "inspector.programs",
    "load": "inspector.api",
    "params": "inspector.api",
    "plot": "inspector.api",
    "rewritten": "inspector.programs",
    "summary": "inspector.api",
    "trace": "inspector.programs",
    "transfer": "inspector.api",
    "verify": "inspector.api",
    "view": "inspector.api",
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
