"""The one door: a MODEL reference to a `Model`, whatever it names."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from inspector import witness
from inspector.deep import with_room
from inspector.errors import InspectError, LimitError, ReadError, shown
from inspector.graph import Graph
from inspector.infer import Analysis, analyze
from inspector.model import Model, Printed, model_of
from inspector.readers import zoo
from inspector.readers.containers import Opened, open_bytes, open_path
from inspector.readers.dialects import holds_graph, read_graph
from inspector.readers.stored import Keyed, StoredWeights, placed
from inspector.readers.stored.weights import escaped
from inspector.readers.text import parsed

if TYPE_CHECKING:
    from inspector import live
    from inspector.readers.expression import Call

_PIPED = "standard input"
MAX_PIPED = 512 << 20  # bytes of a model that is piped in


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
        return _opened(open_bytes(_standard_input(), _PIPED), _PIPED)
    path = Path(reference)
    key = zoo.key_of(reference)
    if key in zoo.architectures():
        notes: tuple[str, ...] = ()
        if _exists(path):
            notes = (f"a file named {reference} is here too; write ./{reference} for it",)
        return _architecture(key, notes)
    if _exists(path):
        return _opened(open_path(path, reference), reference)
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
    graph = read_graph(content["model"], source)
    return _analyzed(graph, source, "zoo", content["keras"], printed=_printed(content), notes=notes)


def _variant(call: Call) -> Model:
    """An architecture called with arguments; Keras printed something only for the recorded one."""
    from inspector.readers import arguments, variants  # noqa: PLC0415 - as above

    content = zoo.recorded(call.key)
    config = variants.variant(content, arguments.settings(call, content))
    printed = _printed(content) if config is content["model"] else None
    name = zoo.architectures()[call.key].name
    source = f"keras.applications.{name}{str(call).removeprefix(call.key)}"
    graph = read_graph(config, source)
    return _analyzed(graph, source, "zoo", content["keras"], printed=printed)


def _printed(content: Mapping[str, Any]) -> Printed:
    """What Keras printed for the recorded model."""
    summary = content["summary"]
    return Printed(
        params={name: params for name, _, _, params in summary["rows"]},
        total=summary["total"],
        keras_version=content["keras"],
    )


def _opened(opened: Opened, source: str) -> Model:
    """What a container holds, taken apart: a graph, or the weights alone."""
    if opened.model is not None and not holds_graph(opened.model) and opened.stored is not None:
        kind = shown(opened.model.get("class_name"))
        note = f"{kind} is a subclassed model: no file holds its graph, only its weights"
        return _weights_alone(opened, source, (note,))
    if opened.model is None:
        return _weights_alone(opened, source, ("the file holds weights and no layer graph",))
    graph = read_graph(opened.model, source)
    return _analyzed(graph, source, opened.format, opened.version, stored=opened.stored,
                     notes=opened.notes)  # fmt: skip


def _weights_alone(opened: Opened, source: str, notes: tuple[str, ...]) -> Model:
    stored = opened.stored or StoredWeights(Keyed.OBJECT, {})
    name = PurePath(source).name
    held = {escaped(group): weights for group, weights in stored.groups.items()}
    analysis = witness.without_graph(stored, name)
    return model_of(
        analysis,
        source=source,
        format=opened.format,
        keras_version=opened.version,
        stored=witness.stored_counts(analysis, held),
        stored_total=stored.size,
        split=witness.split_known(stored),
        notes=(*notes, *opened.notes),
    )


def _live(model: Any) -> Model:
    from inspector import live  # noqa: PLC0415 - needed by callers that hold a Keras model

    text = model.to_json()
    printed = live.printed(model)
    said = Printed(
        params={row.name: row.params for row in printed.rows if row.params is not None},
        total=printed.total,
    )
    graph = read_graph(parsed(text, "to_json()"), "to_json()")
    return _analyzed(graph, f"live {model.name}", "live", None, printed=said)


def _analyzed(
    graph: Graph,
    source: str,
    format: str,  # noqa: A002 - the contract's word
    version: str | None,
    *,
    printed: Printed | None = None,
    stored: StoredWeights | None = None,
    notes: tuple[str, ...] = (),
) -> Model:
    try:
        analysis = analyze(graph)
    except InspectError as error:
        raise error.inside(source) from error
    if graph.unreached:
        notes += (f"left out, for they lead to no output: {', '.join(graph.unreached)}",)
    counts, total = None, None
    if stored is not None:
        placement = placed(stored, graph, _owning(analysis))
        analysis = witness.told(analysis, placement.layers)
        counts = witness.stored_counts(analysis, placement.layers)
        total = witness.total(placement.layers, placement.unmapped, stored)
        if placement.unmapped:
            notes += (f"stored, but of no layer: {', '.join(placement.unmapped)}",)
    return model_of(
        analysis,
        source=source,
        format=format,
        keras_version=version,
        printed=printed,
        stored=counts,
        stored_total=total,
        notes=notes,
    )


def _owning(analysis: Analysis) -> Callable[[str], bool]:
    """Whether the layer of a path owns weights, as far as the rules know."""
    owns: dict[str, bool] = {}
    stack = [(analysis, "")]
    while stack:
        current, prefix = stack.pop()
        for name, finding in current.findings.items():
            path = prefix + escaped(name)
            owns[path] = finding.weights is None or bool(finding.weights)
            if finding.inner is not None:
                stack.append((finding.inner, f"{path}/"))
    return lambda path: owns.get(path, False)
