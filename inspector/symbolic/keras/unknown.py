"""What nobody knows: the result of whatever did not run, and all that is computed from it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from inspector.symbolic.keras.session import current

_LONGEST = 80


class UnknownNumber(TypeError):
    """Somebody asks an unknown for its number."""


class Unknown:
    """A value of which only the origin is known.

    Every attribute, item, call and sum of it is unknown too. It ends loops and holds nothing;
    it never turns into a number.
    """

    __slots__ = ("__dict__", "_label", "_why")

    def __init__(self, label: str, why: str) -> None:
        set_label = object.__setattr__
        set_label(self, "_label", label[:_LONGEST])
        set_label(self, "_why", why)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Unknown(f"{self._label}.{name}", self._why)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and _definition(args[0]):
            return args[0]  # a decorator, of which only the decorated matters
        from inspector.symbolic.keras.opaque import called_on  # noqa: PLC0415 - a ring of imports

        return called_on(self._label, self._why, args, kwargs)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return () if any(base is UnknownBase for base in bases) else (UnknownBase,)

    def __instancecheck__(self, instance: Any) -> bool:
        return False

    def __subclasscheck__(self, subclass: Any) -> bool:
        return False

    def __bool__(self) -> bool:
        return chosen(self)

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __next__(self) -> NoReturn:
        raise StopIteration

    def __contains__(self, item: object) -> bool:
        return False

    def __getitem__(self, key: Any) -> Unknown:
        return Unknown(f"{self._label}[…]", self._why)

    def __setitem__(self, key: Any, value: Any) -> None:
        """What is put into an unknown is lost in it."""

    def __delitem__(self, key: Any) -> None:
        """Nothing is there to delete."""

    def __enter__(self) -> Unknown:
        return self

    def __exit__(self, *_: object) -> None:
        """Errors inside are not its business."""

    def keys(self) -> tuple[()]:
        """No key of it is known, so that `**unknown` gives none."""
        return ()

    def __int__(self) -> NoReturn:
        raise UnknownNumber(f"{self._label} is not known: {self._why}")

    __index__ = __float__ = __complex__ = __int__

    def __str__(self) -> str:
        return "?"

    def __repr__(self) -> str:
        return "?"

    def __format__(self, spec: str) -> str:
        return "?"

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> Any:
        return _combined(self, other)

    def __ne__(self, other: object) -> Any:
        return _combined(self, other)


def _combined(self: Unknown, *_: Any) -> Unknown:
    return Unknown(self._label, self._why)


def _arithmetic(self: Unknown, other: Any = None, *_: Any) -> Any:
    from inspector.symbolic.keras.tensors import Tensor  # noqa: PLC0415 - a ring of imports

    if isinstance(other, Tensor):
        return NotImplemented
    return Unknown(self._label, self._why)


for _name in (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "divmod", "and", "or"),
    *("xor", "lshift", "rshift"),
):
    setattr(Unknown, f"__{_name}__", _arithmetic)
    setattr(Unknown, f"__r{_name}__", _arithmetic)
for _name in ("neg", "pos", "abs", "invert", "lt", "le", "gt", "ge", "round", "ceil", "floor"):
    setattr(Unknown, f"__{_name}__", _combined)


class UnknownBase:
    """What a class becomes that descends from an unknown one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Takes whatever it is given."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Unknown(f"{type(self).__name__}.{name}", "its class is not known")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from inspector.symbolic.keras.opaque import called_on  # noqa: PLC0415 - a ring of imports

        return called_on(type(self).__name__, "its class is not known", args, kwargs)


_turns: dict[tuple[str, int], bool] = {}


def chosen(value: Unknown) -> bool:
    """False the first time that a place of the program asks, then in turns: every loop ends."""
    frame = sys._getframe(2)
    place = (frame.f_code.co_filename, frame.f_lasti)
    turn = _turns.get(place, False)
    _turns[place] = not turn
    if not turn and frame.f_code.co_filename in current.files:
        current.report(f"a condition that nobody knows was taken as false: {value._why}")
    return turn


def _definition(value: Any) -> bool:
    return isinstance(value, type) or type(value).__name__ in ("function", "method", "builtin")


def unknown(label: str, why: str = "") -> Unknown:
    """An unknown that begins here; its reason names the line."""
    line = current.line()
    return Unknown(label, f"line {line}: {why or label}" if line else why or label)


def is_unknown(value: Any, depth: int = 2) -> bool:
    """Whether a value is unknown, or holds one."""
    if isinstance(value, Unknown):
        return True
    if depth and isinstance(value, list | tuple):
        return any(is_unknown(item, depth - 1) for item in value)
    return False


def reason(value: Any) -> str:
    """Why a value is not known."""
    if isinstance(value, Unknown):
        return str(value._why)
    for item in value if isinstance(value, list | tuple) else ():
        if is_unknown(item):
            return reason(item)
    return ""


Callback = Callable[..., Any]
