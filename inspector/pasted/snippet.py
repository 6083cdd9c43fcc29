"""Keras code as it is pasted, read with `ast` and never run: calls, assignments, models."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from typing import Any

from inspector.errors import ReadError
from inspector.graph import Layer, TensorRef
from inspector.pasted.building import Builder, Entry
from inspector.pasted.making import FUNCTIONS, Written, is_layer, made, nearest
from inspector.pasted.models import Chain, Whole, called_model, sequential
from inspector.pasted.values import Unevaluated, arithmetic, literal

_SILENT = frozenset(("compile", "fit", "summary", "build", "evaluate", "predict", "save", "print"))
_STATEMENTS = "calls of layers, and assignments of them"
_HINT = (
    "paste the lines that call layers; graphinspect does not run what is pasted, so that loops "
    "and functions have to be written out"
)


class Snippet:
    """The names of one paste, and the graph that grows as its statements are read."""

    def __init__(self, builder: Builder, dialect: str) -> None:
        self.builder = builder
        self.dialect = dialect
        self.names: dict[str, Any] = {}
        self.aliases: dict[str, str] = {}  # `from keras.layers import Conv2D as C`
        self.source = ""
        self.first_line = 1
        self.where = "spec"

    def read(self, source: str, where: str, first_line: int = 1) -> None:
        """Add what a piece of code says.

        Raises:
            ReadError: it is no Python, or more than calls of layers; with line and column.
        """
        self.source, self.where, self.first_line = source, where, first_line
        for statement in self._parsed(source).body:
            self._statement(statement)

    def _parsed(self, source: str) -> ast.Module:
        try:
            with warnings.catch_warnings(action="ignore"):  # of a backslash in a path
                return ast.parse(source)
        except SyntaxError as error:
            line = self.first_line + (error.lineno or 1) - 1
            place = f"{self.where}, line {line}, column {error.offset or 1}"
            text = (error.text or source).strip()[:60]
            raise ReadError(
                place, f"is not understood: {error.msg}", received=text, hint=self._near(text)
            ) from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise ReadError(self.where, "is nested too deep", hint=_HINT) from error

    @staticmethod
    def _near(text: str) -> str:
        unclosed = text.count("(") - text.count(")")
        if unclosed > 0:
            return f"did you mean {text}{')' * unclosed}?"
        word, _, rest = text.strip().partition(" ")
        if word.isidentifier() and rest:
            return nearest(word, f"({', '.join(rest.split()[:4])})")
        return nearest(word.split("(")[0])

    # --- statements -----------------------------------------------------------------------------

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Import() | ast.Pass():
                return
            case ast.ImportFrom():
                self.aliases.update((name.asname or name.name, name.name) for name in node.names)
            case ast.Assign():
                value = self.value(node.value)
                for target in node.targets:
                    self._bind(target, value)
            case ast.AnnAssign(value=ast.expr() as given):
                self._bind(node.target, self.value(given))
            case ast.AugAssign(target=ast.Name(id=name)):
                both = ast.BinOp(ast.Name(name, ast.Load()), node.op, node.value)
                self.names[name] = self.value(ast.copy_location(both, node))
            case ast.Expr():
                self._expression(node.value)
            case _:
                problem = f"is more than {_STATEMENTS}"
                raise ReadError(self.place(node), problem, received=self.text(node), hint=_HINT)

    def _bind(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self.names[target.id] = value
            return
        if isinstance(target, ast.Tuple | ast.List):
            parts = self._parts(value, len(target.elts))
            for each, part in zip(target.elts, parts, strict=False):
                self._bind(each.value if isinstance(each, ast.Starred) else each, part)

    def _parts(self, value: Any, count: int) -> list[Any]:
        if isinstance(value, TensorRef):  # a layer that gives several tensors
            return [value._replace(output=place) for place in range(count)]
        if isinstance(value, list | tuple):
            return list(value)
        return [Written("…", self.where)] * count

    def _expression(self, node: ast.expr) -> None:
        value = self.value(node)
        values = value if isinstance(value, list | tuple) else [value]
        for each in values:
            if isinstance(each, Layer):
                self.finish()
                self.builder.follow(each, self.text(node))
            elif isinstance(each, Written):
                raise self.not_understood(node)

    # --- values ---------------------------------------------------------------------------------

    def value(self, node: ast.expr) -> Any:
        """What an expression stands for; `Written` where only running it would tell."""
        read: dict[type[ast.expr], Callable[..., Any]] = {
            ast.Call: self._call,
            ast.Name: self._constant,
            ast.List: lambda items: [self.value(item) for item in items.elts],
            ast.Tuple: lambda items: tuple(self.value(item) for item in items.elts),
            ast.BinOp: self._operator,
            ast.Subscript: self._item,
            ast.Attribute: self._end,
        }
        known: Callable[[Any], Any] = read.get(type(node), self._literal)
        return known(node)

    def _constant(self, node: ast.Name) -> Any:
        return self.names[node.id] if node.id in self.names else self.written(node)

    def _literal(self, node: ast.expr) -> Any:
        try:
            return literal(node)
        except Unevaluated:
            return self.written(node)

    def _operator(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        merge = {ast.Add: "Add", ast.Mult: "Multiply", ast.Sub: "Subtract"}.get(type(node.op))
        if isinstance(left, TensorRef) and isinstance(right, TensorRef) and merge:
            layer = made(self.builder, merge, (), {}, dialect=self.dialect, where=self.place(node))
            return self._on(layer, [left, right], {}, node)
        try:
            return arithmetic(node.op, left, right)
        except Unevaluated:
            return self.written(node)

    def _item(self, node: ast.Subscript) -> Any:
        value, place = self.value(node.value), self.value(node.slice)
        if isinstance(place, int) and isinstance(value, list | tuple):
            return value[place] if -len(value) <= place < len(value) else self.written(node)
        if isinstance(place, int) and isinstance(value, TensorRef) and place >= 0:
            layer = self.builder.layers[value.layer]
            if any(layer.config.get(key) for key in ("return_state", "return_attention_scores")):
                return value._replace(output=place)
        return self.written(node)

    def _end(self, node: ast.Attribute) -> Any:
        value = self.value(node.value) if node.attr in ("input", "output") else None
        if isinstance(value, Chain | Whole):
            return value.end(self.builder, node.attr)
        return self.written(node)

    # --- calls ----------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Call):  # Conv2D(8, 5)(x)
            return self._on_tensors(self._call(node.func), node)
        if isinstance(node.func, ast.Name) and node.func.id in self.names:
            return self._on_tensors(self.names[node.func.id], node)
        name = self._called_name(node.func)
        read = self._method(node, name) or self._special(name)
        return read(node) if read is not None else self.written(node)

    def _made(self, name: str, node: ast.Call) -> Layer:
        args, kwargs = self.arguments(node)
        where = self.place(node)
        return made(self.builder, name, args, kwargs, dialect=self.dialect, where=where)

    def _called_name(self, func: ast.expr) -> str:
        if isinstance(func, ast.Attribute):
            return func.attr
        if isinstance(func, ast.Name):
            return self.aliases.get(func.id, func.id)
        return ""

    def _method(self, node: ast.Call, name: str) -> Callable[[ast.Call], Any] | None:
        """What a call on a model does, as in `model.add(Dense(10))`."""
        if not isinstance(node.func, ast.Attribute) or not isinstance(node.func.value, ast.Name):
            return (lambda _: None) if name == "print" else None
        owner = self.names.get(node.func.value.id)
        if isinstance(owner, Chain) and name == "add":
            return lambda call: self._added(owner, call)
        unbound = owner is None and node.func.value.id not in self.aliases
        if unbound and name == "add" and len(node.args) == 1:
            chain = self.names[node.func.value.id] = Chain([])
            return lambda call: self._added(chain, call)
        if name in _SILENT:
            return lambda _: None
        return None

    def _added(self, chain: Chain, node: ast.Call) -> None:
        if chain.called:
            raise self.not_understood(node, "adds to a model that was used already")
        for argument in node.args:
            value = self.value(argument)
            if isinstance(value, Written):
                raise self.not_understood(argument)
            chain.add(value, self.text(argument))

    def _special(self, name: str) -> Callable[[ast.Call], Any] | None:
        if name in ("Input", "InputLayer"):
            return lambda node: self._input(node, as_layer=name == "InputLayer")
        if name == "Sequential":
            return self._sequential
        if name in ("Model", "Functional"):
            return self._model
        if is_layer(name, self.dialect):
            return lambda node: self._made(name, node)
        return (lambda node: self._merged(name, node)) if name in FUNCTIONS else None

    def _input(self, node: ast.Call, *, as_layer: bool) -> Any:
        args, kwargs = self.arguments(node)
        for key in ("batch_shape", "batch_input_shape"):
            if isinstance(kwargs.get(key), list | tuple):
                shape: Any = tuple(kwargs[key])
                break
        else:
            given = kwargs.get("shape", kwargs.get("input_shape", args[0] if args else ()))
            given = (given,) if isinstance(given, int) else given
            known = isinstance(given, list | tuple)
            shape = (None, *given) if known else given
        if not isinstance(shape, tuple) or not all(n is None or type(n) is int for n in shape):
            hint = "write it out, as in Input((32, 32, 3))"
            raise ReadError(self.place(node), "its shape is not known", received=self.text(node),
                            hint=hint)  # fmt: skip
        name = kwargs.get("name")
        if as_layer:
            return shape
        return self.builder.door(shape, name if isinstance(name, str) else "input")

    def _sequential(self, node: ast.Call) -> Chain:
        args, kwargs = self.arguments(node)
        given = args[0] if args else kwargs.get("layers", [])
        chain = Chain([])
        nodes = node.args[0] if node.args else None
        texts = [self.text(item) for item in getattr(nodes, "elts", ())]
        for place, item in enumerate(given if isinstance(given, list | tuple) else ()):
            if isinstance(item, Written):
                raise ReadError(item.place, "is no layer", received=item.text, hint=_HINT)
            chain.add(item, texts[place] if place < len(texts) else "")
        self.names.setdefault("", []).append(chain)
        return chain

    def _model(self, node: ast.Call) -> Any:
        args, kwargs = self.arguments(node)
        named = dict(zip(("inputs", "outputs"), args, strict=False), **kwargs)
        inputs = named.get("inputs", named.get("input"))
        outputs = named.get("outputs", named.get("output"))
        if inputs is None or outputs is None:
            raise self.not_understood(node)
        return Whole.of(inputs, outputs)

    def _merged(self, name: str, node: ast.Call) -> Any:
        args, kwargs = self.arguments(node)
        tensors, *rest = args or [kwargs.pop("inputs", None)]
        made_layer = made(
            self.builder, FUNCTIONS[name], tuple(rest), kwargs, dialect=self.dialect,
            where=self.place(node),
        )  # fmt: skip
        return self._on(made_layer, tensors, {}, node)

    def _on_tensors(self, callee: Any, node: ast.Call) -> Any:
        args, kwargs = self.arguments(node)
        if isinstance(callee, Chain | Whole):
            callee = called_model(self.builder, callee)
        if not isinstance(callee, Layer) or not args:
            raise self.not_understood(node)
        return self._on(callee, args[0], kwargs, node, *args[1:])

    def _on(
        self, layer: Layer, taken: Any, kwargs: dict[str, Any], node: ast.expr, *rest: Any
    ) -> Any:
        """A call of a layer on tensors."""
        func = node.func if isinstance(node, ast.Call) else node
        taken = (
            list(taken) if isinstance(taken, tuple) and not isinstance(taken, TensorRef) else taken
        )
        bare = self._without_tensor(taken, node)
        if bare:
            return self.builder.follow(layer, self.text(func))
        kwargs = {key: value for key, value in kwargs.items() if not isinstance(value, Written)}
        entry = Entry(self.text(func), layer.name)
        return self.builder.call(layer, (taken, *rest), kwargs, entry)

    def _without_tensor(self, taken: Any, node: ast.expr) -> bool:
        """Whether the tensor is a name that no pasted line binds: it means what came before."""
        items = taken if isinstance(taken, list) else [taken]
        if all(isinstance(item, TensorRef) for item in items):
            return False
        if isinstance(taken, Written) and taken.text.isidentifier():
            return True
        raise self.not_understood(node, "takes a tensor that no pasted line gives")

    def arguments(self, node: ast.Call) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of a call as values.

        Raises:
            ReadError: a `*` or `**` hides them.
        """
        args = [self.value(argument) for argument in node.args]
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.not_understood(node, "hides its arguments behind *")
        if any(keyword.arg is None for keyword in node.keywords):
            raise self.not_understood(node, "hides its arguments behind **")
        return args, {str(word.arg): self.value(word.value) for word in node.keywords}

    # --- places ---------------------------------------------------------------------------------

    def finish(self) -> None:
        """String the Sequential models together that nothing called."""
        chains = [value for value in self.names.values() if isinstance(value, Chain)]
        for chain in dict.fromkeys([*chains, *self.names.get("", [])]):
            if chain.layers and not chain.called:
                sequential(self.builder, chain)

    def written(self, node: ast.expr) -> Written:
        """An expression that only running it would tell."""
        return Written(self.text(node), self.place(node))

    def text(self, node: ast.AST) -> str:
        """A piece of the source as it stands, on one line."""
        segment = ast.get_source_segment(self.source, node)
        return " ".join((segment or "…").split())[:200]

    def place(self, node: ast.AST) -> str:
        """Where a node stands in the paste."""
        line = self.first_line + getattr(node, "lineno", 1) - 1
        return f"{self.where}, line {line}, column {getattr(node, 'col_offset', 0) + 1}"

    def not_understood(self, node: ast.expr, problem: str = "is not understood") -> ReadError:
        """An error with the place, and the nearest form that would be understood."""
        called = node
        while isinstance(called, ast.Call):
            called = called.func
        name = self._called_name(called)
        known = bool(name) and is_layer(name, self.dialect)
        hint = _HINT if known or not name else nearest(name)
        return ReadError(self.place(node), problem, received=self.text(node), hint=hint)
