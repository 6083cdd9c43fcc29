"""Whether a value of a config is what a rule's annotation asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from inspector.graph import Layer


class Check(NamedTuple):
    """Whether a value of a config is what the rule's annotation asks for."""

    expected: str  # in words, for the error
    accepts: Callable[[Any], bool]


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_int(value) and value > 0


def _all(accepts: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: (
        accepts(value) or (isinstance(value, list | tuple) and all(map(accepts, value)))
    )


def _one_of(*choices: str) -> Check:
    return Check(" or ".join(f'"{choice}"' for choice in choices), lambda value: value in choices)


def _or_none(check: Check) -> Check:
    return Check(check.expected, lambda value: value is None or check.accepts(value))


_PLAIN = {
    "int": Check("an integer", _is_int),
    "Ints": Check("an integer, or one for each axis", _all(_is_int)),
    "Count": Check("a positive integer", _is_count),
    "Counts": Check("a positive integer, or one for each axis", _all(_is_count)),
    "bool": Check("true or false", lambda value: isinstance(value, bool) or value in (0, 1)),
    "float": Check("a number", lambda value: isinstance(value, int | float)),
    "str": Check("a string", lambda value: isinstance(value, str)),
    "list[Any]": Check("a list", lambda value: isinstance(value, list | tuple)),
    "Padding": _one_of("valid", "same", "causal"),
    "AnyPadding": _one_of("valid", "same", "causal", "full"),
    "Layer": Check("a layer", lambda value: isinstance(value, Layer)),
    "list[Layer]": Check(
        "a list of layers",
        lambda value: (
            isinstance(value, list | tuple) and all(isinstance(item, Layer) for item in value)
        ),
    ),
}
CHECKS: dict[str, Check] = {
    **_PLAIN,
    **{f"{name} | None": _or_none(check) for name, check in _PLAIN.items()},
    "DataFormat": _or_none(_one_of("channels_last", "channels_first")),
    "Any": Check("anything", lambda _: True),
}


def checked(check: Check, value: Any) -> Any:
    """`value`, with whole numbers that JSON wrote as 64.0 made integers again."""
    if isinstance(value, float) and value.is_integer() and "integer" in check.expected:
        value = int(value)
    if check.accepts(value):
        return value
    raise TypeError(check.expected)
