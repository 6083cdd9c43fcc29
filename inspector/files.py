"""Files and folders as models: a graph beside the weights stored with it, or weights alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath

from inspector import witness
from inspector.errors import shown
from inspector.graph import Graph, escaped
from inspector.infer import Analysis
from inspector.model import Model, analyzed, model_of, notes_of
from inspector.readers.containers import Opened, open_bytes, open_path, open_url
from inspector.readers.dialects import holds_graph, read_graph
from inspector.readers.stored import Keyed, StoredWeights, placed


def model_at(path: Path, reference: str) -> Model:
    """The model in a file or folder.

    Raises:
        ReadError: it cannot be read or understood.
        RuleError: a layer that Keras could not build either.
    """
    return _model(open_path(path, reference), reference)


def model_in(data: bytes, source: str) -> Model:
    """The model in bytes that were piped in."""
    return _model(open_bytes(data, source), source)


def model_from(url: str) -> Model:
    """The model that a URL names, read by ranges; its source is the URL without secrets."""
    from inspector.readers import remote  # noqa: PLC0415 - few models are behind a URL

    source = remote.hidden(url)
    with remote.reading(source):
        opened = open_url(url, source)
    return _model(opened, source)


def _model(opened: Opened, source: str) -> Model:
    """The model of a container, beside what is worth knowing before Keras loads it."""
    if isinstance(opened.model, dict):
        opened = replace(opened, notes=(*_warnings(opened), *opened.notes))
    return _understood(opened, source)


def _warnings(opened: Opened) -> tuple[str, ...]:
    """What would run if Keras loaded the config, and why Keras would not load it."""
    from inspector.refusals.told import told  # noqa: PLC0415 - architectures by name need none
    from inspector.security.alarm import critical  # noqa: PLC0415 - as above

    notes = []
    danger = critical(opened.model)
    if danger is not None:
        notes.append(
            f"{danger}: loading it with Keras may run what it holds; see graphinspect audit"
        )
    refused = told(opened.model, opened.format)
    if refused is not None:
        notes.append(refused)
    return tuple(notes)


def _understood(opened: Opened, source: str) -> Model:
    if opened.model is not None and not holds_graph(opened.model) and opened.stored is not None:
        kind = shown(opened.model.get("class_name"))
        note = f"{kind} is a subclassed model: no file holds its graph, only its weights"
        return _weights_alone(opened, source, note)
    if opened.model is None:
        return _weights_alone(opened, source, "the file holds weights and no layer graph")
    return _with_weights(read_graph(opened.model, source), opened, source)


def _with_weights(graph: Graph, opened: Opened, source: str) -> Model:
    """A graph, beside what the same file stores for its layers."""
    analysis = analyzed(graph, source)
    notes = (*notes_of(graph), *opened.notes)
    if opened.stored is None:
        return model_of(
            analysis,
            source=source,
            format=opened.format,
            keras_version=opened.version,
            notes=notes,
        )
    placement = placed(opened.stored, graph, _owning(analysis))
    if placement.unmapped:
        notes += (f"stored, but of no layer: {', '.join(placement.unmapped)}",)
    analysis = witness.told(analysis, placement.layers)
    total = witness.total(analysis, placement.layers, placement.unmapped, opened.stored)
    if opened.stored.keyed is Keyed.OBJECT:
        analysis = witness.stored_once(analysis, placement.layers, total)
    return model_of(
        analysis,
        source=source,
        format=opened.format,
        keras_version=opened.version,
        stored=witness.stored_counts(analysis, placement.layers),
        stored_total=total,
        notes=notes,
    )


def _weights_alone(opened: Opened, source: str, note: str) -> Model:
    stored = opened.stored or StoredWeights(Keyed.OBJECT, {})
    analysis = witness.without_graph(stored, PurePath(source).name)
    held = {escaped(group): weights for group, weights in stored.groups.items()}
    return model_of(
        analysis,
        source=source,
        format=opened.format,
        keras_version=opened.version,
        stored=witness.stored_counts(analysis, held),
        stored_total=stored.size,
        split=stored.told,
        notes=(note, *opened.notes),
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
