"""Symbolic tensors: a shape, a type, and the call that gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

from inspector.dims import Shape
from inspector.symbolic.keras.session import current
from inspector.symbolic.keras.unknown import Unknown, unknown


class History(NamedTuple):
    """The call that gives a tensor, in Keras' words."""

    operation: Any  # the layer, or the operation
    node_index: int
    tensor_index: int

    @property
    def layer(self) -> Any:
        """What Keras 2 calls the operation."""
        return self.operation


class TensorShape(tuple[Any, ...]):
    """A shape with what TensorFlow's own has besides."""

    def as_list(self) -> list[Any]:
        """The sizes as a list."""
        return list(self)

    def with_rank_at_least(self, rank: int) -> TensorShape:  # noqa: ARG002 - TensorFlow's name
        """The shape itself."""
        return self

    @property
    def dims(self) -> list[Any]:
        """The sizes as a list."""
        return list(self)

    @property
    def rank(self) -> int:
        """How many axes there are."""
        return len(self)

    ndims = rank

    def __getitem__(self, key: Any) -> Any:
        found = tuple.__getitem__(self, key)
        return TensorShape(found) if isinstance(found, tuple) else found


class Tensor:
    """What a call gives; `sizes` is None where not even the rank is known."""

    __array_ufunc__ = None  # numpy leaves sums with a tensor to it

    def __init__(
        self, sizes: Shape | None, dtype: str = "float32", history: History | None = None
    ) -> None:
        self.sizes = sizes if sizes is None or isinstance(sizes, tuple) else tuple(sizes)
        self._dtype = dtype
        self._keras_history = history
        self._keras_mask: Tensor | None = None  # of Keras 3 alone
        self.known: tuple[Any, ...] | None = None  # the numbers in it, where it is `tf.shape`

    @property
    def shape(self) -> Any:
        """Its sizes, as a tuple that can do what TensorFlow's shapes can."""
        if self.sizes is None:
            return unknown(f"the shape of {self.name}")
        return TensorShape(self.sizes)

    @property
    def dtype(self) -> Any:
        """The name of its type."""
        return self._dtype

    @property
    def _keras_shape(self) -> Any:
        return self.shape

    @property
    def ndim(self) -> Any:
        """How many axes it has."""
        return len(self.sizes) if self.sizes is not None else unknown("its rank")

    @property
    def name(self) -> str:
        """The name of the layer that gives it, as Keras 2 spells it."""
        history = self._keras_history
        if history is None:
            return "tensor"
        name = str(history.operation.name)
        return name if current.major == 3 else f"{name}/{history.operation.class_name}:0"

    @property
    def op(self) -> Any:
        """The operation that gives it."""
        return self._keras_history.operation if self._keras_history else unknown("op")

    def get_shape(self) -> Any:
        """Its shape, in the words of TensorFlow 1."""
        return self.shape

    def set_shape(self, shape: Any) -> None:
        """Tell sizes that were not known."""
        if not isinstance(shape, Unknown):
            self.sizes = tuple(shape)

    def __repr__(self) -> str:
        return f"<Tensor shape={self.sizes} dtype={self._dtype}>"

    def __len__(self) -> NoReturn:
        raise TypeError("a symbolic tensor has no length")

    def __iter__(self) -> Iterator[Any]:
        if not self.sizes or self.sizes[0] is None or current.major == 3:
            raise TypeError("iterating over a symbolic tensor is not allowed")
        return iter([self[place] for place in range(self.sizes[0])])

    def __bool__(self) -> NoReturn:
        raise TypeError("a symbolic tensor is neither true nor false")

    def __int__(self) -> NoReturn:
        raise ValueError("a symbolic tensor has no number")

    __float__ = __index__ = __int__

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise ValueError("a symbolic tensor cannot become an array of numpy")

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> Any:
        return self is other

    def __getitem__(self, key: Any) -> Any:
        return OPERATORS["getitem"](self, key)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return OPERATORS["attribute"](self, name)


OPERATORS: dict[str, Callable[..., Any]] = {}  # filled by `operations`


def _operator(name: str) -> Callable[..., Any]:
    def operator(self: Tensor, *others: Any) -> Any:
        return OPERATORS["operator"](name, self, *others)

    return operator


def _reflected(name: str) -> Callable[..., Any]:
    def operator(self: Tensor, other: Any) -> Any:
        return OPERATORS["operator"](name, other, self)

    return operator


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or"):
    setattr(Tensor, f"__{_name}__", _operator(_name))
    setattr(Tensor, f"__r{_name}__", _reflected(_name))
for _name in ("neg", "abs", "invert", "lt", "le", "gt", "ge", "ne"):
    setattr(Tensor, f"__{_name}__", _operator(_name))


def tensors_in(value: Any) -> Iterator[Tensor]:
    """Every tensor in nested arguments, in the order in which Keras flattens them."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, Tensor):
            yield item
        elif isinstance(item, list | tuple):
            stack.extend(reversed(item))
        elif isinstance(item, Mapping):
            stack.extend(item[key] for key in sorted(item, key=str, reverse=True))
        elif isinstance(item, slice):
            stack.extend((item.step, item.stop, item.start))


def mapped(value: Any, change: Callable[[Tensor], Any]) -> Any:
    """`value` with `change` of every tensor in it; tuples become lists, as in a saved call."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, list | tuple):
        return [mapped(item, change) for item in value]
    if isinstance(value, Mapping):
        return {key: mapped(item, change) for key, item in value.items()}
    if isinstance(value, slice):
        return slice(*(mapped(item, change) for item in (value.start, value.stop, value.step)))
    return value
