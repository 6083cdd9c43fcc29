"""What a picture says of one layer: a row of text and numbers, still without a place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from inspector.dims import Shape
from inspector.graph import Layer, Node
from inspector.infer import Finding
from inspector.model import LayerRow
from inspector.render.drawing.palette import kind_of
from inspector.render.safe import plain
from inspector.rules import operation_rule

SHOWN = ("shapes", "params", "share", "formula", "dtype", "names")
STANDARD = frozenset({"shapes", "params", "share", "formula", "names"})


class Entry(NamedTuple):
    """One call of a layer as a row of a card."""

    key: str  # the layer's path; with the call's number where it is not the first
    path: str
    name: str
    what: str  # class, kernel, stride, activation
    kind: str
    params: int | None
    number: str  # empty: it has none worth saying
    formula: str  # empty: it owns no kernel
    shape: str
    share: float  # of the parameters of what encloses it
    state: str = ""  # what training does to it, of `inspector.answers.states`
    call: int = 0
    inside: str = ""  # the letter of the inset that shows what is inside
    labels: tuple[str, ...] = ()  # the names of each of its outputs in Python

    @property
    def tall(self) -> bool:
        """Whether it has a second line."""
        return bool(self.formula)


def entry(
    row: LayerRow,
    node: Node,
    finding: Finding,
    whole: int,
    shown: Collection[str] = STANDARD,
) -> Entry:
    """What is said of one call.

    Args:
        whole: the parameters of what encloses it, which shares are parts of.
        shown: of `SHOWN`, what is wanted.
    """
    layer = node.layer
    again = node.call > 0
    outputs = finding.outputs[node.call] if node.call < len(finding.outputs) else ()
    weighty = bool(row.weights) or bool(row.layers) or row.params is None
    params = row.params if weighty and not again else 0
    number = ""
    if again and weighty:
        number = "shared"
    elif weighty and "params" in shown:
        number = "?" if row.params is None else f"{row.params:,}"
    formula = ""
    if owns_kernel(finding) and not again and "formula" in shown and "params" in shown:
        formula = row.arithmetic or ""
    return Entry(
        key=row.path if not again else f"{row.path}#{node.call}",
        path=row.path,
        name=plain(row.name),
        what=_what(layer, row, shown),
        kind=kind_of(layer, len(node.inputs)),
        params=params,
        number=number,
        formula=formula,
        shape=shapes_text(outputs) if "shapes" in shown else "",
        share=(params or 0) / whole if whole and "share" in shown else 0,
        call=node.call,
    )


def owns_kernel(finding: Finding) -> bool:
    """Whether a layer owns a weight of two axes or more, and is no model."""
    if finding.inner is not None:
        return False
    return any(len(weight.shape) > 1 for weight in finding.weights or ())


def shape_text(shape: Shape | None) -> str:
    """A shape without its batch.

    >>> shape_text((None, 112, 112, 64)), shape_text((None, None, 8)), shape_text(None)
    ('112×112×64', '?×8', '?')
    """
    if shape is None:
        return "?"
    if len(shape) < 2:
        return "scalar" if not shape else "1 value"
    return "×".join("?" if dim is None else str(dim) for dim in shape[1:])


def shapes_text(shapes: Sequence[Shape | None]) -> str:
    """The shapes of what a call gives."""
    texts = [shape_text(shape) for shape in shapes]
    if len(texts) > 2:
        return f"{texts[0]} and {len(texts) - 1} more"
    return ", ".join(texts)


def _what(layer: Layer, row: LayerRow, shown: Collection[str]) -> str:
    """Class, kernel, stride and activation: `Conv2D 7×7 /2 relu`."""
    config = layer.config
    words = [plain(_class_name(layer))]
    if row.layers is not None:
        words.append(f"{len(row.layers)} layers")
    shapes = row.outputs[0] if row.outputs else ()
    window = config.get("kernel_size") or config.get("pool_size")
    words.append(_sides(window, len((shapes and shapes[0]) or ())))
    # A window of pooling moves by its own size unless it is told otherwise.
    step = _step(config.get("strides") or config.get("pool_size"))
    words.append(f"/{step}" if step not in ("", "1") else "")
    words.append(_activation(config))
    words.append(_dtype(config) if "dtype" in shown else "")
    return " ".join(filter(None, words))


def _class_name(layer: Layer) -> str:
    """The class; of a function that Keras 2 wrapped into a layer, that function."""
    wraps = layer.operation and not operation_rule(layer.class_name)
    return str((layer.config.get("function") if wraps else "") or layer.class_name)


def _sides(value: Any, rank: int) -> str:
    if isinstance(value, int):
        return "×".join([str(value)] * max(rank - 2, 1))
    if isinstance(value, list | tuple) and all(isinstance(side, int) for side in value):
        return "×".join(map(str, value))
    return ""


def _step(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, list | tuple) or not all(isinstance(side, int) for side in value):
        return ""
    return str(value[0]) if len(set(value)) == 1 else "×".join(map(str, value))


def _activation(config: Any) -> str:
    named = config.get("activation")
    if isinstance(named, dict):
        named = named.get("registered_name") or named.get("class_name") or named.get("config")
    if not isinstance(named, str) or named == "linear":
        return ""
    return plain(named)[:24]


def _dtype(config: Any) -> str:
    policy = config.get("dtype")
    if isinstance(policy, dict):
        inner = policy.get("config")
        policy = inner.get("name") if isinstance(inner, dict) else None
    return plain(policy) if isinstance(policy, str) else ""
