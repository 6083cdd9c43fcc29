"""The screen of `audit`: the verdict, then every finding under its rule, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import PurePath

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from inspector.render.safe import plain
from inspector.render.screen import WIDEST, columns, heading, line, note, width_of
from inspector.security.catalogue import RULES, Rule
from inspector.security.findings import Audit, Finding

_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "", "info": "dim"}
_FORMATS = {
    "folder": "a folder", "h5": "an HDF5 file", "json": "JSON", "pickle": "a pickle",
    "savedmodel": "a SavedModel", "unknown": "no model file", "zip": "a zip archive",
}  # fmt: skip
_LIMITS = (
    "nothing found is not the same as safe: the rules know what has been seen in hostile files, "
    "and no more. Load files of strangers with safe_mode=True, where nothing can be lost."
)
_PLACES = 6  # of one rule; a screen is read, not searched
_SAVED_MODEL = "a SavedModel is a program: TensorFlow runs whatever operations it holds"


def audit_screen(answer: Audit, width: int) -> Iterator[RenderableType]:
    """The answer for one file, line by line."""
    width = min(width, WIDEST)
    yield _verdict(answer)
    yield Text(_origin(answer), style="dim")
    for _, group in groupby(answer.findings, key=lambda found: (found.severity, found.code)):
        yield Text()
        yield from _group(list(group))
    yield Text()
    if answer.format == "savedmodel" or any("saved_model.pb" in part for part in answer.looked_at):
        yield note(_SAVED_MODEL)
    yield note(_LIMITS)


def rules_screen(rules: Iterable[Rule], width: int) -> Iterator[RenderableType]:
    """All rules in a table: code, how serious, what each looks for, what that could do."""
    listed = list(rules)
    titles = ("CODE", "SEVERITY", "WHAT IS LOOKED FOR", "WHAT IT COULD DO")
    rows = [(rule.code, ", ".join(rule.severities), rule.title, rule.effect) for rule in listed]
    table = columns(rows, "llll", titles=titles)
    if width_of(table) > width:
        table = columns([row[:3] for row in rows], "lll", titles=titles[:3])
    yield heading("RULES", f"{len(listed)} of them")
    yield table


def _verdict(answer: Audit) -> Text:
    name = (plain(PurePath(answer.source).name or answer.source), "bold")
    if not answer.findings:
        return line(("✓ ", "green"), name, f"   nothing found by {len(RULES)} rules")
    said = ", ".join(f"{count} {severity}" for severity, count in answer.counts.items())
    advice = {
        "critical": "do not load it with Keras",
        "high": "do not load it with Keras before you know why",
        "medium": "look at it before you load it",
    }.get(answer.worst or "", "nothing that Keras would run")
    sign = ("✗ ", "red") if answer.dangerous else ("– ", "yellow")
    return line(sign, name, "   ", (said, _STYLES[answer.worst or "info"]), f": {advice}")


def _origin(answer: Audit) -> str:
    kind = _FORMATS.get(answer.format, answer.format)
    parts = [plain(part) for part in answer.looked_at]
    more = f" and {len(parts) - 4} more parts" if len(parts) > 4 else ""
    inside = f"; looked into {', '.join(parts[:4])}{more}" if parts else ""
    return f"{plain(answer.source)}, {kind}{inside}"


def _group(findings: list[Finding]) -> Iterator[RenderableType]:
    """The findings of one rule and one severity, then what the rule says of all of them."""
    first = findings[0]
    rule = first.rule
    style = _STYLES[first.severity]
    yield line((first.severity.upper(), style), f"  {rule.code}  ", (rule.title, "bold"))
    for found in findings[:_PLACES]:
        place = plain(found.path) or "the file itself"
        yield Padding(Text.assemble((place, "cyan"), "\n", plain(found.message)), (0, 0, 0, 2))
    if len(findings) > _PLACES:
        yield Text(f"  and {len(findings) - _PLACES} more places; --json lists them", style="dim")
    rows = [("could", rule.effect), ("do", rule.advice)]
    about = "; ".join(filter(None, (rule.affected, ", ".join(rule.references))))
    if about:
        rows.append(("affects", about))
    yield columns([(Text(word, "dim"), text) for word, text in rows], "ll", indent=4)
