"""Which layers a word means, `all`, `first=120` or `conv5_*`, and the code that says the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from inspector.answers.places import near
from inspector.errors import InspectError, shown
from inspector.graph import Graph, Layer, escaped

_HINT = (
    "say all, first=N, last=N, until=LAYER, from=LAYER, a layer's name or path, a class, "
    "a name's beginning (block5), or a pattern (conv5_*)"
)

MODEL, VALUE = "\0", "\1"


@dataclass(frozen=True, slots=True)
class Selection:
    """Layers in the order in which a script would meet them, and that script.

    `code` holds lines with the signs MODEL and VALUE where the variable of the model and the flag
    stand; neither can be in a name, which is written by `repr`.
    """

    word: str
    paths: tuple[str, ...]  # "" is the model itself
    code: tuple[str, ...]
    matches: bool = False  # the code asks for `fnmatch`


def selected(graph: Graph, word: str, keras: int) -> Selection:
    """The layers that a word means.

    Raises:
        InspectError: it means none.
    """
    kind, sign, value = word.partition("=")
    if word == "all":
        return Selection(word, ("",), (f"{MODEL}.trainable = {VALUE}",))
    if sign and kind in _RANGES:
        return _range(graph, word, kind, value, keras)
    return _named(graph, word, keras)


def listed(graph: Graph, keras: int) -> list[Layer]:
    """What `model.layers` holds: in Keras 3, no operation."""
    return [layer for layer in graph.layers if keras < 3 or not layer.operation]


# --- ranges of `model.layers` -------------------------------------------------------------------

_RANGES = ("first", "last", "until", "from")


def _range(graph: Graph, word: str, kind: str, value: str, keras: int) -> Selection:
    layers = listed(graph, keras)
    names = [layer.name for layer in layers]
    head: tuple[str, ...] = ()
    if kind in ("first", "last"):
        count = _count(value, len(layers), word)
        text = f"[:{count}]" if kind == "first" else f"[{len(layers) - count}:]"
        place = count if kind == "first" else len(layers) - count
    else:
        if value not in names:
            raise _nothing(word, value, names, "model.layers holds no layer of this name")
        place = names.index(value)
        head = (f"place = [layer.name for layer in {MODEL}.layers].index({value!r})",)
        text = "[:place]" if kind == "until" else "[place:]"
    chosen = names[:place] if kind in ("first", "until") else names[place:]
    code = (*head, f"for layer in {MODEL}.layers{text}:", f"    layer.trainable = {VALUE}")
    return Selection(word, tuple(map(escaped, chosen)), tuple(code))


def _count(text: str, most: int, word: str) -> int:
    if not text.isdecimal() or len(text) > 9 or int(text) > most:
        problem = f"needs a whole number from 0 to {most}: so many layers does model.layers hold"
        raise InspectError(word.partition("=")[0], problem, received=shown(text), hint=_HINT)
    return int(text)


# --- names --------------------------------------------------------------------------------------


def _named(graph: Graph, word: str, keras: int) -> Selection:
    """Layers by a path or name, by class, by the beginning of names, or by a pattern."""
    everywhere = list(_opened(graph, keras))
    by_path = {path: layer for path, _, layer in everywhere}
    if word in by_path:
        return Selection(word, (word,), (f"{_reached(word)}.trainable = {VALUE}",))
    around, _, last = word.rpartition("/")
    last = last.replace("%2F", "/")
    for meant, test in _tests(last):
        found = [
            (path, parent)
            for path, parent, layer in everywhere
            if meant(layer) and (not around or parent == around)
        ]
        if found:
            parents = list(dict.fromkeys(parent for _, parent in found))
            ordered = [path for each in parents for path, parent in found if parent == each]
            code = [line for parent in parents for line in _loop(parent, test)]
            matches = test.startswith("fnmatch")
            return Selection(word, tuple(ordered), tuple(code), matches)
    names = [layer.name for _, _, layer in everywhere]
    raise _nothing(word, last, [*by_path, *names], "names no layer, class, block or pattern")


def _tests(last: str) -> Iterator[tuple[Callable[[Layer], bool], str]]:
    """What a word may mean, the likeliest first, each with the code that asks the same."""
    yield lambda layer: layer.name == last, f"layer.name == {last!r}"
    yield lambda layer: layer.class_name == last, f"type(layer).__name__ == {last!r}"
    starts = (f"{last}_", f"{last}/")
    yield lambda layer: layer.name.startswith(starts), f"layer.name.startswith({starts!r})"
    if any(sign in last for sign in "*?["):
        yield lambda layer: fnmatchcase(layer.name, last), f"fnmatchcase(layer.name, {last!r})"


def _opened(graph: Graph, keras: int) -> Iterator[tuple[str, str, Layer]]:
    """Every layer in `summary()` order with its path and that of the model around it."""
    stack = [(graph, "")]
    while stack:
        current, parent = stack.pop()
        for layer in listed(current, keras):
            path = f"{parent}/{escaped(layer.name)}" if parent else escaped(layer.name)
            yield path, parent, layer
            if layer.graph is not None:
                stack.append((layer.graph, path))


def _reached(path: str) -> str:
    """The code that gets at a layer by its path."""
    names = [name.replace("%2F", "/") for name in path.split("/")] if path else []
    return MODEL + "".join(f".get_layer({name!r})" for name in names)


def _loop(parent: str, test: str) -> Sequence[str]:
    return (
        f"for layer in {_reached(parent)}.layers:",
        f"    if {test}:",
        f"        layer.trainable = {VALUE}",
    )


def _nothing(word: str, name: str, names: Sequence[str], problem: str) -> InspectError:
    found = near(name, names)
    hint = f"near names: {', '.join(found)}" if found else _HINT
    return InspectError("--freeze or --unfreeze", problem, received=shown(word), hint=hint)
