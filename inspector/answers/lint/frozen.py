"""GI111: layers that are frozen in the program, and trained all the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from inspector.answers.lint.finding import Finding
from inspector.answers.lint.record import Names, Wires
from inspector.symbolic.wiring import Event, Whole

_FITS = frozenset(("fit", "fit_generator", "train_on_batch"))
_REAL = frozenset(
    ("trainable", "trainable_weights", "trainable_variables", "non_trainable", "untrainable")
)
_NEAR = 0.85  # of 1: how alike two spellings are


class _Training:
    """What training of one model knows."""

    def __init__(self, model: Whole) -> None:
        self.model = model
        self.compiled: Event | None = None
        self.fitted: Event | None = None
        self.frozen: dict[int, Event] = {}  # since, by layer


def frozen(wires: Wires, names: Names) -> Iterator[Finding]:
    """A flag that is set too late, or under another name."""
    yield from _too_late(wires.wiring.events, wires.wiring.models, names)
    yield from _misspelled(names)


def _too_late(events: Sequence[Event], models: Sequence[Whole], names: Names) -> Iterator[Finding]:
    """Frozen after `compile`, and trained without another `compile`.

    Keras 1 and 2 train what was not frozen when the model was compiled. Keras 3 looks at the flags
    once more when training begins for the first time, and not again. Measured in tf_keras 2.21 and
    Keras 3.15.
    """
    states = {model.serial: _Training(model) for model in models}
    flags: dict[int, bool] = {}
    early = names.run.keras == "3"
    told: set[tuple[int, int]] = set()
    for event in events:
        if event.what == "trainable":
            if flags.get(event.serial, True) != event.value:
                _flagged(event, states, early=early)
            flags[event.serial] = event.value
        state = states.get(event.serial)
        if state is None:
            continue
        if event.what == "compile":
            state.compiled, state.fitted = event, None
            state.frozen.clear()
        elif event.what in _FITS and state.compiled is not None:
            if state.frozen and (state.model.serial, event.line) not in told:
                told.add((state.model.serial, event.line))
                yield _late(state, event, names)
            state.fitted = event


def _flagged(event: Event, states: dict[int, _Training], *, early: bool) -> None:
    for state in states.values():
        if event.serial not in state.model.holds or event.serial == state.model.serial:
            continue
        seen = state.fitted is not None if early else state.compiled is not None
        if event.value:
            state.frozen.pop(event.serial, None)
        elif seen:
            state.frozen[event.serial] = event


def _late(state: _Training, fit: Event, names: Names) -> Finding:
    source, event = names.source, next(iter(state.frozen.values()))
    compiled = state.compiled.line if state.compiled is not None else 0
    title = "layers are frozen too late, and trained"
    marks = {
        compiled: source.whole(compiled, "here the model takes note of what is to be trained"),
        event.line: source.whole(event.line, "frozen here, behind its back", cause=True),
        fit.line: source.whole(fit.line, "trains what it took note of, not compiled again"),
    }
    return Finding(
        code="GI111",
        severity="error",
        title=title,
        message=f"{title}: line {event.line} freezes after compile() on line {compiled}, and line "
        f"{fit.line} trains without another",
        hint="compile() settles what training changes; a flag set later counts from the next "
        "compile() on",
        line=event.line,
        path=state.model.name,
        marks=tuple(mark for line, mark in marks.items() if line),
    )


def _misspelled(names: Names) -> Iterator[Finding]:
    """`base.trainble = False`: Python makes a new attribute, and the layer stays as it is."""
    for node in ast.walk(names.source.tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
            continue
        for target in node.targets:
            if (
                isinstance(target, ast.Attribute)
                and isinstance(node.value.value, bool)
                and _nearly(target.attr)
            ):
                yield _spelling(node, target, names)


def _nearly(name: str) -> bool:
    if name in _REAL or name.startswith("_"):
        return False
    from difflib import SequenceMatcher  # noqa: PLC0415 - few programs set a flag of that kind

    return SequenceMatcher(None, name.lower(), "trainable").ratio() >= _NEAR


def _spelling(node: ast.Assign, target: ast.Attribute, names: Names) -> Finding:
    title = f"{target.attr} is no flag of a layer"
    text = "sets a new attribute; trainable stays as it was"
    return Finding(
        code="GI111",
        severity="error",
        title=title,
        message=f"{title}: line {node.lineno} {text}",
        hint="the flag that training looks at is spelled trainable",
        line=node.lineno,
        variable=target.attr,
        marks=(names.source.mark(target, text, cause=True),),
    )
