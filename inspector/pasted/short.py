"""Short forms: `conv f=5 3->8`, `conv 3x3 64 s2 on 32x32x3`, `dense 784->64`, `lstm 128 in 64`.

    WORD ITEM… [on SHAPE]

WORD names the layer; the items follow in any order, and docs/calculator.md lists them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from inspector.dims import Shape
from inspector.errors import ReadError
from inspector.pasted.building import Builder
from inspector.pasted.making import made
from inspector.pasted.sizes import SHAPE, shape_of


class Form(NamedTuple):
    """What a word stands for: a class, what its plain number means, and the rank of its input."""

    class_name: str  # "{}" stands for the number of axes
    number: str = ""  # the config key of a number alone; "in": the channels that flow in
    axes: int = 0  # of space: 2 unless the word says otherwise
    wrapped: bool = False  # in a Bidirectional


_CONV = Form("Conv{}D", "filters", 2)
FORMS: dict[str, Form] = {
    "conv": _CONV,
    "deconv": Form("Conv{}DTranspose", "filters", 2),
    "depthwise": Form("DepthwiseConv{}D", "in", 2),
    "separable": Form("SeparableConv{}D", "filters", 2),
    "dense": Form("Dense", "units"),
    "lstm": Form("LSTM", "units"),
    "gru": Form("GRU", "units"),
    "rnn": Form("SimpleRNN", "units"),
    "bilstm": Form("LSTM", "units", wrapped=True),
    "bigru": Form("GRU", "units", wrapped=True),
    "bn": Form("BatchNormalization", "in"),
    "ln": Form("LayerNormalization", "in"),
    "embedding": Form("Embedding", "output_dim"),
    "maxpool": Form("MaxPooling{}D", "pool_size", 2),
    "avgpool": Form("AveragePooling{}D", "pool_size", 2),
    "gap": Form("GlobalAveragePooling{}D", "", 2),
    "flatten": Form("Flatten"),
    "dropout": Form("Dropout", "rate"),
    "relu": Form("ReLU"),
    "softmax": Form("Softmax"),
}
_ALSO = {
    "convolution": "conv", "convtranspose": "deconv", "transposed": "deconv", "upconv": "deconv",
    "dw": "depthwise", "dwconv": "depthwise", "depthwiseconv": "depthwise", "sep": "separable",
    "sepconv": "separable", "separableconv": "separable", "fc": "dense", "linear": "dense",
    "batchnorm": "bn", "batchnormalization": "bn", "layernorm": "ln", "embed": "embedding",
    "pool": "maxpool", "maxpooling": "maxpool", "averagepool": "avgpool", "simplernn": "rnn",
    "globalaveragepool": "gap",
}  # fmt: skip
_WORD = re.compile(r"(?P<word>[a-z]+?)(?P<rank>[123]d)?", re.IGNORECASE)
_START = re.compile(r"\s*([A-Za-z]+(?:[123][dD])?)(?=\s|$)")
_ON = re.compile(rf"\s+(?:on|input)\s+(?P<shape>{SHAPE})\s*$")
# What an item may look like; the first that fits counts. `\b` keeps `s2` apart from `same`.
_ITEMS: tuple[tuple[str, str], ...] = (
    ("flow", r"(\d+)\s*(?:->|→|=>|to\b)\s*(\d+)"),
    ("in", r"(?:in|from|n_in|c_in|in_channels)\s*=?\s*(\d+)\b"),
    ("filters", r"(?:out|filters|n_out|c_out|units|u|out_channels)\s*=?\s*(\d+)\b"),
    ("kernel_size", r"(\d+(?:\s*[x×]\s*\d+)+)\b"),
    ("kernel_size", r"(?:f|k|kernel|kernel_size)\s*=?\s*(\d+(?:\s*[x×,]\s*\d+)*)\b"),
    ("strides", r"(?:strides?|s)\s*=?\s*(\d+(?:\s*[x×,]\s*\d+)*)\b"),
    ("strides", r"/\s*(\d+)\b"),
    ("dilation_rate", r"(?:dilation|dilation_rate|d)\s*=?\s*(\d+)\b"),
    ("groups", r"(?:groups|g)\s*=?\s*(\d+)\b"),
    ("depth_multiplier", r"(?:depth_multiplier|m)\s*=?\s*(\d+)\b"),
    ("padding", r"(?:(?:padding|pad|p)\s*=?\s*)?(same|valid)\b"),
    ("no_bias", r"(?:no[ _-]?bias|(?:use_)?bias\s*=\s*(?:False|false|0|no))\b"),
    ("bias", r"(?:with[ _-]?bias|(?:use_)?bias(?:\s*=\s*(?:True|true|1|yes))?)\b"),
    ("number", r"(\d+(?:\.\d+)?)\b"),
)
_PATTERNS = tuple((key, re.compile(pattern)) for key, pattern in _ITEMS)


def form_of(text: str) -> Form | None:
    """The form that a line begins with, or `None` where it is no short form.

    >>> form_of("conv f=5 3->8").class_name, form_of("Conv2D(8, 5)"), form_of("x = 3")
    ('Conv{}D', None, None)
    """
    start = _START.match(text)
    found = _WORD.fullmatch(start[1]) if start else None
    if start is None or found is None or re.match(r"\s*[=(.]", text[start.end() :]):
        return None
    if start[1].endswith("D") and not start[1].isupper():  # Conv2D is the name of a class
        return None
    word = found["word"].lower()
    form = FORMS.get(_ALSO.get(word, word))
    if form is not None and found["rank"]:
        return form._replace(axes=int(found["rank"][0])) if form.axes else None
    return form


def near_form(text: str) -> str:
    """A short form whose word is like the one that `text` begins with; empty without one."""
    start = _START.match(text)
    if start is None:
        return ""
    close = difflib.get_close_matches(start[1].lower(), [*FORMS, *_ALSO], n=1, cutoff=0.7)
    return f"did you mean {close[0]}{text[start.end() :].rstrip()}?" if close else ""


def add_short(builder: Builder, text: str, where: str, dialect: str) -> None:
    """Add the layer that a short form says.

    Raises:
        ReadError: an item of it is not understood, with the column; or a size is missing.
    """
    form = form_of(text)
    start = _START.match(text)
    assert form is not None  # noqa: S101 - whoever calls has asked
    assert start is not None  # noqa: S101 - as above
    on = _ON.search(text)
    items = list(_items(text[: on.start()] if on else text, start.end(), where))
    config, channels, axes = _config(form, items)
    _check(form, config, text, where)
    axes = axes or form.axes
    name = form.class_name.format(axes or "")
    layer = made(builder, name, (), config, dialect=dialect, where=where)
    if form.wrapped:
        layer = made(builder, "Bidirectional", (), {"layer": layer}, dialect=dialect, where=where)
    shape = shape_of(on["shape"], where) if on else _flow(form, channels, axes)
    builder.follow(layer, " ".join(text.split()), shape)


def _items(text: str, start: int, where: str) -> Iterator[tuple[str, re.Match[str]]]:
    place = start
    while place < len(text):
        if text[place] in " \t,;":
            place += 1
            continue
        key, match = next(
            ((key, found) for key, pattern in _PATTERNS if (found := pattern.match(text, place))),
            ("", None),
        )
        if match is None:
            raise ReadError(
                f"{where}, column {place + 1}",
                "is no part of a short form",
                received=text[place : place + 40].strip(),
                hint=f"after {text[:start].strip()} may stand f=5, 3->8, 3x3, s2, same, nobias, "
                "in 3, on 32x32x3",
            )
        yield key, match
        place = match.end()


def _config(form: Form, items: list[tuple[str, re.Match[str]]]) -> tuple[dict[str, Any], Any, int]:
    """The config that the items say, the channels that flow in, and the axes of the kernel."""
    config: dict[str, Any] = {}
    channels, axes = None, 0
    size = "pool_size" if "Pooling" in form.class_name else "kernel_size"
    out = (
        "units"
        if form.number == "units"
        else "output_dim"
        if "Embed" in form.class_name
        else "filters"
    )
    for key, match in items:
        if key == "flow":
            channels, config[out] = int(match[1]), int(match[2])
        elif key == "in":
            channels = int(match[1])
        elif key in ("no_bias", "bias"):
            config["use_bias"] = key == "bias"
        elif key == "number":
            channels = _number(form, match[1], config, channels)
        else:
            value = match[1] if key == "padding" else _sizes(match[1])
            name = {"kernel_size": size, "filters": out}.get(key, key)
            config[name] = value
            axes = len(value) if key == "kernel_size" and isinstance(value, list) else axes
    if form.class_name == "Embedding" and channels is not None:
        config["input_dim"] = channels
    return config, channels, axes if form.axes else 0


def _number(form: Form, text: str, config: dict[str, Any], channels: Any) -> Any:
    """Put a number alone where it belongs; the channels that flow in."""
    value = float(text) if "." in text else int(text)
    if form.number == "in":
        return value
    if form.number:
        config[form.number] = value
    return channels


def _sizes(text: str) -> int | list[int]:
    sizes = [int(size) for size in re.split(r"\s*[x×,]\s*", text)]
    return sizes[0] if len(sizes) == 1 else sizes


_NEEDED: tuple[tuple[str, Callable[[str], bool], str], ...] = (
    ("kernel_size", lambda name: "Conv" in name, "f=5, or 5x5"),
    ("filters", lambda name: "Conv" in name and "Depthwise" not in name, "3->8, or 8"),
    ("units", lambda name: name in ("Dense", "LSTM", "GRU", "SimpleRNN"), "784->64, or 64"),
    ("input_dim", lambda name: name == "Embedding", "10000->64"),
    ("output_dim", lambda name: name == "Embedding", "10000->64"),
)


def _check(form: Form, config: dict[str, Any], text: str, where: str) -> None:
    for key, asks, example in _NEEDED:
        if asks(form.class_name) and key not in config:
            hint = f"add {example}"
            raise ReadError(where, f"does not say its {key}", received=text.strip(), hint=hint)


def _flow(form: Form, channels: Any, axes: int) -> Shape | None:
    """The shape that flows in where only its channels are said."""
    if channels is None or form.class_name == "Embedding":
        return None
    if form.number == "units" and form.class_name != "Dense":
        return (None, None, channels)
    return (None, *(None,) * axes, channels)
