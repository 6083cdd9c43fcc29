"""The screen of `transfer`: what is trained, where the data enters, what it costs, and the code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.console import RenderableType
from rich.text import Text

from inspector.answers.transfer import FROZEN, TRAINED, UPDATED, LayerPlan, Sum, Transfer
from inspector.answers.transfer_code import transfer_code
from inspector.render.safe import plain
from inspector.render.screen import Cell, columns, heading, line, number, share
from inspector.render.shapes import without_batch
from inspector.render.summary import size_text

_MOST = 9  # groups of layers, before they are summed up
_STYLES = {FROZEN: "blue", TRAINED: "green", UPDATED: "yellow"}
_BASE = "base"


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighbours in a model to which training does the same."""

    title: str
    layers: tuple[LayerPlan, ...]
    state: str  # empty: several states, or no numbers

    def sum(self, key: str) -> int | None:
        counts = [getattr(layer, key) for layer in self.layers]
        return None if None in counts else sum(counts)


def transfer_screen(answer: Transfer, width: int, *, interactive: bool) -> Iterator[RenderableType]:
    """The answer, first line first; `width` only decides whether groups are summed up."""
    total, trained = answer.total.params, answer.trained.params
    sure = "" if answer.complete else "at least "
    yield line(
        (f"{sure}{number(trained)}", "bold"),
        f" of {sure}{number(total)} parameters are trained ({share(trained, total)}), ",
        "the rest is kept" if not answer.updated.params else _kept(answer),
    )
    yield Text(_source(answer), "dim")
    groups = _groups(answer)
    yield from _way(answer, groups)
    yield from _parameters(answer, groups)
    yield from _memory(answer)
    yield Text()
    yield heading("SUMMARY", f"the footer that Keras {answer.keras} will print")
    yield from (Text(f"  {text}") for text in footer(answer))
    if answer.warnings or answer.notes:
        yield Text()
    for text in answer.warnings:
        yield Text.assemble(("careful: ", "yellow"), plain(text))
    for text in answer.notes:
        yield Text.assemble(("note: ", "yellow"), plain(text))
    yield Text()
    yield heading("CODE")
    for row in transfer_code(answer).splitlines():
        yield Text(f"  {plain(row)}".rstrip(), no_wrap=True)
    if interactive and width:
        yield Text()
        yield Text("next: graphinspect transfer … --json  one entry a layer", "dim")


def footer(answer: Transfer) -> Iterator[str]:
    """The last lines of `summary()` before training, as the Keras in question writes them."""
    rows = (
        ("Total", answer.total),
        ("Trainable", answer.trained),
        ("Non-trainable", answer.non_trainable),
    )
    for name, found in rows:
        count = f"{found.params:,}" if answer.keras >= 3 else str(found.params)
        size = size_text(8 * found.bytes)
        if answer.keras < 3:
            size = size.replace(" B", " Byte")
        yield f"{name} params: {count} ({size})"


def _kept(answer: Transfer) -> str:
    return f"{number(answer.updated.params)} move with every batch, the rest is kept"


def _source(answer: Transfer) -> str:
    base = answer.base
    head = ""
    if answer.head:
        last = answer.layers[-1].output_shape
        outputs = f" with {last[-1]} outputs" if last and last[-1] else ""
        outputs = outputs.replace(" 1 outputs", " 1 output")
        mode = "training" if answer.training else "inference"
        head = f", called in {mode} mode; a head{outputs}"
    source = plain(base.source.removeprefix("keras.applications."))
    return f"{source}, by the rules of Keras {answer.keras}{head}"


# --- where the data enters ----------------------------------------------------------------------


def _way(answer: Transfer, groups: Sequence[_Group]) -> Iterator[RenderableType]:
    yield Text()
    yield heading("WHERE THE DATA ENTERS", "at the first layer: frozen layers still compute")
    rows: list[tuple[Cell, ...]] = [
        ("your data", plain(name), without_batch(shape), "") for name, shape in answer.inputs
    ]
    for group in groups:
        first, last = plain(group.layers[0].name), plain(group.layers[-1].name)
        names = first if len(group.layers) == 1 else f"{first} … {last}"
        state = Text(group.state or _mixed(group), _STYLES.get(group.state, ""))
        shape = without_batch(group.layers[-1].output_shape)
        rows.append((f"│ {group.title}", names, shape, state))
    yield columns(rows, "llrl", indent=2)
    yield Text(f"  ↓ {_gradient(answer)}", "")


def _mixed(group: _Group) -> str:
    states = list(dict.fromkeys(layer.state for layer in group.layers if layer.state))
    if not states:
        return "no weights"
    counted = (sum(layer.state == state for layer in group.layers) for state in states)
    return "\n".join(f"{count} {state}" for count, state in zip(counted, states, strict=True))


