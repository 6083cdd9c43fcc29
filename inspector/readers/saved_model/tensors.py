"""Types and shapes of tensors as TensorFlow's messages write them."""

from __future__ import annotations

from inspector.dims import MAX_RANK, Shape
from inspector.readers.protobuf import Messages, ProtobufError, signed

# tensorflow/core/framework/types.proto, from 0 on
_DTYPES = (
    ("invalid", "float32", "float64", "int32", "uint8", "int16", "int8", "string", "complex64"),
    ("int64", "bool", "qint8", "quint8", "qint32", "bfloat16", "qint16", "quint16", "uint16"),
    ("complex128", "float16", "resource", "variant", "uint32", "uint64", "float8_e5m2"),
    ("float8_e4m3fn", "float8_e4m3fnuz", "float8_e4m3b11fnuz", "float8_e5m2fnuz", "int4", "uint4"),
    ("int2", "uint2"),
)
_BY_NUMBER = dict(enumerate(name for line in _DTYPES for name in line))


def dtype_name(number: int) -> str:
    """The name of a `DataType`.

    >>> dtype_name(1), dtype_name(19), dtype_name(77)
    ('float32', 'float16', 'type 77')
    """
    return _BY_NUMBER.get(number, f"type {number}")


def shape_of(messages: Messages, message: memoryview) -> Shape | None:
    """The shape that a `TensorShapeProto` stands for; `None` where not even the rank is known.

    Raises:
        ProtobufError: it is none, or has more axes than TensorFlow allows.
    """
    dims: list[int | None] = []
    for field in messages.fields(message):
        if field.number == 3 and messages.number(field):
            return None
        if field.number == 2:
            size = _size(messages, messages.message(field))
            dims.append(None if size == -1 else size)
            if size < -1 or len(dims) > MAX_RANK:
                raise ProtobufError(
                    messages.where,
                    "holds a shape that no tensor has",
                    received=f"axis {len(dims)} of size {size}",
                    hint="the file is damaged or hostile",
                )
    return tuple(dims)


def _size(messages: Messages, dim: memoryview) -> int:
    size = 0
    for field in messages.numbered(dim, 1):
        size = signed(messages.number(field))
    return size
