"""Files and folders to what they hold: a model object, stored weights, a version, notes.

The content decides which reader opens a file, never its ending.
"""

from __future__ import annotations

import io
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from inspector.errors import LimitError, ReadError
from inspector.readers import archive
from inspector.readers.stored import StoredWeights, hdf5_groups, saved_model_groups, tfjs_groups
from inspector.readers.stored.weights import Listing
from inspector.readers.text import MAX_BYTES, parsed

_HDF5 = b"\x89HDF\r\n\x1a\n"
_USER_BLOCKS = (0, 512, 1024, 2048)  # where HDF5 may begin, behind what another program put first
_HEAD = _USER_BLOCKS[-1] + len(_HDF5)
# Of a SavedModel, all but the data of its variables.
SAVED_MODEL = ("saved_model.pb", "keras_metadata.pb", "variables/variables.index")
# What else people have, by its ending: what it is, and where to look at it.
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
    ".npz": "arrays without a layer graph",
    ".py": "a script, which is run only from a local file: name it by its path",
    ".ipynb": "a notebook, which is run only from a local file: name it by its path",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """What a container holds; a model object, stored weights, or both."""

    format: str  # keras, h5, json, tfjs, savedmodel, weights
    model: Any | None = None  # class_name and config, in the dialect of any Keras
    version: str | None = None  # of the Keras that wrote it, where it says so
    stored: StoredWeights | None = None
    notes: tuple[str, ...] = ()


def open_path(path: Path, where: str) -> Opened:
    """What the file or folder at `path` holds.

    Raises:
        ReadError: it cannot be read, or is nothing that Keras writes.
        LimitError: it asks for more time or memory than any model.
    """
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            return _folder(path, where)
        if not stat.S_ISREG(kind):
            raise ReadError(where, "is no regular file", hint="copy it to a file first")
        if path.name == "saved_model.pb":
            return _saved_model(path)
        with path.open("rb") as stream:
            return _stream(stream, where)
    except OSError as error:
        raise ReadError(
            where,
            f"cannot be read: {error.strerror or error}",
            hint="check that it exists and that you may read it",
        ) from error


def open_bytes(data: bytes, where: str) -> Opened:
    """The same for bytes that were piped in."""
    return _stream(io.BytesIO(data), where)


def open_url(url: str, where: str) -> Opened:
    """The same for what a URL names; only the bytes that are needed are read.

    Args:
        where: how errors call it: the URL without secrets.
    """
    from inspector.readers import remote  # noqa: PLC0415 - few models are behind a URL

    found = remote.reached(url, of_folders=SAVED_MODEL[0])
    if isinstance(found, remote.Folder):
        with found.copied(archive.MAX_UNPACKED, *SAVED_MODEL) as folder:
            return _saved_model(folder)
    return _stream(cast("BinaryIO", found.stream()), where)


def _stream(stream: BinaryIO, where: str) -> Opened:
    head = stream.read(_HEAD)
    stream.seek(0)
    if head.startswith(archive.MAGIC):
        return _archive(stream, where)
    if any(head[start:].startswith(_HDF5) for start in _USER_BLOCKS):
        return _hdf5(stream, where)
    _refuse(head, where)
    return _json(stream.read(MAX_BYTES + 1), where)


# --- HDF5 ---------------------------------------------------------------------------------------


def _hdf5(stream: BinaryIO, where: str) -> Opened:
    from inspector.readers import hdf5  # noqa: PLC0415 - JSON and archives need none of it

    with hdf5.open_file(_source(stream), where) as file:
        listing = _listing(file)
        stored = hdf5_groups(listing, where)
        attributes = listing[""][2]  # read when they are asked for, while the file is open
        version, config = attributes.get("keras_version"), attributes.get("model_config")
    if config is None and stored is None:
        raise ReadError(
            where,
            "is an HDF5 file without a model",
            received=", ".join(list(listing)[1:5]) or "nothing in it",
            hint="Keras writes a model_config, or groups of weights",
        )
    model = None if config is None else _config(config, where)
    return Opened(
        format="weights" if model is None else "h5",
        model=model,
        version=version if isinstance(version, str) else None,
        stored=stored,
    )


def _source(stream: BinaryIO) -> Any:
    """The bytes of an open file, or of memory, as the HDF5 reader takes them."""
    from inspector.readers import hdf5  # noqa: PLC0415 - as above

    if isinstance(stream, io.BytesIO):
        return hdf5.Memory(stream.getvalue())
    return getattr(stream, "source", None) or Path(stream.name)


def _config(config: Any, where: str) -> Any:
    if not isinstance(config, str | bytes):
        raise ReadError(
            where, "has a model_config that is no text", hint="the file is damaged or hostile"
        )
    return parsed(config, f"{where}: model_config")


def _listing(file: Any) -> Listing:
    """Every group and array of a file with its attributes; links out of it are left out."""
    from inspector.readers import hdf5  # noqa: PLC0415 - as above

    listing: dict[str, tuple[Any, str | None, Mapping[str, Any]]] = {}
    for path, found in file.walk():
        name = path.strip("/")
        if isinstance(found, hdf5.Dataset):
            listing[name] = (found.shape, found.dtype.name, found.attributes)
        elif isinstance(found, hdf5.Group):
            listing[name] = (None, None, found.attributes)
    return listing


