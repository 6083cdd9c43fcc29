"""What is said in each place of a template, use by use."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from inspector.answers.code.expressions import Expressions, Made, Setting
from inspector.answers.code.functions.members import Member
from inspector.answers.code.functions.template import Fit, Template

_SHAPES = ("target_shape", "shape")  # tuples whose sizes may each be an argument
_LAST = ("trainable", "dtype")  # what every layer takes; its name comes after them

Values = tuple[str | None, ...]  # expressions by use; None: the layer is left out
Use = tuple[Member, Fit]


class Column(NamedTuple):
    """One argument of a layer, in every use of the function."""

    place: int
    key: str
    values: Values
    bare: bool = False

    @property
    def known(self) -> list[str]:
        """The values of the uses that have the layer."""
        return [value for value in self.values if value is not None]

    @property
    def varies(self) -> bool:
        """Whether uses differ."""
        return len(set(self.known)) > 1

    @property
    def sizes(self) -> tuple[Values, ...]:
        """The sizes in a shape, each use by use; empty where it is no shape."""
        shapes = [_integers(value) for value in self.known] if self.key in _SHAPES else []
        if not shapes or any(
            shape is None or len(shape) != len(shapes[0] or ()) for shape in shapes
        ):
            return ()
        rows: list[list[str | None]] = []
        for at in range(len(shapes[0] or ())):
            each = iter(shapes)
            rows.append([None if v is None else str((next(each) or ())[at]) for v in self.values])
        return tuple(map(tuple, rows))


def columns(template: Template, uses: Sequence[Use], say: Expressions) -> Iterator[Column]:
    """Every argument of every layer, in the order of the template, names apart.

    Raises:
        LookupError: a layer has a setting that no expression says, and another does say it.
    """
    for place, piece in enumerate(template.member.pieces):
        if piece.node.layer.operation:
            continue
        layers = [
            None if fit[place] is None else member.pieces[fit[place] or 0].node.layer
            for member, fit in uses
        ]
        made = [None if layer is None else say.made(layer) for layer in layers]
        for key, bare in _keys([one for one in made if one is not None]):
            values: list[str | None] = []
            for layer, one in zip(layers, made, strict=True):
                said = _said(one, key) if one else None
                value = said.value if said else layer and say.setting(layer, key)
                if layer is not None and value is None:
                    raise LookupError(key)
                values.append(value or None)
            yield Column(place, key, tuple(values), bare)


def _said(made: Made, key: str) -> Setting | None:
    return next((each for each in made.settings if each.key == key), None)


def _keys(made: Sequence[Made]) -> list[tuple[str, bool]]:
    """The keys that any of the calls says, in their order."""
    order: list[str] = []
    named: set[str] = set()
    for one in made:
        place = 0
        for setting in one.settings:
            if setting.key in order:
                place = order.index(setting.key) + 1
            elif setting.key != "name":
                order.insert(place, setting.key)
                place += 1
            if not setting.bare:
                named.add(setting.key)
    order.sort(key=lambda key: key in _LAST)
    return [(key, key not in named) for key in order]


def _integers(text: str) -> tuple[int, ...] | None:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    whole = isinstance(value, tuple) and all(type(item) is int for item in value)
    return value if whole else None


def names(template: Template, uses: Sequence[Use], say: Expressions) -> list[Values]:
    """The names of the layers in each place, use by use; of operations none."""
    rows: list[Values] = []
    for place, piece in enumerate(template.member.pieces):
        row = [
            None
            if piece.node.layer.operation or fit[place] is None
            else say.name(member.pieces[fit[place] or 0].node.layer.name)
            for member, fit in uses
        ]
        rows.append(tuple(row))
    return rows
