"""Times every pass on graphs of 1,000 to 100,000 layers, and prints how they grow.

    python benchmarks/scale.py [--largest 100000]

A pass is linear when ten times the layers cost about ten times the seconds. The shapes of the
graphs are those that are hard: a long chain with shortcuts, one layer that joins thousands of
others, models nested inside one another.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from inspector.answers.count import count
from inspector.answers.params import params
from inspector.deep import with_room
from inspector.graph import Graph
from inspector.infer import Analysis, analyze
from inspector.model import Model, model_of
from inspector.readers.keras3 import read_model
from inspector.render.json import dumped, params_document

Config = dict[str, Any]


def tensor(layer: str) -> Config:
    """A saved reference to what a layer gives."""
    config = {"shape": [None, 32], "dtype": "float32", "keras_history": [layer, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def layer(class_name: str, name: str, *args: Any, **config: Any) -> Config:
    """A saved layer and its one call."""
    return {
        "module": "keras.layers",
        "class_name": class_name,
        "config": {"name": name, "trainable": True, **config},
        "registered_name": None,
        "name": name,
        "inbound_nodes": [{"args": list(args), "kwargs": {}}] if args else [],
    }


def model(name: str, layers: list[Config]) -> Config:
    """A saved model from its first layer to its last."""
    ends = {"input_layers": [layers[0]["name"], 0, 0], "output_layers": [layers[-1]["name"], 0, 0]}
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {"name": name, "trainable": True, "layers": layers, **ends},
    }


def chain(size: int) -> Config:
    """Dense, activation and an addition that takes a shortcut, again and again."""
    layers = [layer("InputLayer", "in", batch_shape=[None, 32])]
    last = "in"
    for place in range(size // 3):
        dense, relu, add = f"dense_{place}", f"relu_{place}", f"add_{place}"
        layers.append(layer("Dense", dense, tensor(last), units=32))
        layers.append(layer("Activation", relu, tensor(dense), activation="relu"))
        layers.append(layer("Add", add, [tensor(relu), tensor(last)]))
        last = add
    return model("chain", layers)


def wide(size: int) -> Config:
    """Layers side by side that one concatenation joins."""
    layers = [layer("InputLayer", "in", batch_shape=[None, 32])]
    names = [f"dense_{place}" for place in range(size - 2)]
    layers += [layer("Dense", name, tensor("in"), units=32) for name in names]
    return model("wide", [*layers, layer("Concatenate", "all", [tensor(n) for n in names])])


def nested(depth: int) -> Config:
    """Models inside one another, each with a layer of its own."""
    inner = chain(3)
    for level in range(depth):
        entry = {**inner, "name": inner["config"]["name"], "registered_name": None}
        entry["inbound_nodes"] = [{"args": [tensor("in")], "kwargs": {}}]
        layers = [layer("InputLayer", "in", batch_shape=[None, 32]), entry]
        layers.append(layer("Dense", "dense", tensor(entry["name"]), units=32))
        inner = model(f"level_{level}", layers)
    return inner


def passes(text: str) -> Iterator[tuple[str, float]]:
    """Seconds of processor time that each pass takes."""
    config: Config = {}
    graph: list[Graph] = []
    analysis: list[Analysis] = []
    loaded: list[Model] = []
    yield "JSON", timed(lambda: config.update(json.loads(text)))
    yield "graph", timed(lambda: graph.append(read_model(config, "benchmark")))
    yield "walk", timed(lambda: analysis.append(analyze(graph[0])))
    rows = partial(model_of, source="benchmark", format="json")
    yield "rows", timed(lambda: loaded.append(rows(analysis[0])))
    yield "count", timed(lambda: count(loaded[0]))
    yield "to JSON", timed(lambda: dumped(params_document(params(loaded[0]))))


def timed(work: Callable[[], Any]) -> float:
    """Seconds of processor time that `work` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def report(title: str, sizes: list[int], made: Callable[[int], Config]) -> None:
    """Print the seconds of every pass for every size, and the growth from one to the next."""
    print(f"\n{title}")
    print(f"{'layers':>9}" + "".join(f"{name:>10}" for name in NAMES) + f"{'read':>9}{'growth':>9}")
    before = 0.0
    for size in sizes:
        text = json.dumps(made(size))
        taken = dict(passes(text))
        read = sum(taken[name] for name in NAMES[:4])
        total = sum(taken.values())
        growth = f"{total / before:8.1f}x" if before else ""
        before = total
        print(
            f"{size:9,}" + "".join(f"{taken[n]:10.3f}" for n in NAMES) + f"{read:9.3f}{growth:>9}"
        )
        gc.collect()


NAMES = ["JSON", "graph", "walk", "rows", "count", "to JSON"]


def main() -> None:
    """Print all three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=100_000)
    largest = parser.parse_args().largest
    sizes = [size for size in (1_000, 10_000, 100_000) if size <= largest]
    gc.disable()  # as the command line does
    report("a chain with shortcuts", sizes, chain)
    report("one layer that joins all others", sizes, wide)
    with_room(lambda: report("models inside one another", [50, 500], nested))


if __name__ == "__main__":
    main()
