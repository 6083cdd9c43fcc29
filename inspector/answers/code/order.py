"""The order in which a person would write the calls of a graph: one branch after the other."""

from __future__ import annotations

from collections import Counter

from inspector.graph import Graph, Node

Key = tuple[str, int]  # a layer and one of its calls


def key_of(node: Node) -> Key:
    """What names a call."""
    return node.layer.name, node.call


def written(graph: Graph) -> list[Node]:
    """The calls from the outputs backwards, each after all that it takes; inputs come first.

    Calls of one layer keep their order, since Keras numbers them by it.
    """
    nodes = {key_of(node): node for node in graph.nodes}
    doors = [node for node in graph.nodes if node.layer.class_name == "InputLayer"]
    first = [nodes[ref[:2]] for ref in graph.inputs if ref[:2] in nodes]
    ordered = list(dict.fromkeys(map(key_of, [*first, *doors])))
    done = set(ordered)
    for goal in (*(ref[:2] for ref in graph.outputs), *nodes):
        stack = [goal]
        while stack:
            key = stack[-1]
            if key in done or key not in nodes:
                stack.pop()
                continue
            missing = [need for need in _needs(nodes[key]) if need not in done and need in nodes]
            if missing and len(stack) <= len(nodes):
                stack.append(missing[0])
                continue
            stack.pop()
            done.add(key)
            ordered.append(key)
    return [nodes[key] for key in ordered]


def _needs(node: Node) -> list[Key]:
    earlier = [(node.layer.name, node.call - 1)] if node.call else []
    return [*earlier, *(ref[:2] for ref in node.inputs)]


def uses(graph: Graph) -> Counter[Key]:
    """How often what each call gives is taken, by calls and by the model itself."""
    found: Counter[Key] = Counter(ref[:2] for ref in (*graph.inputs, *graph.outputs))
    for node in graph.nodes:
        found.update({ref[:2] for ref in node.inputs})
    return found
