"""A layer by its name: by its path, or by its bare name where only one layer has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inspector.errors import InspectError, shown
from inspector.graph import escaped
from inspector.infer import Analysis, Finding
from inspector.model import LayerRow, Model

_NEAR = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer stands: its row and finding, the graph it is called in, the models around."""

    row: LayerRow
    finding: Finding
    inside: Analysis
    beside: tuple[LayerRow, ...]  # the rows of the model it stands in, its own among them
    parents: tuple[Place, ...] = ()  # the models around it, outermost first

    @property
    def prefix(self) -> str:
        """What the paths of all layers of the same model begin with."""
        return self.row.path[: len(self.row.path) - len(escaped(self.row.name))]


def places(model: Model) -> Iterator[Place]:
    """Every layer of a model in the order of `Model.walk`."""
    stack = list(_of(model.rows, model.analysis, ()))
    while stack:
        place = stack.pop()
        yield place
        if place.row.layers is not None and place.finding.inner is not None:
            stack.extend(_of(place.row.layers, place.finding.inner, (*place.parents, place)))


def _of(
    rows: tuple[LayerRow, ...], inside: Analysis, parents: tuple[Place, ...]
) -> Iterator[Place]:
    for row in reversed(rows):
        yield Place(row, inside.findings[row.name], inside, rows, parents)


def place_of(model: Model, word: str) -> Place:
    """The layer that `word` names: a path first, then a name that one layer alone has.

    Raises:
        InspectError: no layer has this name, or several have; the hint lists what to type.
    """
    known = {place.row.path: place for place in places(model)}
    if word in known:
        return known[word]
    named = [place for place in known.values() if place.row.name == word]
    if len(named) == 1:
        return named[0]
    if named:
        paths = [place.row.path for place in named]
        more = f" and {len(paths) - _NEAR} more" if len(paths) > _NEAR else ""
        raise InspectError(
            "LAYER",
            f"{len(paths)} layers of {model.name} have this name",
            received=shown(word),
            hint=f"name one by its path: {', '.join(paths[:_NEAR])}{more}",
        )
    raise InspectError(
        "LAYER",
        f"{model.name} has no layer of this name",
        received=shown(word),
        hint=_hint(word, list(known)),
    )


def _hint(word: str, paths: Sequence[str]) -> str:
    found = near(word, paths)
    if found:
        return f"near names: {', '.join(found)}"
    return "`graphinspect params MODEL --nested` lists every layer"


def near(word: str, names: Sequence[str]) -> list[str]:
    """Names that `word` may have been meant for, the likeliest first; case does not matter.

    >>> near("conv1", ["pool1", "conv1_relu", "conv1_bn"])
    ['conv1_bn', 'conv1_relu']
    """
    import difflib  # noqa: PLC0415 - only for somebody who mistyped

    typed = word.lower()
    begun = sorted((name for name in names if name.lower().startswith(typed)), key=len)
    lower = {name.lower(): name for name in names}
    alike = [lower[name] for name in difflib.get_close_matches(typed, lower, n=_NEAR, cutoff=0.6)]
    tails = [name for name in names if name.lower().endswith(f"/{typed}")]
    return list(dict.fromkeys([*tails, *begun, *alike]))[:_NEAR]
