"""The signatures of a SavedModel: what serving it takes and gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inspector.dims import Shape
from inspector.readers.protobuf import Messages
from inspector.readers.saved_model.tensors import dtype_name, shape_of

_INTERNAL = frozenset(("__saved_model_init_op", "__saved_model_train_op"))


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """One tensor of a signature; its shape is `None` where not even the rank is known."""

    name: str
    shape: Shape | None
    dtype: str


@dataclass(frozen=True, slots=True)
class Signature:
    """One way of calling a SavedModel; its tensors are in the order of their names."""

    name: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]


def signature(messages: Messages, entry: memoryview) -> Signature | None:
    """The signature of one entry of `MetaGraphDef.signature_def`; `None` for internal ones.

    Raises:
        ProtobufError: it is none.
    """
    name, definition = _entry(messages, entry)
    if name in _INTERNAL:
        return None
    sides: dict[int, list[TensorSpec]] = {1: [], 2: []}
    for field in messages.fields(definition):
        if field.number in sides:
            sides[field.number].append(_spec(messages, messages.message(field)))
    inputs, outputs = (_sorted(sides[number]) for number in (1, 2))
    return Signature(name, inputs, outputs)


def _sorted(specs: list[TensorSpec]) -> tuple[TensorSpec, ...]:
    return tuple(sorted(specs, key=lambda spec: spec.name))


def _entry(messages: Messages, entry: memoryview) -> tuple[str, memoryview]:
    """The key and the value of a map's entry."""
    key, value = "", memoryview(b"")
    for field in messages.fields(entry):
        if field.number == 1:
            key = messages.text(field)
        elif field.number == 2:
            value = messages.message(field)
    return key, value


def _spec(messages: Messages, entry: memoryview) -> TensorSpec:
    name, info = _entry(messages, entry)
    fields = dict(_shape_and_dtype(messages, info))
    shape, dtype = fields.get(3), fields.get(2)
    return TensorSpec(
        name,
        shape if isinstance(shape, tuple) else None,
        dtype if isinstance(dtype, str) else dtype_name(0),
    )


def _shape_and_dtype(
    messages: Messages, info: memoryview
) -> Iterator[tuple[int, str | Shape | None]]:
    for field in messages.fields(info):
        if field.number == 2:
            yield 2, dtype_name(messages.number(field))
        elif field.number == 3:
            yield 3, shape_of(messages, messages.message(field))
