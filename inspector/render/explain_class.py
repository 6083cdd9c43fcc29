"""The screen of `explain CLASS`: a rule in symbols, and an example that the rule works out."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from inspector.answers.classes import ClassExplanation, Option, Worked
from inspector.render.explain import prose
from inspector.render.safe import plain
from inspector.render.screen import WIDEST, Cell, columns, heading, line, number
from inspector.render.settings import value_text
from inspector.render.shapes import without_batch
from inspector.render.symbols import legend_text

_COUNTS = {True: "yes", False: "no", None: "–"}


def class_screen(
    answer: ClassExplanation, width: int, *, interactive: bool
) -> Iterator[RenderableType]:
    """The answer for a layer class: what it learns, an example, sizes, settings."""
    width = min(width, WIDEST) if interactive else width
    yield _headline(answer)
    yield from prose(answer.doc.replace("`", ""), width, "dim", 0)
    others = [name for name in answer.family if name != answer.class_name]
    if others:
        yield from prose(f"The same rule speaks for {', '.join(others)}.", width, "dim", 0)
    if answer.example is not None:
        yield Text()
        yield from _example(answer, answer.example, width)
    if answer.lengths:
        yield Text()
        yield from _lengths(answer, width)
    if answer.options:
        yield Text()
        yield from _options(answer, width)
    if answer.example is not None and answer.example.params:
        yield Text()
        yield from prose(_input(answer.example), width)


def _headline(answer: ClassExplanation) -> Text:
    name, example = (answer.class_name, "bold"), answer.example
    if answer.weightless:
        return line(name, "   ", ("0", "bold"), " parameters: nothing to learn")
    if example is None:
        return line(name, "   parameters: they depend on what it holds")
    return line(name, "   parameters = ", (example.formula, "bold"))


# --- the example --------------------------------------------------------------------------------


def _example(answer: ClassExplanation, example: Worked, width: int) -> Iterator[RenderableType]:
    made = ", ".join(f"{key}={value_text(value)}" for key, value in example.config.items())
    yield heading("EXAMPLE", f"{answer.class_name}({made})")
    yield columns(list(_flows(example)), "lll", indent=2)
    if example.weights:
        yield Text()
        yield columns(list(_weights(example)), "llllrl", titles=_TITLES, indent=2)
        yield from prose(legend_text(weight.axes for weight in example.weights), width, "dim")
    yield Text()
    yield from prose(_work(example), width)


def _flows(example: Worked) -> Iterator[tuple[Cell, ...]]:
    for shape in example.inputs:
        yield "in", without_batch(shape), ""
    texts = [f"{' and '.join(size.axes)}: {size.text} = {size.value:,}" for size in example.sizes
             if size.value is not None]  # fmt: skip
    for output in example.outputs:
        yield "out", Text(without_batch(output), "bold"), "; ".join(texts)
        texts = []


_TITLES = ("WEIGHT", "SHAPE", "FORMULA", "ARITHMETIC", "PARAMS", "TRAINED")


def _weights(example: Worked) -> Iterator[tuple[Cell, ...]]:
    for weight in example.weights:
        trained = "yes" if weight.trainable else "no"
        shape, axes = str(weight.shape), weight.axes
        yield plain(weight.name), shape, str(axes), axes.digits, number(weight.size), trained
    yield "parameters", "", "", example.arithmetic, Text(number(example.params), "bold"), ""


def _work(example: Worked) -> str:
    if example.macs_formula is None:
        return (
            "Multiply-adds: no independent count has confirmed one for this class with these "
            "settings yet, so none is shown."
        )
    if example.macs_formula == "0":
        return "Multiply-adds are counted for kernels alone; there is none here."
    count = f" = {example.macs_arithmetic} = {number(example.macs)}" if example.macs else ""
    return (
        f"Multiply-adds for one example: {example.macs_formula}{count}. Bias and activation are "
        "not counted."
    )


# --- sizes and settings -------------------------------------------------------------------------


def _lengths(answer: ClassExplanation, width: int) -> Iterator[RenderableType]:
    yield heading("OUTPUT SIZE", "for each axis of n places")
    rows: list[tuple[Cell, ...]] = [
        (f"padding {padding}", text) for padding, text in answer.lengths
    ]
    yield columns(rows, "ll", indent=2)
    keys = {option.setting.key for option in answer.options}
    names = {"f": ("kernel_size", "pool_size"), "s": ("strides",), "d": ("dilation_rate",)}
    said = [f"{sign} = {key}" for sign, found in names.items() for key in found if key in keys]
    signs = f"{'; '.join(said)}; ⌊ ⌋ rounds down, ⌈ ⌉ rounds up"
    yield from prose(signs, width, "dim")


def _options(answer: ClassExplanation, width: int) -> Iterator[RenderableType]:
    yield heading("SETTINGS", "those of its config that the rule reads")
    rows = [_option(option) for option in answer.options]
    titles = ("KEY", "DEFAULT", "MAY BE", "CHANGES THE COUNT")
    if answer.weightless:
        yield columns([row[:3] for row in rows], "lll", titles=titles[:3], indent=2)
    else:
        yield columns(rows, "llll", titles=titles, indent=2)
    text = (
        "All others, such as activation, initializers and regularizers, change neither a shape "
        "nor the number of parameters."
    )
    yield from prose(text, width, "dim")


def _option(option: Option) -> tuple[Cell, ...]:
    found = option.setting
    default = "must be given" if found.needed else value_text(found.default)
    return found.key, default, option.expected, _COUNTS[option.counts]


def _input(example: Worked) -> str:
    """Which axes of the input the count hangs on."""
    if not example.inputs:
        return ""
    shape, axes = without_batch(example.inputs[0]), example.axes
    sizes = [f"{size}" for size in example.inputs[0][1:]]
    moving = [size for size, counts in zip(sizes, axes, strict=True) if counts]
    if not moving:
        return f"However large the input {shape} is, the number of parameters stays the same."
    if len(sizes) > 1 and [bool(counts) for counts in axes] == [False] * (len(axes) - 1) + [True]:
        rest = "other one does" if len(sizes) == 2 else "others do"
        return (
            f"Of the input {shape}, the last axis ({sizes[-1]}) changes the number of parameters; "
            f"the {rest} not."
        )
    return f"The number of parameters depends on {' and '.join(moving)} of the input {shape}."
