"""Rules over the operations of a SavedModel: its graph, its functions, graphs hidden in tensors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from inspector.errors import InspectError, shown
from inspector.readers.protobuf import BYTES, Field, Messages, Span
from inspector.security import known
from inspector.security.configs import walk_text
from inspector.security.findings import Hit, Report, inside
from inspector.security.hdf5 import unreadable

_MAX_MESSAGE = 64 << 20  # bytes of one operation with its constants
_MAX_HIDDEN = 4  # graphs inside tensors inside graphs
_MAX_FIELDS = 20_000_000
_OPERATION = re.compile(rb"[A-Z][A-Za-z0-9_>]{0,100}")
# Fields of SavedModel, MetaGraphDef, GraphDef, FunctionDefLibrary, FunctionDef, NodeDef, AttrValue.
_META, _GRAPH, _OBJECTS = 2, 2, 7
_NODE, _LIBRARY, _FUNCTION, _SIGNATURE, _BODY = 1, 2, 1, 1, 3
_NAME, _OP, _ATTR = 1, 2, 5


class Operation(NamedTuple):
    """One operation, and the function that it stands in; empty for the graph itself."""

    name: str
    op: str
    function: str
    hidden: bool  # in a graph that is itself a tensor


OperationRule = Callable[[Operation], Iterator[Hit]]


def reaching(operation: Operation) -> Iterator[Hit]:
    """KI030: an operation that runs Python, opens files or connections."""
    if operation.op in known.REACHING:
        yield Hit("KI030", "high", f"{operation.op}{_inside(operation)}")


def writing(operation: Operation) -> Iterator[Hit]:
    """KI030: an operation that writes where it is told, outside the function that saves."""
    saver = known.SAVER_FUNCTION.fullmatch(operation.function)
    if operation.op in known.WRITING and not (saver and operation.op in known.SAVERS):
        severity = "high" if operation.hidden else "medium"
        yield Hit("KI030", severity, f"{operation.op}{_inside(operation)}")


def _inside(operation: Operation) -> str:
    function = f" in the function {shown(operation.function)}" if operation.function else ""
    return function + (", in a graph hidden in a tensor" if operation.hidden else "")


OPERATION_RULES: tuple[OperationRule, ...] = (reaching, writing)


def walk_program(stream: BinaryIO, part: str, report: Report) -> None:
    """Meet every operation of a `saved_model.pb` with the rules, and its metadata as JSON."""
    report.open(part)
    messages = Messages(part, _MAX_FIELDS)
    size, metas = stream.seek(0, 2), 0
    try:
        for meta in messages.spans(stream, Span(0, size), _META):
            metas += 1
            _Program(messages, stream, part, report).meta(meta)
        if not metas:
            report.lose(Hit("KI040", "medium", "is no SavedModel: it holds no graph"), part)
    except InspectError as error:
        report.lose(unreadable(error), part)


def walk_metadata(data: bytes, part: str, report: Report) -> None:
    """Meet the JSON of `keras_metadata.pb`, object by object."""
    report.open(part)
    messages = Messages(part)
    try:
        for entry in messages.numbered(memoryview(data), 1):
            texts = dict(_texts(messages, messages.message(entry), (3, 5)))
            walk_text(texts.get(5, b"{}"), inside(part, _name(texts.get(3, b""))), report)
    except InspectError as error:
        report.lose(unreadable(error), part)


class _Program:
    """The walk through one graph of a SavedModel; whatever is a message is read alone."""

    def __init__(self, messages: Messages, stream: BinaryIO, part: str, report: Report) -> None:
        self._messages = messages
        self._stream = stream
        self._part = part
        self._report = report
        self._operations = 0

    def meta(self, meta: Span) -> None:
        """Everything in one MetaGraphDef."""
        before = self._operations
        for graph in self._messages.spans(self._stream, meta, _GRAPH):
            self._graph(graph)
        empty = before == self._operations
        for objects in self._messages.spans(self._stream, meta, _OBJECTS):
            empty = False
            self._objects(objects)
        if empty:
            self._report.add(
                Hit("KI040", "low", "holds neither operations nor objects"), self._part
            )

    def _graph(self, graph: Span) -> None:
        for node in self._messages.spans(self._stream, graph, _NODE):
            self._node(self._read(node), "", 0)
        for library in self._messages.spans(self._stream, graph, _LIBRARY):
            for function in self._messages.spans(self._stream, library, _FUNCTION):
                self._function(function)

    def _function(self, function: Span) -> None:
        name = ""
        for signature in self._messages.spans(self._stream, function, _SIGNATURE):
            name = _name(dict(_texts(self._messages, self._read(signature), (1,))).get(1, b""))
        for node in self._messages.spans(self._stream, function, _BODY):
            self._node(self._read(node), name, 0)

    def _node(self, node: memoryview, function: str, depth: int) -> None:
        """One operation; graphs in its tensors wait in a list, so that nothing nests here."""
        self._operations += 1
        waiting = [(node, function, depth)]
        while waiting:
            body, within, level = waiting.pop()
            texts = {}
            for field in self._messages.fields(body):
                if field.number in {_NAME, _OP} and field.kind == BYTES:
                    texts[field.number] = bytes(self._messages.message(field))
                elif field.number == _ATTR and field.kind == BYTES and level < _MAX_HIDDEN:
                    hidden = self._hidden(self._messages.message(field))
                    waiting += [(found, within, level + 1) for found in hidden]
            self._meet(texts, within, hidden=level > 0)

    def _meet(self, texts: dict[int, bytes], function: str, *, hidden: bool) -> None:
        name, op = (_name(texts.get(number, b"")) for number in (_NAME, _OP))
        for rule in OPERATION_RULES:
            for hit in rule(Operation(name, op, function, hidden)):
                within = f"{function}/" if function else ""
                self._report.add(hit, inside(self._part, within + name))

    def _hidden(self, entry: memoryview) -> Iterator[memoryview]:
        """The operations of graphs that stand as bytes in an attribute."""
        for data in _byte_values(self._messages, entry):
            yield from _nodes_of(data)

    def _objects(self, objects: Span) -> None:
        """The metadata of TensorFlow 2.0 to 2.4, which is JSON in the object graph."""
        for node in self._messages.spans(self._stream, objects, 1):
            for field in self._messages.numbered(self._read(node), 4):
                if field.kind != BYTES:
                    continue
                texts = dict(_texts(self._messages, self._messages.message(field), (1, 3)))
                if texts.get(1, b"").startswith(b"_tf_keras") and texts.get(3):
                    walk_text(texts[3], inside(self._part, _name(texts[1])), self._report)

    def _read(self, span: Span) -> memoryview:
        if span.size > _MAX_MESSAGE:
            message = f"an operation of {span.size:,} bytes is not looked into"
            self._report.lose(Hit("KI042", "medium", message), self._part)
            return memoryview(b"")
        self._stream.seek(span.start)
        return memoryview(self._stream.read(span.size))


def _byte_values(messages: Messages, entry: memoryview) -> Iterator[memoryview]:
    """The strings of one attribute: its text, its list of texts, the strings of its tensors."""
    for value in _inner(messages.numbered(entry, 2)):
        for field in messages.fields(value):
            if field.kind != BYTES or not isinstance(field.value, memoryview):
                continue
            if field.number == 2:  # s
                yield field.value
            elif field.number == 8:  # tensor: string_val
                yield from _inner(messages.numbered(field.value, 8))
            elif field.number == 1:  # list: s
                yield from _inner(messages.numbered(field.value, 2))


def _inner(fields: Iterator[Field]) -> Iterator[memoryview]:
    for field in fields:
        if isinstance(field.value, memoryview):
            yield field.value


def _nodes_of(data: memoryview) -> list[memoryview]:
    """The operations of a GraphDef, if that is what the bytes are; else nothing."""
    if len(data) < 6 or data[0] not in {0x0A, 0x12}:
        return []
    found = []
    messages = Messages("tensor", limit=2_000_000)
    try:
        for field in messages.fields(data):
            if field.number not in {1, 2, 3, 4} or not isinstance(field.value, memoryview | int):
                return []
            if field.number == _NODE and isinstance(field.value, memoryview):
                found.append(field.value)
            elif field.number == _LIBRARY and isinstance(field.value, memoryview):
                for function in _inner(messages.numbered(field.value, _FUNCTION)):
                    found += list(_inner(messages.numbered(function, _BODY)))
        return found if all(_is_operation(messages, node) for node in found) else []
    except InspectError:
        return []


def _is_operation(messages: Messages, node: memoryview) -> bool:
    op = dict(_texts(messages, node, (_OP,))).get(_OP, b"")
    return bool(_OPERATION.fullmatch(op))


def _texts(
    messages: Messages, message: memoryview, numbers: tuple[int, ...]
) -> Iterator[tuple[int, bytes]]:
    for field in messages.fields(message):
        if field.number in numbers and isinstance(field.value, memoryview):
            yield field.number, bytes(field.value)


def _name(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")
