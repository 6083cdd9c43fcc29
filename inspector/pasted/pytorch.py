"""PyTorch modules as they are printed or constructed, taken apart; nothing is run."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inspector.errors import LimitError, ReadError
from inspector.pasted.values import Unevaluated, literal
from inspector.rules import layer_rule

_CHILD = re.compile(r"^\s*\((?P<name>[^()\s]+)\): (?:(?P<times>\d+) x )?(?P<rest>.*)$")
_RANGE = re.compile(r"(\d+)-(\d+)")
_HEAD = re.compile(r"^\s*(?P<class>\w+)\((?P<rest>.*)$")
_CLASS = re.compile(r"\b([A-Z]\w+)\(")
_OWN = re.compile(
    r"\b(?:torch\.)?nn\.[A-Z]\w*\(|^\s*\([^()\s]+\): (?:\d+ x )?\w+\(|"
    r"\b(?:in_features|out_features|in_channels|out_channels|hidden_size|input_size|num_features|"
    r"embed_dim|num_embeddings|embedding_dim|padding_idx|inplace|batch_first|normalized_shape|"
    r"num_layers|start_dim|end_dim|elementwise_affine|num_parameters|dim|affine)\s*=|"
    r"\b(?:LSTM|GRU|RNN)(?:Cell)?\(\s*\d+\s*,\s*\d",
    re.MULTILINE,
)
_DEEPEST = 200
_MOST = 10_000  # modules, repeated ones opened
_HINT = "paste what print(model) shows, or constructors such as nn.Conv2d(3, 8, 5)"


@dataclass(slots=True)
class Module:
    """One module: `args` is what its brackets hold, `None` where its text does not say it all."""

    name: str
    class_name: str
    place: str
    text: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    children: list[Module] = field(default_factory=list)
    count: int = 1  # of equal modules that one printed block stands for

    @property
    def size(self) -> int:
        """How many modules it stands for, itself included."""
        return self.count * (1 + sum(child.size for child in self.children))


def is_pytorch(text: str) -> bool:
    """Whether a paste speaks of modules of torch.nn.

    >>> is_pytorch("Conv2d(3, 8, kernel_size=(5, 5))"), is_pytorch("Conv2D(8, 5)")
    (True, False)
    """
    if _OWN.search(text):
        return True
    from inspector.rules import pytorch  # noqa: PLC0415 - only where such a name may stand
    from inspector.rules.rule import MODULES  # noqa: PLC0415 - as above

    names = set(_CLASS.findall(text)) - {"Sequential", "Model"}
    return any(
        (name in MODULES or name in pytorch.CONTAINERS) and layer_rule(name) is None
        for name in names
    )


def read_modules(text: str, where: str) -> list[Module]:
    """The modules that a paste says, those inside others nested.

    Raises:
        ReadError: a line of it is not understood; with its place.
        LimitError: it nests deeper, or repeats more often, than any model.
    """
    lines = textwrap.dedent(text.expandtabs(4)).splitlines()
    printed = any(_CHILD.match(line) for line in lines)
    found = _printed(lines, where) if printed else _constructed("\n".join(lines), where)
    if not found:
        raise ReadError(where, "names no module", received=text.strip()[:60], hint=_HINT)
    if sum(module.size for module in found) > _MOST:
        raise LimitError(where, f"stands for more than {_MOST:,} modules", hint=_HINT)
    return found


# --- prints -------------------------------------------------------------------------------------


def _printed(lines: Sequence[str], where: str) -> list[Module]:
    roots: list[Module] = []
    stack: list[Module] = []
    for number, line in enumerate(lines, start=1):
        place = f"{where}, line {number}"
        text = line.strip()
        if not text or text.startswith((">>>", "#")):
            continue
        if set(text) <= set("),") and stack:
            del stack[max(len(stack) - text.count(")"), 0) :]
            continue
        if stack and _HEAD.match(text) is None and _CHILD.match(text) is None:
            continue  # more of what a module says about itself
        module, opens = _line(text, place)
        (stack[-1].children if stack else roots).append(module)
        if opens:
            stack.append(module)
        if len(stack) > _DEEPEST:
            raise LimitError(place, f"nests deeper than {_DEEPEST} levels", hint=_HINT)
    return roots


def _line(text: str, place: str) -> tuple[Module, bool]:
    """The module of one line, and whether what follows stands inside it."""
    child = _CHILD.match(text)
    rest = child["rest"] if child else text
    head = _HEAD.match(rest)
    if head is None:
        raise ReadError(place, "is not understood", received=text[:60], hint=_HINT)
    name = child["name"] if child else ""
    module = Module(name, head["class"], place, rest.rstrip("( "))
    found = _RANGE.fullmatch(name)
    if child and child["times"]:
        module.count = int(child["times"])
        if found is None or int(found[2]) - int(found[1]) + 1 != module.count:
            raise ReadError(place, "does not count right", received=text[:60], hint=_HINT)
        if module.count > _MOST:
            raise LimitError(place, f"stands for more than {_MOST:,} modules", hint=_HINT)
    if not head["rest"].strip():
        return module, True
    module.args, module.kwargs = _arguments(rest, place)
    return module, False


def _arguments(text: str, place: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What stands in the brackets; where that is no Python, as in a print of its own, nothing."""
    try:
        with warnings.catch_warnings(action="ignore"):
            node = ast.parse(text.rstrip(","), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return (), {"": text}
    if not isinstance(node, ast.Call):
        raise ReadError(place, "is not understood", received=text[:60], hint=_HINT)
    return _values(node)


def _values(node: ast.Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
    args = tuple(_value(argument) for argument in node.args)
    return args, {word.arg or "**": _value(word.value) for word in node.keywords}


def _value(node: ast.expr) -> Any:
    try:
        return literal(node)
    except Unevaluated:
        return ...  # not known


# --- constructors -------------------------------------------------------------------------------


def _constructed(text: str, where: str) -> list[Module]:
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(text)
    except SyntaxError as error:
        place = f"{where}, line {error.lineno or 1}, column {error.offset or 1}"
        raise ReadError(place, f"is not understood: {error.msg}", hint=_HINT) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ReadError(where, "is nested too deep", hint=_HINT) from error
    return [module for node in tree.body for module in _statement(node, where, text)]


def _statement(node: ast.stmt, where: str, source: str) -> Iterator[Module]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return
    place = f"{where}, line {node.lineno}, column {node.col_offset + 1}"
    if isinstance(node, ast.Expr):
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        yield from (_call(value, "", place, source, 0) for value in values)
    elif isinstance(node, ast.Assign):
        target = node.targets[0]
        name = target.attr if isinstance(target, ast.Attribute) else ast.unparse(target)
        yield _call(node.value, name, place, source, 0)
    else:
        hint = "paste the lines that make modules; nothing that is pasted is run"
        raise ReadError(place, "would have to be run", received=_short(node, source), hint=hint)


def _short(node: ast.AST, source: str) -> str:
    return " ".join((ast.get_source_segment(source, node) or "…").split())[:200]


def _call(node: ast.expr, name: str, place: str, source: str, depth: int) -> Module:
    called = node.func if isinstance(node, ast.Call) else None
    class_name = getattr(called, "attr", getattr(called, "id", ""))
    if not isinstance(node, ast.Call) or not class_name or depth > _DEEPEST:
        raise ReadError(place, "is no module", received=_short(node, source)[:60], hint=_HINT)
    module = Module(name, class_name, place, _short(node, source))
    held = node.args
    if class_name == "ModuleList" and held and isinstance(held[0], ast.List):
        held = held[0].elts
    if class_name in ("Sequential", "ModuleList"):
        module.children = [
            _call(item, str(at), place, source, depth + 1) for at, item in enumerate(held)
        ]
        module.text = class_name
        return module
    module.args, module.kwargs = _values(node)
    return module
