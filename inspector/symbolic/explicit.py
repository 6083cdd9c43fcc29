"""A program with a name of its own for every binding; comments and layout stay as they are.

In straight code each binding gets the next number. What a loop or a branch hands on keeps one name,
since the code after it cannot know which way was taken; between its first and its last line the
numbers go on. A name that a function inside reads, or that is deleted, stays as it is.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef
_COMPOUND = (ast.For, ast.While, ast.If, ast.Try, ast.AsyncFor, ast.Match)
_OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
    ast.LShift: "<<", ast.RShift: ">>",
}  # fmt: skip


class Edit(NamedTuple):
    """Some bytes of a line to be replaced."""

    line: int
    start: int
    end: int
    text: str


def explicit(text: str, tree: ast.Module, rebound: Mapping[int, Iterable[str]]) -> str:
    """The program with explicit names.

    Args:
        rebound: the names to tell apart, by the line of the function they are bound in; 0 is the
            program itself.
    """
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    edits: list[Edit] = []
    for scope in _scopes(tree):
        line = 0 if isinstance(scope, ast.Module) else scope.lineno
        for name in rebound.get(line, ()):
            if _renamable(scope, name):
                renaming = _Renaming(name, taken, parameter=_is_parameter(scope, name))
                renaming.straight(scope.body)
                edits.extend(renaming.edits)
    return _edited(text, edits)


def _scopes(tree: ast.Module) -> Iterator[Scope]:
    yield tree
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _is_parameter(scope: Scope, name: str) -> bool:
    if isinstance(scope, ast.Module):
        return False
    given = scope.args
    listed = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    return any(one is not None and one.arg == name for one in listed)


def _renamable(scope: Scope, name: str) -> bool:
    """Whether every use of a name in a scope is known, and stands where it can be replaced."""
    for node, nested in _nodes(scope):
        if nested and isinstance(node, ast.Name) and node.id == name:
            return False
        if isinstance(node, ast.Global | ast.Nonlocal) and name in node.names:
            return False
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Del):
            return False
        if isinstance(node, ast.JoinedStr) and sys.version_info < (3, 12) and _holds(node, name):
            return False  # Python tells wrong places for what is in a text
        if isinstance(node, ast.NamedExpr | ast.Import | ast.ImportFrom) and _holds(node, name):
            return False
    return True


def _nodes(scope: Scope) -> Iterator[tuple[ast.AST, bool]]:
    """Every node, and whether it stands in a function inside the scope."""
    stack: list[tuple[ast.AST, bool]] = [(node, False) for node in scope.body]
    while stack:
        node, nested = stack.pop()
        yield node, nested
        deeper = nested or isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
        )
        if deeper and not nested and _closed(node):
            continue  # it reads no name of ours
        stack.extend((child, deeper) for child in ast.iter_child_nodes(node))


def _closed(node: ast.AST) -> bool:
    """Whether a function reads only names of its own."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _free(node)


