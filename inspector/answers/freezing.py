"""Which layers train: what setting `trainable` does to a model and to everything inside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from inspector.graph import Graph, Layer, Node, escaped

_SUBLAYERS = ("layer", "backward_layer", "forward_layer", "cell", "cells", "layers")


@dataclass(slots=True)
class _Switch:
    """The flag of one layer object, with those of the objects that it holds."""

    on: bool
    inside: list[_Switch] = field(default_factory=list)


class Flags:
    """The `trainable` flags of a model while a script sets them; paths name layers, "" the model.

    Setting a flag sets those of everything inside. Keras 3 with the TensorFlow backend passes over
    an assignment that changes nothing, and then nothing inside changes either; Keras 2 does not.
    """

    def __init__(self, graph: Graph, keras: int) -> None:
        self._keras = keras
        self._switches: dict[str, _Switch] = {}
        self._objects: dict[str, _Switch] = {}
        self._switches[""] = _Switch(graph.trainable, self._within(graph, ""))

    def __getitem__(self, path: str) -> bool:
        return self._switches[path].on

    def set(self, path: str, value: bool) -> bool:
        """Do what `layer.trainable = value` does; whether it was done rather than passed over."""
        switch = self._switches[path]
        if self._passes_over(switch, value):
            return False
        self._turn(switch, value)
        return True

    def disagree_inside(self, path: str, value: bool) -> bool:
        """Whether something inside a layer has another flag than `value`."""
        stack = list(self._switches[path].inside)
        while stack:
            switch = stack.pop()
            if switch.on != value:
                return True
            stack.extend(switch.inside)
        return False

    def applied(self, graph: Graph) -> Graph:
        """The graph with the flags as they are now."""
        return self._graph(graph, "")._replace(trainable=self[""])

    def _passes_over(self, switch: _Switch, value: bool) -> bool:
        return self._keras >= 3 and switch.on == value

    def _turn(self, first: _Switch, value: bool) -> None:
        stack = [first]
        while stack:
            switch = stack.pop()
            if not self._passes_over(switch, value):
                switch.on = value
                stack.extend(switch.inside)

    # --- building ---

    def _within(self, graph: Graph, prefix: str) -> list[_Switch]:
        return [self._switch(layer, prefix + escaped(layer.name)) for layer in graph.layers]

    def _switch(self, layer: Layer, path: str) -> _Switch:
        known = self._objects.get(layer.identity) if layer.identity else None
        if known is not None:  # the same object at another place
            self._switches[path] = known
            return known
        switch = _Switch(layer.trainable)
        self._switches[path] = switch
        if layer.identity:
            self._objects[layer.identity] = switch
        if layer.graph is not None:
            switch.inside = self._within(layer.graph, f"{path}/")
        for key, held in _held(layer):
            switch.inside.append(self._switch(held, f"{path}//{key}"))
        return switch

    # --- applying ---

    def _graph(self, graph: Graph, prefix: str) -> Graph:
        layers = {
            layer.name: self._layer(layer, prefix + escaped(layer.name)) for layer in graph.layers
        }
        return graph._replace(
            layers=tuple(layers.values()),
            nodes=tuple(
                _with(node, layers.get(node.layer.name, node.layer)) for node in graph.nodes
            ),
        )

    def _layer(self, layer: Layer, path: str) -> Layer:
        on = self[path]
        graph = layer.graph
        if graph is not None:
            graph = self._graph(graph, f"{path}/")._replace(trainable=on)
        config: dict[str, Any] = dict(layer.config)
        for key, held in _held(layer):
            made = self._layer(held, f"{path}//{key}")
            name, _, place = key.partition(":")
            if place:
                config[name] = [*config[name][: int(place)], made, *config[name][int(place) + 1 :]]
            else:
                config[name] = made
        return replace(layer, trainable=on, graph=graph, config=config)


def _with(node: Node, layer: Layer) -> Node:
    return Node(layer, node.call, node.args, node.kwargs)


def _held(layer: Layer) -> Iterator[tuple[str, Layer]]:
    """The layers in the config of a wrapper or of a recurrent layer, by key and place."""
    for key in _SUBLAYERS:
        value = layer.config.get(key)
        if isinstance(value, Layer):
            yield key, value
        elif isinstance(value, list):
            for place, item in enumerate(value):
                if isinstance(item, Layer):
                    yield f"{key}:{place}", item
