"""Our numbers against what a live Keras printed: row by row, and the footer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inspector.model import LayerRow, Model
from inspector.printed import PrintedRow, PrintedSummary, shape_text
from inspector.shown import Shown

Value = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One number or word on which we and Keras disagree; `None` where one of us has no such row."""

    layer: str  # empty for the footer and for the order of the rows
    field: str
    ours: Value
    theirs: Value


@dataclass(frozen=True, slots=True)
class Verification(Shown):
    """What came of a comparison; what could not be compared is a note, not a difference."""

    agrees: bool
    differences: tuple[Difference, ...]
    rows: int  # how many stand in both
    keras_version: str
    notes: tuple[str, ...] = ()


Outcome = Difference | str  # what differs, or a note


def verify(model: Model, printed: PrintedSummary, *, notes: Sequence[str] = ()) -> Verification:
    """Every row and total of `model` compared with what Keras printed for it.

    Args:
        notes: what else is worth knowing of how Keras came to print it.
    """
    theirs = [row for row in printed.rows if row.level == 0]
    pairs = _pairs(model.rows, theirs)
    outcomes: list[Outcome] = [*_alignment(model.rows, theirs)]
    for ours, other in pairs:
        outcomes += _row(model, ours, other)
    outcomes += _footer(model, printed, sum(row.params for row in theirs))
    differences = tuple(item for item in outcomes if isinstance(item, Difference))
    return Verification(
        agrees=not differences,
        differences=differences,
        rows=len(pairs),
        keras_version=printed.keras_version,
        notes=(*notes, *(item for item in outcomes if isinstance(item, str))),
    )


# --- rows ---------------------------------------------------------------------------------------


def _pairs(
    ours: Sequence[LayerRow], theirs: Sequence[PrintedRow]
) -> list[tuple[LayerRow, PrintedRow]]:
    """The rows that have one name: names are unique in a model."""
    by_name = {row.name: row for row in theirs}
    return [(row, by_name[row.name]) for row in ours if row.name in by_name]


def _alignment(ours: Sequence[LayerRow], theirs: Sequence[PrintedRow]) -> Iterator[Difference]:
    """The rows that only one side has, and the first that stands elsewhere."""
    our_names, their_names = [row.name for row in ours], [row.name for row in theirs]
    both = set(our_names) & set(their_names)
    if len(ours) != len(theirs):
        yield Difference("", "rows", len(ours), len(theirs))
    for name in our_names:
        if name not in both:
            yield Difference(name, "row", name, None)
    for name in their_names:
        if name not in both:
            yield Difference(name, "row", None, name)
    shared = zip(
        (name for name in our_names if name in both),
        (name for name in their_names if name in both),
        strict=False,
    )
    moved = next(((ours, theirs) for ours, theirs in shared if ours != theirs), None)
    if moved is not None:
        yield Difference("", "order", *moved)


def _row(model: Model, ours: LayerRow, theirs: PrintedRow) -> Iterator[Outcome]:
    if ours.class_name != theirs.class_name:
        yield Difference(ours.name, "class_name", ours.class_name, theirs.class_name)
    if ours.params is None:
        yield f"{ours.name}: its parameters were not compared; Keras prints {theirs.params:,}"
    elif ours.params != theirs.params:
        yield Difference(ours.name, "params", ours.params, theirs.params)
    yield from _shape(ours, theirs)
    flag = model.analysis.findings[ours.name].layer.trainable
    if theirs.trainable is not None and flag != theirs.trainable:
        yield Difference(ours.name, "trainable", flag, theirs.trainable)


def _shape(ours: LayerRow, theirs: PrintedRow) -> Iterator[Outcome]:
    outputs = ours.outputs[-1] if ours.outputs else (None,)
    text = shape_text(outputs)
    if text == theirs.output_shape:
        return
    if None in outputs or theirs.output_shape == "?":
        yield (
            f"{ours.name}: its output shape was not compared; "
            f"here it is {text}, Keras prints {theirs.output_shape}"
        )
    else:
        yield Difference(ours.name, "output_shape", text, theirs.output_shape)


# --- footer -------------------------------------------------------------------------------------


def _footer(model: Model, printed: PrintedSummary, row_sum: int) -> Iterator[Outcome]:
    totals = model.totals
    if printed.optimizer is not None:
        yield (
            f"Keras prints {printed.total:,} as the total: {printed.params:,} parameters and "
            f"{printed.optimizer:,} numbers of the optimizer, which were not compared"
        )
    if row_sum != printed.params:
        yield (
            f"the rows that Keras prints add up to {row_sum:,}, its total is {printed.params:,}: "
            "a layer that stands in two rows counts once"
        )
    if not totals.complete:
        yield f"the totals were not compared: ours miss rows; Keras prints {printed.params:,}"
        return
    for field, ours, theirs in (
        ("params", totals.params, printed.params),
        ("trainable", totals.trainable, printed.trainable),
        ("non_trainable", totals.non_trainable, printed.non_trainable),
    ):
        if ours != theirs:
            yield Difference("", field, ours, theirs)
