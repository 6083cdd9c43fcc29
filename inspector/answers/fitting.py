"""Which settings of a layer come to what a summary prints, as the layer's own rule has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from typing import Any

from inspector.answers.asked import BOTH, Asked, Config, Guess
from inspector.answers.kernels_that_fit import slid
from inspector.answers.settings_that_fit import SHAPED, guesses, has_ways, inner_rank
from inspector.answers.single import layer_of, single
from inspector.dims import Shape
from inspector.graph import Layer
from inspector.pasted.building import rank
from inspector.rules import layer_rule, operation_rule
from inspector.rules.rule import Spec

_TRIED = 5_000  # settings of one row
_MERGING = frozenset(
    ("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract", "Merge")
)
_WIDEST = 11  # the largest kernel that is looked for when none fits
_FUNCTIONS = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "Merge")


@dataclass(frozen=True, slots=True)
class Solution:
    """Settings that fit: what the rule makes of them."""

    config: Config
    spec: Spec
    inputs: tuple[Shape | None, ...]

    @property
    def params(self) -> int:
        """How many numbers the weights hold."""
        return self.spec.params


def weightless(class_name: str) -> bool | None:
    """Whether layers of a class own nothing; `None` for a class that no rule covers."""
    if class_name in _FUNCTIONS:
        return True
    rule = layer_rule(class_name)
    if rule is None:
        return True if operation_rule(class_name) is not None else None
    return rule.weightless


def checkable(class_name: str) -> bool:
    """Whether a row of this class can be told right from wrong."""
    return has_ways(class_name) or bool(weightless(class_name))


@lru_cache(maxsize=10_000)
def solutions(asked: Asked) -> tuple[Solution, ...]:
    """All settings of a row that give its shapes and its count, the likeliest first."""
    open_inputs = not asked.inputs or None in asked.inputs
    if weightless(asked.class_name) and (asked.class_name != "Concatenate" or open_inputs):
        return tuple(_nothing(asked))
    found: dict[str, Solution] = {}
    for guess in islice(guesses(asked), _TRIED):
        solution = _tried(asked, guess)
        if solution is not None and solution.params == asked.params:
            found.setdefault(solution.spec.arithmetic + _kept(solution.config), solution)
    return tuple(sorted(found.values(), key=_oddness))


def _oddness(solution: Solution) -> tuple[bool, int, bool]:
    """Groups, how far a kernel is from square, a bias left out: the likeliest is the plainest."""
    config = solution.config
    size = config.get("kernel_size") or (0,)
    return config.get("groups", 1) > 1, max(size) - min(size), not config.get("use_bias", True)


def _kept(config: Config) -> str:
    """What tells two settings of one arithmetic apart: the layer inside."""
    inner = config.get("layer")
    return inner.class_name if isinstance(inner, Layer) else ""


def _nothing(asked: Asked) -> Iterator[Solution]:
    """A layer without weights: its count is 0, and its shape what the rule says, where it can."""
    nothing = Solution({}, Spec(asked.outputs), asked.inputs)
    if asked.params:
        return
    known = None not in asked.inputs and None not in asked.outputs and asked.inputs
    if asked.class_name not in SHAPED or not known or _tried(asked, Guess({})) is not None:
        yield nothing


def _tried(asked: Asked, guess: Guess) -> Solution | None:
    """What the rule makes of a guess, if that gives the printed shapes."""
    for dialect in (3, 2):
        layer = layer_of(asked.class_name, guess.config, dialect)
        inputs = _filled(asked, guess, layer)
        finding = single(layer, inputs, listed=asked.class_name in _MERGING)
        if finding is None or finding.spec is None:
            continue
        if _alike(finding.spec.outputs, asked.outputs):
            return Solution(guess.config, finding.spec, inputs)
    return None


def _filled(asked: Asked, guess: Guess, layer: Layer) -> tuple[Shape | None, ...]:
    """The shapes that flow in, with the guessed channels where nothing tells them."""
    known = asked.inputs or (None,)
    filled: list[Shape | None] = []
    for shape in known:
        sizes: Shape = (None,) * max(rank(layer), inner_rank(asked)) if shape is None else shape
        told = guess.channels is None or sizes[-1] is not None
        filled.append(sizes if told else (*sizes[:-1], guess.channels))
    if asked.class_name == "MultiHeadAttention" and len(filled) == 1:
        filled *= 2
    if asked.class_name.endswith("LSTM") or "GRU" in asked.class_name:
        filled = filled[:1]  # the others are states
    return tuple(filled)


def _alike(ours: tuple[Shape | None, ...], printed: tuple[Shape | None, ...]) -> bool:
    """Whether shapes may be the same; what is not known may be anything."""
    return all(_same(a, b) for a, b in zip(ours, printed, strict=False))


def _same(ours: Shape | None, printed: Shape | None) -> bool:
    if ours is None or printed is None:
        return True
    pairs = zip(ours, printed, strict=False)
    return len(ours) == len(printed) and all(None in pair or pair[0] == pair[1] for pair in pairs)


# --- when nothing fits --------------------------------------------------------------------------


def expected(asked: Asked) -> tuple[Solution, ...]:
    """What the shapes may ask for, the likeliest first.

    With a kernel, the nearest count comes first; without one, what Keras makes by default does.
    """
    found = [
        solution
        for guess in islice(_usual(asked), _TRIED)
        if (solution := _tried(asked, guess)) is not None
    ]
    if any("kernel_size" in solution.config for solution in found):
        found.sort(key=lambda solution: abs(solution.params - asked.params))
    return tuple(found)


def _usual(asked: Asked) -> Iterator[Guess]:
    name = asked.class_name
    if asked.outputs[:1] in ((), (None,)) or asked.channels_out is None:
        return
    if name.startswith(("Conv", "Depthwise", "Separable")) and "LSTM" not in name:
        yield from _usual_kernels(asked)
    elif name != "Embedding":
        # Settings that hang on the shapes alone: the guesses for a count that cannot be met.
        yield from guesses(asked)


def _usual_kernels(asked: Asked) -> Iterator[Guess]:
    channels, filters = asked.channels_in, asked.channels_out or 0
    for size, use_bias in product(range(1, _WIDEST + 1), BOTH):
        for guess in slid(asked, filters, size, use_bias, channels or 1):
            yield guess._replace(config=_for_class(asked, guess.config))


def _for_class(asked: Asked, config: Config) -> Config:
    if asked.class_name.startswith("Depthwise"):
        channels = asked.channels_in or 1
        rest: dict[str, Any] = {key: value for key, value in config.items() if key != "filters"}
        return {**rest, "depth_multiplier": max((asked.channels_out or 1) // channels, 1)}
    return config


def would_fit(asked: Asked) -> Solution | None:
    """The input for which the printed count would be right."""
    opened = tuple(s if s is None else (*s[:-1], None) for s in asked.inputs)
    found = solutions(asked._replace(inputs=opened))
    return found[0] if found and asked.channels_in is not None else None
