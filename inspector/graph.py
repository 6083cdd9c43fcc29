"""The nouns: a layer owns weights, a node is one call of it, a graph is the nodes in call order.

Two invariants hold everywhere:

1. Weights belong to layers, work belongs to calls. Parameters sum over distinct layers,
   multiply-adds over nodes.
2. Every tensor that a node takes is the output of an earlier node. The reader sorts once;
   nobody sorts again.
"""

# Annotations are evaluated here: as strings, those of NamedTuple would each be compiled at start.

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from inspector.dims import Product, Shape
from inspector.errors import Unknown

NOTHING: Mapping[Any, Any] = MappingProxyType({})  # an empty mapping that nobody can fill


class TensorRef(NamedTuple):
    """Output `output` of call `call` of a layer: the triple that Keras calls a history."""

    layer: str
    call: int = 0
    output: int = 0


class Untold(NamedTuple):
    """A setting that stands in a config and that nobody knows, and why."""

    reason: str


class Weight(NamedTuple):
    """A variable that a layer owns; its axes are named, in stored order."""

    name: str
    axes: Product
    trainable: bool = True
    frozen: bool = False  # it would be trainable, were it not for the flag of a layer
    dtype: str = "float32"  # of the variable; a mixed policy keeps float32 variables
    inside: bool = False  # a layer inside owns it: in Keras 3 its own flag alone freezes it
    owner: str = ""  # what Keras shares it by, where a file tells; empty: this layer's alone

    @property
    def shape(self) -> Shape:
        """The sizes of its axes, as stored."""
        return self.axes.dims

    @property
    def size(self) -> int:
        """How many numbers it holds.

        Raises:
            Unknown: an axis has no known size; `rules` lets no such weight pass.
        """
        dims = self.axes.dims
        if None in dims:
            raise Unknown(f"the shape of {self.name} is not known")
        return prod(dims)  # type: ignore[arg-type] # none of them is None

    @property
    def bits(self) -> int:
        """How many bits one of its numbers takes; a truth value takes one."""
        digits = re.search(r"\d+", self.dtype)
        return int(digits[0]) if digits else 1


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer object (or an operation of `keras.ops`): it may be called more than once.

    No tuple, as the others are: it stands among the values of a config, where tuples are shapes.
    """

    name: str
    class_name: str
    config: Mapping[str, Any] = field(default_factory=dict)  # Keras' keys, verbatim
    module: str = ""
    trainable: bool = True  # the layer's own flag; its weights also need every parent's
    operation: bool = False  # one function, of keras.ops or of TensorFlow: owns no weights
    graph: "Graph | None" = None  # what is inside, when the layer is itself a model
    identity: str = ""  # equal for the same object at two places of a file; empty: not recorded
    build_shapes: Mapping[str, Any] = field(default_factory=dict)  # argument to recorded shape
    dialect: int = 3  # the major version of the Keras that it was written for
    own: tuple[Weight, ...] | None = None  # of a custom class, where a script told its weights


class _Call(NamedTuple):
    layer: Layer
    call: int
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    inputs: tuple[TensorRef, ...]


class Node(_Call):
    """One call of a layer.

    `args` and `kwargs` are what it was called with: a `TensorRef` where a tensor was given,
    inside lists and dicts as the caller nested them, and plain values everywhere else. `inputs`
    are the tensors among them, in order; they follow from the arguments of a new node.
    """

    __slots__ = ()

    def __new__(
        cls,
        layer: Layer,
        call: int = 0,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] = NOTHING,
    ) -> Self:
        """A call with the tensors that it takes looked up once."""
        if len(args) == 1 and type(args[0]) is TensorRef and not any(kwargs.values()):
            return super().__new__(cls, layer, call, args, kwargs, args)  # as nearly all are
        return super().__new__(cls, layer, call, args, kwargs, tuple(tensors((args, kwargs))))

    def __str__(self) -> str:
        taken = ", ".join(f"{ref.layer}:{ref.call}" for ref in self.inputs)
        return f"{self.layer.name}:{self.call} = {self.layer.class_name}({taken})"


class Graph(NamedTuple):
    """The layers of a model in `summary()` order, and their calls in an order that can be run."""

    name: str
    class_name: str  # "Functional" or "Sequential", or the user's subclass of one
    layers: tuple[Layer, ...]
    nodes: tuple[Node, ...]
    inputs: tuple[TensorRef, ...]
    outputs: tuple[TensorRef, ...]
    trainable: bool = True
    recorded: Mapping[TensorRef, Shape] = NOTHING  # shapes Keras wrote down
    unreached: tuple[str, ...] = ()  # layers of the file that lead to no output; Keras drops them
    dialect: int = 3  # the major version of the Keras that it was written for

    @property
    def sequential(self) -> bool:
        """Whether Keras hides its input layer from `summary()` and `model.layers`."""
        return self.class_name == "Sequential"

    def __str__(self) -> str:
        return "\n".join(map(str, self.nodes))


def tensors(value: Any) -> Iterator[TensorRef]:
    """Every `TensorRef` in nested arguments, in the order in which Keras flattens them."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, TensorRef):
            yield item
        elif isinstance(item, list | tuple):
            stack.extend(reversed(item))
        elif isinstance(item, Mapping):
            stack.extend(item[key] for key in sorted(item, key=str, reverse=True))
        elif isinstance(item, slice):
            stack.extend((item.step, item.stop, item.start))


def escaped(name: str) -> str:
    """A layer's name as it stands in a path of names joined by `/`.

    >>> escaped("conv/1")
    'conv%2F1'
    """
    return name.replace("/", "%2F")
