"""What training does to each layer as a whole, and to each model inside, in one word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from inspector.answers.changes import LEARNED, STATISTIC, change
from inspector.graph import escaped
from inspector.infer import Analysis, Finding, learning_inside

TRAINED = "trained"
FROZEN = "frozen"
PARTLY = "partly"  # some is trained, and some of what could be is frozen
UPDATED = "updated"  # nothing is trained, but running averages move
UNKNOWN = "unknown"  # it has weights, or may have, and nobody can tell
NONE = ""  # it has no weights


class States(NamedTuple):
    """The state of every layer by path, models inside included, and how many numbers are in each.

    `trained`, `frozen` and `updated` add up to the numbers that are known.
    """

    of: Mapping[str, str]
    trained: int
    frozen: int
    updated: int


def states(analysis: Analysis, *, told: bool = True) -> States:
    """What training does to every layer.

    Running averages count as in `transfer`: they move where the layer is trainable and is called in
    training mode. Beside weights that are trained they change no word.

    Args:
        analysis: of the outermost graph.
        told: whether anybody knows what training changes.
    """
    made: dict[str, str] = {}
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    within: dict[str, list[str]] = {}  # of each model inside, the paths of its layers
    stack = [("", analysis, analysis.graph.trainable, True)]
    while stack:
        prefix, current, learning, mode = stack.pop()
        modes = _modes(current, mode)
        for name, finding in current.findings.items():
            path = prefix + escaped(name)
            within.setdefault(prefix[:-1], []).append(path)
            if finding.inner is not None:
                made[path] = NONE  # until what is inside is known
                inside = learning_inside(finding, learning)
                stack.append((f"{path}/", finding.inner, inside, modes.get(name, mode)))
                continue
            words = _words(finding, learning, modes.get(name, mode))
            made[path] = _state(finding, words, told)
            for weight, word in zip(finding.weights or (), words, strict=True):
                if not weight.owner or weight.owner not in seen:
                    seen.add(weight.owner)
                    counts[word] += weight.size
    for model in reversed(within):  # those inside come after those around them
        if model:
            made[model] = together({made[path] for path in within[model]})
    return States(made, counts[TRAINED], counts[FROZEN], counts[UPDATED])


def together(inside: Collection[str]) -> str:
    """The state of several layers as one.

    >>> together(["trained", "", "updated"]), together(["trained", "frozen"])
    ('trained', 'partly')
    >>> together(["frozen", "updated"]), together(["", ""])
    ('updated', '')
    """
    found = set(inside)
    if PARTLY in found or {TRAINED, FROZEN} <= found:
        return PARTLY
    return next((word for word in (UNKNOWN, TRAINED, UPDATED, FROZEN) if word in found), NONE)


def _modes(analysis: Analysis, mode: bool) -> Mapping[str, bool]:
    """Whether a layer is called in training mode, for those whose calls say so themselves."""
    told: dict[str, bool] = {}
    for name, own in _told(analysis, mode):
        told[name] = told.get(name, False) or own
    return told


def _told(analysis: Analysis, mode: bool) -> Iterator[tuple[str, bool]]:
    for node in analysis.graph.nodes:
        asked = node.kwargs.get("training")
        yield node.layer.name, asked if isinstance(asked, bool) else mode


def _words(finding: Finding, learning: bool, mode: bool) -> list[str]:
    """What training does to each weight of a layer."""
    trains = finding.layer.trainable
    words = []
    for weight in finding.weights or ():
        how = change(weight, learning, trains)
        moves = how == STATISTIC and mode
        words.append(TRAINED if how == LEARNED else UPDATED if moves else FROZEN)
    return words


def _state(finding: Finding, words: Sequence[str], told: bool) -> str:
    if finding.weights is None or (words and (finding.assumed or not told)):
        return UNKNOWN
    if not words:
        return NONE
    able = {
        w
        for weight, w in zip(finding.weights, words, strict=True)
        if weight.trainable or weight.frozen
    }
    if TRAINED in able:
        return PARTLY if FROZEN in able else TRAINED
    return UPDATED if UPDATED in words else FROZEN
