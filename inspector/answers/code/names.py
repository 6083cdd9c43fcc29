"""Names fit for a Python program, each given once."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

_TAKEN = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "keras", "tf", "model"})
_LONGEST = 60  # characters


class Names:
    """The identifiers of one program.

    >>> names = Names()
    >>> names.fresh("conv-1/a"), names.fresh("conv-1/a"), names.fresh("1x1"), names.fresh("class")
    ('conv_1_a', 'conv_1_a_2', 'layer_1x1', 'class_')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._used: dict[str, int] = dict.fromkeys((*_TAKEN, *taken), 1)

    @property
    def given(self) -> frozenset[str]:
        """Every name that is taken."""
        return frozenset(self._used)

    def fresh(self, wish: str) -> str:
        """An identifier like `wish` that nobody has yet."""
        name = identifier(wish)
        if name in _TAKEN and name not in ("keras", "tf", "model"):
            name += "_"
        count = self._used.get(name, 0)
        free = name
        while count and free in self._used:
            count += 1
            free = f"{name}_{count}"
        self._used[name] = max(count, 1)
        self._used.setdefault(free, 1)
        return free


def identifier(text: str) -> str:
    """`text` as an identifier: what is no letter, digit or `_` of ASCII becomes `_`."""
    name = re.sub(r"[^0-9A-Za-z]+", "_", text[:_LONGEST]).strip("_")
    if not name:
        return "layer"
    return f"layer_{name}" if name[0].isdigit() else name


def quoted(text: str) -> str:
    r"""A text as Python source, in double quotes where that needs no further escape.

    >>> print(quoted("conv1"), quoted('a"b'), quoted("a\nb"))
    "conv1" 'a"b' "a\nb"
    """
    spelled = repr(str(text))
    if spelled[0] == "'" and '"' not in spelled:
        return f'"{spelled[1:-1]}"'
    return spelled


def one_line(text: str) -> str:
    r"""A text fit for a comment: whatever could end the line, or not be seen, as an escape.

    >>> print(one_line("a\nb"))
    a\nb
    """
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii")
        for sign in text
    )
