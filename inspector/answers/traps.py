"""The mistakes that people make when they freeze a model, seen in a plan."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.answers.transfer import Transfer
from inspector.graph import Graph, Layer
from inspector.infer import Analysis, analyze

_PROBABILITIES = ("softmax", "sigmoid")


def traps(answer: Transfer) -> Iterator[str]:
    """What somebody who runs this plan should know, one sentence or two each."""
    yield from _moving(answer)
    yield from _masked(answer)
    if answer.head:
        yield from _wrong_tensor(answer)
    elif answer.steps:
        yield (
            "compile the model after its flags are set: what was compiled before goes on training "
            "what it trained then"
        )
    if answer.complete and not answer.trained.params:
        yield "nothing is trained: fit() would change no weight"


def _moving(answer: Transfer) -> Iterator[str]:
    """Statistics that move while their layer learns nothing, or that training=True leaves alone."""
    idle = [layer for layer in answer.layers if layer.updated and not layer.trained]
    if idle:
        numbers = sum(layer.updated or 0 for layer in idle)
        mend = " call the base with training=False (--inference)" if answer.head else ""
        yield (
            f"{len(idle)} layers learn nothing, yet every batch moves their {numbers:,} running "
            f"averages:{mend or ' freeze them, and they stay as they are'}"
        )
    kept = [
        layer
        for layer in answer.layers
        if layer.class_name == "BatchNormalization" and layer.state == "frozen"
    ]
    if answer.head and answer.training and kept:
        yield (
            f"training=True does not reach {len(kept)} frozen BatchNormalization layers: "
            "trainable=False also keeps their averages, and they normalise by them"
        )


def _masked(answer: Transfer) -> Iterator[str]:
    """Flags inside a model whose own flag says otherwise: the two Keras differ there."""
    around = _around(answer.whole)
    if around is None:
        return
    outer, layer = around
    if answer.keras < 3:
        yield (
            f'"{layer}" has trainable=True, but "{outer}" around it is frozen, and Keras 2 asks '
            "every model around a layer: it is not trained"
        )
    else:
        yield (
            f'"{layer}" is trained although "{outer}" around it is frozen: in Keras 3 a layer\'s '
            "own flag decides; Keras 2 would keep it as it is"
        )


def _around(graph: Graph) -> tuple[str, str] | None:
    """A frozen model inside, and a layer in it that would train."""
    stack = [layer for layer in graph.layers if layer.graph is not None]
    while stack:
        layer = stack.pop()
        inside = layer.graph.layers if layer.graph is not None else ()
        if not layer.trainable:
            open_ = next((each for each in inside if _trains(each)), None)
            if open_ is not None:
                return layer.name, open_.name
        stack.extend(each for each in inside if each.graph is not None)
    return None


def _trains(layer: Layer) -> bool:
    from inspector.rules import layer_rule  # noqa: PLC0415 - only inside frozen models

    rule = None if layer.operation else layer_rule(layer.class_name)
    return layer.trainable and rule is not None and not rule.weightless


def _wrong_tensor(answer: Transfer) -> Iterator[str]:
    """A head on class probabilities, or a Dense on every place of a feature map."""
    analysis = analyze(answer.whole)
    last = _last_layer(answer.base.graph)
    if last is not None and last.config.get("activation") in _PROBABILITIES:
        what = "include_top=False" if answer.base.format == "zoo" else "a base that ends before it"
        yield (
            f'the head takes what "{last.name}" gives, {last.config["activation"]} outputs of the '
            f"old task: you may want {what}"
        )
    names = {made.layer.name for made in answer.head}
    yield from _spread(analysis, names)


def _spread(analysis: Analysis, names: set[str]) -> Iterator[str]:
    for node in analysis.graph.nodes:
        if node.layer.name not in names or node.layer.class_name != "Dense":
            continue
        shape = analysis.shapes.get(node.inputs[0])
        if shape is not None and len(shape) > 2:
            yield (
                f'"{node.layer.name}" meets {tuple(shape)}: a Dense works on the last axis alone, '
                "at every place; pool or flatten first"
            )
            return


def _last_layer(graph: Graph) -> Layer | None:
    name = graph.outputs[0].layer
    layer = next((each for each in graph.layers if each.name == name), None)
    while layer is not None and layer.graph is not None:
        layer = _last_layer(layer.graph)
    return layer
