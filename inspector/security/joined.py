"""Rules over a model as a whole: whether its layers join, and what following them would cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inspector.errors import InspectError, LimitError, RuleError
from inspector.graph import Graph
from inspector.infer import analyze
from inspector.readers.dialects import holds_graph, read_graph
from inspector.readers.tfjs import is_tfjs, read_tfjs
from inspector.security.findings import Hit
from inspector.security.objects import MAX_LAYERS

_DEEPEST = 30  # models inside one another
_MANY_PATHS = 1 << 40
_LAYERS_A_FORK = 3  # two branches of one layer each, and what joins them


def whole_model(model: Any, part: str) -> Iterator[Hit]:
    """KI041, KI042, KI043: what our own reader and rules cannot follow, Keras will not either.

    Raises:
        RecursionError: models are nested deeper than this thread's stack allows.
    """
    try:
        if is_tfjs(model):
            model = read_tfjs(model, part).model
        if _is_subclassed(model) or _is_endless(model):
            return
        graph = read_graph(model, part)
        yield from _nested(graph)
        yield from _paths(graph)
        analyze(graph)
    except LimitError as error:
        yield Hit("KI042", "medium", _said(error, part))
    except RuleError as error:
        yield Hit("KI041", "low", _said(error, part))
    except InspectError as error:
        yield Hit("KI043", "medium", _said(error, part))


def _is_subclassed(model: Any) -> bool:
    return isinstance(model, dict) and "class_name" in model and not holds_graph(model)


def _is_endless(model: Any) -> bool:
    """Whether there are more layers than anybody follows; a rule of its own says so."""
    config = model.get("config") if isinstance(model, dict) else None
    layers = config.get("layers") if isinstance(config, dict) else None
    return isinstance(layers, list) and len(layers) > MAX_LAYERS


def _said(error: InspectError, part: str) -> str:
    where = error.where.removeprefix(part).strip(": ")
    received = f"; received {error.received}" if error.received else ""
    return f"{where}: {error.problem}{received}" if where else f"{error.problem}{received}"


def _nested(graph: Graph) -> Iterator[Hit]:
    """KI042: models inside one another, deeper than anybody builds them."""
    level, depth = [graph], 0
    while level:
        level = [layer.graph for each in level for layer in each.layers if layer.graph is not None]
        depth += 1
    if depth > _DEEPEST:
        yield Hit("KI042", "low", f"{depth:,} models stand inside one another")


def _paths(graph: Graph) -> Iterator[Hit]:
    """KI042: a graph of nothing but forks, which only multiplies the paths through it.

    Real models have as many paths, through many more layers.
    """
    ways: dict[tuple[str, int], int] = {}
    most = 1
    for node in graph.nodes:
        sources = {(ref.layer, ref.call) for ref in node.inputs}
        count = sum(ways.get(source, 1) for source in sources) or 1
        ways[node.layer.name, node.call] = min(count, 1 << 4_096)
        most = max(most, count)
    forks = most.bit_length() - 1
    if most >= _MANY_PATHS and len(graph.nodes) - 1 <= _LAYERS_A_FORK * forks:
        yield Hit("KI042", "low", f"{len(graph.nodes)} layers make 2^{forks} paths")
