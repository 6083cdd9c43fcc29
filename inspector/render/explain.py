"""The screen of `explain MODEL LAYER`: the number, the shapes, what is learned, what computed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from inspector.answers.changes import LEARNED
from inspector.answers.explain import Call, Flow, LayerExplanation, WeightPart
from inspector.answers.sizes import Size
from inspector.render.explain_total import inner_terms
from inspector.render.names import braced
from inspector.render.safe import plain
from inspector.render.screen import WIDEST, Cell, columns, heading, line, number, richest
from inspector.render.sentences import sentences
from inspector.render.settings import said
from inspector.render.shapes import without_batch
from inspector.render.symbols import legend_text

_PROSE = 80  # lines of prose longer than this are hard to read
_CALLS = 4  # calls of a shared layer that are shown
CHANGED = {
    "learned": "back-propagation",
    "frozen": "nothing: frozen",
    "statistic": "running average",
    "kept": "not by training",
    "untold": "not told",
}
_STYLES = {
    "learned": "green",
    "frozen": "blue",
    "statistic": "yellow",
    "kept": "yellow",
    "untold": "dim",
}


def layer_screen(
    answer: LayerExplanation, width: int, *, interactive: bool
) -> Iterator[RenderableType]:
    """The answer for one layer, from the number down to what it is made of."""
    width = min(width, WIDEST) if interactive else width
    yield _headline(answer)
    yield from _where(answer, width)
    yield Text()
    yield from _shapes(answer, width)
    yield Text()
    yield from _learned(answer, width)
    yield Text()
    yield from _computed(answer, width)
    text = sentences(answer)
    if text:
        yield Text()
        yield from prose(text, width)
    yield Text()
    yield _witnesses(answer)
    for note in answer.row.notes:
        yield line(("? ", "yellow"), plain(note))


def prose(text: str, width: int, style: str = "", indent: int = 2) -> Iterator[Text]:
    """Sentences in lines of readable length."""
    room = max(min(width, _PROSE) - indent, 20)
    for words in textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False):
        yield Text(" " * indent + words, style)


# --- the answer ---------------------------------------------------------------------------------


def _headline(answer: LayerExplanation) -> Text:
    return line((plain(answer.row.path), "bold"), "   ", *_number(answer), _split(answer))


def _number(answer: LayerExplanation) -> list[Cell | tuple[str, str]]:
    row = answer.row
    count: list[Cell | tuple[str, str]] = [(number(row.params), "bold"), " parameters"]
    if row.layers is not None:
        return [*count, f" in {len(row.layers)} layers"]
    if row.params is None:
        return [("?", "bold yellow"), " parameters: nobody can tell from here"]
    if not row.params:
        return [*count, ": nothing to learn"]
    return [*count, f" = {row.arithmetic}"] if row.arithmetic else count


def _split(answer: LayerExplanation) -> str:
    row = answer.row
    if not row.params or not row.non_trainable_params:
        return ""
    if not row.trainable_params:
        return ": none trainable"
    trainable, rest = number(row.trainable_params), number(row.non_trainable_params)
    return f": {trainable} trainable + {rest} non-trainable"


def _where(answer: LayerExplanation, width: int) -> Iterator[Text]:
    *outer, model = map(plain, answer.parents)
    inside = f", inside {', '.join(reversed(outer))}" if outer else ""
    place = (
        f"{plain(answer.row.class_name)} in {model}{inside}, row {answer.position} of {answer.of}"
    )
    words = said(answer.settings, answer.extras)
    yield from prose("; ".join([place, ", ".join(words)] if words else [place]), width, "dim", 0)
    if answer.doc:
        yield from prose(answer.doc.replace("`", ""), width, "dim", 0)


# --- shapes -------------------------------------------------------------------------------------


def _shapes(answer: LayerExplanation, width: int) -> Iterator[RenderableType]:
    shown = answer.calls[:_CALLS]
    rows = [row for place, call in enumerate(shown, 1) for row in _flows(answer, call, place)]
    yield columns(rows, "lll", indent=2)
    if len(answer.calls) > _CALLS:
        yield Text(f"  and {len(answer.calls) - _CALLS} more calls", "dim")
    texts = [text for call in shown for text in _arithmetic(answer, call)]
    for text in dict.fromkeys(texts):
        yield from prose(text, width)


def _flows(answer: LayerExplanation, call: Call, place: int) -> Iterator[tuple[Cell, ...]]:
    which = f"  (call {place} of {len(answer.calls)})" if len(answer.calls) > 1 else ""
    for flow in call.inputs:
        yield "in", without_batch(flow.shape), _from(flow) + which
    for flow in call.outputs:
        yield "out", Text(without_batch(flow.shape), "bold"), _to(flow) + which


def _from(flow: Flow) -> str:
    return "fed from outside" if flow.door else f"from {plain(', '.join(flow.layers))}"


def _to(flow: Flow) -> str:
    users = f"to {plain(braced(flow.layers, 60))}" if flow.layers else ""
    door = "out of the model" if flow.door else ""
    return ", ".join(filter(None, (users, door))) or "taken by nobody"


def _arithmetic(answer: LayerExplanation, call: Call) -> Iterator[str]:
    for size in call.sizes:
        yield _why(answer, size)
    values = {found.key: found.value for found in answer.settings}
    if call.sizes and "filters" in values:
        yield f"channels: {values['filters']}, one for each filter"
    same = {flow.shape for flow in (*call.inputs, *call.outputs)}
    fed = call.inputs and not call.inputs[0].door
    free = not values.keys() & {"filters", "units"}  # else it only happens to stay
    if not call.sizes and fed and free and len(same) == 1 and None not in same:
        yield "the shape stays as it is"


def _why(answer: LayerExplanation, size: Size) -> str:
    equation = f"{size.text} = {number(size.value)}" if size.value is not None else size.text
    if size.axes == ("values",):
        return f"the same numbers in another shape: {equation}"
    if size.axes == ("places",):
        return f"all places of a channel become one number: {equation} at a time"
    values = {found.key: str(found.value) for found in answer.settings}
    padding = _PADDING.get(values.get("padding", ""), "")
    how = (
        f"  ({values['padding']}: {padding})" if padding and "output_padding" not in values else ""
    )
    return f"{' and '.join(size.axes)}: {equation}{how}"


_PADDING = {
    "valid": "the window stays inside",
    "same": "zeros around, only the stride counts",
    "causal": "zeros in front, nothing looks ahead",
}


# --- what is learned ----------------------------------------------------------------------------


def _learned(answer: LayerExplanation, width: int) -> Iterator[RenderableType]:
    if answer.inner is not None:
        yield heading("LEARNED", "layer by layer inside it")
        yield from inner_terms(answer.inner, width)
    elif answer.weights:
        yield heading(_kept_as(answer.weights), "what a file keeps; the same for every example")
        yield richest(_weight_tables(answer), width)
        yield from prose(legend_text(part.axes for part in answer.weights), width, "dim")
    elif answer.row.params is None:
        yield heading("LEARNED", "not known")
        yield from prose(plain(answer.reason) or "no rule speaks for it", width)
    else:
        yield heading("LEARNED", f"nothing: this {plain(answer.row.class_name)} has no weights")
    if answer.frozen_by:
        flags = ", ".join(plain(path) for path in answer.frozen_by)
        yield from prose(f"Frozen: trainable=False is set on {flags}.", width, "blue")


def _kept_as(parts: Sequence[WeightPart]) -> str:
    """The title of what is not computed anew: not all of it need be learned."""
    return "LEARNED" if all(part.changed == LEARNED for part in parts) else "WEIGHTS"


def _weight_tables(answer: LayerExplanation) -> Iterator[Table]:
    for keys in ("nsfapc", "nfapc", "nsapc", "nfpc", "npc"):
        yield weight_table(answer.weights, keys)


def weight_table(parts: Sequence[WeightPart], keys: str) -> Table:
    """The weights of a layer, one row each, and their sum; `keys` picks the columns."""
    titles = {"n": "WEIGHT", "s": "SHAPE", "f": "FORMULA", "a": "ARITHMETIC", "p": "PARAMS",
              "c": "CHANGED BY"}  # fmt: skip
    rows = [[_cell(part, key) for key in keys] for part in parts]
    params = number(sum(part.params for part in parts))
    total: dict[str, Cell] = {"n": "parameters", "p": Text(params, "bold")}
    rows.append([total.get(key, "") for key in keys])
    align = "".join("r" if key == "p" else "l" for key in keys)
    return columns(rows, align, titles=[titles[key] for key in keys], indent=2)


def _cell(part: WeightPart, key: str) -> Cell:
    said: dict[str, Cell] = {
        "n": plain(part.name),
        "s": str(part.axes.dims),
        "f": str(part.axes),
        "a": part.axes.digits,
        "p": number(part.params),
        "c": Text(CHANGED[part.changed], _STYLES[part.changed]),
    }
    return said[key]


# --- what is computed ---------------------------------------------------------------------------

_NO_COUNT = {
    "unknown layer": "no rule speaks for this layer",
    "unconfirmed": "no independent count has confirmed one for this class yet",
    "open size": "the size of the input is open",
    "inside": "not known for a layer inside it",
}


def _computed(answer: LayerExplanation, width: int) -> Iterator[RenderableType]:
    yield heading("COMPUTED", "anew for every example; none of it is a parameter")
    yield columns(list(_counts(answer)), "llr", indent=2)
    text = _left_out(answer)
    if text:
        yield from prose(text, width, "dim")


def _counts(answer: LayerExplanation) -> Iterator[tuple[Cell, ...]]:
    work = answer.work
    yield "output values", _values(answer), number(answer.values)
    if work.macs == 0:
        if answer.weights:
            yield "multiply-adds", "no kernel, so nothing that is counted", "0"
        return
    calls = len(answer.calls)
    times = f"{calls} calls; the first: " if calls > 1 and work.arithmetic else ""
    yield "multiply-adds", times + (work.arithmetic or ""), number(work.macs)


def _values(answer: LayerExplanation) -> str:
    flows = [flow for call in answer.calls for flow in call.outputs if flow.shape is not None]
    terms = [
        "·".join("n" if n is None else str(n) for n in (flow.shape or ())[1:]) for flow in flows
    ]
    distinct = dict.fromkeys(terms)
    if len(distinct) == 1 and len(terms) > 1:
        return f"{len(terms)} × {terms[0]}"
    return " + ".join(terms[:_CALLS]) + (" + …" if len(terms) > _CALLS else "")


def _left_out(answer: LayerExplanation) -> str:
    work = answer.work
    if work.macs is None:
        return f"multiply-adds: {_NO_COUNT.get(work.reason, 'not known')}"
    if not work.macs:
        return ""
    if work.formula:
        return f"multiply-adds (MACs): {work.formula}; bias and activation are not counted"
    return "multiply-adds (MACs) of all layers inside; biases and activations are not counted"


# --- witnesses ----------------------------------------------------------------------------------


def _witnesses(answer: LayerExplanation) -> Text:
    row, text = answer.row, Text("  ")
    spelled = row.formula is not None or row.layers is not None or not row.params
    if row.params is None or not spelled:
        text.append("? formula", "yellow")
    else:
        text.append("✓", "green").append(f" formula {number(row.params)}")
    absent = {"summary": "graphinspect verify", "stored": "not read"}
    if answer.model.format == "zoo":
        absent["stored"] = "no file"
    for witness, count in (("summary", row.summary), ("stored", row.stored)):
        if count is None:
            text.append(f"   – {witness} ({absent[witness]})", "dim")
            continue
        agrees = row.params is None or count == row.params
        text.append("   ").append("✓" if agrees else "✗", "green" if agrees else "red")
        text.append(f" {witness} {number(count)}")
    return text
