"""`saved_model.pb`: the object graph, the signatures and the version; its functions are skipped.

The TensorFlow graph is most of the file, up to gigabytes of it, and no layer is named there: the
reader passes over it without reading it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from inspector.errors import LimitError, ReadError
from inspector.readers.protobuf import Messages, Span, most_fields
from inspector.readers.saved_model.objects import Objects, read_objects
from inspector.readers.saved_model.signatures import Signature, signature

_MAX_GRAPH = 128 << 20  # bytes of the object graph
_MAX_INFO = 16 << 20  # bytes of anything else; the list of operations may be in it
_MAX_SIGNATURES = 10_000
_INFO, _SIGNATURES, _OBJECTS = 1, 5, 7  # fields of MetaGraphDef


@dataclass(frozen=True, slots=True)
class Meta:
    """What `saved_model.pb` says beside its TensorFlow graph."""

    objects: Objects
    signatures: tuple[Signature, ...]
    tensorflow_version: str | None


def read_meta(stream: BinaryIO, where: str) -> Meta:
    """What a `saved_model.pb` says beside its TensorFlow graph.

    Raises:
        ReadError: it is none, or is cut off.
        LimitError: it asks for more than any model.
    """
    size = stream.seek(0, 2)
    messages = Messages(where, most_fields(size))
    graphs = list(messages.spans(stream, Span(0, size), 2))
    if not graphs:
        raise ReadError(
            where,
            "is no SavedModel: it holds no graph",
            received=f"{size:,} bytes",
            hint="was the file cut off in a download?",
        )
    metas = [_meta(messages, stream, graph) for graph in graphs[:2]]
    return next((meta for meta in metas if meta.objects.nodes), metas[0])


def _meta(messages: Messages, stream: BinaryIO, graph: Span) -> Meta:
    objects = Objects()
    for span in messages.spans(stream, graph, _OBJECTS):
        objects = read_objects(messages, _read(stream, span, _MAX_GRAPH, messages.where))
    found = []
    for span in messages.spans(stream, graph, _SIGNATURES):
        found.append(signature(messages, _read(stream, span, _MAX_INFO, messages.where)))
        if len(found) > _MAX_SIGNATURES:
            raise _too_large(messages.where, f"more than {_MAX_SIGNATURES:,} signatures")
    named = sorted((entry for entry in found if entry), key=lambda entry: entry.name)
    return Meta(objects, tuple(named), _version(messages, stream, graph))


def _version(messages: Messages, stream: BinaryIO, graph: Span) -> str | None:
    version = None
    for span in messages.spans(stream, graph, _INFO):
        info = _read(stream, span, _MAX_INFO, messages.where)
        for field in messages.numbered(info, 5):
            version = messages.text(field)
    return version


def _read(stream: BinaryIO, span: Span, limit: int, where: str) -> memoryview:
    if span.size > limit:
        raise _too_large(where, f"{span.size:,} bytes in one message")
    stream.seek(span.start)
    return memoryview(stream.read(span.size))


def _too_large(where: str, received: str) -> LimitError:
    return LimitError(
        where,
        "holds more beside its TensorFlow graph than any model",
        received=received,
        hint="the file is damaged or hostile",
    )
