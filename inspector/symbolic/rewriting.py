"""A program made to tell what it does: each binding of a name, each call, each function entered."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
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


def told(tree: ast.Module, lines: Sequence[str], first: int = 0) -> Told:
    """The program, rewritten; lines and columns stay as they are.

    Args:
        lines: of its text.
        first: the number of its first site.
    """
    rewriter = _Rewriter(lines, first)
    statements = rewriter.body(tree.body)
    return Told(statements, rewriter.sites)


_LEAVES = frozenset((ast.Constant, ast.Name, ast.Load, ast.Store))  # nothing of them is told


class _Rewriter(ast.NodeTransformer):
    def __init__(self, lines: Sequence[str], first: int) -> None:
        self.lines, self.first = lines, first
        self.sites: list[Site] = []

    def visit(self, node: ast.AST) -> Any:
        return node if type(node) in _LEAVES else super().visit(node)

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
            at = _place(node.value)
            shape = ast.Constant(_pattern(pattern), **at)
            node.value = _called(UNPACKED, [shape, node.value], at)
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
        at = _place(node)
        pairs = [_pair(name, at) for name in names]
        number = ast.Constant(self.first + len(self.sites) - 1, **at)
        call = _called(BOUND, [number, _name(FRAME, at), *pairs], at)
        return ast.Expr(call, **at)

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
        at = _place(node)
        where = ast.Tuple([ast.Constant(one, **at) for one in (node.name, line, end)], _LOAD, **at)
        entered = _called(ENTERED, [where, *(_pair(name, at) for name in names)], at)
        enter = ast.Assign([ast.Name(FRAME, ast.Store(), **at)], entered, **at)
        last = {"lineno": end, "end_lineno": end, "col_offset": 0, "end_col_offset": 0}
        leave = ast.Expr(_called(LEFT, [_name(FRAME, last)], last), **last)
        tried = ast.Try(statements or [ast.Pass(**at)], [], [], [leave], **at)
        return [*head, enter, tried]

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in _PLAIN_CALLS:
            return node
        at = _place(node)
        return ast.Call(_name(CALL, at), [node.func, *node.args], node.keywords, **at)


# --- new nodes, each at a place of the program --------------------------------------------------

_LOAD = ast.Load()


def _place(node: Any) -> dict[str, Any]:
    return {
        "lineno": node.lineno,
        "col_offset": node.col_offset,
        "end_lineno": node.end_lineno,
        "end_col_offset": node.end_col_offset,
    }


def _name(name: str, at: dict[str, Any]) -> ast.Name:
    return ast.Name(name, _LOAD, **at)


def _called(name: str, args: list[ast.expr], at: dict[str, Any]) -> ast.Call:
    return ast.Call(_name(name, at), args, [], **at)


def _pair(name: str, at: dict[str, Any]) -> ast.Tuple:
    """A name, or an attribute of one, beside what it means."""
    owner, _, attribute = name.rpartition(".")
    value: ast.expr = _name(owner or name, at)
    if owner:
        value = ast.Attribute(value, attribute, _LOAD, **at)
    return ast.Tuple([ast.Constant(name, **at), value], _LOAD, **at)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _names(target: ast.expr) -> Iterator[str]:
    """The names and attributes that a target binds, as they are written."""
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        yield f"{target.value.id}.{target.attr}"
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
