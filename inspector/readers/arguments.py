"""The arguments of an architecture, bound and checked as Keras binds and checks them.

What Keras refuses is refused here, in our words. Beyond that, what Keras would quietly leave out
(an unknown pooling) or take for something else (`include_top="false"`) is refused too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspector.dims import Shape
from inspector.errors import ReadError, shown
from inspector.readers.expression import Call
from inspector.readers.kinds import KINDS, KINDS_OF_TOP, spelled
from inspector.readers.zoo import Architecture, architectures

IMAGENET = "imagenet"
_SMALLEST = {"xception": 71, "inceptionv3": 75, "inceptionresnetv2": 75}  # 32 for all others
# What Keras has ImageNet weights for: sizes of square inputs beside the default, and alphas.
_SQUARES = {"mobilenet": (128, 160, 192, 224), "mobilenetv2": (96, 128, 160, 192, 224)}
_ALPHAS = {
    "mobilenet": (0.25, 0.5, 0.75, 1.0),
    "mobilenetv2": (0.35, 0.5, 0.75, 1.0, 1.3, 1.4),
    "mobilenetv3large": (0.75, 1.0),
    "mobilenetv3small": (0.75, 1.0),
}
_NO_WEIGHTS = (
    "add weights=None, or the flag --weights none; "
    'where weights is left out, Keras takes weights="imagenet"'
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a call asks for, each argument with the value that Keras would go on with."""

    key: str
    name: str
    input_shape: Shape  # without the batch
    include_top: bool
    weights: str | None
    pooling: str | None
    classes: int
    classifier_activation: str
    include_preprocessing: bool = True
    alpha: float = 1.0
    depth_multiplier: int = 1
    dropout: float | None = None  # None: no argument of this architecture
    minimalistic: bool = False


def settings(call: Call, record: Mapping[str, Any]) -> Settings:
    """What a call asks for, with the defaults that `record` holds for its architecture.

    Raises:
        ReadError: Keras would refuse the call, or one of its values cannot be meant.
    """
    architecture = architectures()[call.key]
    given = _bound(call, architecture, record["arguments"])
    _check_kinds(given, architecture)
    _check_weights(given, architecture)
    shape = _input_shape(given, architecture)
    if record["halvings"] and shape[0] is not None and shape[1] is None:
        problem = "with a known height, the width has to be known too: Keras pads by both"
        raise _refused(architecture, problem, shape, "give both, or None for both")
    top = bool(given["include_top"])
    activation = given["classifier_activation"]
    return Settings(
        key=call.key,
        name=_name(given, architecture, record, shape),
        input_shape=shape,
        include_top=top,
        weights=given["weights"],
        pooling=None if top else given["pooling"],
        classes=given["classes"] if top else 1000,
        classifier_activation=spelled(activation) if top else "linear",
        include_preprocessing=bool(given.get("include_preprocessing", True)),
        alpha=given.get("alpha", 1.0),
        depth_multiplier=given.get("depth_multiplier", 1),
        dropout=given.get("dropout", given.get("dropout_rate")),
        minimalistic=bool(given.get("minimalistic", False)),
    )


