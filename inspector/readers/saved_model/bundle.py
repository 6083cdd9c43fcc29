"""`variables.index`: the name, shape and type of every stored variable; the data is elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inspector.dims import Shape
from inspector.readers.protobuf import Messages, ProtobufError, most_fields
from inspector.readers.saved_model.tensors import dtype_name, shape_of
from inspector.readers.sstable import entries

VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"


@dataclass(frozen=True, slots=True)
class Stored:
    """One tensor of a checkpoint, under its full key."""

    key: str
    shape: Shape
    dtype: str


def stored(data: bytes, where: str) -> Iterator[Stored]:
    """The tensors of a checkpoint, in the order of their keys.

    Raises:
        ReadError: the index is damaged.
        LimitError: it asks for more than any model.
    """
    messages = Messages(where, most_fields(len(data)))
    for key, value in entries(data, where):
        if key and key[0]:  # "" is the header; a null byte begins a part of a partitioned variable
            yield _stored(messages, _text(key, where), value)


def _text(key: bytes, where: str) -> str:
    try:
        return key.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProtobufError(
            where, "holds a name that is no UTF-8", hint="the file is damaged"
        ) from error


def _stored(messages: Messages, key: str, entry: memoryview) -> Stored:
    dtype = 0
    shape: Shape | None = ()
    for field in messages.fields(entry):
        if field.number == 1:
            dtype = messages.number(field)
        elif field.number == 2:
            shape = shape_of(messages, messages.message(field))
    if shape is None or None in shape:
        raise ProtobufError(
            messages.where,
            "holds a variable without a size",
            received=key,
            hint="the file is damaged or hostile",
        )
    return Stored(key, shape, dtype_name(dtype))
