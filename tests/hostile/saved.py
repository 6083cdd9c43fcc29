"""SavedModel folders: operations that write files, messages that do not end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hostile.case import ANSWERS, EITHER, REFUSED, Case, Trap
from hostile.models import old_computed, text


def varint(number: int) -> bytes:
    """A number of 7 bits a byte."""
    data = b""
    while number > 127:
        data += bytes([number & 127 | 128])
        number >>= 7
    return data + bytes([number])


def held(field: int, data: bytes | str) -> bytes:
    """A field that is a text or a message."""
    data = data.encode() if isinstance(data, str) else data
    return varint(field << 3 | 2) + varint(len(data)) + data


def number(field: int, value: int) -> bytes:
    """A field that is a number."""
    return varint(field << 3) + varint(value)


def operation(name: str, more: bytes = b"") -> bytes:
    """A node of a TensorFlow graph."""
    return held(1, held(1, name.lower()) + held(2, name) + more)


def library(name: str, *operations: str) -> bytes:
    """A function of a TensorFlow graph."""
    nodes = b"".join(held(3, held(1, each.lower()) + held(2, each)) for each in operations)
    return held(2, held(1, held(1, held(1, name)) + nodes))


def saved(graph: bytes = b"", objects: bytes = b"") -> bytes:
    """`saved_model.pb` with a graph and an object graph."""
    tail = held(7, objects) if objects else b""
    return number(1, 1) + held(2, held(1, held(4, "serve")) + held(2, graph) + tail)


def _folder(data: bytes, more: Mapping[str, bytes] = {}) -> dict[str, bytes]:
    return {"saved_model.pb": data, **more}


def cases(trap: Trap) -> Iterator[Case]:
    """Folders of which `saved_model.pb` is opened."""
    yield Case(
        "writes",
        "an operation that writes a file",
        _folder(saved(operation("WriteFile"))),
        ANSWERS,
        "high",
        "KI030",
    )
    inside = saved(library("__inference_call_1", "WriteFile", "EagerPyFunc"))
    yield Case(
        "writes_in_function",
        "the same inside a function",
        _folder(inside),
        ANSWERS,
        "high",
        "KI030",
    )
    value = held(5, held(1, "value") + held(2, held(8, held(8, operation("WriteFile")))))
    nested = saved(operation("Const", value) + operation("DatasetFromGraph"))
    yield Case(
        "writes_in_graph",
        "the same in a graph inside a string",
        _folder(nested),
        ANSWERS,
        "high",
        "KI030",
    )
    prints = b"".join(map(operation, ("SaveV2", "MergeV2Checkpoints", "PrintV2")))
    yield Case(
        "saves",
        "operations that write files of their own",
        _folder(saved(prints)),
        ANSWERS,
        "medium",
        "KI030",
    )
    layer = text(old_computed(trap.bytecode("saved_model"))).decode()
    node = held(1, number(2, 1) + held(3, "root.l") + held(4, "_tf_keras_layer") + held(5, layer))
    yield Case(
        "saved_lambda",
        "bytecode in keras_metadata.pb",
        _folder(saved(), {"keras_metadata.pb": node}),
        ANSWERS,
        "critical",
        "KI001",
    )
    yield from _broken()


def _broken() -> Iterator[Case]:
    far = b"\x12" + varint(1 << 62) + b"abc"
    yield Case("long_field", "a field of 2 to the power of 62", _folder(far), REFUSED)
    yield Case("long_number", "a number of 40 bytes", _folder(b"\x08" + b"\xff" * 40), REFUSED)
    deep = b""
    for _ in range(2_000):
        deep = held(2, deep)
    yield Case("deep_messages", "2,000 messages inside one another", _folder(deep), EITHER)
    yield Case("no_message", "a text for a message", _folder(b"hello, hello"), REFUSED)
    yield Case(
        "many_fields",
        "300,000 empty fields",
        _folder(saved(objects=held(1, b"") * 300_000)),
        EITHER,
    )
    loop = held(1, held(1, number(1, 0) + held(2, "me")))
    yield Case("own_child", "an object that holds itself", _folder(saved(objects=loop)), EITHER)
    lost = held(1, held(1, number(1, 1 << 40) + held(2, "x")))
    yield Case("lost_child", "an object that is not there", _folder(saved(objects=lost)), REFUSED)
    ladder = b"".join(
        held(1, b"".join(held(1, number(1, n + 1) + held(2, name)) for name in ("a" * 99, "b")))
        for n in range(4_000)
    )
    yield Case(
        "ladder",
        "4,000 objects, each inside the one before",
        _folder(saved(objects=ladder + held(1, b""))),
        EITHER,
    )
    index = {"variables/variables.index": b"no table at all" * 9}
    yield Case("no_index", "an index that is none", _folder(saved(), index), REFUSED)
