"""The text of a program: where its names are read, and where its calls stand."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator

from inspector.answers.lint.finding import Mark

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


class Scope:
    """The program itself, or one of its functions, without the functions inside."""

    def __init__(self) -> None:
        self.read: dict[str, list[ast.Name]] = {}  # in the order of lines
        self.inner: set[str] = set()  # names that functions inside read
        self.statements: list[ast.stmt] = []
        self.calls: dict[int, list[ast.Call]] = {}  # by line
        self.bindings: dict[tuple[int, str], ast.stmt] = {}
        self.loops: list[tuple[int, int]] = []  # first and last line

    def reads(self, name: str, start: int, end: int) -> Iterator[ast.Name]:
        """The places where a name is read, behind line `start` and up to line `end`."""
        found = self.read.get(name, [])
        for place in range(bisect_right(found, start, key=_line), len(found)):
            if found[place].lineno > end:
                return
            yield found[place]

    def binding(self, line: int, name: str) -> ast.stmt | None:
        """The statement that binds a name on a line."""
        return self.bindings.get((line, name))

    def holding(self, line: int) -> ast.stmt | None:
        """The innermost simple statement that a line belongs to."""
        for node in reversed(self.statements):
            if node.lineno <= line <= (node.end_lineno or node.lineno):
                return node
        return None


class Source:
    """A program's lines, and its scopes by the line that they begin on."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        self.lines = text.split("\n")
        self.tree = tree
        self.scopes = {0: _scope(tree.body)}
        for node in ast.walk(tree):
            if isinstance(node, _FUNCTIONS):
                self.scopes[node.lineno] = _scope(node.body)

    def scope(self, first: int, number: int) -> Scope:
        """The scope of a call of a function; number 0 is the program itself."""
        return self.scopes.get(first if number else 0, Scope())

    def mark(self, node: ast.AST, text: str, *, cause: bool = False) -> Mark:
        """A mark under an expression; under its first line where it has several."""
        line: int = node.lineno  # type: ignore[attr-defined]
        start = self._column(line, node.col_offset)  # type: ignore[attr-defined]
        if node.end_lineno == line:  # type: ignore[attr-defined]
            end = self._column(line, node.end_col_offset)  # type: ignore[attr-defined]
        else:
            end = len(self.lines[line - 1].rstrip())
        return Mark(line, start, max(end, start + 1), text, cause)

    def whole(self, line: int, text: str, *, cause: bool = False) -> Mark:
        """A mark under a whole line."""
        written = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        start = len(written) - len(written.lstrip())
        return Mark(line, start, max(len(written.rstrip()), start + 1), text, cause)

    def _column(self, line: int, offset: int) -> int:
        """A column in characters; Python counts bytes."""
        return len(self.lines[line - 1].encode("utf-8")[:offset].decode("utf-8", "replace"))

    def call_mark(
        self, scope: Scope, line: int, class_name: str, text: str, *, cause: bool = False
    ) -> Mark:
        """A mark under the call of a layer: what is called, without what it takes."""
        found = scope.calls.get(line, [])
        made = [call for call in found if _is_made(call.func, class_name)]
        for call in made or found:
            return self.mark(call.func, text, cause=cause)
        return self.whole(line, text, cause=cause)

    def name_mark(
        self, scope: Scope, line: int, name: str, text: str, *, cause: bool = False
    ) -> Mark:
        """A mark under the name that a line binds."""
        statement = scope.binding(line, name)
        if statement is not None:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and node.id == name and _is_store(node):
                    return self.mark(node, text, cause=cause)
        return self.whole(line, text, cause=cause)


def _scope(body: list[ast.stmt]) -> Scope:
    scope = Scope()
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
            scope.inner.update(
                one.id for one in ast.walk(node) if isinstance(one, ast.Name) and not _is_store(one)
            )
            stack.extend(getattr(node, "decorator_list", ()))
            continue
        _sorted_in(node, scope)
        stack.extend(reversed(list(ast.iter_child_nodes(node))))
    for found in scope.read.values():
        found.sort(key=_line)
    return scope


def _sorted_in(node: ast.AST, scope: Scope) -> None:
    if isinstance(node, ast.Name) and not _is_store(node):
        scope.read.setdefault(node.id, []).append(node)
    elif isinstance(node, ast.Call):
        scope.calls.setdefault(node.lineno, []).append(node)
    elif isinstance(node, ast.stmt):
        scope.statements.append(node)
        if isinstance(node, _LOOPS):
            scope.loops.append((node.lineno, node.end_lineno or node.lineno))
        for name in _bound(node):
            scope.bindings.setdefault((node.lineno, name), node)


def _line(node: ast.Name) -> int:
    return node.lineno


def within_loop(scope: Scope, line: int) -> tuple[int, int] | None:
    """The lines of the outermost loop that a line stands in."""
    return min((loop for loop in scope.loops if loop[0] <= line <= loop[1]), default=None)


def names_read(node: ast.AST) -> list[ast.Name]:
    """The names that an expression or a statement reads, in the order in which they stand."""
    found = [one for one in ast.walk(node) if isinstance(one, ast.Name) and not _is_store(one)]
    return sorted(found, key=lambda one: (one.lineno, one.col_offset))


def _is_store(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.For):
        targets = [node.target]
    else:
        return
    for target in targets:
        for one in ast.walk(target):
            if isinstance(one, ast.Name):
                yield one.id


def _is_made(func: ast.expr, class_name: str) -> bool:
    """Whether what is called is a layer that is made on the spot: `Add()` in `Add()(x)`."""
    if not isinstance(func, ast.Call):
        return False
    made = func.func
    return (made.attr if isinstance(made, ast.Attribute) else getattr(made, "id", "")) == class_name
