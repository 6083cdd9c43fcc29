"""Random graphs, and the same ones told otherwise: other names, another order, one change."""

from __future__ import annotations

import random
from dataclasses import replace

from inspector.graph import Graph, Layer, Node, TensorRef
from inspector.infer import analyze
from inspector.model import model_of

ACTIVATIONS = ("relu", "tanh", "linear", "sigmoid")
WIDTH = 6  # every tensor is (None, WIDTH), so that any two may meet


def model(graph):
    return model_of(analyze(graph), source="test", format="json")


def layer(name, kind, config=()):
    return Layer(name, kind, {"name": name, **dict(config)}, "keras.layers")


def random_graph(seed, size):
    """An input, then `size` layers that each take what one or two earlier ones give."""
    dice = random.Random(seed)  # noqa: S311 - a die for tests
    door = layer("in", "InputLayer", {"batch_shape": [None, WIDTH]})
    nodes = [Node(door)]
    for place in range(size):
        kind = dice.choice(("Dense", "Dense", "Activation", "Add", "Subtract", "Dropout"))
        back = min(len(nodes), 4)
        first = TensorRef(nodes[-dice.randint(1, back)].layer.name)
        second = TensorRef(nodes[-dice.randint(1, back)].layer.name)
        name = f"n{place}"
        if kind == "Dense":
            config = {"units": WIDTH, "activation": dice.choice(ACTIVATIONS)}
        elif kind == "Activation":
            config = {"activation": dice.choice(ACTIVATIONS)}
        elif kind == "Dropout":
            config = {"rate": dice.choice((0.1, 0.5))}
        else:
            nodes.append(Node(layer(name, kind), 0, ([first, second],)))
            continue
        nodes.append(Node(layer(name, kind, config), 0, (first,)))
    return joined(nodes)


def joined(nodes):
    """A graph of these calls, whose outputs are what nobody takes."""
    taken = {ref.layer for node in nodes for ref in node.inputs}
    ends = [TensorRef(node.layer.name) for node in nodes if node.layer.name not in taken]
    layers = tuple(node.layer for node in nodes)
    return Graph("g", "Functional", layers, tuple(nodes), (TensorRef("in"),), tuple(ends))


def renamed(graph, seed):
    """The same graph with every layer called otherwise, no order kept."""
    names = [node.layer.name for node in graph.nodes]
    fresh = [f"other_{place}" for place in range(len(names))]
    random.Random(seed).shuffle(fresh)  # noqa: S311 - a die for tests
    other = dict(zip(names, fresh, strict=True))

    def moved(value):
        if isinstance(value, TensorRef):
            return value._replace(layer=other[value.layer])
        return [moved(item) for item in value] if isinstance(value, list) else value

    nodes = []
    for node in graph.nodes:
        name = other[node.layer.name]
        made = replace(node.layer, name=name, config={**node.layer.config, "name": name})
        nodes.append(Node(made, node.call, tuple(map(moved, node.args)), node.kwargs))
    return graph._replace(
        nodes=tuple(nodes),
        layers=tuple(node.layer for node in nodes),
        inputs=tuple(map(moved, graph.inputs)),
        outputs=tuple(map(moved, graph.outputs)),
    )


def reordered(graph, seed):
    """The same graph with its calls in another order that can be run."""
    dice = random.Random(seed)  # noqa: S311 - a die for tests
    waiting, done, ordered = list(graph.nodes), set(), []
    while waiting:
        ready = [node for node in waiting if all(ref[:2] in done for ref in node.inputs)]
        node = dice.choice(ready)
        waiting.remove(node)
        done.add((node.layer.name, node.call))
        ordered.append(node)
    return graph._replace(nodes=tuple(ordered), layers=tuple(node.layer for node in ordered))


def with_node(graph, place, node):
    """The graph with another call at a place."""
    nodes = [*graph.nodes[:place], node, *graph.nodes[place + 1 :]]
    return graph._replace(nodes=tuple(nodes), layers=tuple(each.layer for each in nodes))


def configured(graph, place, **config):
    """The graph with other settings at a place."""
    node = graph.nodes[place]
    made = replace(node.layer, config={**node.layer.config, **config})
    return with_node(graph, place, Node(made, node.call, node.args, node.kwargs))


def inserted(graph, place):
    """The graph with a new layer before a place: its first input passes through it."""
    node = graph.nodes[place]
    first = node.inputs[0]
    fresh = Node(layer("fresh", "LayerNormalization"), 0, (first,))
    through = TensorRef("fresh")
    args = node.args[0]
    args = [through, *args[1:]] if isinstance(args, list) else through
    nodes = [
        *graph.nodes[:place],
        fresh,
        Node(node.layer, node.call, (args,)),
        *graph.nodes[place + 1 :],
    ]
    return graph._replace(nodes=tuple(nodes), layers=tuple(each.layer for each in nodes))
