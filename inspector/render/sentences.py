"""Two sentences about one layer, made from its own numbers.

Which ones fit is read off the names of its weights and of their axes, never off its class: a new
layer with a kernel that slides, or with moving averages, is spoken of like its kin.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from inspector.answers.explain import LayerExplanation, WeightPart
from inspector.render.screen import number


def sentences(answer: LayerExplanation) -> str:
    """Why a layer has as many numbers as it has; empty where nobody knows how many."""
    if answer.row.params is None or answer.row.layers is not None:
        return ""
    if not answer.weights:
        return _nothing(answer)
    for say in _SAID:
        text = say(answer)
        if text:
            return text + _again(answer)
    return _kept(answer) + _again(answer)


def _again(answer: LayerExplanation) -> str:
    """A layer called more than once: the same numbers each time."""
    if len(answer.calls) < 2:
        return ""
    return f" It is called {len(answer.calls)} times with these same numbers: they count once."


def _nothing(answer: LayerExplanation) -> str:
    if not answer.calls or not any(call.inputs for call in answer.calls):
        return ""
    if any(flow.door for call in answer.calls for flow in call.inputs):
        return "This is where the data enters. Data are not parameters: nothing here is learned."
    values = answer.values
    many = f"The {number(values)} outputs are" if values else "Its outputs are"
    return (
        f"{many} worked out from the inputs alone, anew for every example. "
        "They are not parameters, however many they are: training never changes this layer."
    )


def _kernel(answer: LayerExplanation) -> WeightPart | None:
    return next((part for part in answer.weights if part.name.endswith("kernel")), None)


def _biased(answer: LayerExplanation) -> bool:
    return any(part.name == "bias" for part in answer.weights)


def _slides(answer: LayerExplanation) -> str:
    """A convolution: few numbers, used at many places."""
    kernel = _kernel(answer)
    if kernel is None or len(answer.weights) > 2 or not _formula(answer).startswith("positions·"):
        return ""
    places = _positions(answer)
    if places is None or kernel.axes.symbols[-1] not in ("nC_out", "m"):
        return ""
    own = kernel.axes.symbols[-1] == "m"  # depthwise: a filter for each channel alone
    seen = kernel.axes.dims[: -2 if own else -1]
    size = prod(dim or 0 for dim in seen)
    spelled = "·".join(map(str, seen)) + (f" = {number(size)}" if len(seen) > 1 else "")
    bias = " and a bias" if _biased(answer) else ""
    what = "looks at one channel only and " if own else ""
    move = (
        f"It {what}slides over {places} and is the same at each"
        if answer.work.macs
        else f"It {what}is the same wherever it is laid"
    )
    return (
        f"One filter is {spelled} numbers{bias}. {move}: "
        f"so {number(_given(answer))} outputs need only {number(answer.row.params)} numbers."
    )


def _given(answer: LayerExplanation) -> int | None:
    return answer.calls[0].outputs[0].values


def _formula(answer: LayerExplanation) -> str:
    return answer.work.formula or ""


def _positions(answer: LayerExplanation) -> str | None:
    """The places a filter is laid on: `112·112 = 12,544 places`."""
    shape = answer.calls[0].outputs[0].shape if answer.calls else None
    first = (answer.work.arithmetic or "").partition("·")[0]
    if shape is None or not first.isdigit():
        return None
    space = [dim for dim in shape[1:-1] if dim is not None]
    if len(space) > 1 and prod(space) == int(first):
        return f"{'·'.join(map(str, space))} = {int(first):,} places"
    return f"{int(first):,} places"


def _weighs(answer: LayerExplanation) -> str:
    """A dense product: every output weighs every input."""
    kernel = _kernel(answer)
    if kernel is None or kernel.axes.symbols != ("n_in", "n_out"):
        return ""
    n_in, n_out = kernel.axes.dims
    bias = ", and adds a bias of its own" if _biased(answer) else ""
    text = (
        f"Each of the {number(n_out)} outputs weighs all {number(n_in)} inputs by numbers of its "
        f"own{bias}"
    )
    rows = (answer.work.arithmetic or "").split("·")[0]
    if rows.isdigit() and int(rows) > 1:
        return f"{text}. The same numbers serve at all {int(rows):,} places."
    if len(answer.calls) > 1:
        return f"{text}."
    return f"{text}: no number is used twice, so a dense layer is heavy where its input is wide."


def _repeats(answer: LayerExplanation) -> str:
    """A recurrent layer: the same step again and again."""
    if "steps·" not in _formula(answer):
        return ""
    shape = answer.calls[0].inputs[0].shape
    steps = shape[1] if shape else None
    times = "at every step" if steps is None else f"at each of {number(steps)} steps"
    return (
        f"The {number(answer.row.params)} numbers are used {times}, and are the same at each: "
        "a longer sequence needs more work, not more numbers."
    )


def _averages(answer: LayerExplanation) -> str:
    """Batch normalisation: some numbers learned, others averaged."""
    averaged = [part for part in answer.weights if part.name.startswith("moving_")]
    learned = [part for part in answer.weights if part not in averaged]
    if not averaged:
        return ""
    each = len(answer.weights)
    size = averaged[0].params
    first = " and ".join(part.name for part in learned[:2])
    second = " and ".join(part.name for part in averaged[:2])
    taught = f"{first} scale and shift; " if first else ""
    frozen = all(part.changed == "frozen" for part in answer.weights)
    end = (
        f"Here trainable=False keeps all {each} as they are."
        if frozen
        else f"Only {number(len(learned) * size)} are learned. With trainable=False on this layer "
        f"none of the {each} changes."
    )
    return (
        f"Each of the {number(size)} channels has {each} numbers: {taught}{second} are averages "
        "over the batches seen in training, kept for use afterwards. Keras counts them all, since "
        f"a file has to hold them all. {end}"
    )


def _looks_up(answer: LayerExplanation) -> str:
    table = next((p for p in answer.weights if p.axes.symbols == ("vocabulary", "dim")), None)
    if table is None:
        return ""
    words, dim = table.axes.dims
    return (
        f"A table with one row of {number(dim)} numbers for each of {number(words)} words. Looking "
        "a row up multiplies nothing; every row is learned."
    )


def _scales(answer: LayerExplanation) -> str:
    """Normalisation by the example itself: nothing to keep but scale and offset."""
    names = {part.name for part in answer.weights}
    if not names <= {"gamma", "beta", "scale"} or len(answer.weights) > 2:
        return ""
    size = number(answer.weights[0].params)
    return (
        f"{' and '.join(part.name for part in answer.weights)} hold {size} numbers each, all of "
        "them learned. Mean and variance are taken from every example anew: none is kept, so "
        "nothing here is a running statistic."
    )


def _kept(answer: LayerExplanation) -> str:
    values = answer.values
    many = f"the {number(values)} outputs are" if values else "the outputs are"
    return (
        f"The {number(answer.row.params)} numbers are the same for every example; {many} worked "
        "out from them and from the inputs, anew each time."
    )


_SAID: tuple[Callable[[LayerExplanation], str], ...] = (
    _averages,
    _slides,
    _weighs,
    _repeats,
    _looks_up,
    _scales,
)
