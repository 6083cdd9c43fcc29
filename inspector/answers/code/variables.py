"""Which variable holds a tensor: a name for each, or `x` again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from inspector.answers.code.names import Names
from inspector.answers.code.order import Key, uses
from inspector.graph import Graph, Node


class Variables(Protocol):
    """The variables of one model while its program is written."""

    def before(self, node: Node) -> Iterator[str]:
        """Lines that must stand before a call is written."""

    def holding(self, key: Key) -> str:
        """The variable that holds what a call gave."""

    def given(self, node: Node) -> str:
        """The variable that a call is assigned to."""


class Explicit:
    """A name for each tensor, after the layer that gives it."""

    def __init__(self, graph: Graph, names: Names) -> None:
        del graph
        self._names = names
        self._held: dict[Key, str] = {}

    def before(self, node: Node) -> Iterator[str]:
        del node
        yield from ()

    def holding(self, key: Key) -> str:
        return self._held[key]

    def given(self, node: Node) -> str:
        name = self._names.fresh(node.layer.name)
        self._held[node.layer.name, node.call] = name
        return name


class Again:
    """`x` for whatever came last, as notebooks write it; what is still needed moves aside."""

    def __init__(self, graph: Graph, names: Names) -> None:
        self._left: Counter[Key] = uses(graph)
        self._x = names.fresh("x")
        self._names = names
        self._in_x: Key | None = None
        self._aside: dict[Key, str] = {}
        self._own: set[str] = set()  # variables of what was put aside
        self._free: list[str] = []

    def before(self, node: Node) -> Iterator[str]:
        """Put aside what `x` holds, when something after this call still takes it."""
        taken = {ref[:2] for ref in node.inputs}
        door = node.layer.class_name == "InputLayer"
        held = self._in_x
        if held is not None and not door and self._left[held] > (held in taken):
            name = self._free.pop() if self._free else self._names.fresh(f"{self._x}_shortcut")
            self._own.add(name)
            self._aside[held] = name
            yield f"{name} = {self._x}"

    def holding(self, key: Key) -> str:
        return self._x if key == self._in_x else self._aside[key]

    def given(self, node: Node) -> str:
        for key in {ref[:2] for ref in node.inputs}:
            self._left[key] -= 1
            if not self._left[key] and key in self._aside:
                name = self._aside.pop(key)
                if name in self._own:
                    self._free.append(name)
        key = node.layer.name, node.call
        if node.layer.class_name == "InputLayer":
            self._aside[key] = self._names.fresh(node.layer.name)
            return self._aside[key]
        self._in_x = key
        return self._x
