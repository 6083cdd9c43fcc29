"""The one door: a MODEL reference to a `Model`, whatever it names."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.deep import with_room
from inspector.errors import InspectError, LimitError, ReadError
from inspector.model import Model, Printed, analyzed, model_of, notes_of
from inspector.readers import zoo
from inspector.readers.keras3 import read_model
from inspector.readers.text import parsed

if TYPE_CHECKING:
    from inspector import live
    from inspector.readers.expression import Call
    from inspector.security.findings import Audit
    from inspector.symbolic.outside import Run

_PIPED = "standard input"
_PROGRAMS = (".py", ".ipynb")
MAX_PIPED = 512 << 20  # bytes of a model that is piped in


def load(reference: object) -> Model:
    """The model that a reference names, taken apart; nothing in it is executed.

    Args:
        reference: an architecture of `keras.applications` by name, the path or the URL of a file or
            folder that Keras wrote, `-` for standard input, or a live Keras model.

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
    if not reference:
        raise ReadError("MODEL", "is empty", hint="name an architecture, a file or a folder")
    for door in (_handed_over, _program):
        model = door(reference)
        if model is not None:
            return model
    path = Path(reference)
    key = zoo.key_of(reference)
    if key in zoo.architectures():
        notes: tuple[str, ...] = ()
        if _exists(path):
            notes = (f"a file named {reference} is here too; write ./{reference} for it",)
        return _architecture(key, notes)
    if _exists(path):
        from inspector import files  # noqa: PLC0415 - an architecture's name needs none of it

        return files.model_at(path, reference)
    call = _called(reference)
    if call is not None:
        return _variant(call)
    raise _nothing(reference)


def _handed_over(reference: str) -> Model | None:
    """The model on standard input, or behind a URL."""
    if reference != "-" and "://" not in reference:
        return None
    from inspector import files  # noqa: PLC0415 - few references are either
    from inspector.readers.remote.address import is_url  # noqa: PLC0415

    if reference == "-":
        return files.model_in(_standard_input(), _PIPED)
    return files.model_from(reference) if is_url(reference) else None


def _program(reference: str) -> Model | None:
    """The model that a script or a notebook builds, where a reference names one that exists."""
    if not _builds(reference):
        return None
    from inspector import scripts  # noqa: PLC0415 - only for programs

    path, name = _parted(reference)
    if path == scripts.PIPED:
        return scripts.model_in(_standard_input(), _PIPED, name)
    return scripts.model_at(path, name)


def loaded_with_run(reference: object, *, seconds: float = 20) -> tuple[Model, Run | None]:
    """The model that a reference names, and what became of the program that builds it, run once.

    None where no program builds it.

    Raises:
        InspectError: as `load` does.
    """
    if not isinstance(reference, str | os.PathLike):
        return load(reference), None
    path = os.fspath(reference)
    if not _builds(path):
        return load(reference), None
    from inspector import scripts  # noqa: PLC0415 - only for programs

    found = run(path, seconds=seconds, wiring=True)
    return with_room(lambda: scripts.model_in_run(found, _parted(path)[1])), found


def _builds(reference: str) -> bool:
    """Whether a program is there to be run, as `load` would."""
    if not any(suffix in reference for suffix in _PROGRAMS):
        return False
    from inspector import scripts  # noqa: PLC0415 - only for programs

    found = scripts.parted(reference)
    return found is not None and (found[0] == scripts.PIPED or Path(found[0]).is_file())


def is_program(reference: str) -> bool:
    """Whether a reference names a script or a notebook, and not a model."""
    from inspector import scripts  # noqa: PLC0415 - only for programs

    return scripts.parted(reference) is not None


def run(
    reference: str,
    *,
    keras: str | None = None,
    engine: str = "symbolic",
    seconds: float = 20,
    wiring: bool = False,
) -> Run:
    """What becomes of a program that a reference names.

    Raises:
        ReadError: it names none, or one that is no Python.
        KerasError: the engine is "keras", and there is none.
    """
    from inspector import scripts  # noqa: PLC0415 - only for programs

    path, name = _parted(reference)
    piped = path == scripts.PIPED
    return scripts.run(
        program_text(reference),
        _PIPED if piped else path,
        folder="" if piped else str(Path(path).resolve().parent),
        name=name,
        keras=keras,
        engine=engine,
        seconds=seconds,
        wiring=wiring,
    )


def program_text(reference: str) -> bytes:
    """What stands in the program that a reference names.

    Raises:
        ReadError: it names none.
    """
    from inspector import scripts  # noqa: PLC0415 - only for programs

    path, _ = _parted(reference)
    if path == scripts.PIPED:
        return _standard_input()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ReadError(path, f"cannot be read: {error.strerror}", hint="check the path") from error