def without_weights(call: Call, record: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments with which Keras builds the model of a call, and fetches nothing.

    Raises:
        ReadError: as `settings` does, or there is no such model without the weights.
    """
    architecture = architectures()[call.key]
    asked = settings(call, record)
    if call.key.startswith("efficientnetb") and asked.weights == IMAGENET:
        problem = 'has one layer more with weights="imagenet", which Keras would have to fetch'
        raise _refused(architecture, problem, asked.weights, _NO_WEIGHTS)
    given = _bound(call, architecture, record["arguments"])
    fixed = {"weights": None, "name": asked.name, "input_shape": asked.input_shape}
    return {**given, **fixed}


def _refused(architecture: Architecture, problem: str, received: object, hint: str) -> ReadError:
    return ReadError(architecture.name, problem, received=shown(received), hint=hint)


# --- binding ------------------------------------------------------------------------------------


def _bound(call: Call, architecture: Architecture, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Every argument with the value given for it, or its default."""
    names = list(defaults)
    if len(call.positional) > len(names):
        problem = f"takes at most {len(names)} arguments"
        hint = f"in this order: {', '.join(names)}"
        raise _refused(architecture, problem, len(call.positional), hint)
    given = dict(zip(names, call.positional, strict=False))
    for name, value in call.keywords:
        if name not in defaults:
            problem = f"takes no argument {name}"
            raise _refused(architecture, problem, value, _meant(name, names))
        if name in given:
            problem = f"{name} is given twice, by position and by name"
            raise _refused(architecture, problem, value, "give it once")
        given[name] = value
    tensor = given.get("input_tensor")
    if tensor is not None:
        problem = "takes no input_tensor here: there is no program that a tensor could come from"
        hint = "give input_shape instead, as in input_shape=(64, 64, 3) or --input-shape 64,64,3"
        raise _refused(architecture, problem, tensor, hint)
    return {**defaults, **given}


def _meant(name: str, names: Sequence[str]) -> str:
    import difflib  # noqa: PLC0415 - only for somebody who mistyped

    near = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {near[0]}?" if near else f"it takes {', '.join(names)}"


# --- values -------------------------------------------------------------------------------------


def _check_kinds(given: Mapping[str, Any], architecture: Architecture) -> None:
    """Refuse values that no argument of the name can have; those of an absent top are not read."""
    kinds = KINDS | (KINDS_OF_TOP if given["include_top"] else {})
    for name, value in given.items():
        if name in kinds and not kinds[name].fits(value):
            kind = kinds[name]
            raise _refused(architecture, f"{name} {kind.expected}", value, kind.hint)


# --- arguments together -------------------------------------------------------------------------


def _check_weights(given: Mapping[str, Any], architecture: Architecture) -> None:
    """Refuse what does not go with the weights asked for."""
    weights, top = given["weights"], given["include_top"]
    if weights is None:
        return
    if weights != IMAGENET and not _is_path(weights):
        problem = 'weights is neither None nor "imagenet" nor the path of a file'
        raise _refused(architecture, problem, weights, KINDS["weights"].hint)
    activation = given["classifier_activation"]
    if top and spelled(activation) not in ("linear", "softmax"):
        problem = "with weights, classifier_activation is None or softmax"
        raise _refused(architecture, problem, activation, _NO_WEIGHTS)
    if weights == IMAGENET:
        _check_imagenet(given, architecture)


def _is_path(text: str) -> bool:
    """Whether a text can be a path: it is one somewhere, if not on this machine."""
    return any(sign in text for sign in "./\\") or os.path.lexists(text)


def _check_imagenet(given: Mapping[str, Any], architecture: Architecture) -> None:
    """Refuse what there are no ImageNet weights for."""
    if given["include_top"] and given["classes"] != 1000:
        problem = 'with weights="imagenet" and the top, classes is 1000'
        raise _refused(architecture, problem, given["classes"], _NO_WEIGHTS)
    if given.get("depth_multiplier", 1) != 1:
        problem = 'with weights="imagenet", depth_multiplier is 1'
        raise _refused(architecture, problem, given["depth_multiplier"], _NO_WEIGHTS)
    alphas = (1.0,) if given.get("minimalistic") else _ALPHAS.get(architecture.key)
    if alphas is not None and given["alpha"] not in alphas:
        problem = f'with weights="imagenet", alpha is one of {", ".join(map(str, alphas))}'
        raise _refused(architecture, problem, given["alpha"], _NO_WEIGHTS)


def _input_shape(given: Mapping[str, Any], architecture: Architecture) -> Shape:
    """The input without its batch, as Keras makes it from what is given."""
    key, top = architecture.key, given["include_top"]
    imagenet = given["weights"] == IMAGENET
    asked = None if given["input_shape"] is None else tuple(given["input_shape"])
    if imagenet and asked is not None and asked[2] != 3:
        problem = 'with weights="imagenet", input_shape has 3 channels'
        raise _refused(architecture, problem, asked, _NO_WEIGHTS)
    if key.startswith("mobilenetv3"):
        asked = asked or architecture.input_shape
        if None not in asked:
            _check_size(asked, architecture)
        return asked
    if imagenet and top:
        return _imagenet_shape(asked, architecture)
    if asked is None:
        fixed = top or key == "nasnetmobile"
        asked = architecture.input_shape if fixed else (None, None, 3)
    _check_size(asked, architecture)
    if top and None in asked:
        problem = "with the top, input_shape is known in full"
        hint = "give its height and width, or leave the top out: include_top=False"
        raise _refused(architecture, problem, asked, hint)
    if imagenet and key.startswith("nasnet") and None in asked:
        problem = 'with weights="imagenet", input_shape is known in full'
        raise _refused(architecture, problem, asked, f"give input_shape, or {_NO_WEIGHTS}")
    return asked


def _imagenet_shape(asked: Shape | None, architecture: Architecture) -> Shape:
    default = architecture.input_shape
    squares: list[Shape] = [(size, size, 3) for size in _SQUARES.get(architecture.key, ())] or [
        default
    ]
    if asked is None:
        return default
    if asked not in squares:
        problem = (
            f'with weights="imagenet" and the top, input_shape is {" or ".join(map(str, squares))}'
        )
        hint = f"leave the top out with include_top=False or --include-top false, or {_NO_WEIGHTS}"
        raise _refused(architecture, problem, asked, hint)
    return asked


def _check_size(shape: Shape, architecture: Architecture) -> None:
    smallest = _SMALLEST.get(architecture.key, 32)
    if any(size is not None and size < smallest for size in shape[:2]):
        problem = f"input_shape is at least {smallest} by {smallest}"
        raise _refused(architecture, problem, shape, "no model of Keras is built for less")


def _name(
    given: Mapping[str, Any], architecture: Architecture, record: Mapping[str, Any], shape: Shape
) -> str:
    """The name of the model, where Keras can build one of that name."""
    key, name, default = architecture.key, given["name"], record["arguments"]["name"]
    if default is None and name is None:
        rows = shape[0]
        if given["weights"] == IMAGENET and (rows != shape[1] or rows not in _SQUARES[key]):
            rows = 224
        return f"{key}_{given['alpha']:0.2f}_{rows}"
    if key.startswith("convnext") and name is None:
        raise _refused(architecture, "expects a name", name, KINDS["name"].hint)
    if key.startswith("efficientnetv2"):
        names = [f"efficientnetv2-b{place}" for place in range(4)]
        names = names if default in names else [default]
        if name not in names:
            problem = f"is built by its name in Keras, which here is {' or '.join(names)}"
            raise _refused(architecture, problem, name, "leave name out")
    looked_up = key.startswith(("efficientnet", "convnext")) and given["weights"] == IMAGENET
    if looked_up and name != default:
        problem = f'with weights="imagenet", name is {default}: Keras looks for them by it'
        raise _refused(architecture, problem, name, _NO_WEIGHTS)
    return "functional" if name is None else str(name)
