"""`keras.backend`: its functions as those of TensorFlow that they come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inspector.symbolic.keras.operations import tensorflow
from inspector.symbolic.keras.session import current
from inspector.symbolic.keras.tensors import Tensor, tensors_in
from inspector.symbolic.keras.unknown import Unknown, unknown

_REDUCED = {
    "mean": "reduce_mean", "sum": "reduce_sum", "max": "reduce_max", "min": "reduce_min",
    "prod": "reduce_prod", "std": "math.reduce_std", "var": "math.reduce_variance",
    "any": "reduce_any", "all": "reduce_all", "logsumexp": "reduce_logsumexp",
}  # fmt: skip
_SAME = {
    **{
        name: f"math.{name}"
        for name in (
            *("square", "abs", "sqrt", "exp", "log", "pow", "sign", "round", "sigmoid", "tanh"),
            *("maximum", "minimum", "equal", "not_equal", "greater", "greater_equal", "less"),
            *("less_equal", "cos", "sin", "argmax", "argmin", "softplus", "cumsum", "cumprod"),
        )
    },
    **{name: f"nn.{name}" for name in ("relu", "softmax", "elu", "softsign")},
    **{name: name for name in ("reshape", "stack", "tile", "squeeze", "gather", "cast")},
    **{name: name for name in ("zeros_like", "ones_like", "one_hot", "batch_flatten", "reverse")},
    "clip": "clip_by_value", "expand_dims": "expand_dims", "repeat_elements": "repeat_elements",
    "permute_dimensions": "permute_dimensions", "shape": "shape", "stop_gradient": "stop_gradient",
    "identity": "identity", "hard_sigmoid": "math.sigmoid",
}  # fmt: skip


def _reduction(name: str) -> Callable[..., Any]:
    def called(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
        return tensorflow(_REDUCED[name], x, axis=axis, keepdims=keepdims)

    return called


def _same(name: str) -> Callable[..., Any]:
    def called(*args: Any, **kwargs: Any) -> Any:
        return tensorflow(_SAME[name], *args, **kwargs)

    return called


def concatenate(tensors: Any, axis: int = -1) -> Any:
    """`K.concatenate`, whose axis is the last unless told."""
    return tensorflow("concat", list(tensors), axis=axis)


def flatten(x: Any) -> Any:
    """`K.flatten`: one axis, the batch in it."""
    return tensorflow("reshape", x, [-1])


def transpose(x: Any) -> Any:
    """`K.transpose`."""
    return tensorflow("transpose", x)


def expand_dims(x: Any, axis: int = -1) -> Any:
    """`K.expand_dims`."""
    return tensorflow("expand_dims", x, axis=axis)


def softmax(x: Any, axis: int = -1) -> Any:
    """`K.softmax`."""
    return tensorflow("nn.softmax", x, axis=axis)


def l2_normalize(x: Any, axis: Any = None) -> Any:
    """`K.l2_normalize`."""
    return tensorflow("math.l2_normalize", x, axis=axis)


def dot(x: Any, y: Any) -> Any:
    """`K.dot`: the last axis of one with the last but one of the other."""
    if isinstance(x, Tensor) and isinstance(y, Tensor) and x.sizes and y.sizes:
        if len(y.sizes) == 1:
            return Tensor((*x.sizes[:-1],))
        return tensorflow("tensordot", x, y, axes=[[len(x.sizes) - 1], [len(y.sizes) - 2]])
    return tensorflow("matmul", x, y)


def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """`K.batch_dot`, by the rule of the layer `Dot`."""
    from inspector.symbolic.keras.models import LAYER_CLASSES  # noqa: PLC0415 - a ring of imports

    if axes is None:
        axes = (len(x.sizes) - 1, max(len(y.sizes) - 2, 1)) if x.sizes and y.sizes else 1
    with current.within():
        return LAYER_CLASSES["Dot"](axes=axes, name="batch_dot")([x, y])


def int_shape(x: Any) -> Any:
    """The sizes of a tensor as a plain tuple."""
    if isinstance(x, Tensor) and x.sizes is not None:
        return tuple(x.sizes)
    return (
        tuple(x.shape)
        if hasattr(x, "shape") and not isinstance(x, Unknown)
        else unknown("int_shape")
    )


def ndim(x: Any) -> Any:
    """How many axes a tensor has."""
    return x.ndim


def image_data_format() -> str:
    """Where the channels are."""
    return current.image_data_format


def image_dim_ordering() -> str:
    """Where the channels are, in the words of Keras 1."""
    return "tf" if current.image_data_format == "channels_last" else "th"


def set_image_data_format(value: str) -> None:
    """Put the channels first or last."""
    current.image_data_format = str(value)


def set_image_dim_ordering(value: str) -> None:
    """Put the channels first or last, in the words of Keras 1."""
    current.image_data_format = "channels_first" if value == "th" else "channels_last"


def clear_session(*_: Any, **__: Any) -> None:
    """Count names from the beginning."""
    current.cleared()


def epsilon() -> float:
    """The smallest number that is added anywhere."""
    return 1e-7


def floatx() -> str:
    """The type of numbers."""
    return "float32"


def backend() -> str:
    """Whose tensors they are."""
    return "tensorflow"


def is_keras_tensor(x: Any) -> bool:
    """Whether a value is a tensor of a graph."""
    return isinstance(x, Tensor) and x._keras_history is not None


def variable(value: Any = None, *_: Any, **__: Any) -> Any:
    """A tensor of the shape of a value."""
    return Tensor(tuple(value.shape) if hasattr(value, "shape") else ())


constant = variable


def placeholder(shape: Any = None, *_: Any, **__: Any) -> Any:
    """A tensor that comes from nowhere."""
    return Tensor(None if shape is None else tuple(shape))


def in_train_phase(x: Any, alt: Any, *_: Any, **__: Any) -> Any:
    """One of two, which have one shape."""
    found = next(tensors_in([x, alt]), None)
    return x if found is None else found


def zeros(shape: Any, *_: Any, **__: Any) -> Any:
    """A tensor of this shape."""
    if isinstance(shape, Tensor) and shape.sizes is not None and len(shape.sizes) == 1:
        numbers = getattr(shape.sizes, "numbers", None)
        return Tensor(numbers or (None,) * (shape.sizes[0] or 0))
    if not isinstance(shape, list | tuple):
        return Tensor(None)
    return Tensor(tuple(size if isinstance(size, int) else None for size in shape))


ones = random_normal = random_uniform = zeros

_NAMED: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        *(concatenate, flatten, transpose, expand_dims, softmax, l2_normalize, dot, batch_dot),
        *(int_shape, ndim, image_data_format, image_dim_ordering, set_image_data_format),
        *(set_image_dim_ordering, clear_session, epsilon, floatx, backend, is_keras_tensor),
        *(variable, placeholder, in_train_phase, zeros),
    )
}
_NAMED.update(constant=constant, ones=ones, random_normal=zeros, random_uniform=zeros)


def backend_function(name: str) -> Callable[..., Any] | None:
    """A function of `keras.backend` by name."""
    if name in _NAMED:
        return _NAMED[name]
    if name in _REDUCED:
        return _reduction(name)
    return _same(name) if name in _SAME else None
