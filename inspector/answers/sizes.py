"""Why an output has its size: the arithmetic of windows, edges and joints, as text.

A family is told by the config keys that its rule reads, so that a new layer with `kernel_size`,
`strides` and `padding` is explained as soon as it has a rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspector.dims import Dim, Shape, each_axis, plus, times
from inspector.rules.convolutional import windows
from inspector.rules.layout import layout
from inspector.rules.rule import Rule

_SPACE = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


@dataclass(frozen=True, slots=True)
class Size:
    """One number of an output shape, and the arithmetic that gives it."""

    axes: tuple[str, ...]  # what it is the size of: height, width
    text: str  # such as ⌊(230 − 7) / 2⌋ + 1
    value: Dim  # None where the input has no known size; the text then says n


@dataclass(frozen=True, slots=True)
class Windows:
    """How a window moves along one axis; numbers, or the symbols that stand for them."""

    kernel: int | str = "f"
    stride: int | str = "s"
    dilation: int | str = 1
    padding: str = "valid"

    def text(self, size: Dim | str) -> str:
        """How many positions the window takes on an axis.

        >>> Windows(7, 2).text(230), Windows(3, 1, 2).text(28), Windows(3, 2, 1, "same").text(224)
        ('⌊(230 − 7) / 2⌋ + 1', '28 − (2·(3 − 1) + 1) + 1', '⌈224 / 2⌉')
        """
        n = "n" if size is None else size
        if self.padding in ("same", "causal"):
            return f"⌈{n} / {self.stride}⌉"
        if self.stride == 1:
            return f"{n} − {self.reach} + 1"
        return f"⌊({n} − {self.reach}) / {self.stride}⌋ + 1"

    def written(self, size: Dim | str, extra: int | str | None) -> str:
        """How long an axis becomes when every position writes a window.

        >>> Windows(3, 2).written(8, None), Windows(3, 2, padding="same").written(8, None)
        ('(8 − 1)·2 + max(3, 2)', '8·2')
        """
        n = "n" if size is None else size
        steps = f"({n} − 1)·{self.stride}"
        if self.padding == "same":
            if extra is None:
                return f"{n}·{self.stride}"
            return f"{steps} + {self.reach} mod 2 + {extra}"
        if extra is None:
            return f"{steps} + max({self._reach}, {self.stride})"
        return f"{steps} + {self.reach} + {extra}"

    @property
    def reach(self) -> str:
        """How many places of the input lie under the window, gaps included."""
        return self._reach if self.dilation == 1 else f"({self._reach})"

    @property
    def _reach(self) -> str:
        if self.dilation == 1:
            return f"{self.kernel}"
        return f"{self.dilation}·({self.kernel} − 1) + 1"


def sizes(
    rule: Rule, config: Mapping[str, Any], taken: Sequence[Shape | None], given: Shape | None
) -> tuple[Size, ...]:
    """The arithmetic of an output shape; empty where there is none to show.

    Args:
        rule: of the layer.
        config: of the layer.
        taken: the shapes that flow in.
        given: the shape of its first output.
    """
    known = [shape for shape in taken if shape is not None]
    if given is None or not known or len(known) < len(taken):
        return ()
    if len(known) > 1:
        return _joined(known, given) if rule.weightless else ()
    if "function" in config:  # a Lambda gives what its code makes of it
        return ()
    if windowed(rule):
        return _windowed(rule, config, known[0], given)
    if rule.weightless:
        return _edged(rule, config, known[0], given) or _regrouped(known[0], given)
    return ()


def windowed(rule: Rule) -> bool:
    """Whether a window moves over the input: convolutions, pooling, and what is made of them."""
    return rule.options.keys() >= {"strides", "padding"} and bool(_kernel_key(rule))


def _kernel_key(rule: Rule) -> str:
    return next((key for key in ("kernel_size", "pool_size") if key in rule.options), "")


def setting(rule: Rule, config: Mapping[str, Any], key: str) -> Any:
    """The value of a config key, or the default that Keras takes for it."""
    return config.get(key, (rule.function.__kwdefaults__ or {}).get(key))


def _windowed(
    rule: Rule, config: Mapping[str, Any], taken: Shape, given: Shape
) -> tuple[Size, ...]:
    if "return_sequences" in rule.options:  # time is none of the axes of space
        taken = (taken[0], *taken[2:])
        given = given[:1] + given[2:] if setting(rule, config, "return_sequences") else given
    data_format = setting(rule, config, "data_format")
    before, after = layout(taken, data_format).space, layout(given, data_format).space
    moves = list(_moves(rule, config, len(before)))
    if "output_padding" in rule.options:
        extra = setting(rule, config, "output_padding")
        extras = (None,) * len(before) if extra is None else each_axis(extra, len(before))
        whole = list(zip(moves, before, extras, strict=True))
        texts = [move.written(n, more) for move, n, more in whole]
    else:
        texts = [move.text(n) for move, n in zip(moves, before, strict=True)]
        if after != windows(before, *_settled(moves)):
            return ()  # it moves otherwise: no arithmetic is better than a wrong one
    return _folded(_SPACE.get(len(before), ()), texts, after)


def _settled(moves: Sequence[Windows]) -> tuple[Any, Any, str, Any]:
    """The settings of `windows`, one for each axis."""
    each = [(move.kernel, move.stride, move.dilation) for move in moves]
    kernel, stride, dilation = zip(*each, strict=True)
    return kernel, stride, moves[0].padding, dilation


def _moves(rule: Rule, config: Mapping[str, Any], rank: int) -> Iterator[Windows]:
    kernel = setting(rule, config, _kernel_key(rule))
    strides = setting(rule, config, "strides")
    dilation = setting(rule, config, "dilation_rate")
    padding = setting(rule, config, "padding")
    steps = kernel if strides is None else strides  # pooling: windows side by side
    each = [each_axis(value, rank) for value in (kernel, steps, dilation or 1)]
    for k, s, d in zip(*each, strict=True):
        yield Windows(k, s, d, padding)


def _folded(axes: Sequence[str], texts: Sequence[str], values: Shape) -> tuple[Size, ...]:
    """Axes with the same arithmetic together."""
    together: dict[tuple[str, Dim], list[str]] = {}
    for axis, text, value in zip(axes, texts, values, strict=False):
        together.setdefault((text, value), []).append(axis)
    return tuple(Size(tuple(names), text, value) for (text, value), names in together.items())


def _edged(rule: Rule, config: Mapping[str, Any], taken: Shape, given: Shape) -> tuple[Size, ...]:
    """Zeros around space, edges cut off, positions repeated."""
    data_format = setting(rule, config, "data_format")
    if "data_format" not in rule.options or len(taken) != len(given):
        return ()
    before, after = layout(taken, data_format).space, layout(given, data_format).space
    names = _SPACE.get(len(before), ())
    if "size" in rule.options:
        factors = each_axis(setting(rule, config, "size"), len(before))
        texts = [f"{_or_n(n)}·{factor}" for n, factor in zip(before, factors, strict=True)]
        return _folded(names, texts, after)
    sign = {"padding": "+", "cropping": "−"}
    key = next((key for key in sign if key in rule.options), None)
    if key is None:
        return ()
    edges = _edges(setting(rule, config, key), len(before))
    texts = [
        f"{_or_n(n)} {sign[key]} {first} {sign[key]} {last}"
        for n, (first, last) in zip(before, edges, strict=True)
    ]
    return _folded(names, texts, after)


def _edges(value: Any, rank: int) -> list[tuple[int, ...]]:
    """What lies before and after each axis of space."""
    pairs = [value] * rank if isinstance(value, int) else value
    if rank == 1 and len(pairs) == 2:  # Keras writes the only pair without a list around it
        pairs = [pairs]
    return [each_axis(pair, 2) for pair in pairs]


def _or_n(size: Dim) -> str:
    return "n" if size is None else str(size)


def _regrouped(taken: Shape, given: Shape) -> tuple[Size, ...]:
    """The same numbers in another shape, or all places of each channel made one."""
    count = times(taken[1:])
    if taken == given or count is None or len(taken) < 3:
        return ()
    spelled = "·".join(map(str, taken[1:]))
    if count == times(given[1:]):
        return (Size(("values",), spelled, count),)
    space = taken[1:-1]
    if given[1:] in ((taken[-1],), (1,) * len(space) + (taken[-1],)):
        return (Size(("places",), "·".join(map(str, space)), times(space)),)
    return ()


def _joined(taken: Sequence[Shape], given: Shape) -> tuple[Size, ...]:
    """Tensors put end to end: the one axis whose sizes add up."""
    if {len(shape) for shape in taken} != {len(given)}:
        return ()
    parts = list(zip(*taken, strict=True))
    joint = [
        place
        for place in range(1, len(given))
        if given[place] is not None and given[place] == plus(parts[place])
    ]
    if len(joint) != 1 or not _alike(parts, given, joint[0]):
        return ()
    text = " + ".join(map(str, parts[joint[0]]))
    return (Size((f"axis {joint[0]}",), text, given[joint[0]]),)


def _alike(parts: Sequence[tuple[Dim, ...]], given: Shape, joint: int) -> bool:
    return all(
        set(sizes) <= {given[place], None} for place, sizes in enumerate(parts) if place != joint
    )
