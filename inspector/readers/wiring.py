"""Layers and their calls put together: what every dialect of Keras has in common."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from inspector.dims import Shape
from inspector.errors import ReadError
from inspector.graph import Graph, Layer, Node, TensorRef

HAND_EDITED = "was the file edited by hand, or cut off?"


class Part(NamedTuple):
    """One entry of `layers`: the layer, how it is called, and the shapes written beside it."""

    layer: Layer
    calls: tuple[tuple[list[Any], dict[str, Any]], ...]
    recorded: Mapping[TensorRef, Shape] = MappingProxyType({})


def reference(value: Any) -> TensorRef | None:
    """The tensor that `[layer, call, output]` names; `None` for anything else."""
    if not isinstance(value, list | tuple) or len(value) < 3:
        return None
    layer, call, index = value[:3]
    if isinstance(layer, str) and isinstance(call, int) and isinstance(index, int):
        return TensorRef(layer, call, index)
    return None


def node_of(ref: TensorRef) -> TensorRef:
    """The call that gives a tensor: its first output stands for it."""
    return ref if not ref.output else TensorRef(ref.layer, ref.call)


def check_names(parts: Sequence[Part], where: str) -> None:
    """Refuse two layers of one name: nobody could tell whom a call means.

    Raises:
        ReadError: there are such.
    """
    counted = Counter(part.layer.name for part in parts)
    repeated = next((name for name, count in counted.items() if count > 1), None)
    if repeated is not None:
        raise ReadError(where, f'has two layers named "{repeated}"', hint=HAND_EDITED)


def functional(
    header: Graph,
    config: Mapping[str, Any],
    parts: Sequence[Part],
    where: str,
    renumbered: Callable[[TensorRef], TensorRef],
) -> Graph:
    """The graph of a Functional model.

    Args:
        renumbered: a reference of `input_layers` or `output_layers`, its calls counted from 0.

    Raises:
        ReadError: a call takes what no other call gives.
    """
    nodes = _nodes(parts)
    recorded: dict[TensorRef, Shape] = {}
    for part in parts:
        recorded.update(part.recorded)
    doors = [map(renumbered, leaves(config.get(f"{side}_layers"))) for side in ("input", "output")]
    inputs, outputs = (tuple(_known(refs, nodes, where)) for refs in doors)
    return header._replace(
        layers=tuple(part.layer for part in parts),
        nodes=tuple(in_call_order(nodes, where)),
        inputs=inputs,
        outputs=outputs,
        recorded=recorded,
    )


def _nodes(parts: Sequence[Part]) -> dict[TensorRef, Node]:
    nodes: dict[TensorRef, Node] = {}
    for part in parts:
        calls = part.calls
        if not calls and part.layer.class_name == "InputLayer":
            calls = (([], {}),)
        for call, (args, kwargs) in enumerate(calls):
            nodes[TensorRef(part.layer.name, call)] = Node(part.layer, call, tuple(args), kwargs)
    return nodes


def leaves(value: Any) -> Iterator[TensorRef]:
    """The references in `input_layers` or `output_layers`: one triple, a list, a dict, nested.

    A dictionary is read by its sorted names, as Keras lists `model.inputs` and `model.outputs`.
    """
    stack = [value]
    while stack:
        item = stack.pop()
        ref = reference(item)
        if ref is not None:
            yield ref
        elif isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            stack.extend(item[key] for key in sorted(item, reverse=True))


def _known(
    refs: Iterator[TensorRef], nodes: Mapping[TensorRef, Node], where: str
) -> Iterator[TensorRef]:
    for ref in refs:
        if TensorRef(ref.layer, ref.call) not in nodes:
            raise ReadError(
                where,
                f'its outputs name call {ref.call} of "{ref.layer}", which is not in it',
                hint=HAND_EDITED,
            )
        yield ref


def in_call_order(nodes: Mapping[TensorRef, Node], where: str) -> list[Node]:
    """The nodes sorted so that tensors come from earlier ones; file order breaks ties.

    Raises:
        ReadError: a tensor comes from nowhere, or a call waits for itself.
    """
    waiting: dict[TensorRef, int] = {}
    users: dict[TensorRef, list[TensorRef]] = {}
    for ref, node in nodes.items():
        sources = set(map(node_of, node.inputs))
        for source in sources:
            if source not in nodes:
                raise ReadError(
                    where,
                    f'layer "{ref.layer}" takes its input from call {source.call} of '
                    f'"{source.layer}", which is not in the model',
                    hint=HAND_EDITED,
                )
            users.setdefault(source, []).append(ref)
        waiting[ref] = len(sources)
    ready = deque(ref for ref, count in waiting.items() if not count)
    ordered = []
    while ready:
        ref = ready.popleft()
        ordered.append(nodes[ref])
        for user in users.get(ref, ()):
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    if len(ordered) < len(nodes):
        stuck = next(ref.layer for ref, count in waiting.items() if count)
        raise ReadError(
            where,
            f'layer "{stuck}" waits for its own output: the graph has a cycle',
            hint="Keras cannot build such a model; " + HAND_EDITED,
        )
    return ordered


def without_unreached(graph: Graph) -> Graph:
    """The graph with only what leads to an output; Keras 3 keeps nothing else."""
    nodes = {TensorRef(node.layer.name, node.call): node for node in graph.nodes}
    seen: set[TensorRef] = set()
    stack = list(map(node_of, graph.outputs))
    while stack:
        ref = stack.pop()
        if ref not in seen:
            seen.add(ref)
            stack.extend(map(node_of, nodes[ref].inputs))
    reached = {ref.layer for ref in seen} | {ref.layer for ref in graph.inputs}
    return graph._replace(
        layers=tuple(layer for layer in graph.layers if layer.name in reached),
        nodes=tuple(node for node in graph.nodes if node.layer.name in reached),
        unreached=tuple(layer.name for layer in graph.layers if layer.name not in reached),
    )


def chain(header: Graph, door: Layer, layers: Sequence[Layer]) -> Graph:
    """The graph of a Sequential model: each layer takes what the one before it gives."""
    nodes = [Node(door)]
    for layer in layers:
        nodes.append(Node(layer, 0, (TensorRef(nodes[-1].layer.name),)))
    return header._replace(
        layers=tuple(layers),
        nodes=tuple(nodes),
        inputs=(TensorRef(door.name),),
        outputs=(TensorRef(nodes[-1].layer.name),),
    )
