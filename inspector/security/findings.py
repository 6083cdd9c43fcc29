"""What an audit says: findings by rule, each with its place, the most serious first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from inspector.security.catalogue import RULES, SEVERITIES, Rule
from inspector.shown import Shown

_SHOWN = 25  # findings of one rule and one severity; the rest is counted


class Hit(NamedTuple):
    """What a rule says of one fact; the walk that met the fact knows its place."""

    code: str
    severity: str
    message: str


class Finding(NamedTuple):
    """One thing in a file that Keras, or whoever reads the file, should not meet unwarned."""

    code: str  # KI001 to KI050
    severity: str  # critical, high, medium, low, info
    path: str  # inside the file: member, HDF5 object, JSON path or operation
    message: str

    @property
    def rule(self) -> Rule:
        """What the rule says of every such finding: what it could do, what to do."""
        return RULES[self.code]


def inside(part: str, place: str) -> str:
    """The way to a place in a part; the file itself has no way.

    >>> inside("", "config.json"), inside("config.json", "config.layers[1]")
    ('config.json', 'config.json: config.layers[1]')
    """
    return f"{part}: {place}" if part and place else part or place


@dataclass(frozen=True, slots=True)
class Audit(Shown):
    """All that an audit found, and how far it looked."""

    source: str
    format: str  # keras, h5, savedmodel, json, zip, folder, unknown: by content, never by name
    findings: tuple[Finding, ...]  # the most serious first, otherwise in the order of the file
    looked_at: tuple[str, ...]  # the parts that were opened: members, files, attributes
    unread: tuple[str, ...] = ()  # those of which nothing, or not all, could be read

    @property
    def worst(self) -> str | None:
        """The severity of the most serious finding; `None` where there is none."""
        return self.findings[0].severity if self.findings else None

    @property
    def dangerous(self) -> bool:
        """Whether something high or critical was found."""
        return self.worst in {"critical", "high"}

    @property
    def unreadable(self) -> Finding | None:
        """Why there is no answer: no part could be read, and nothing dangerous was met."""
        if self.dangerous or not self.unread or not set(self.looked_at) <= set(self.unread):
            return None
        unread = set(self.unread)
        return next((found for found in self.findings if found.path in unread), None)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity, the most serious first."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity: found[severity] for severity in SEVERITIES if found[severity]}


@dataclass(slots=True)
class Report:
    """Where findings are collected while a file is walked; it cannot grow without bounds."""

    looked_at: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    _findings: list[Finding] = field(default_factory=list)
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    _parts: int = 0

    def open(self, part: str) -> None:
        """Note that a part of the file is looked at."""
        self._parts += 1
        if self._parts <= 10 * _SHOWN:
            self.looked_at.append(part)

    def wants(self, hit: Hit) -> bool:
        """Count a hit; whether it is to be shown, for which its place must be written out."""
        self._seen[hit.code, hit.severity] += 1
        return self._seen[hit.code, hit.severity] <= _SHOWN

    def add(self, hit: Hit, path: str) -> None:
        """Note what a rule says of the fact at `path`."""
        if self.wants(hit):
            self.keep(hit, path)

    def lose(self, hit: Hit, part: str) -> None:
        """Note why a part could not be read, or not to its end."""
        self.add(hit, part)
        self.miss(part)

    def miss(self, part: str) -> None:
        """Note that a part could not be read."""
        if len(self.unread) < 10 * _SHOWN:
            self.unread.append(part)

    def keep(self, hit: Hit, path: str) -> None:
        """Note a hit that has been counted."""
        self._findings.append(Finding(hit.code, hit.severity, path, hit.message))

    def audit(self, source: str, kind: str) -> Audit:
        """Everything noted, in order; what was only counted is one line."""
        more = [
            Finding(code, severity, "", f"{count - _SHOWN:,} more places like these")
            for (code, severity), count in self._seen.items()
            if count > _SHOWN
        ]
        order = {severity: place for place, severity in enumerate(SEVERITIES)}
        found = dict.fromkeys(self._findings)
        ranked = sorted(
            [*found, *more], key=lambda finding: (order[finding.severity], finding.code)
        )
        return Audit(source, kind, tuple(ranked), tuple(self.looked_at), tuple(self.unread))
