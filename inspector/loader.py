"""The one door: a MODEL reference to a `Model`, whatever it names."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.deep import with_room
from inspector.errors import InspectError, LimitError, ReadError
from inspector.infer import analyze
from inspector.model import Model, Printed, model_of
from inspector.readers import archive, zoo
from inspector.readers.dialects import read_graph
from inspector.readers.text import MAX_BYTES, parsed

if TYPE_CHECKING:
    from inspector import live
    from inspector.readers.expression import Call

_PIPED = "standard input"
_HDF5 = b"\x89HDF\r\n\x1a\n"
# What else people have, by the first bytes or the ending: what it is, and where to look at it.
_ELSEWHERE = {
    ".pt": "a PyTorch checkpoint: look at it with torch or Netron",
    ".pth": "a PyTorch checkpoint: look at it with torch or Netron",
    ".ckpt": "a checkpoint: it holds weights, not a layer graph",
    ".onnx": "an ONNX model: look at it with onnx or Netron",
    ".tflite": "a TensorFlow Lite model: look at it with Netron",
    ".safetensors": "a safetensors file: it holds weights, not a layer graph",
    ".pkl": "a pickle: opening one runs code, so nothing here opens it",
    ".pickle": "a pickle: opening one runs code, so nothing here opens it",
    ".joblib": "a pickle: opening one runs code, so nothing here opens it",
}


def load(reference: object) -> Model:
    """The model that a reference names, taken apart; nothing in it is executed.

    Args:
        reference: an architecture of `keras.applications` by name, the path of a `.keras` archive
            or of `to_json()` text, `-` for standard input, or a live Keras model.

    Raises:
        ReadError: it names nothing, or a file that cannot be understood.
        RuleError: a layer that Keras could not build either.
    """
    if isinstance(reference, Model):
        return reference
    if isinstance(reference, str | os.PathLike):
        return with_room(lambda: _named(os.fspath(reference)))
    if callable(getattr(reference, "to_json", None)):
        return with_room(lambda: _live(reference))
    raise ReadError(
        "model",
        "is no model reference",
        received=type(reference).__name__,
        hint="give an architecture's name, a path, or a Keras model",
    )


def _named(reference: str) -> Model:
    if reference == "-":
        return _bytes(_standard_input(), _PIPED)
    path = Path(reference)
    key = zoo.key_of(reference)
    if key in zoo.architectures():
        notes: tuple[str, ...] = ()
        if _exists(path):
            notes = (f"a file named {reference} is here too; write ./{reference} for it",)
        return _architecture(key, notes)
    if _exists(path):
        return _file(path, reference)
    call = _called(reference)
    if call is not None:
        return _variant(call)
    raise _nothing(reference)


def _called(reference: str) -> Call | None:
    """The call of an architecture that a reference spells, if it is one."""
    if "(" not in reference:
        return None
    from inspector.readers import expression  # noqa: PLC0415 - a plain name needs no parser

    return expression.called(reference)


@cache
def _standard_input() -> bytes:
    """What was piped in; kept, since it can be read only once."""
    return sys.stdin.buffer.read(MAX_BYTES + 1)


def _exists(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:  # a null byte
        return False


def _nothing(reference: str) -> ReadError:
    near = zoo.near(reference)
    if near:
        hint = f"did you mean {' or '.join(near)}?"
    elif any(sign in reference for sign in "./\\"):
        hint = "check the path; `graphinspect zoo` lists the architectures known by name"
    else:
        hint = "`graphinspect zoo` lists the architectures known by name; a path names a file"
    return ReadError(reference, "names no file and no architecture", hint=hint)


def question(model: Model) -> live.Request:
    """What to ask a live Keras, to see the same model there.

    Raises:
        ReadError: Keras cannot get at it.
    """
    from inspector import live  # noqa: PLC0415 - only where Keras is wanted

    if model.format == "zoo":
        call = _called(model.source)
        if call is None:
            return live.Request("architecture", model.source.rpartition(".")[2])
        from inspector.readers import arguments  # noqa: PLC0415 - as above

        options = arguments.without_weights(call, zoo.recorded(call.key))
        return live.Request("architecture", zoo.architectures()[call.key].name, options)
    if model.format == "json":
        data = _standard_input() if model.source == _PIPED else Path(model.source).read_bytes()
        return live.Request("json", data.decode("utf-8-sig"))
    if model.source == _PIPED:
        raise ReadError(_PIPED, "cannot be handed to Keras", hint="name the file instead")
    return live.Request("file", model.source)


# --- sources ------------------------------------------------------------------------------------


def _architecture(key: str, notes: tuple[str, ...]) -> Model:
    content = zoo.recorded(key)
    source = f"keras.applications.{zoo.architectures()[key].name}"
    notes = zoo.notes(key) + notes
    return _analyzed(content["model"], source, "zoo", content["keras"], _printed(content), notes)


def _variant(call: Call) -> Model:
    """An architecture called with arguments; Keras printed something only for the recorded one."""
    from inspector.readers import arguments, variants  # noqa: PLC0415 - as above

    content = zoo.recorded(call.key)
    config = variants.variant(content, arguments.settings(call, content))
    printed = _printed(content) if config is content["model"] else None
    name = zoo.architectures()[call.key].name
    source = f"keras.applications.{name}{str(call).removeprefix(call.key)}"
    return _analyzed(config, source, "zoo", content["keras"], printed)


def _printed(content: Mapping[str, Any]) -> Printed:
    """What Keras printed for the recorded model."""
    summary = content["summary"]
    return Printed(
        params={name: params for name, _, _, params in summary["rows"]},
        total=summary["total"],
        keras_version=content["keras"],
    )


def _file(path: Path, reference: str) -> Model:
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise ReadError(
                reference,
                "is a folder",
                hint="name a .keras file or the JSON text of a model inside it",
            )
        if not stat.S_ISREG(kind):
            raise ReadError(reference, "is no regular file", hint="copy it to a file first")
        with path.open("rb") as stream:
            head = stream.read(512)
        if head.startswith(archive.MAGIC):
            config, version = archive.read_archive(path, reference)
            return _analyzed(config, reference, "keras", version)
        _refuse(head, reference)
        with path.open("rb") as stream:
            return _json(stream.read(MAX_BYTES + 1), reference)
    except OSError as error:
        raise ReadError(
            reference,
            f"cannot be read: {error.strerror or error}",
            hint="check that it exists and that you may read it",
        ) from error


def _bytes(data: bytes, source: str) -> Model:
    if len(data) > MAX_BYTES:
        raise LimitError(source, f"is longer than {MAX_BYTES >> 20} MiB", hint="name the file")
    if data.startswith(archive.MAGIC):
        config, version = archive.read_archive(io.BytesIO(data), source)
        return _analyzed(config, source, "keras", version)
    _refuse(data[:512], source)
    return _json(data, source)


def _refuse(head: bytes, source: str) -> None:
    """Raise for what is no JSON, naming what it is instead."""
    if not head:
        raise ReadError(source, "is empty", hint="was a download cut off?")
    if head.startswith(_HDF5):
        raise ReadError(
            source,
            "is an HDF5 file, which this version does not read",
            hint="save the model from Keras with model.save('model.keras')",
        )
    ending = Path(source).suffix.lower()
    if ending in _ELSEWHERE:
        raise ReadError(source, "is not a Keras model", hint=f"{ending} is {_ELSEWHERE[ending]}")
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[", b'"')):
        raise ReadError(
            source,
            "is no model file",
            received=repr(head[:16]),
            hint="a .keras archive or the text of model.to_json() is read",
        )


def _json(data: bytes, source: str) -> Model:
    value = parsed(data.removeprefix(b"\xef\xbb\xbf"), source)
    if isinstance(value, str):  # to_json() saved through json.dump once more
        value = parsed(value, source)
    return _analyzed(value, source, "json", None)


def _live(model: Any) -> Model:
    from inspector import live  # noqa: PLC0415 - needed by callers that hold a Keras model

    text = model.to_json()
    printed = live.printed(model)
    witness = Printed(
        params={row.name: row.params for row in printed.rows if row.params is not None},
        total=printed.total,
    )
    return _analyzed(parsed(text, "to_json()"), f"live {model.name}", "live", None, witness)


def _analyzed(
    config: Any,
    source: str,
    format: str,  # noqa: A002 - the contract's word
    version: str | None,
    printed: Printed | None = None,
    notes: tuple[str, ...] = (),
) -> Model:
    graph = read_graph(config, source)
    try:
        analysis = analyze(graph)
    except InspectError as error:
        raise error.inside(source) from error
    if graph.unreached:
        notes += (f"left out, for they lead to no output: {', '.join(graph.unreached)}",)
    return model_of(
        analysis,
        source=source,
        format=format,
        keras_version=version,
        printed=printed,
        notes=notes,
    )
