"""The parameters of a function: the fewest that tell its uses apart."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from inspector.answers.code.functions.columns import Column, Use, Values
from inspector.answers.code.functions.names import (
    around,
    between,
    numbered,
    prefixes,
    with_number,
    with_value,
)
from inspector.answers.code.functions.template import Template
from inspector.answers.code.names import Names, quoted

_SIZES = ("filters", "units", "groups", "projection_dim", "target_shape", "shape")
_NAMES = ("name", "number")
_LARGEST = 8  # times that a size may be another; beyond, it is a size of its own
_ENOUGH = 2  # uses that two parameters must share to be one


@dataclass(slots=True)
class Parameter:
    """What a function is told: a value for each use."""

    key: str
    place: int
    values: Values
    name: str = ""

    @property
    def default(self) -> str | None:
        """What it is when it is left out; `None`: it must be said."""
        if None in self.values:
            return "None"
        if self.key in (*_SIZES, *_NAMES):
            return None
        value, often = Counter(self.values).most_common(1)[0]
        return value if 2 * often >= len(self.values) else None

    @property
    def declared(self) -> str:
        """As it stands in the head of the function."""
        return self.name if self.default is None else f"{self.name}={self.default}"

    @property
    def tells_names(self) -> bool:
        """Whether it only says what layers are called."""
        return self.key in _NAMES

    def given(self, use: int) -> str | None:
        """What a use says; `None` where it is left out."""
        value = self.values[use]
        return None if value == self.default else value


class Parameters:
    """The parameters of one function, and what stands for each setting that varies."""

    def __init__(self, template: Template, uses: Sequence[Use], names: Names) -> None:
        self.pieces = template.member.pieces
        self.uses = uses
        self._names = names
        self._all: list[Parameter] = []
        self._said: dict[tuple[int, str, int], tuple[int, Parameter]] = {}
        self.layer_names: dict[int, str] = {}  # expressions by place
        self._roles = [piece.role for piece in self.pieces]
        self._conditions: dict[tuple[bool, ...], str] = {}

    @property
    def ordered(self) -> list[Parameter]:
        """Those that must be said first; sizes before settings, names last."""
        return sorted(self._all, key=lambda one: (one.default is not None, one.tells_names))

    # --- settings ---

    def add(self, columns: Iterable[Column]) -> None:
        """Parameters for whatever varies; numbers that are multiples of others need none."""
        found: list[tuple[Column, int, Values]] = []
        for column in columns:
            if column.varies:
                sizes = column.sizes or (column.values,)
                found += [(column, at, values) for at, values in enumerate(sizes)]
        found = [one for one in found if len({value for value in one[2] if value}) > 1]
        for column, at, values in sorted(found, key=_least):
            self._said[column.place, column.key, at] = self._parameter(column, values)
        self._all.sort(key=lambda one: one.place)
        self._named()

    def _parameter(self, column: Column, values: Values) -> tuple[int, Parameter]:
        for known in self._all:
            times = _times(values, known.values)
            alike = known.key == column.key or {known.key, column.key} <= {*_SIZES}
            if alike and (times == 1 or (times and column.key in _SIZES)):
                known.values = tuple(
                    k or (v if v is None or times == 1 else str(int(v) // times))
                    for k, v in zip(known.values, values, strict=True)
                )
                if times == 1 and column.key == _SIZES[0]:
                    known.key, known.place = column.key, column.place
                return times, known
        self._all.append(Parameter(column.key, column.place, values))
        return 1, self._all[-1]

    def _named(self) -> None:
        """Keras' word for each; where several have the same, with the name of its layer."""
        unnamed = [one for one in self._all if not one.name]
        often = Counter(one.key for one in unnamed)
        roles = [_word(self._roles[one.place]) for one in unnamed]
        shared = Counter((one.key, role) for one, role in zip(unnamed, roles, strict=True))
        for one, role in zip(unnamed, roles, strict=True):
            alone = role and often[one.key] > 1 and shared[one.key, role] == 1
            wish = f"{role}_{one.key}" if alone else one.key
            one.name = self._names.fresh(wish)

    def said(self, column: Column) -> str:
        """The expression of a setting."""
        if not column.varies:
            return column.known[0]
        rows = column.sizes
        if not rows:
            return self._factor(column, 0, column.values)
        items = [self._factor(column, at, values) for at, values in enumerate(rows)]
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"

    def _factor(self, column: Column, at: int, values: Values) -> str:
        if (column.place, column.key, at) not in self._said:
            return next(value for value in values if value is not None)
        times, one = self._said[column.place, column.key, at]
        return one.name if times == 1 else f"{times} * {one.name}"

    # --- what is left out ---

    def condition(self, places: Sequence[int], variable: str) -> str:
        """When the layers in some places are there; empty: always."""
        there = tuple(fit[places[0]] is not None for _, fit in self.uses)
        if all(there):
            return ""
        if there not in self._conditions:
            self._conditions[there] = self._asked(there, places, variable)
        return self._conditions[there]

    def _asked(self, there: tuple[bool, ...], places: Sequence[int], variable: str) -> str:
        for one in self._all:
            if tuple(map(_is_positive, one.values)) == there and None in one.values:
                return one.name
            moved = {v for v, is_there in zip(one.values, there, strict=True) if is_there}
            still = {v for v, is_there in zip(one.values, there, strict=True) if not is_there}
            if one.key == "strides" and len(moved) == 1 and not moved & still:
                return f"{one.name} == {moved.pop()}"
        values = tuple(map(repr, there))
        name = self._names.fresh(self._flag(places, variable))
        self._all.append(Parameter("flag", places[0], values, name))
        return name

    def _flag(self, places: Sequence[int], variable: str) -> str:
        words = [_word(self._roles[place]).split("_") for place in places]
        first, last = min(words), max(words)
        same = [a for a, b in zip(first, last, strict=False) if a == b]
        if variable == "shortcut":
            return "project"
        if same and any(same):
            return "_".join(same)
        class_name = self.pieces[places[0]].node.layer.class_name
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", class_name).lower()

    # --- names ---

    def name_layers(self, rows: Sequence[Values]) -> None:
        """Expressions for the names of layers: a beginning, a number, or whole names."""
        named = {at: row for at, row in enumerate(rows) if any(row)}
        full = {at: [str(name) for name in row] for at, row in named.items() if None not in row}
        starts, rests = prefixes(list(named.values())) if named else ([], {})
        if len(rests) > 1 or len(named) == 1:
            self._told(starts, named)
        self._number({at: row for at, row in full.items() if at not in self.layer_names})
        for names in full.values():
            middle = between(names)
            fits = [other for other in full if around(full[other], middle)] if all(middle) else []
            if len(set(fits) - self.layer_names.keys()) > 1:
                self._told(middle, named)
        for place, row in named.items():
            if place not in self.layer_names:
                self._lone(place, row)

    def _told(self, values: Sequence[str], rows: Mapping[int, Values]) -> None:
        """A parameter that stands in the names of several layers."""
        name = self._names.fresh("name")
        self._all.append(Parameter("name", -1, tuple(map(quoted, values)), name))
        for place, row in rows.items():
            found = around(row, values)
            if found is not None and place not in self.layer_names:
                self.layer_names[place] = with_value(found[0], name, found[1])
                self._roles[place] = found[0] + found[1]

    def _number(self, rows: Mapping[int, Sequence[str]]) -> None:
        """Parameters that names are counted from."""
        counted: dict[tuple[int, ...], list[tuple[int, str, int]]] = defaultdict(list)
        for place, row in rows.items():
            found = numbered(row)
            if found is not None:
                word, numbers = found
                steps = tuple((n or 0) - (numbers[0] or 0) for n in numbers)
                counted[steps].append((place, word, numbers[0] or 0))
        for steps, group in counted.items():
            start = min(first for _, _, first in group)
            word = _word(group[0][1])
            name = self._names.fresh(word if word and len(group) == 1 else "number")
            values = tuple(str(start + step) for step in steps)
            self._all.append(Parameter("number", group[0][0], values, name))
            for place, word, first in group:
                self.layer_names[place] = with_number(word, name, first - start)

    def _lone(self, place: int, row: Values) -> None:
        """The name of a layer that only some uses have: counted from a number, or said whole."""
        found = numbered(row)
        for one in self._all if found else ():
            if one.key == "number":
                pairs = zip(found[1] if found else (), one.values, strict=True)
                shifts = {n - int(str(known)) for n, known in pairs if n is not None}
                if len(shifts) == 1:
                    word = found[0] if found else ""
                    self.layer_names[place] = with_number(word, one.name, shifts.pop())
                    return
        word = _word(self._roles[place])
        values = tuple(None if name is None else quoted(name) for name in row)
        name = self._names.fresh(f"{word}_name" if word else "name")
        self._all.append(Parameter("name", place, values, name))
        self.layer_names[place] = name


