"""Settings as plain values: what a config of Keras would hold for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspector.graph import Untold
from inspector.symbolic.keras.unknown import Unknown, reason

_LONGEST = 1000  # numbers of an array that are kept


class Setting:
    """An initializer, a regularizer, a constraint: its class and what it was made with."""

    def __init__(self, class_name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self.class_name = class_name
        self.args = args
        self.kwargs = dict(kwargs)

    def config(self) -> dict[str, Any]:
        """As Keras saves it."""
        names = _argument_names(self.class_name) if self.args else ()
        given = {name: plain(value) for name, value in zip(names, self.args, strict=False)}
        named = {key: plain(value) for key, value in self.kwargs.items()}
        return {"class_name": self.class_name, "config": {**given, **named}}

    def __call__(self, *_: Any, **__: Any) -> Any:
        return Unknown(self.class_name, f"{self.class_name} gives numbers, which nobody computes")


def _argument_names(class_name: str) -> tuple[str, ...]:
    """What the arguments of an initializer, a regularizer or a constraint are called, in order."""
    from inspector.readers import constructors  # noqa: PLC0415 - few programs set one by position

    for kind in ("initializers", "regularizers", "constraints"):
        found = constructors.signature(kind, class_name, 3)
        found = found or constructors.signature(kind, class_name, 2)
        if found is not None:
            return found.takes
    return ()


def plain(value: Any) -> Any:
    """`value` as JSON could hold it, an unknown as `Untold`; nothing of it is called."""
    if value is None or isinstance(value, bool | int | float | str | Untold):
        return _number(value)
    if isinstance(value, Unknown):
        return Untold(reason(value))
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return _other(value)


def _number(value: Any) -> Any:
    """A subclass of a number, such as a size of numpy, as the number itself."""
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def _other(value: Any) -> Any:
    if isinstance(value, slice):
        return slice(plain(value.start), plain(value.stop), plain(value.step))
    if isinstance(value, Setting) or value is ...:
        return value if value is ... else value.config()
    if hasattr(type(value), "record"):
        return value.record()
    if hasattr(value, "tolist") and getattr(value, "size", _LONGEST + 1) <= _LONGEST:
        return plain(value.tolist())
    name = getattr(value, "__name__", None)
    return name if isinstance(name, str) else type(value).__name__
