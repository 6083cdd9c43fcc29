"""What the calls of a model are named in the Python that built it, each with its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from inspector.graph import Graph, escaped
from inspector.loader import loaded_with_run
from inspector.model import Model

if TYPE_CHECKING:
    from inspector.symbolic.outside import Binding, Found, Run


T = TypeVar("T")


class Mention(NamedTuple):
    """One binding of a name to an output of a call."""

    name: str
    number: int | None = None  # tells its bindings in one call of a function apart; None: it is one
    output: int = 0
    line: int = 0  # 0: no line is known
    scope: str = ""  # the functions in which it stands, from the outermost; empty: the program
    given: bool = False  # as an argument: the caller has a name for it already


Mentions = Mapping[tuple[str, int], Sequence[Mention]]  # by path of a layer and number of its call


def named(reference: object) -> tuple[Model, Mentions]:
    """A model, and what the program that builds it calls its tensors, where there is one.

    Args:
        reference: a MODEL, as `load` takes it. A program runs, once.

    Raises:
        InspectError: as `load` does.

    >>> dict(named("resnet50")[1])
    {}
    """
    model, run = loaded_with_run(reference)
    if run is None:
        return model, {}
    from inspector.scripts import found_in  # noqa: PLC0415 - pictures of files need none of it

    return model, mentions(run, found_in(run, model))


def mentions(run: Run, found: Found) -> dict[tuple[str, int], tuple[Mention, ...]]:
    """Every name of every call in a model, models inside included, in the order of bindings."""
    return {place: tuple(names) for place, names in in_model(run, found, _by_call(run)).items()}


def in_model(run: Run, found: Found, told: Mapping[tuple[int, int], T]) -> dict[tuple[str, int], T]:
    """What is told of calls in a program, by the calls of a model, models inside included.

    A call has one number in the program and another in a model that keeps only some calls of its
    layer; the account of a run (`wiring=True`) tells which is which. Where it does not, or where
    nothing is told, a call is left out.
    """
    kept = {whole.serial: numbered(whole.kept) for whole in run.wiring.models}
    made: dict[tuple[str, int], T] = {}
    for prefix, serial, graph in graphs(found):
        numbers = kept.get(serial, {})
        for node in graph.nodes:
            if not node.layer.identity.isdecimal():
                continue
            identity = int(node.layer.identity)
            calls = numbers.get(identity, ())
            said = told.get((identity, calls[node.call])) if node.call < len(calls) else None
            if said:
                made[prefix + escaped(node.layer.name), node.call] = said
    return made


def names_of(said: Sequence[Mention], output: int = 0) -> tuple[Mention, ...]:
    """Of what is said of a call, one mention for each name of an output, the first of each.

    >>> x = Mention("x", 2)
    >>> [one.name for one in names_of([x, Mention("kept"), x, Mention("y", given=True)])]
    ['x', 'kept']
    """
    own = [one for one in said if one.output == output]
    own = [one for one in own if not one.given] or own
    own = [one for one in own if one.name != "_"]  # by which Python says that a name is none
    first: dict[str, Mention] = {}
    for one in own:
        first.setdefault(one.name, one)
    return tuple(first.values())


def _by_call(run: Run) -> dict[tuple[int, int], list[Mention]]:
    from inspector.answers.trace import scope  # noqa: PLC0415 - pictures of files need none of it

    bound = Counter((b.frame, b.variable) for b in run.bindings)
    named: dict[tuple[int, int], list[Mention]] = {}
    for binding in run.bindings:
        if binding.kind == "tensor" and binding.node is not None:
            several = bound[binding.frame, binding.variable] > 1
            mention = _mention(binding, several, scope(run, binding.frame))
            named.setdefault((binding.serial, binding.node), []).append(mention)
    return named


def _mention(binding: Binding, several: bool, scope: str) -> Mention:
    return Mention(
        binding.variable,
        binding.version if several else None,
        binding.tensor or 0,
        binding.line,
        scope,
        not binding.version,
    )


def numbered(kept: frozenset[tuple[int, int]]) -> dict[int, list[int]]:
    """Of each layer, the numbers in the program of the calls that a model keeps, in order."""
    numbers: dict[int, list[int]] = {}
    for serial, index in sorted(kept):
        numbers.setdefault(serial, []).append(index)
    return numbers


def graphs(found: Found) -> Iterator[tuple[str, int, Graph]]:
    """A model and the models inside it: what stands before their paths, and who they are."""
    waiting = [("", found.serial, found.graph)]
    while waiting:
        prefix, serial, graph = waiting.pop()
        yield prefix, serial, graph
        waiting.extend(
            (f"{prefix}{escaped(layer.name)}/", int(layer.identity), layer.graph)
            for layer in graph.layers
            if layer.graph is not None and layer.identity.isdecimal()
        )
