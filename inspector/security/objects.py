"""Rules over objects of a config: each looks at one dict and says what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from inspector.errors import shown
from inspector.security import known
from inspector.security.findings import Hit
from inspector.security.values import code_bytes

_MAX_CALLS = 1_000
MAX_LAYERS = 20_000
_FUNCTION = "function"


class Config(NamedTuple):
    """One object of a config: its class, its module, its settings, what it is called."""

    data: dict[str, Any]
    class_name: str
    module: str  # that its class or function comes from; empty where the file does not say
    config: dict[str, Any]  # its settings
    target: str  # what is found by name: the function, or the class
    key: str
    owner: str  # the layer it stands in

    @property
    def said(self) -> str:
        """How a message calls it."""
        name = self.config.get("name")
        return f"layer {shown(name)}" if isinstance(name, str) else self._where

    @property
    def _where(self) -> str:
        return (
            f"layer {shown(self.owner)}" if self.owner else f"an object under {self.key or 'top'}"
        )


def config_of(data: dict[str, Any], key: str, owner: str) -> Config | None:
    """An object of a config; `None` for a dict that is none."""
    class_name = data.get("class_name")
    if not isinstance(class_name, str):
        return None
    module, config = data.get("module"), data.get("config")
    named = class_name == _FUNCTION and isinstance(config, str)
    return Config(
        data,
        class_name,
        module if isinstance(module, str) else "",
        config if isinstance(config, dict) else {},
        str(config) if named else class_name,
        key,
        owner,
    )


ObjectRule = Callable[[Config], Iterator[Hit]]


def lambda_function(config: Config) -> Iterator[Hit]:
    """KI001: a function written into the file, whatever carries it."""
    if config.class_name == "__lambda__" and not _recognised(config.config):
        yield Hit("KI001", "critical", f"{config.said} holds a serialized Python function")


def lambda_layer(config: Config) -> Iterator[Hit]:
    """KI001: a Lambda layer without code in the file: what it calls is found by name."""
    if config.class_name.strip().lower() != "lambda" or _recognised(config.config, depth=3):
        return
    function = config.config.get(_FUNCTION)
    named = function
    if isinstance(function, dict):
        if function.get("class_name") == "__lambda__":  # that rule has spoken
            return
        named = function.get("config")
    yield Hit("KI001", "medium", f"{config.said} is a Lambda that calls {shown(named)}")


def foreign_module(config: Config) -> Iterator[Hit]:
    """KI002: a class or function of a module that is not Keras."""
    module, target = config.module, config.target
    if not module or known.is_keras(module) or config.class_name.startswith("__"):
        return
    top = module.partition(".")[0]
    if top == "builtins" and config.class_name == _FUNCTION:
        if target in known.BUILTINS:
            yield Hit("KI002", "critical", f"{config.said} names the Python function {target}")
    elif top in known.DENIED:
        named = shown(f"{module}.{target}")
        yield Hit("KI002", "critical", f"{config.said} names {named}, which is no part of Keras")
    else:
        named = shown(f"{module}.{target}")
        yield Hit("KI002", "medium", f"{config.said} needs {named}, a class or function of its own")


def gadget(config: Config) -> Iterator[Hit]:
    """KI003: a function of Keras that acts, or one from where no model takes any."""
    module, target = config.module, config.target
    if module and not known.is_keras(module):
        return
    named = shown(f"{module}.{target}" if module else target)
    if known.acts(module, target):
        yield Hit(
            "KI003", "critical", f"{config.said} calls {named}, which acts instead of computing"
        )
    elif config.class_name == _FUNCTION and module and not known.computes(module):
        yield Hit("KI003", "high", f"{config.said} calls {named}, which no layer of Keras needs")


def tensorflow_function(config: Config) -> Iterator[Hit]:
    """KI003, KI030: an operation of TensorFlow as a layer, which reads, writes or runs Python."""
    if config.class_name == "TFOpLambda":
        function = config.config.get(_FUNCTION)
        found = known.REACHING_FUNCTIONS.fullmatch(function) if isinstance(function, str) else None
        if found and (not found["op"] or found["op"] in known.REACHING | known.WRITING):
            yield Hit("KI003", "high", f"{config.said} calls tf.{shown(function)[1:-1]}")
    elif config.class_name == "TensorFlowOpLayer":
        definition = str(config.config.get("node_def", ""))[:10_000]
        for name in sorted(known.REACHING):
            if f'"{name}"' in definition or f"\n\x08{name}" in definition:
                yield Hit("KI030", "high", f"{config.said} is the operation {name}")


def torch_module(config: Config) -> Iterator[Hit]:
    """KI004: a module of PyTorch, which is a pickle."""
    if config.class_name == "TorchModuleWrapper":
        yield Hit(
            "KI004", "critical", f"{config.said} is a TorchModuleWrapper: its module is a pickle"
        )


def outside_program(config: Config) -> Iterator[Hit]:
    """KI005: a SavedModel from a path that the file names."""
    if config.class_name == "TFSMLayer":
        path = shown(config.config.get("filepath"))
        yield Hit(
            "KI005", "critical", f"{config.said} is a TFSMLayer: it runs the SavedModel at {path}"
        )


def many_layers(config: Config) -> Iterator[Hit]:
    """KI042: more layers or calls than any model has."""
    layers, nodes = config.config.get("layers"), config.data.get("inbound_nodes")
    if isinstance(layers, list) and len(layers) > MAX_LAYERS:
        yield Hit("KI042", "low", f"{config.said} holds {len(layers):,} layers")
    if isinstance(nodes, list) and len(nodes) > _MAX_CALLS:
        yield Hit("KI042", "low", f"{config.said} is called {len(nodes):,} times")


OBJECT_RULES: tuple[ObjectRule, ...] = (
    lambda_function, lambda_layer, foreign_module, gadget, tensorflow_function, torch_module,
    outside_program, many_layers,
)  # fmt: skip


def _recognised(value: Any, depth: int = 2) -> bool:
    """Whether bytecode stands in a value, so that its own finding says so."""
    if isinstance(value, str):
        return code_bytes(value) is not None
    if depth < 0:
        return False
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_recognised(item, depth - 1) for item in inside)
