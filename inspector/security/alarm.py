"""Whether a config that has been read holds something critical: quick where it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# Classes that carry code, by name; every other way in names a module that is not Keras, or a
# function.
_CARRIERS = frozenset({"Lambda", "TFSMLayer", "TorchModuleWrapper", "__lambda__", "function"})
_KERAS = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras")


def critical(config: Any) -> str | None:
    """What the most serious rule says of a config, if that is critical; an audit says more."""
    if not any(_suspects(config)):
        return None
    from inspector.security.configs import walk  # noqa: PLC0415 - few models have suspects
    from inspector.security.findings import Report  # noqa: PLC0415

    report = Report()
    walk(config, "", report)
    found = report.audit("", "").findings
    if not found or found[0].severity != "critical":
        return None
    return f"{found[0].message.partition(': ')[0]} ({found[0].code})"


def _suspects(config: Any) -> Iterator[Mapping[str, Any]]:
    """The objects that a rule may call critical, and others."""
    stack = [config] if isinstance(config, dict | list) else []
    while stack:
        value = stack.pop()
        items: Iterable[Any] = value
        if type(value) is dict:
            if "class_name" in value and _is_suspect(value):
                yield value
            items = value.values()
        # As JSON is read, there are no others; isinstance would take three times as long.
        stack += [item for item in items if type(item) is dict or type(item) is list]


def _is_suspect(value: Mapping[str, Any]) -> bool:
    class_name, module = value["class_name"], value.get("module")
    if class_name in _CARRIERS or not isinstance(class_name, str):
        return True
    return isinstance(module, str) and not module.startswith(_KERAS)
