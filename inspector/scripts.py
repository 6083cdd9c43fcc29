"""Programs as models: what a script or a notebook builds, run against the stand-in Keras."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from inspector.errors import ReadError
from inspector.model import Model, analyzed, model_of, notes_of
from inspector.symbolic.outside import Found, Run, run_file, run_source

SUFFIXES = (".py", ".ipynb")
PIPED = "<stdin>.py"  # standard input as a program: `-` with --script
_MOST_NOTES = 8


def parted(reference: str) -> tuple[str, str] | None:
    """The path and the name of `script.py:name`; None where no program is meant.

    >>> parted("nets/unet.py:build"), parted("unet.ipynb"), parted("unet.h5")
    (('nets/unet.py', 'build'), ('unet.ipynb', ''), None)
    """
    if reference.endswith(SUFFIXES):
        return reference, ""
    path, _, name = reference.rpartition(":")
    if path.endswith(SUFFIXES) and name.isidentifier():
        return path, name
    return None


def model_at(path: str, name: str, *, keras: str | None = None) -> Model:
    """The model that a program in a file builds.

    Raises:
        ReadError: it is no program, or builds no model, or several and none is named.
    """
    return model_in_run(run_file(Path(path), path, name=name, keras=keras), name)


def run(
    data: bytes,
    source: str,
    *,
    folder: str = "",
    name: str = "",
    keras: str | None = None,
    engine: str = "symbolic",
    seconds: float = 20,
    wiring: bool = False,
) -> Run:
    """What becomes of a program, under the stand-in Keras or the real one."""
    if engine == "keras":
        from inspector.live.program import run_live  # noqa: PLC0415 - only where Keras is wanted

        return run_live(data, source, folder=folder, name=name, seconds=seconds)
    return run_source(
        data, source, folder=folder, name=name, keras=keras, seconds=seconds, wiring=wiring
    )


def model_in(data: bytes, source: str, name: str) -> Model:
    """The model that a program builds that was piped in."""
    return model_in_run(run_source(data, source, name=name), name)


def model_in_run(run: Run, name: str) -> Model:
    """The model of a run that is meant."""
    found = chosen(run, name)
    graph = found.graph
    notes = [f"run as a program of Keras {run.keras}: {run.why}"]
    if run.stopped:
        notes.append(f"incomplete: {run.stopped}; this is what was found until then")
    told = [f"line {line}: {text}" if line else text for line, text in run.problems]
    notes += told[:_MOST_NOTES]
    if len(told) > _MOST_NOTES:
        notes.append(f"{len(told) - _MOST_NOTES} more lines did not go as written: see trace")
    return model_of(
        analyzed(graph, run.source),
        source=run.source,
        format="notebook" if run.notebook else "script",
        notes=(*notes_of(graph), *notes),
    )


def chosen(run: Run, name: str = "") -> Found:
    """The model that is named; without a name the only one that is in no other.

    Raises:
        ReadError: there is none, or more than one.
    """
    if name:
        return _named(run, name)
    found = outermost(run)
    if len(found) == 1:
        return found[0]
    if found:
        names = [model.variable.removesuffix("()") or model.graph.name for model in found]
        raise ReadError(
            run.source,
            f"builds {len(found)} models",
            received=", ".join(names),
            hint=f"name one of them: {run.source}:{names[-1]}",
        )
    raise _without_model(run)


def found_in(run: Run, model: Model) -> Found:
    """What the run tells of a model that was made of it."""
    return next(found for found in run.models if found.graph is model.graph)


def outermost(run: Run) -> list[Found]:
    """The models that names hold at the end, without those that are layers of others."""
    held = [model for model in run.models if model.variable]
    if not held:  # what a name has lost, through a line that failed, is not what it was to hold
        lost = {b.serial for b in run.bindings if b.kind == "model" and not b.frame}
        held = [model for model in run.models if model.serial not in lost]
    inside = {serial for model in held for serial in model.inside}
    return [model for model in held if model.serial not in inside]


def _named(run: Run, name: str) -> Found:
    for spelled in (name, f"{name}()"):
        for model in run.models:
            if model.variable == spelled:
                return model
    known = _known(run)
    raise ReadError(
        run.source,
        f"has no model named {name}",
        hint="a name is a variable that holds a model, or a function that gives one"
        + (f"; known here: {', '.join(known)}" if known else ""),
    )


def _known(run: Run) -> Sequence[str]:
    held = [model.variable.removesuffix("()") for model in run.models if model.variable]
    return sorted({*held, *run.functions})


def _without_model(run: Run) -> ReadError:
    problem = "builds no model"
    if run.stopped:
        problem += f": {run.stopped}"
    first = next((f"line {line}: {text}" for line, text in run.problems if line), "")
    hint = "`graphinspect trace` shows how far it gets"
    called = {frame.function for frame in run.frames}
    never = [name for name in run.functions if name not in called]
    if never:
        hint = f"name a function that gives one: {run.source}:{never[0]}"
    return ReadError(run.source, problem, received=first, hint=hint)
