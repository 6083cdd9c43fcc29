"""Nodes of a TensorFlow graph as layers: how `tf.keras` of 2.0 to 2.3 kept functions.

A node names its kind, such as `ConcatV2`, and its settings; what it takes and does not come from
a layer is written beside it. It comes to what the function of the same purpose comes to.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from inspector.errors import Unknown
from inspector.rules.ops.core import operand
from inspector.rules.rule import FUNCTIONS, Rule, Spec, tf_function

_KINDS = {  # those whose name in small letters is not that of a function
    **dict.fromkeys(("MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"), "matmul"),
    **{kind: f"reduce_{kind.lower()}" for kind in ("All", "Any", "Max", "Mean", "Min", "Prod")},
    **{kind: kind.lower() for kind in ("ArgMax", "ArgMin", "Conv2D", "Conv3D", "FloorMod")},
    **{f"Resize{kind}": f"image.resize_{kind.lower()}" for kind in ("Area", "Bicubic", "Bilinear")},
    "AdjustContrastv2": "image.adjust_contrast",
    "AvgPool3D": "avg_pool3d",
    "CropAndResize": "image.crop_and_resize",
    "DepthwiseConv2dNative": "depthwise_conv2d",
    "EuclideanNorm": "reduce_euclidean_norm",
    "ExtractImagePatches": "image.extract_patches",
    "HSVToRGB": "image.hsv_to_rgb",
    "MatrixDiagPartV3": "matrix_diag_part",
    "MatrixDiagV3": "matrix_diag",
    "MatrixSetDiagV3": "matrix_set_diag",
    "MaxPool3D": "max_pool3d",
    "RGBToHSV": "image.rgb_to_hsv",
    "RandomStandardNormal": "random.normal",
    "RandomUniform": "random.uniform",
    "RealDiv": "divide",
    "ResizeNearestNeighbor": "image.resize_nearest_neighbor",
    "Select": "where",
    "SelectV2": "where",
    "Sum": "reduce_sum",
    "TensorScatterUpdate": "tensor_scatter_nd_update",
    "TopKV2": "top_k",
    "TruncateDiv": "truncatediv",
    "TruncatedNormal": "random.truncated_normal",
}
_SETTINGS = {"adj_x": "adjoint_a", "adj_y": "adjoint_b"}
_SEVERAL = ("AddN", "ConcatV2", "Pack")  # what they take is one list


@tf_function("node")
def node(inputs: Any = None, *, node_def: Any, constants: Any = None) -> Spec:
    """What a node of this kind gives."""
    if not isinstance(node_def, Mapping):
        raise Unknown("the node it holds is packed in binary, which nobody unpacks here")
    kind = str(node_def.get("op"))
    given = _with_constants(inputs, constants)
    attributes = node_def.get("attr")
    listed = attributes.items() if isinstance(attributes, Mapping) else ()
    settings: dict[str, Any] = {
        str(_SETTINGS.get(key, key)): _plain(value)
        for key, value in listed
        if isinstance(value, Mapping)
    }
    return _called(kind, given, settings)


def _with_constants(inputs: Any, constants: Any) -> list[Any]:
    """All that the node takes, in its own order."""
    taken = [] if inputs is None else [inputs]
    given = list(inputs) if isinstance(inputs, list) else taken
    listed = constants.items() if isinstance(constants, Mapping) else ()
    for place, value in sorted((int(key), value) for key, value in listed):
        given.insert(place, _number(value))
    return given


def _number(value: Any) -> Any:
    if isinstance(value, Mapping) and isinstance(value.get("config"), Mapping):
        return value["config"].get("value")
    return value


def _called(kind: str, given: list[Any], settings: Mapping[str, Any]) -> Spec:
    if kind.endswith("SoftmaxCrossEntropyWithLogits"):  # the loss, and its gradient
        return Spec((operand(given[0])[:-1], operand(given[0])))
    match kind:
        case "Einsum":
            return FUNCTIONS["einsum"].function(settings.get("equation"), *given)
        case "Split":  # the axis comes first
            return FUNCTIONS["split"].function(given[1], settings.get("num_split"), given[0])
        case "ConcatV2":
            return FUNCTIONS["concat"].function(given[:-1], given[-1])
        case "IdentityN":
            return Spec(tuple(map(operand, given)))
    return _by_position(kind, given, settings)


def _by_position(kind: str, given: list[Any], settings: Mapping[str, Any]) -> Spec:
    """A node whose inputs stand where the function of its name takes them."""
    rule = _rule_of(kind)
    if kind in _SEVERAL:
        given = [given]
    if kind == "OneHot":  # which numbers stand for yes and no does not matter
        given = given[:2]
    if kind == "GatherV2":
        given = [given[0], given[1], None, None, *given[2:]]
    taken = rule.takes[len(given) :]
    extra = {key: settings[key] for key in taken if key in settings}
    return rule.function(*given[: len(rule.takes)], **extra)


def _rule_of(kind: str) -> Rule:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind).lower()
    rule = FUNCTIONS.get(_KINDS.get(kind, snake))
    if rule is None:
        raise Unknown(f"{kind} is a node of TensorFlow that no rule covers")
    return rule


def _plain(value: Mapping[str, Any]) -> Any:
    """A setting as a plain value: protobuf writes long integers and bytes as text."""
    if "i" in value:
        return int(value["i"])
    if "s" in value:
        return base64.b64decode(value["s"]).decode("latin-1")
    if "list" in value:
        listed = value["list"] if isinstance(value["list"], Mapping) else {}
        return [int(item) for item in listed.get("i", ())] or list(listed.get("f", ()))
    if "type" in value:
        return str(value["type"]).removeprefix("DT_").lower()
    return next((value[key] for key in ("b", "f") if key in value), None)