def _least(found: tuple[Column, int, Values]) -> tuple[bool, int]:
    """Small numbers first, so that larger ones are said as their multiples."""
    column, _, values = found
    numbers = [int(value) for value in values if value is not None and value.isdigit()]
    whole = column.key in _SIZES and len(numbers) == sum(value is not None for value in values)
    return (not whole, sum(numbers) * len(values) // max(len(numbers), 1) if whole else 0)


def _times(values: Values, base: Values) -> int:
    """How often some values are others, wherever both are known; 0: they are no multiples."""
    pairs = [(v, b) for v, b in zip(values, base, strict=True) if v is not None and b is not None]
    if len(pairs) < _ENOUGH:
        return 0
    if all(value == other for value, other in pairs):
        return 1
    if not all(value.isdigit() and other.isdigit() for value, other in pairs):
        return 0
    times = {int(v) // int(b) if int(b) and int(v) % int(b) == 0 else 0 for v, b in pairs}
    found = times.pop() if len(times) == 1 and len(set(pairs)) > 1 else 0
    if found > _LARGEST:
        return 0
    whole = found and all(v is None or (v.isdigit() and int(v) % found == 0) for v in values)
    return found if whole else 0


def _is_positive(value: str | None) -> bool:
    return value is not None and re.fullmatch(r"0*[1-9]\d*|\d+\.\d*[1-9]\d*", value) is not None


def _word(role: str) -> str:
    """The words of a layer's role in its block, a number at its end apart; may be empty."""
    word = re.sub(r"[^A-Za-z0-9]+", "_", role).strip("_")
    word = re.sub(r"(_\d+)+$", "", word)
    return word if word[:1].isalpha() else ""
