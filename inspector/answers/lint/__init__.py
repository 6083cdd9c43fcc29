"""Mistakes in the wiring of a program or a model: few, and right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from inspector.answers.lint import frozen, merges, reuse, settings, shortcut, unused
from inspector.answers.lint.finding import Finding, Mark
from inspector.answers.lint.record import Names, Wires, wires_of
from inspector.answers.lint.source import Source
from inspector.infer import Analysis
from inspector.model import Model
from inspector.shown import Shown
from inspector.symbolic.outside import Run
from inspector.symbolic.program import program

_CONSEQUENCES = frozenset(("GI102", "GI103", "GI104", "GI105", "GI110"))  # of what GI101 finds


@dataclass(frozen=True, slots=True)
class Lint(Shown):
    """What is wrong with a program or a model, in the order of its lines."""

    source: str
    findings: tuple[Finding, ...]
    lines: tuple[str, ...] = field(default=(), repr=False)  # of the program; none for a file
    run: Run | None = field(default=None, repr=False)
    checked: int = 0  # calls of layers that were looked at

    @property
    def errors(self) -> int:
        """How many findings cannot be meant so."""
        return sum(found.severity == "error" for found in self.findings)


def lint_program(run: Run, text: bytes) -> Lint:
    """The findings of a program that has run.

    Args:
        run: with its `wiring`.
        text: what stands in its file.
    """
    parsed = program(text, run.source)
    source = Source(parsed.text, parsed.tree)
    wires, names = Wires(run.wiring), Names(run, source)
    found = list(shortcut.shortcut(wires, names))
    explained = {frame for one in found for frame in one.frames}
    rest = (
        *merges.clashing(wires, names),
        *unused.unused(wires, names),
        *unused.unused_inputs(wires, names),
        *_of_wires(wires, names),
        *frozen.frozen(wires, names),
    )
    found += (one for one in rest if not _follows(one, explained))
    return Lint(run.source, _sorted(found), tuple(source.lines), run, len(wires.calls))


def lint_model(model: Model) -> Lint:
    """The findings of a model from a file; nothing is known of lines and names."""
    found: list[Finding] = []
    count = 0
    stack: list[tuple[str, Analysis]] = [("", model.analysis)]
    while stack:
        prefix, analysis = stack.pop()
        wires = wires_of(analysis.graph, analysis.shapes)
        count += len(wires.calls)
        found += (_inside(one, prefix) for one in _of_model(wires))
        for name, one in analysis.findings.items():
            if one.inner is not None:
                stack.append((f"{prefix}{name}/", one.inner))
    return Lint(model.source, _sorted(found), checked=count)


def _of_model(wires: Wires) -> Iterator[Finding]:
    yield from unused.unused_inputs(wires, None)
    yield from _of_wires(wires, None)


def _of_wires(wires: Wires, names: Names | None) -> Iterator[Finding]:
    """What can be told of programs and files alike."""
    yield from merges.doubled(wires, names)
    yield from reuse.reused(wires, names)
    yield from settings.axes(wires, names)
    yield from settings.softmaxes(wires, names)
    yield from settings.collapsing(wires, names)


def _follows(found: Finding, explained: set[int]) -> bool:
    """Whether a finding is only what follows from a shortcut that reads the wrong name."""
    return found.code in _CONSEQUENCES and bool(found.frames & explained)


def _inside(found: Finding, prefix: str) -> Finding:
    return found._replace(path=f"{prefix}{found.path}") if prefix else found


def _sorted(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda one: (one.line or 0, one.code)))


__all__ = ["Finding", "Lint", "Mark", "lint_model", "lint_program"]
