"""A program made to tell what it does: each binding of a name, each call, each function entered."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

CALL, BOUND, ENTERED, LEFT, UNPACKED = (
    f"__graphinspect_{word}__" for word in ("call", "bound", "entered", "left", "unpacked")
)
FRAME = "__graphinspect_frame__"
# Their results hang on who calls them, or they do nothing that anybody wants to see.
_PLAIN_CALLS = frozenset(
    ("super", "locals", "globals", "vars", "dir", "eval", "exec", "print", "isinstance", "type")
)


class Site(NamedTuple):
    """A statement that binds names."""

    line: int
    end: int
    code: str
    callee: str = ""  # the function that gives the value, where a name is called


class Told(NamedTuple):
    """The statements of a program, rewritten, and what stands where."""

    statements: list[ast.stmt]
    sites: list[Site]


def told(tree: ast.Module, text: str) -> Told:
    """The program, rewritten; lines and columns stay as they are."""
    rewriter = _Rewriter(text)
    statements = rewriter.body(tree.body)
    for statement in statements:
        ast.fix_missing_locations(statement)
    return Told(statements, rewriter.sites)


class _Rewriter(ast.NodeTransformer):
    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.sites: list[Site] = []

    def body(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for statement in statements:
            visited = self.visit(statement)
            made.extend(visited if isinstance(visited, list) else [visited])
        return made

    # --- bindings -------------------------------------------------------------------------------

    def _after(self, node: ast.stmt, targets: list[ast.expr], value: ast.expr | None) -> Any:
        told_names = self._bound(node, targets, value)
        self.generic_visit(node)
        return node if told_names is None else [node, told_names]

    def visit_Assign(self, node: ast.Assign) -> Any:
        if any(isinstance(target, ast.Tuple | ast.List) for target in node.targets):
            pattern = next(t for t in node.targets if isinstance(t, ast.Tuple | ast.List))
            result = self._after(node, node.targets, node.value)
            node.value = ast.copy_location(
                _called(UNPACKED, [ast.Constant(_pattern(pattern)), node.value]), node.value
            )
            return result
        return self._after(node, node.targets, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is None:
            return node
        return self._after(node, [node.target], node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        return self._after(node, [node.target], node.value)

    def visit_For(self, node: ast.For) -> Any:
        return self._within(node, [node.target])

    def visit_With(self, node: ast.With) -> Any:
        return self._within(node, [item.optional_vars for item in node.items if item.optional_vars])

    def _within(self, node: Any, targets: list[ast.expr]) -> Any:
        told_names = self._bound(node, targets, None)
        self.generic_visit(node)
        if told_names is not None:
            node.body.insert(0, told_names)
        return node

    def _bound(
        self, node: ast.stmt, targets: list[ast.expr], value: ast.expr | None
    ) -> ast.stmt | None:
        names = [name for target in targets for name in _names(target)]
        if not names:
            return None
        callee = ""
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            callee = value.func.id
        self.sites.append(
            Site(node.lineno, node.end_lineno or node.lineno, self._code(node), callee)
        )
        pairs = [ast.Tuple([ast.Constant(ast.unparse(name)), name], ast.Load()) for name in names]
        frame = ast.Name(FRAME, ast.Load())
        call = _called(BOUND, [ast.Constant(len(self.sites) - 1), frame, *pairs])
        return ast.copy_location(ast.Expr(call), node)

    def _code(self, node: ast.stmt) -> str:
        """The statement as it is written, on one line and not too long."""
        last = node.end_lineno or node.lineno
        if isinstance(node, ast.For | ast.With):
            last = node.lineno
        lines = self.lines[node.lineno - 1 : last]
        return " ".join(line.strip() for line in lines)[:200]

    # --- functions and calls --------------------------------------------------------------------

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        line, end = node.lineno, node.end_lineno or node.lineno
        self.generic_visit(node)
        node.body = self._entered(node, line, end)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        return self.visit_FunctionDef(node)  # type: ignore[arg-type]  # they differ in name only

    def _entered(self, node: Any, line: int, end: int) -> list[ast.stmt]:
        """The body of a function that tells when it is entered, with what, and when it is left."""
        statements = list(node.body)
        head: list[ast.stmt] = []
        if statements and _is_docstring(statements[0]):
            head.append(statements.pop(0))
        arguments = node.args
        names = [
            arg.arg for arg in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        ]
        pairs: list[ast.expr] = [
            ast.Tuple([ast.Constant(name), ast.Name(name, ast.Load())], ast.Load())
            for name in names
        ]
        where = ast.Tuple([ast.Constant(part) for part in (node.name, line, end)], ast.Load())
        enter = ast.Assign(
            [ast.Name(FRAME, ast.Store())], _called(ENTERED, [where, *pairs]), lineno=line
        )
        leave = ast.Expr(_called(LEFT, [ast.Name(FRAME, ast.Load())]))
        tried = ast.Try(statements or [ast.Pass()], [], [], [leave])
        for made in (enter, tried):
            ast.copy_location(made, node)
        leave.lineno = leave.end_lineno = end
        leave.col_offset = leave.end_col_offset = 0
        return [*head, enter, tried]

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in _PLAIN_CALLS:
            return node
        call = ast.Call(ast.Name(CALL, ast.Load()), [node.func, *node.args], node.keywords)
        return ast.copy_location(call, node)


def _called(name: str, args: list[ast.expr]) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), args, [])


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _names(target: ast.expr) -> Iterator[ast.expr]:
    """The names and attributes that a target binds, to be read."""
    if isinstance(target, ast.Name):
        yield ast.Name(target.id, ast.Load())
    elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        yield ast.Attribute(ast.Name(target.value.id, ast.Load()), target.attr, ast.Load())
    elif isinstance(target, ast.Tuple | ast.List):
        for item in target.elts:
            yield from _names(item)
    elif isinstance(target, ast.Starred):
        yield from _names(target.value)


def _pattern(target: ast.expr) -> Any:
    """How a target unpacks: nested tuples of None, so that an unknown can be unpacked too."""
    if isinstance(target, ast.Tuple | ast.List):
        items = [item for item in target.elts if not isinstance(item, ast.Starred)]
        return tuple(_pattern(item) for item in items)
    return None


def bound_names(node: ast.stmt) -> list[str]:
    """The names that a statement would have bound, those of functions inside left out."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return [node.name]
    found: list[str] = []
    stack: list[ast.AST] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
            found.append(item.id)
        elif isinstance(item, ast.Import | ast.ImportFrom):
            found.extend(
                alias.asname or alias.name.partition(".")[0]
                for alias in item.names
                if alias.name != "*"
            )
        elif isinstance(item, ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.AsyncFunctionDef):
            found.extend([item.name] if not isinstance(item, ast.Lambda) else [])
            continue
        stack.extend(ast.iter_child_nodes(item))
    return [name for name in found if not name.startswith("__graphinspect_")]