def _parted(reference: str) -> tuple[str, str]:
    from inspector import scripts  # noqa: PLC0415 - only for programs

    found = scripts.parted(scripts.PIPED if reference == "-" else reference)
    if found is None:
        hint = "give a .py or .ipynb file, or - for standard input"
        raise ReadError(reference, "is no program", hint=hint)
    return found


def _called(reference: str) -> Call | None:
    """The call of an architecture that a reference spells, if it is one."""
    if "(" not in reference:
        return None
    from inspector.readers import expression  # noqa: PLC0415 - a plain name needs no parser

    return expression.called(reference)


@cache
def _standard_input() -> bytes:
    """What was piped in; kept, since it can be read only once."""
    data = sys.stdin.buffer.read(MAX_PIPED + 1)
    if len(data) > MAX_PIPED:
        limit = f"is longer than {MAX_PIPED >> 20} MiB"
        raise LimitError(_PIPED, limit, hint="name the file instead")
    return data


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


def audited(file: str | os.PathLike[str]) -> Audit:
    """All that the rules of the audit say of a file, a folder, a URL, or what was piped in.

    Raises:
        ReadError: there is no such file, or it is of a kind that is looked at elsewhere.
    """
    from inspector.readers import remote  # noqa: PLC0415 - as below
    from inspector.security import walk  # noqa: PLC0415 - no other command needs its rules

    source = os.fspath(file)
    if source == "-":
        return with_room(lambda: walk.audit_bytes(_standard_input(), _PIPED))
    if "://" in source and remote.is_url(source):
        return with_room(lambda: walk.audit_url(source, remote.hidden(source)))
    if _exists(Path(source)):
        return with_room(lambda: walk.audit_path(Path(source), source))
    if zoo.key_of(source) in zoo.architectures():
        hint = "an architecture by name comes with no file; name the file to look into"
        raise ReadError(source, "is no file", hint=hint)
    raise ReadError(source or "FILE", "names no file", hint="check the path")


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
    if model.format in ("script", "notebook"):
        raise ReadError(
            model.source,
            "is a program, and Keras loads files",
            hint="`graphinspect trace FILE --engine keras` runs it under Keras; or save the model "
            "and verify the file",
        )
    if model.source == _PIPED:
        raise ReadError(_PIPED, "cannot be handed to Keras", hint="name the file instead")
    if "://" in model.source:
        raise ReadError(
            model.source, "cannot be handed to Keras from a URL", hint="download it, name the copy"
        )
    return live.Request("file", model.source)


# --- sources ------------------------------------------------------------------------------------


def _architecture(key: str, notes: tuple[str, ...]) -> Model:
    content = zoo.recorded(key)
    source = f"keras.applications.{zoo.architectures()[key].name}"
    return _built(content["model"], source, content, _printed(content), zoo.notes(key) + notes)


def _variant(call: Call) -> Model:
    """An architecture called with arguments; Keras printed something only for the recorded one."""
    from inspector.readers import arguments, variants  # noqa: PLC0415 - as above

    content = zoo.recorded(call.key)
    config = variants.variant(content, arguments.settings(call, content))
    printed = _printed(content) if config is content["model"] else None
    name = zoo.architectures()[call.key].name
    source = f"keras.applications.{name}{str(call).removeprefix(call.key)}"
    return _built(config, source, content, printed)


def _built(
    config: Any,
    source: str,
    content: Mapping[str, Any],
    printed: Printed | None,
    notes: tuple[str, ...] = (),
) -> Model:
    """A packaged architecture, beside what Keras printed for it."""
    graph = read_model(config, source)
    return model_of(
        analyzed(graph, source),
        source=source,
        format="zoo",
        keras_version=content["keras"],
        printed=printed,
        notes=(*notes_of(graph), *notes),
    )


def _printed(content: Mapping[str, Any]) -> Printed:
    """What Keras printed for the recorded model."""
    summary = content["summary"]
    return Printed(
        params={name: params for name, _, _, params in summary["rows"]},
        total=summary["total"],
        keras_version=content["keras"],
    )


def _live(model: Any) -> Model:
    from inspector import live, witness  # noqa: PLC0415 - for callers that hold a Keras model
    from inspector.readers.dialects import read_graph  # noqa: PLC0415 - as above

    graph = live.identified(read_graph(parsed(model.to_json(), "to_json()"), "to_json()"), model)
    source = f"live {model.name}"
    return model_of(
        witness.told(analyzed(graph, source), live.held(graph, model)),
        source=source,
        format="live",
        printed=_printed_by(model),
        notes=notes_of(graph),
    )


def _printed_by(model: Any) -> Printed | None:
    """What a live model prints of itself; nothing where its Keras prints another form."""
    from inspector import live  # noqa: PLC0415 - as above

    try:
        printed = live.printed(model)
    except InspectError:
        return None
    counts = {row.name: row.params for row in printed.rows if row.params is not None}
    return Printed(counts, printed.params)
