"""A part of a model: what lies on the ways from one layer to another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches

from inspector.answers.blocks import Block, Blocks, Item, Step
from inspector.errors import ReadError
from inspector.graph import Graph, Node

Call = tuple[str, int]


def between(graph: Graph, start: str, end: str) -> list[Node]:
    """The calls on a way from one layer to another, both included; an empty name is no limit.

    Raises:
        ReadError: the graph has no such layer, or no way leads from one to the other.
    """
    for option, name in (("--from", start), ("--to", end)):
        _exists(graph, option, name)
    below = _reached(graph.nodes, start) if start else {_call(node) for node in graph.nodes}
    above = _leading(graph.nodes, end) if end else below
    found = [node for node in graph.nodes if _call(node) in below and _call(node) in above]
    if not found:
        raise ReadError("--from", f"no way leads from {start} to {end}",
                        hint="exchange them, or leave one out")  # fmt: skip
    return found


def kept(tree: Blocks, nodes: Iterable[Node]) -> Blocks:
    """A tree of blocks without the calls of the outermost graph that are not among `nodes`."""
    calls = {_call(node) for node in nodes}
    met: dict[str, int] = {}
    items: list[Item] = []
    stack: list[Item] = list(reversed(tree.items))
    while stack:
        item = stack.pop()
        if isinstance(item, Step):
            if _call(item.node) in calls:
                items.append(item)
        elif item.kind == "model":
            call = met.get(item.path, 0)
            met[item.path] = call + 1
            if (item.path.replace("%2F", "/"), call) in calls:
                items.append(item)
        elif all(_call(step.node) in calls for step in _direct(item)):
            items.append(item)
        else:
            stack.extend(reversed(item.items))
    return replace(tree, items=tuple(items))


def _direct(block: Block) -> Iterable[Step]:
    """The steps of a block that stand in its own graph."""
    stack: list[Item] = list(block.items)
    while stack:
        item = stack.pop()
        if isinstance(item, Step):
            yield item
        elif item.kind != "model":
            stack.extend(item.items)


def _call(node: Node) -> Call:
    return node.layer.name, node.call


def _exists(graph: Graph, option: str, name: str) -> None:
    names = [layer.name for layer in graph.layers]
    if name and name not in names:
        near = get_close_matches(name, names, 3)
        hint = f"near: {', '.join(near)}" if near else "name a layer of the outermost model"
        raise ReadError(option, "no layer of this name", received=name, hint=hint)


def _reached(nodes: Sequence[Node], start: str) -> set[Call]:
    found: set[Call] = set()
    for node in nodes:
        taken = {(ref.layer, ref.call) for ref in node.inputs}
        if node.layer.name == start or found & taken:
            found.add(_call(node))
    return found


def _leading(nodes: Sequence[Node], end: str) -> set[Call]:
    wanted: set[Call] = set()
    for node in reversed(nodes):
        if node.layer.name == end or _call(node) in wanted:
            wanted.add(_call(node))
            wanted.update((ref.layer, ref.call) for ref in node.inputs)
    return wanted
