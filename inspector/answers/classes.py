"""A layer class explained by its own rule: its signature, its docstring, and an example worked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from inspector.answers.examples import EXAMPLES, Example
from inspector.answers.explain import Setting, doc_of, settings, spelled
from inspector.answers.places import near
from inspector.answers.sizes import Size, Windows, setting, sizes, windowed
from inspector.dims import Shape
from inspector.errors import InspectError, ReadError
from inspector.graph import Graph, Layer, Node, TensorRef, Weight
from inspector.infer import Finding, analyze
from inspector.readers import zoo
from inspector.rules import all_layers, layer_rule
from inspector.rules.rule import Rule, Spec
from inspector.shown import Shown


@dataclass(frozen=True, slots=True)
class Option:
    """A config key that the rule reads."""

    setting: Setting
    expected: str  # what it may be, in words
    counts: bool | None  # whether another value changes the parameters; None: could not be tried


@dataclass(frozen=True, slots=True)
class Worked:
    """The rule applied to an example."""

    config: Mapping[str, Any]
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape | None, ...]
    weights: tuple[Weight, ...]
    formula: str
    arithmetic: str
    params: int
    macs_formula: str | None  # None: no independent count has confirmed one
    macs_arithmetic: str | None
    macs: int | None
    sizes: tuple[Size, ...]
    axes: tuple[
        bool | None, ...
    ]  # of the first input, batch left out: whether the count hangs on it


@dataclass(frozen=True, slots=True)
class ClassExplanation(Shown):
    """What a layer class learns and gives, as its rule states it."""

    class_name: str
    family: tuple[str, ...]  # all classes that the same rule speaks for
    doc: str
    weightless: bool
    takes: tuple[str, ...]  # Keras' names of what it is called with
    options: tuple[Option, ...]
    lengths: tuple[tuple[str, str], ...]  # padding to the size of an output axis, in symbols
    example: Worked | None  # None where the rule alone cannot make one up


def meant_class(word: object) -> str | None:
    """The layer class that a word names, where it names no model: `conv2d`, `keras.layers.LSTM`.

    >>> meant_class("conv2d"), meant_class("resnet50"), meant_class("./Conv2D")
    ('Conv2D', None, None)
    """
    if not isinstance(word, str) or zoo.key_of(word) in zoo.architectures():
        return None
    if "\0" in word or os.path.lexists(word):
        return None
    layer_rule("")  # the rules are registered
    known = {name.lower(): name for name in all_layers()}
    return known.get(word.lower().removeprefix("tf.").removeprefix("keras.layers."))


def or_near_class(error: ReadError, word: object) -> ReadError:
    """The error for a word that names nothing, with the class that it may have been meant for."""
    if not isinstance(word, str) or "did you mean" in error.hint or any(s in word for s in "./\\"):
        return error
    found = near(word, list(all_layers()))[:3]
    if not found:
        return error
    hint = f"did you mean {' or '.join(found)}?"
    return ReadError(error.where, error.problem, received=error.received, hint=hint)


def explain_class(name: str) -> ClassExplanation:
    """The rule of a layer class, with an example that it works out itself.

    Raises:
        ReadError: no rule speaks for a class of this name.
    """
    rule = layer_rule(name)
    if rule is None:
        raise ReadError(name, "is no layer class that a rule speaks for")
    tried = _tried(name, rule)
    options = []
    for found in settings(rule, {}):
        counts = None if tried is None else _counts(name, rule, tried, found)
        options.append(Option(found, rule.options[found.key].expected, counts))
    return ClassExplanation(
        class_name=name,
        family=tuple(key for key, other in all_layers().items() if other.function is rule.function),
        doc=doc_of(rule),
        weightless=rule.weightless,
        takes=rule.takes,
        options=tuple(options),
        lengths=tuple(_lengths(rule)),
        example=None if tried is None else _worked(name, rule, tried),
    )


# --- an example ---------------------------------------------------------------------------------

_SHAPES: dict[int, Shape] = {
    2: (None, 16),
    3: (None, 32, 3),
    4: (None, 32, 32, 3),
    5: (None, 16, 16, 16, 3),
    6: (None, 8, 16, 16, 16, 3),
}
_INNER = Layer("dense", "Dense", {"units": 8})
_GUESSES: dict[str, tuple[Any, ...]] = {
    "Count": (8,),
    "Counts": (5,),
    "Ints": (1, [1, 1]),
    "int": (1,),
    "list[Any]": ([1], [1, 2]),
    "Layer": (_INNER, Layer("lstm", "LSTM", {"units": 8})),
    "list[Layer]": ([_INNER],),
}


def _tried(name: str, rule: Rule) -> Example | None:
    """The first example that the rule accepts: the table's, then guessed ones."""
    given = (EXAMPLES[name],) if name in EXAMPLES else ()
    for example in chain(given, _guessed(rule)):
        if _spec(name, example) is not None:
            return example
    return None


