"""The settings of a layer as people say them: `64 filters of 7×7, stride 2, padding valid`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from inspector.answers.explain import Setting
from inspector.errors import shown
from inspector.graph import Layer
from inspector.render.safe import plain

_SAID: dict[str, Callable[[Any], str]] = {
    "dilation_rate": lambda value: f"dilation {_sides(value)}",
    "filters": lambda value: f"{value} filters",
    "kernel_size": lambda value: f"kernel {_by(value)}",
    "pool_size": lambda value: f"windows of {_by(value)}",
    "strides": lambda value: f"stride {_sides(value)}" if value else "windows side by side",
    "units": lambda value: f"{value} units",
    "use_bias": lambda value: "with bias" if value else "no bias",
}
_ALWAYS = {"strides", "padding"}  # said even where Keras' own default holds
_NEVER = {"data_format", "batch_shape"}  # the shapes show both


def said(settings: Sequence[Setting], extras: Sequence[tuple[str, Any]] = ()) -> list[str]:
    """The settings worth a word: those without a default, those off it, and how windows move."""
    values = {found.key: found.value for found in settings}
    words: list[str] = []
    for found in settings:
        if found.key in _NEVER or not (found.needed or found.key in _ALWAYS or _off(found)):
            continue
        if found.key == "kernel_size" and "filters" in values:
            words[-1] += f" of {_by(found.value)}"
        else:
            words.append(_word(found.key, found.value))
    return [*words, *_extras(extras)]


def _off(found: Setting) -> bool:
    """Whether a setting differs from its default; [1, 1] is the same as 1."""
    value = found.value
    if isinstance(value, list | tuple) and value and len(set(map(repr, value))) == 1:
        value = value[0]
    return bool(value != found.default)


def _word(key: str, value: Any) -> str:
    say = _SAID.get(key)
    try:
        return plain(say(value)) if say else plain(f"{key} {value_text(value)}")
    except (TypeError, ValueError):
        return plain(f"{key} {value_text(value)}")


def _extras(extras: Sequence[tuple[str, Any]]) -> Iterator[str]:
    for key, value in extras:
        if isinstance(value, str | int | float) and value != "linear":
            yield plain(f"{key} {value}")


def value_text(value: Any) -> str:
    """A value of a config in few signs; a layer by its class.

    >>> value_text([1, 2]), value_text(Layer("a", "LSTM", {"units": 4})), value_text(None)
    ('(1, 2)', 'LSTM(units=4)', 'None')
    """
    if isinstance(value, Layer):
        units = value.config.get("units")
        return f"{value.class_name}(units={units})" if units else value.class_name
    if isinstance(value, list) and any(isinstance(item, Layer) for item in value):
        return f"[{', '.join(map(value_text, value))}]"
    return shown(tuple(value) if isinstance(value, list) else value).replace("'", "")


def _by(value: Any) -> str:
    return "×".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _sides(value: Any) -> str:
    if isinstance(value, list | tuple) and len(set(value)) == 1:
        return str(value[0])
    return _by(value)
