"""The settings of a layer that can change what an untrained graph computes, in one spelling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from inspector.answers.code.calls import boundaries, keras_3_name
from inspector.answers.code.expressions import SIDES, policy_name, same, sides
from inspector.dims import Shape
from inspector.graph import Layer, Node, TensorRef
from inspector.readers import constructors
from inspector.readers.kinds import spelled

_NEVER = frozenset({"name", "trainable", "batch_input_shape", "batch_shape", "build_config"})
_IDLE = frozenset(  # they change how training begins or goes, or how fast it is
    {
        *("seed", "implementation", "unroll", "autocast", "flash_attention", "optional"),
        *("unit_forget_bias", "input_dtype", "input_length", "sparse", "ragged"),
        *("query_shape", "key_shape", "value_shape"),
        *("batch_size", "dynamic", "softmax_robust_masking", "zero_output_for_mask"),
        *("synchronized", "virtual_batch_size", "fused", "quantization_config", "lora_alpha"),
    }
)
_IDLE_ENDS = ("_initializer", "_regularizer", "_constraint", "initializer", "regularizer")
_FOLDED = frozenset({"kernel_size", "strides", "pool_size", "dilation_rate", "size", "axis"})
_COMMUTE = frozenset({"Add", "Multiply", "Average", "Maximum", "Minimum"})
_COMMUTE_OPS = frozenset({"add", "multiply", "maximum", "minimum"})

Settings = dict[str, Any]  # key to a canonical value


def settings(layer: Layer, taken: Shape | None = None, *, everything: bool = False) -> Settings:
    """The settings of a layer by key, in one spelling for every version of Keras.

    What a version leaves out is filled in with its default.

    Args:
        taken: the shape that flows in, which tells a last axis by its number.
        everything: also those that cannot change what an untrained graph computes.
    """
    mine, other = _signatures(layer)
    defaults = mine.defaults if mine else {}
    config = {**defaults, **layer.config}
    found: Settings = {}
    for key, value in config.items():
        if key in _NEVER or key == "dtype" or (not everything and _is_idle(key)):
            continue
        # What one version alone has counts only where somebody has set it.
        alone = mine is not None and other is not None and key not in other.takes
        if alone and (mine is None or key not in mine.takes or same(value, defaults.get(key))):
            continue
        found[key] = _setting(key, value, config, taken)
    policy = policy_name(layer.config.get("dtype")) or "float32"
    if policy != "float32":
        found["dtype"] = policy
    return found


def _signatures(
    layer: Layer,
) -> tuple[constructors.Signature | None, constructors.Signature | None]:
    """How the class of a layer is called in the Keras that wrote it, and in the other one."""
    if layer.operation:
        return None, None
    mine = 3 if layer.dialect >= 3 else 2
    found = {
        number: constructors.signature("layers", layer.class_name, number) for number in (2, 3)
    }
    return found[mine] or found[5 - mine], found[5 - mine] or found[mine]


def unlike(left: Settings, right: Settings) -> Iterator[str]:
    """The keys on which two settings differ; what one lacks counts as nothing."""
    for key in dict.fromkeys((*left, *right)):
        if (left.get(key) or None) != (right.get(key) or None):
            both = key in left and key in right
            if both or left.get(key, right.get(key)) not in (None, False, "linear", 0, 0.0):
                yield key


def class_of(layer: Layer) -> str:
    """What a layer is: its class; for an operation, one name for every version of Keras."""
    if not layer.operation:
        return layer.class_name
    if layer.dialect >= 3:
        return layer.class_name.lower()
    return keras_3_name(str(layer.config.get("function", layer.class_name)))


def label(node: Node, taken: Shape | None, everything: bool) -> object:
    """What one call does, apart from what it takes: hashable, equal where it does the same."""
    layer = node.layer
    if layer.operation:
        return class_of(layer), _operands(node)
    kept = {
        key: value
        for key, value in settings(layer, taken, everything=everything).items()
        if value not in (None, False, "linear")
    }
    return layer.class_name, _frozen(kept), _frozen(flags(node))


def operands(node: Node) -> list[str]:
    """The plain values that an operation works with, as they are said."""
    return list(_operands(node))


def flags(node: Node) -> dict[str, Any]:
    """The plain arguments of a call."""
    return {
        key: value
        for key, value in node.kwargs.items()
        if value is not None and not _holds_tensor(value)
    }


def commutes(node: Node) -> bool:
    """Whether the order of what a call takes makes no difference."""
    if node.layer.operation:
        return class_of(node.layer) in _COMMUTE_OPS
    return node.layer.class_name in _COMMUTE


@cache
def _is_idle(key: str) -> bool:
    return key in _IDLE or key.endswith(_IDLE_ENDS)


def _setting(key: str, value: Any, config: Mapping[str, Any], taken: Shape | None) -> Any:
    if key == "strides" and value is None:
        value = config.get("pool_size")
    if key == "data_format":
        return value or "channels_last"
    several = isinstance(value, list | tuple) and bool(value)
    if several and key in _FOLDED and all(item == value[0] for item in value):
        value = value[0]
    if key in SIDES and several:
        value = sides(value)
    if key == "axis" and isinstance(value, int) and taken and value == len(taken) - 1:
        return -1
    if key.endswith("activation") and (value is None or isinstance(value, str)):
        return spelled(value)
    return _frozen(value)


def _operands(node: Node) -> tuple[str, ...]:
    """The plain values that an operation works with, whichever way they were given."""
    config = {
        key: value
        for key, value in node.layer.config.items()
        if key not in (*_NEVER, "dtype", "function", "node_def", "constants")
    }
    given = {key: value for key, value in node.kwargs.items() if key != "name"}
    if "num_or_size_splits" in given:
        given["num_or_size_splits"] = boundaries(given["num_or_size_splits"])
    values = [*config.values(), *node.args, *given.values()]
    plain = (value for value in values if not _holds_tensor(value))
    return tuple(sorted(repr(_frozen(value)) for value in plain if value not in (None, False)))


def _holds_tensor(value: Any) -> bool:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, TensorRef):
            return True
        if isinstance(item, list | tuple):
            stack.extend(item)
        elif isinstance(item, Mapping):
            stack.extend(item.values())
        elif isinstance(item, slice):
            stack.extend((item.start, item.stop, item.step))
    return False


def _frozen(value: Any) -> Any:
    """A value of a config as one that can be compared and hashed."""
    if isinstance(value, Layer):
        inner = settings(value)
        return value.class_name, _frozen({k: v for k, v in inner.items() if v not in (None, False)})
    if isinstance(value, list | tuple):
        return tuple(map(_frozen, value))
    if isinstance(value, Mapping):
        if isinstance(value.get("class_name"), str) and "config" in value:
            return _object(value)
        return tuple(sorted((str(key), _frozen(item)) for key, item in value.items()))
    if isinstance(value, slice):
        return "slice", _frozen((value.start, value.stop, value.step))
    return value if isinstance(value, str | int | float | type(None)) else repr(value)


def _object(value: Mapping[str, Any]) -> Any:
    """A serialised object by its class and its settings; a function by its name."""
    class_name, config = str(value["class_name"]), value["config"]
    if class_name == "function" and isinstance(config, str):
        return spelled(config)
    if class_name in ("__tuple__", "__numpy__", "__tensor__") and isinstance(config, Mapping):
        return _frozen(config.get("value"))
    inner = _frozen(config)
    if isinstance(config, Mapping):
        kept = {k: v for k, v in config.items() if k not in ("name", "dtype", "trainable", "seed")}
        inner = _frozen({key: item for key, item in kept.items() if item not in (None, False)})
    return class_name, inner