def _guessed(rule: Rule) -> Iterator[Example]:
    """Settings by annotation, inputs by the rank that Keras demands, or by any."""
    ranks = [rule.ndim] if rule.ndim else list(_SHAPES)
    for config in _configs(rule):
        if not rule.takes and not rule.variadic:
            yield Example(config | {"batch_shape": list(_SHAPES[4])}, ())
        for rank in ranks:
            shape = _SHAPES[rank]
            yield Example(config, (shape,) * max(rule.required, 1))
            yield Example(config, (shape, shape), listed=True)


def _configs(rule: Rule) -> Iterator[dict[str, Any]]:
    """A value for every key that has no default."""
    notes = rule.function.__annotations__
    needed = [key for key in rule.options if key in rule.needed]
    guesses = {key: _GUESSES.get(str(notes[key]), (None,)) for key in needed}
    for place in range(max((len(found) for found in guesses.values()), default=1)):
        yield {key: found[min(place, len(found) - 1)] for key, found in guesses.items()}


def _spec(name: str, example: Example) -> Spec | None:
    finding = _finding(name, example)
    return None if finding is None or finding.weights is None else finding.spec


def _finding(name: str, example: Example) -> Finding | None:
    """What the walk says of one layer by itself; `None` where Keras could not build it."""
    doors = [
        Layer(f"input_{place}", "InputLayer", {"batch_shape": list(shape)})
        for place, shape in enumerate(example.inputs)
    ]
    refs = [TensorRef(door.name) for door in doors]
    layer = Layer("layer", name, example.config)
    args = (refs,) if example.listed else tuple(refs)
    nodes = (*(Node(door) for door in doors), Node(layer, 0, args))
    graph = Graph(
        "example", "Functional", (*doors, layer), nodes, tuple(refs), (TensorRef("layer"),)
    )
    try:
        return analyze(graph).findings["layer"]
    except InspectError:
        return None


def _worked(name: str, rule: Rule, example: Example) -> Worked:
    spec = _spec(name, example)
    assert spec is not None  # noqa: S101 - `_tried` saw it
    macs_formula, macs_arithmetic = spelled(spec.macs) if spec.macs is not None else (None, None)
    return Worked(
        config=example.config,
        inputs=example.inputs,
        outputs=spec.outputs,
        weights=spec.weights,
        formula=spec.formula,
        arithmetic=spec.arithmetic,
        params=spec.params,
        macs_formula=macs_formula,
        macs_arithmetic=macs_arithmetic,
        macs=spec.work,
        sizes=sizes(rule, example.config, example.inputs, spec.outputs[0]),
        axes=tuple(_hangs_on(name, example, spec.params)),
    )


# --- what changes the count ---------------------------------------------------------------------


def _counts(name: str, rule: Rule, example: Example, found: Setting) -> bool | None:
    """Whether another value of a setting gives another number of parameters."""
    note = str(rule.function.__annotations__[found.key])
    now = setting(rule, example.config, found.key)
    results = set()
    for tried in (example, _even(example)):
        before = _spec(name, tried)
        for value in _others(note, now) if before else ():
            spec = _spec(name, replace(tried, config={**tried.config, found.key: value}))
            if spec is not None and before is not None:
                results.add(spec.params != before.params)
    return None if not results else any(results)


def _even(example: Example) -> Example:
    """The same with 16 channels, which fall into groups."""
    return replace(example, inputs=tuple((*shape[:-1], 16) for shape in example.inputs))


def _others(note: str, now: Any) -> Sequence[Any]:
    """Other values of the same kind."""
    if isinstance(now, bool):
        return [not now]
    if isinstance(now, int):
        return [now + 1, now * 2]
    if note in ("Padding", "AnyPadding"):
        return [value for value in ("valid", "same") if value != now]
    if now is None and note.startswith(("Count", "int", "Ints")):
        return [1, 2]
    return []


def _hangs_on(name: str, example: Example, params: int) -> Iterator[bool | None]:
    """For each axis of the first input: whether twice its size gives another count."""
    first, *rest = example.inputs or ((),)
    for place in range(1, len(first)):
        size = first[place]
        wider = (*first[:place], 2 * (size or 1), *first[place + 1 :])
        inputs = tuple(wider if shape == first else shape for shape in (first, *rest))
        spec = _spec(name, replace(example, inputs=inputs))
        yield None if spec is None else spec.params != params


def _lengths(rule: Rule) -> Iterator[tuple[str, str]]:
    """The size of an output axis in symbols, for each padding."""
    if not windowed(rule):
        return
    dilation: int | str = "d" if "dilation_rate" in rule.options else 1
    for padding in ("valid", "same"):
        moves = Windows("f", "s", dilation, padding)
        if "output_padding" in rule.options:
            yield padding, moves.written("n", None)
        else:
            yield padding, moves.text("n")