# --- archives -----------------------------------------------------------------------------------


def _archive(stream: BinaryIO, where: str) -> Opened:
    """A `.keras` archive, or a zip that holds one model file as web trainers pack it."""
    found = archive.Archive(stream, where)
    if archive.CONFIG not in found.members:
        inner = found.inner_model()
        if inner is None:
            raise archive.no_model(found)
        return open_bytes(found.read(inner, archive.MAX_UNPACKED), f"{where}: {inner}")
    config = found.json(archive.CONFIG)
    version = None
    if archive.METADATA in found.members:
        version = archive.version_of(found.json(archive.METADATA, archive.MAX_METADATA))
    try:
        return Opened("keras", config, version, _archived_weights(found, stream))
    except ReadError as error:  # the graph is whole; only a witness is lost
        return Opened("keras", config, version, None, (f"no stored weights: {error}",))


def _archived_weights(found: archive.Archive, stream: BinaryIO) -> StoredWeights | None:
    """The weights inside an archive, read in place where they are stored as they are."""
    names = [archive.WEIGHTS] if archive.WEIGHTS in found.members else _shards(found)
    listing: dict[str, tuple[Any, str | None, Mapping[str, Any]]] = {}
    for name in names:
        for path, (shape, dtype, attributes) in _member_listing(found, stream, name).items():
            if shape is not None or path not in listing:
                listing[path] = (shape, dtype, attributes)
    return hdf5_groups(listing, found.where) if names else None


def _shards(found: archive.Archive) -> list[str]:
    if archive.SHARDS not in found.members:
        return []
    spread = found.json(archive.SHARDS)
    places = spread.get("weight_map") if isinstance(spread, dict) else None
    files = [file for held in places.values() for file in held] if isinstance(places, dict) else []
    return [name for name in dict.fromkeys(files) if name in found.members]


def _member_listing(found: archive.Archive, stream: BinaryIO, name: str) -> Listing:
    from inspector.readers import hdf5  # noqa: PLC0415 - as above

    where = f"{found.where}: {name}"
    span = found.span(name)
    if span is None:
        source: Any = hdf5.Memory(found.read(name, archive.MAX_UNPACKED))
    else:
        whole = _source(stream)
        source = hdf5.Window(
            hdf5.LocalFile(whole, where) if isinstance(whole, Path) else whole, *span
        )
    with hdf5.open_file(source, where) as file:
        listing = _listing(file)
        return {path: (*entry[:2], dict(entry[2])) for path, entry in listing.items()}


# --- JSON ---------------------------------------------------------------------------------------


def _json(data: bytes, where: str) -> Opened:
    from inspector.readers import tfjs  # noqa: PLC0415 - few files are of TensorFlow.js

    if len(data) > MAX_BYTES:
        raise LimitError(where, f"is longer than {MAX_BYTES >> 20} MiB", hint="it is no model")
    value = parsed(data.removeprefix(b"\xef\xbb\xbf"), where)
    if isinstance(value, str):  # to_json() saved through json.dump once more
        value = parsed(value, where)
    if not tfjs.is_tfjs(value):
        version = value.get("keras_version") if isinstance(value, dict) else None
        return Opened("json", value, version if isinstance(version, str) else None)
    found = tfjs.read_tfjs(value, where)
    return Opened("tfjs", found.model, found.keras_version, tfjs_groups(found.weights), found.notes)


# --- folders ------------------------------------------------------------------------------------


def _folder(path: Path, where: str) -> Opened:
    if not (path / "saved_model.pb").exists():
        raise ReadError(
            where,
            "is a folder without saved_model.pb",
            hint="name a SavedModel folder, or the model file inside this one",
        )
    return _saved_model(path)


def _saved_model(path: Path) -> Opened:
    from inspector.readers import saved_model  # noqa: PLC0415 - as above

    found = saved_model.read_folder(path)
    return Opened(
        format="savedmodel",
        model=found.model,
        version=found.keras_version,
        stored=saved_model_groups(found),
        notes=found.notes,
    )


# --- what it is instead -------------------------------------------------------------------------


def refuse_by_name(name: str, where: str) -> None:
    """Raise for a kind of file that is looked at elsewhere."""
    ending = Path(name).suffix.lower()
    if ending in _ELSEWHERE:
        raise ReadError(where, "is not a Keras model", hint=f"{ending} is {_ELSEWHERE[ending]}")


def _refuse(head: bytes, where: str) -> None:
    """Raise for what is no JSON either, naming what it is."""
    if not head:
        raise ReadError(where, "is empty", hint="was a download cut off?")
    refuse_by_name(where, where)
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[", b'"')):
        raise ReadError(
            where,
            "is no model file",
            received=repr(head[:16]),
            hint="a .keras archive, HDF5, a SavedModel and the text of model.to_json() are read"
            + ("; for a Python program add --script" if where == "standard input" else ""),
        )
