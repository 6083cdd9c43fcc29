"""`keras.applications`: its modules, and what they do to pictures before a network sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inspector.symbolic.keras.operations import function, tensorflow
from inspector.symbolic.keras.session import current
from inspector.symbolic.keras.tensors import Tensor
from inspector.symbolic.keras.unknown import reason, unknown

# How `preprocess_input` of each module scales pictures, as `keras/src/applications` has it; None
# where the network does so itself and the function gives what it takes.
_MODES: dict[str, str | None] = {
    **dict.fromkeys(("resnet", "resnet50", "vgg16", "vgg19", "imagenet_utils"), "caffe"),
    **dict.fromkeys(("inception_resnet_v2", "inception_v3", "mobilenet", "mobilenet_v2"), "tf"),
    **dict.fromkeys(("nasnet", "resnet_v2", "xception"), "tf"),
    "densenet": "torch",
    **dict.fromkeys(("convnext", "efficientnet", "efficientnet_v2", "mobilenet_v3"), None),
    **dict.fromkeys(("regnet", "resnet_rs"), None),
}
MODULES = frozenset(_MODES)


def preprocess_input(module: str) -> Callable[..., Any] | None:
    """The function of that name in a module of `keras.applications`."""
    if module not in _MODES:
        return None

    def called(x: Any, data_format: Any = None, mode: Any = _MODES[module]) -> Any:
        if not isinstance(x, Tensor):
            return unknown("preprocess_input", reason(x) or "pictures are not computed")
        if mode is None or x.sizes is None:
            return x if mode is None else Tensor(None)
        return _scaled(x, str(data_format or current.image_data_format), str(mode))

    called.__name__ = "preprocess_input"
    return called


def _scaled(x: Any, data_format: str, mode: str) -> Any:
    """The very steps of Keras, since each is a node of the graph."""
    if mode == "tf":
        return x / 127.5 - 1.0
    channel = (1 if len(x.sizes) > 3 else 0) if data_format == "channels_first" else -1
    x = x / 255.0 if mode == "torch" else _reversed(x, channel)
    x = _shifted(x, channel, data_format)
    return x / Tensor((3,)) if mode == "torch" else x


def _reversed(x: Any, channel: int) -> Any:
    """Red, green, blue as blue, green, red."""
    before = (...,) if channel < 0 else (slice(None),) * channel
    behind = () if channel < 0 else (...,)
    if current.major < 3:
        return x[(*before, slice(None, None, -1), *behind)]
    parts = [x[(*before, place, *behind)] for place in (2, 1, 0)]
    return function("stack")(parts, axis=channel)


def _shifted(x: Any, channel: int, data_format: str) -> Any:
    """Less the mean of each channel."""
    if current.major < 3:
        return tensorflow("nn.bias_add", x, Tensor((3,)), data_format=_NAMES.get(data_format))
    sizes = [1] * len(x.sizes)
    sizes[channel] = 3
    return x + Tensor(tuple(sizes))


_NAMES = {"channels_first": "NCHW", "channels_last": "NHWC"}