def _gradient(answer: Transfer) -> str:
    first = answer.first_trained
    if first is None:
        return "no gradient is needed: nothing is trained"
    layers = _inside(answer)
    passed = [layer for layer in layers if layer.gradient]
    rest = len(layers) - len(passed)
    kept = sum(layer.state == FROZEN for layer in passed)
    through = f", through {kept} frozen ones" if kept else ""
    before = f"; it never reaches the {rest} before" if rest else ""
    plural = "layer" if len(passed) == 1 else "layers"
    return (
        f"the gradient travels back over {len(passed)} {plural}{through}, to {plain(first)}{before}"
    )


def _inside(answer: Transfer) -> list[LayerPlan]:
    """The layers without the doors that a head needs beside those of the base."""
    return [
        layer
        for layer in answer.layers
        if not (answer.head and "/" not in layer.path and not layer.head)
    ]


def _groups(answer: Transfer) -> list[_Group]:
    """Neighbours with the same fate; parts as wholes where fates change too often."""
    groups = []
    for _, part in groupby(_inside(answer), _part):
        layers = _ordered(part)
        runs = _split(layers)
        if len(runs) > _MOST and not layers[0].head:
            runs = [("", layers)]
        groups += [_Group(_title(found), tuple(found), state) for state, found in runs]
    return groups


def _part(layer: LayerPlan) -> tuple[bool, str]:
    """What a layer stands in: the head, the base, or a model inside."""
    return layer.head, layer.path.rpartition("/")[0]


def _ordered(layers: Iterable[LayerPlan]) -> list[LayerPlan]:
    """As `model.layers` has them; what it does not hold comes last."""
    return sorted(layers, key=lambda layer: (layer.place is None, layer.place or 0))


def _split(layers: list[LayerPlan]) -> list[tuple[str, list[LayerPlan]]]:
    """Runs of one state; a layer without numbers goes with those before it."""
    if layers[0].head:
        return [(layer.state or "", [layer]) for layer in layers]
    runs: list[tuple[str, list[LayerPlan]]] = []
    for layer in layers:
        state = layer.state or ""
        if runs and (not state or runs[-1][0] in (state, "")):
            runs[-1] = (runs[-1][0] or state, [*runs[-1][1], layer])
        else:
            runs.append((state, [layer]))
    return runs


def _title(layers: Sequence[LayerPlan]) -> str:
    if layers[0].head:
        return "head"
    first, last = layers[0].place, layers[-1].place
    inside = plain(layers[0].path.rpartition("/")[0])
    name = inside or "model"
    if first is None or last is None:
        return name
    return f"{_BASE} #{first}" + (f"–{last}" if last != first else "")


# --- numbers ------------------------------------------------------------------------------------


def _parameters(answer: Transfer, groups: Sequence[_Group]) -> Iterator[RenderableType]:
    yield Text()
    yield heading("PARAMETERS")
    rows: list[tuple[Cell, ...]] = []
    for _, some in groupby(groups, lambda group: group.title):
        found = list(some)
        together = _Group(found[0].title, tuple(x for each in found for x in each.layers), "")
        if together.sum("params") == 0:
            continue
        counts = [number(together.sum(key)) for key in ("frozen", "trained", "updated", "params")]
        rows.append((together.title, *counts))
    sums = (answer.frozen, answer.trained, answer.updated, answer.total)
    rows.append(("total", *(Text(number(each.params), "bold") for each in sums)))
    titles = ("", "FROZEN", "TRAINED", "STATE-UPDATED", "ALL")
    yield columns(rows, "lrrrr", titles=titles, indent=2)
    yield from _averages(answer)


def _averages(answer: Transfer) -> Iterator[RenderableType]:
    """Why some numbers of layers that learn are kept, or move without being learned."""
    learning = [layer for layer in answer.layers if layer.trained]
    kept = [layer for layer in learning if layer.class_name == "BatchNormalization"]
    still, moving = (sum(getattr(x, key) or 0 for x in kept) for key in ("frozen", "updated"))
    if not still + moving:
        return
    yield Text()
    what = f"running averages of {len(kept)} BatchNormalization layers that learn"
    if still:
        yield Text(f"  {still:,} of the frozen are {what}: inference mode keeps them.")
    if moving:
        yield Text(f"  {moving:,} are {what}: each batch moves them, no gradient does.")


def _memory(answer: Transfer) -> Iterator[RenderableType]:
    yield Text()
    yield heading("MEMORY", "without activations")
    rows: list[tuple[Cell, ...]] = [
        _memory_row("weights", answer.total),
        _memory_row("gradients", answer.trained),
    ]
    for found in answer.optimizers:
        each = f"{found.slots} for each trained number" if found.slots else "keeps nothing"
        rows.append(
            (found.name, number(found.params), size_text(8 * found.bytes), Text(each, "dim"))
        )
    yield columns(rows, "lrrl", titles=("", "NUMBERS", "BYTES", ""), indent=2)


def _memory_row(name: str, found: Sum) -> tuple[Cell, ...]:
    return (name, number(found.params), size_text(8 * found.bytes), "")
