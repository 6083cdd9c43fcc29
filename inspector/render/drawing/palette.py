"""The colours: one for each kind of layer, told apart by colour-blind readers too, and in print.

No fact hangs on colour alone: the class of a layer is always written beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from inspector.errors import ReadError
from inspector.graph import Layer
from inspector.rules import function_rule, layer_rule, operation_rule
from inspector.rules.rule import Rule

# A kind of layer, and what the legend calls it.
KINDS = {
    "convolution": "convolution",
    "dense": "dense, embedding",
    "normalization": "normalization",
    "activation": "activation",
    "merge": "merge",
    "sequence": "attention, recurrent",
    "other": "pool, pad, reshape",
    "input": "input",
    "model": "model inside",
    "unknown": "class without a rule",
}
_OF_RULES = {  # the file of a class's rule, which is Keras' own folder, to its kind
    "activation": "activation",
    "attention": "sequence",
    "convolutional": "convolution",
    "core": "dense",
    "legacy": "dense",
    "merging": "merge",
    "normalization": "normalization",
    "recurrent": "sequence",
}


class Frame(NamedTuple):
    """Fill, border, and how thick and dashed that is."""

    fill: str
    stroke: str
    thick: float
    dash: tuple[float, ...] = ()


class Theme(NamedTuple):
    """Every colour of a picture; `tint` is how strongly a share is laid over a row."""

    name: str
    kinds: Mapping[str, str]
    page: str
    card: str
    panel: str
    ink: str
    soft: str
    line: str
    edge: str
    track: str
    bar: str
    tint: float
    frozen: tuple[str, str]  # fill and border
    trained: tuple[str, str]
    heat: str  # for what is coloured by its parameters
    outlined: frozenset[str] = frozenset()  # kinds whose strip is white, with an outline

    def frame(self, state: str = "") -> Frame:
        """What a card looks like that is highlighted by its state."""
        (cool, calm), (warm, strong) = self.frozen, self.trained
        frames = {
            "frozen": Frame(cool, calm, 0.9, (3.0, 2.0)),
            "trained": Frame(warm, strong, 1.4),
            "partly": Frame(self.card, strong, 1.4, (6.0, 2.5)),
            "updated": Frame(self.card, calm, 1.2, (1.2, 1.8)),
        }
        return frames.get(state) or Frame(self.card, self.line, 0.75)


_LIGHT = dict(
    zip(
        KINDS,
        ("#1F5FA8", "#A0307A", "#3FA37C", "#E6A700", "#C8441F", "#62B6E6", "#A9B1BC", "#16202C",
         "#16202C", "#FFFFFF"),
        strict=True,
    )
)  # fmt: skip
_DARK = dict(
    zip(
        KINDS,
        ("#6EA8F0", "#E07BC0", "#4FC49A", "#F2C14E", "#FF7A50", "#9ADAF8", "#7D8796", "#E8ECF2",
         "#E8ECF2", "#171D26"),
        strict=True,
    )
)  # fmt: skip
_PRINT = dict(
    zip(
        KINDS,
        ("#000000", "#000000", "#777777", "#FFFFFF", "#FFFFFF", "#000000", "#FFFFFF", "#FFFFFF",
         "#000000", "#FFFFFF"),
        strict=True,
    )
)  # fmt: skip

THEMES = {
    "light": Theme(
        "light", _LIGHT, "#FFFFFF", "#FFFFFF", "#F4F6F9", "#16202C", "#5B6775", "#C3CAD4",
        "#6B7684", "#E6EAF0", "#1F5FA8", 0.16, ("#EAF1F8", "#5E88AE"), ("#FFF0D4", "#B35C00"),
        "#B35C00", frozenset({"unknown"}),
    ),
    "dark": Theme(
        "dark", _DARK, "#0F141B", "#171D26", "#131922", "#E8ECF2", "#A8B3C1", "#36414F",
        "#8794A5", "#2A3340", "#6EA8F0", 0.20, ("#16283A", "#6F9CC6"), ("#3A2A12", "#F2B04E"),
        "#F2B04E", frozenset({"unknown"}),
    ),
    "print": Theme(
        "print", _PRINT, "#FFFFFF", "#FFFFFF", "#FFFFFF", "#000000", "#333333", "#000000",
        "#000000", "#DDDDDD", "#000000", 0.16, ("#FFFFFF", "#000000"), ("#E0E0E0", "#000000"),
        "#000000", frozenset({"activation", "merge", "other", "input", "unknown"}),
    ),
}  # fmt: skip


def theme_named(name: str) -> Theme:
    """The theme of a name.

    Raises:
        ReadError: there is none.
    """
    if name not in THEMES:
        raise ReadError("--theme", "no theme of this name", received=name,
                        hint=f"one of {', '.join(THEMES)}")  # fmt: skip
    return THEMES[name]


def kind_of(layer: Layer, inputs: int = 1) -> str:
    """The kind of a layer: the folder of Keras that its class lives in.

    Args:
        inputs: how many tensors flow into it: an operation on several of them merges.
    """
    wrapped = layer.config.get("layer")
    while layer.graph is None and isinstance(wrapped, Layer):
        layer, wrapped = wrapped, wrapped.config.get("layer")
    if layer.graph is not None:
        return "model"
    if layer.class_name == "InputLayer":
        return "input"
    return _kind_by_rule(layer, _rule(layer), inputs)


def _kind_by_rule(layer: Layer, rule: Rule | None, inputs: int) -> str:
    if rule is None:
        return "unknown"
    if layer.operation:
        return "merge" if inputs > 1 else "other"
    folder = rule.function.__module__.rpartition(".")[2]
    if folder in ("core", "legacy") and rule.weightless:
        return "other"
    return _OF_RULES.get(folder, "other")


def _rule(layer: Layer) -> Rule | None:
    if layer.module and layer.module.partition(".")[0] not in ("keras", "tf_keras"):
        return None
    if not layer.operation:
        return layer_rule(layer.class_name)
    return function_rule(layer) if layer.dialect < 3 else operation_rule(layer.class_name)