def _free(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function reads a name that it neither takes nor binds."""
    bound = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
    reads: set[str] = set()
    for item in ast.walk(node):
        if isinstance(item, ast.Name):
            (bound if isinstance(item.ctx, ast.Store) else reads).add(item.id)
    return bool(reads - bound)


def _holds(node: ast.AST, name: str) -> bool:
    return any(isinstance(item, ast.Name) and item.id == name for item in ast.walk(node))


class _Renaming:
    """One name in one scope, followed from binding to binding."""

    def __init__(self, name: str, taken: set[str], *, parameter: bool) -> None:
        self.name, self.taken = name, taken
        self.current = name if parameter else ""
        self.count = 0
        self.edits: list[Edit] = []

    def straight(self, body: list[ast.stmt], last: str = "") -> None:
        """Statements that run one after the other; the last binding of them is called `last`."""
        stores = [node for node in body if self._stores(node)]
        for node in body:
            if isinstance(node, _COMPOUND) and self._within(node):
                self._compound(node)
            elif isinstance(node, ast.With) and not self._stores(node):
                self._loads_of(node.items)
                self.straight(node.body)
            else:
                final = bool(last) and bool(stores) and node is stores[-1]
                self._statement(node, last if final else "")

    def _statement(self, node: ast.stmt, name: str) -> None:
        if not self._stores(node):
            self._loads_of([node])
            return
        if isinstance(node, ast.AugAssign):
            self._augmented(node, name or self._fresh())
            return
        targets = [
            item
            for item in ast.walk(node)
            if isinstance(item, ast.Name) and item.id == self.name and _is_store(item)
        ]
        self._loads_of([node])
        self.current = name or self._fresh()
        for target in targets:
            self._replace(target, self.current)

    def _augmented(self, node: ast.AugAssign, name: str) -> None:
        """`X += y` as `X_2 = X_1 + (y)`."""
        self._loads_of([node.value])
        target, value = node.target, node.value
        sign = _OPERATORS[type(node.op)]
        text = f"{name} = {self.current or self.name} {sign} ("
        if target.lineno != value.lineno or value.end_lineno is None:
            self._replace(target, self.current or self.name)
            return
        self.edits.append(Edit(target.lineno, target.col_offset, value.col_offset, text))
        end = value.end_col_offset or 0
        self.edits.append(Edit(value.end_lineno, end, end, ")"))
        self.current = name

    def _compound(self, node: ast.stmt) -> None:
        """A loop or a branch: it begins and ends with one name."""
        carried = self.current or self._fresh()
        for body, head in _bodies(node):
            self.current = carried
            self._loads_and_stores(head, carried)
            if _is_straight(body, self) and not isinstance(node, ast.Try):
                self.straight(body, carried)
            else:
                self._loads_and_stores(body, carried)
        self.current = carried

    def _loads_and_stores(self, nodes: Iterable[ast.AST], name: str) -> None:
        for node in nodes:
            for item in ast.walk(node):
                if isinstance(item, ast.Name) and item.id == self.name:
                    self._replace(item, name)

    def _loads_of(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            for item in ast.walk(node):
                if isinstance(item, ast.Name) and item.id == self.name and not _is_store(item):
                    self._replace(item, self.current or self.name)

    def _stores(self, node: ast.stmt) -> bool:
        """Whether a statement itself binds the name."""
        if isinstance(node, ast.With):
            return any(_stored(item, self.name) for item in node.items)
        return not isinstance(node, _COMPOUND) and _stored(node, self.name)

    def _within(self, node: ast.stmt) -> bool:
        return _stored(node, self.name)

    def _fresh(self) -> str:
        self.count += 1
        made = f"{self.name}_{self.count}"
        while made in self.taken:
            made = f"{made}_"
        return made

    def _replace(self, node: ast.expr, text: str) -> None:
        if text != self.name:
            end = node.end_col_offset or 0
            self.edits.append(Edit(node.lineno, node.col_offset, end, text))


def _is_store(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _stored(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(item, ast.Name) and item.id == name and _is_store(item)
        for item in ast.walk(node)
    )


def _bodies(node: ast.stmt) -> Iterator[tuple[list[ast.stmt], list[ast.AST]]]:
    """The bodies of a compound statement, each with what is read before it."""
    head: list[ast.AST] = [
        item
        for item in ast.iter_child_nodes(node)
        if not isinstance(item, ast.stmt | ast.ExceptHandler | ast.match_case)
    ]
    for key in ("body", "orelse", "finalbody"):
        body = getattr(node, key, None)
        if body:
            yield body, head
            head = []
    for handler in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield handler.body, []


def _is_straight(body: list[ast.stmt], renaming: _Renaming) -> bool:
    """Whether nothing in a body leaves it early, or binds the name in a deeper one."""
    for node in body:
        if isinstance(node, (*_COMPOUND, ast.With)) and renaming._within(node):
            return False
        for item in ast.walk(node):
            if isinstance(item, ast.Break | ast.Continue | ast.Return | ast.Raise):
                return False
    return True


def _edited(text: str, edits: Iterable[Edit]) -> str:
    lines = [line.encode("utf-8") for line in text.split("\n")]
    for line, start, end, new in sorted(set(edits), reverse=True):
        old = lines[line - 1]
        lines[line - 1] = old[:start] + new.encode("utf-8") + old[end:]
    return b"\n".join(lines).decode("utf-8")
