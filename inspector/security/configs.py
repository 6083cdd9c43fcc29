"""The walk through a JSON value: every dict, list and text at every level, met by the rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from inspector.security.findings import Hit, Report, inside
from inspector.security.objects import OBJECT_RULES, config_of
from inspector.security.text import Doubled, read_json
from inspector.security.values import TEXT_RULES, Text, odd_key, odd_number

_TOPS = ("class_name", "modelTopology", "model_config")
_PLAIN = 1 << 64
_MAX_UNFOLDED = 200  # JSON texts inside JSON texts, of one part


class _At(NamedTuple):
    """A value, the way to it as a chain of keys, and the layer that it belongs to."""

    value: Any
    key: Any = None
    above: _At | None = None
    owner: str = ""

    def written(self) -> str:
        """The way to it: `config.layers[1].config.function`; only findings need it."""
        keys = []
        at: _At | None = self
        while at is not None and at.above is not None:
            keys.append(at.key)
            at = at.above
        return "".join(map(_step, reversed(keys))).removeprefix(".")


def _step(key: Any) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    text = str(key)
    if text.startswith("#"):
        return text
    return f".{text}" if text.replace("_", "a").isalnum() else f"[{json.dumps(text)}]"


def walk_text(data: bytes | str, part: str, report: Report) -> Any:
    """Meet everything in JSON text with the rules; the value, for what looks at it as a whole.

    Raises:
        RecursionError: it is nested deeper than this thread's stack allows.
    """
    value, hits = read_json(data, part)
    for hit in hits:
        report.add(hit, part)
    if value is None and hits:
        report.miss(part)
    else:
        walk(value, part, report)
    return value


def walk(value: Any, part: str, report: Report) -> None:
    """Meet every dict, list, text and number inside a value with the rules, without recursion."""
    stack, unfolded = [_At(value)], 0
    clean: set[tuple[str, Any]] = set()  # texts come again and again, a thousand times
    while stack:
        at = stack.pop()
        if isinstance(at.value, str) and (at.value, at.key) in clean:
            continue
        hits = list(_met(at))
        for hit in hits:
            if report.wants(hit):
                report.keep(hit, inside(part, at.written()))
        if isinstance(at.value, str):
            if not hits:
                clean.add((at.value, at.key))
            if unfolded < _MAX_UNFOLDED and _is_json(at.value):
                unfolded += 1
                stack.append(_At(read_json(at.value, part)[0], "#json", at, at.owner))
        else:
            stack.extend(reversed(_below(at)))


def _met(at: _At) -> Iterator[Hit]:
    """What the rules say of one value."""
    value = at.value
    if isinstance(value, str):
        text = Text(value, at.key if isinstance(at.key, str) else "", at.owner)
        for text_rule in TEXT_RULES:
            yield from text_rule(text)
    elif isinstance(value, dict):
        yield from _met_object(at)
    elif isinstance(value, int | float):
        yield from odd_number(value, at.key)


def _met_object(at: _At) -> Iterator[Hit]:
    """What the rules say of an object; of both readings, where a key is given twice."""
    variants = [at.value]
    if isinstance(at.value, Doubled):
        keys = ", ".join(map(repr, at.value.keys_given_twice[:3]))
        yield Hit("KI022", "high", f"gives {keys} twice: programs choose one or the other")
        variants.append(at.value.first)
    for variant in variants:
        config = config_of(variant, str(at.key or ""), at.owner)
        if config is not None:
            for object_rule in OBJECT_RULES:
                yield from object_rule(config)
    for key in at.value:
        if not key.isprintable():
            yield from odd_key(key)


def _below(at: _At) -> list[_At]:
    """What stands in a value and may hold more, or is odd by itself."""
    value = at.value
    if isinstance(value, dict):
        owner = _named(value) or at.owner
        pairs = value.pairs if isinstance(value, Doubled) else value.items()
        return [_At(item, key, at, owner) for key, item in pairs if _is_met(item)]
    if isinstance(value, list):
        return [_At(item, place, at, at.owner) for place, item in enumerate(value) if _is_met(item)]
    return []


def _is_met(item: Any) -> bool:
    if isinstance(item, int | float):
        return not -_PLAIN < item < _PLAIN  # too large, infinite, or no number
    return isinstance(item, dict | list | str)


def _named(value: dict[str, Any]) -> str:
    """The name of a layer, if the object is one."""
    config = value.get("config")
    name = config.get("name") if isinstance(config, dict) else None
    return name if isinstance(name, str) and "class_name" in value else ""


def _is_json(text: str) -> bool:
    """Whether a text is itself JSON of a Keras object: models are stored in strings at places."""
    return text[:1] in {"{", "[", '"'} and any(top in text for top in _TOPS)
