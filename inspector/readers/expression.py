"""An architecture with arguments, as in `resnet50(include_top=False)`: parsed, never evaluated."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from inspector.errors import ReadError, shown
from inspector.readers.zoo import architectures, key_of

_CALLED = re.compile(r"\s*([\w.\-]+)\s*(\(.*)", re.DOTALL)
_ENDING = re.compile(r"\)\.\w+$")  # a file called "resnet50 (1).keras" calls nothing
_LONGEST = 10_000  # characters; no call of an architecture needs a hundredth of it
_FLAGS_TOO = (
    'quote it, as in "{name}(include_top=False)", or write flags: {key} --include-top false'
)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_WORDS = {"true": True, "false": False, "none": None}
_TEXTS = ("name", "weights")  # arguments whose value is a text however it looks


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an architecture, with its arguments as they were written.

    >>> str(Call("resnet50", (False,), (("classes", 10),)))
    'resnet50(False, classes=10)'
    """

    key: str
    positional: tuple[Any, ...] = ()
    keywords: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        named = (f"{name}={value!r}" for name, value in self.keywords)
        return f"{self.key}({', '.join([*map(repr, self.positional), *named])})"


def called(text: str) -> Call | None:
    """The call that `text` spells, or `None` where no architecture of the catalogue is called.

    >>> called("keras.applications.ResNet50(include_top=False)")
    Call(key='resnet50', positional=(), keywords=(('include_top', False),))

    Raises:
        ReadError: it starts as such a call, but is none, or an argument is no literal.
    """
    found = _CALLED.fullmatch(text)
    if found is None or key_of(found[1]) not in architectures() or _ENDING.search(text):
        return None
    key = key_of(found[1])
    node = _parsed(found[2], key)
    keywords: dict[str, Any] = {}
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg in keywords:
            raise _no_call(key, "gives an argument twice, or in a ** dictionary")
        keywords[keyword.arg] = _literal(keyword.value, key, keyword.arg)
    positional = tuple(
        _literal(value, key, f"argument {place}") for place, value in enumerate(node.args, 1)
    )
    return Call(key, positional, tuple(keywords.items()))


def _parsed(arguments: str, key: str) -> ast.Call:
    """The call that a parenthesis and what is in it make."""
    if len(arguments) > _LONGEST:
        raise _no_call(key, f"is longer than {_LONGEST:,} characters")
    try:
        with warnings.catch_warnings(action="ignore"):  # of a backslash in a path
            node = ast.parse(f"_{arguments.strip()}", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        problem = error.msg if isinstance(error, SyntaxError) else "nested too deep"
        raise _no_call(key, f"is no call: {problem}") from error
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        raise _no_call(key, "is more than one call")
    return node


def _literal(node: ast.expr, key: str, argument: str) -> Any:
    """The value of an argument that is written out."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError) as error:
        hint = "write numbers, texts, True, False, None, and tuples of them"
        if isinstance(node, ast.Name) and node.id.lower() in (*_WORDS, "null"):
            hint = "Python writes True, False and None"
        elif argument == "input_tensor":
            hint = "give input_shape=(height, width, channels) instead"
        problem = f"{argument} would have to be evaluated, and nothing is"
        raise ReadError(_name(key), problem, received=shown(_text(node)), hint=hint) from error


def _text(node: ast.expr) -> str:
    try:
        return ast.unparse(node)
    except RecursionError:
        return type(node).__name__


def _no_call(key: str, problem: str) -> ReadError:
    name = _name(key)
    return ReadError(f"{name}(…)", problem, hint=_FLAGS_TOO.format(name=name, key=key))


def _name(key: str) -> str:
    return architectures()[key].name


# --- the spelling of the command line -----------------------------------------------------------


def folded(words: Sequence[str], flags: Iterable[str]) -> list[str]:
    """Words of a command line, the flags of an architecture folded into a call of it.

    A flag belongs to the architecture before it, or to the first one where none is before it;
    where no word names an architecture, the words stay as they are.

    >>> folded(["resnet50", "--classes", "10", "--json"], {"--classes"})
    ['resnet50(classes=10)', '--json']
    """
    known = set(flags)
    left: list[str] = []
    given: list[dict[str, Any]] = [{}]  # of the first architecture, the second, …
    places: list[int] = []
    rest = list(reversed(words))
    while rest:
        word = rest.pop()
        flag, sign, text = word.partition("=")
        if flag in known:
            if not sign:  # a flag alone says yes
                text = rest.pop() if rest and not rest[-1].startswith("--") else "true"
            argument = flag.removeprefix("--").replace("-", "_")
            given[-1][argument] = value_of(argument, text)
            continue
        if key_of(word) in architectures():
            given += [{}] if places else []
            places.append(len(left))
        left.append(word)
    if not places:
        return list(words)
    for place, arguments in zip(places, given, strict=True):
        if arguments:
            left[place] = str(Call(key_of(left[place]), (), tuple(arguments.items())))
    return left


def value_of(argument: str, text: str) -> Any:
    """What the text after a flag means.

    >>> value_of("input_shape", "64,64,3"), value_of("input_shape", "none,none,3")
    ((64, 64, 3), (None, None, 3))
    >>> value_of("include_top", "false"), value_of("alpha", "0.5"), value_of("name", "5")
    (False, 0.5, '5')
    """
    if text.lower() in ("none", "null"):
        return None
    if argument in _TEXTS:
        return text
    sizes = re.split(r"[,x×]", text.strip("()[], ")) if argument == "input_shape" else []
    if len(sizes) > 1:
        return tuple(_scalar(size.strip()) for size in sizes)
    return _scalar(text)


def _scalar(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _NUMBER.fullmatch(text):
        return float(text) if any(sign in text.lower() for sign in ".e") else int(text)
    return text
