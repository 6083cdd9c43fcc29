"""The way in: a program goes to a process of its own, and what it found comes back checked."""

# Annotations are evaluated here, as in `inspector.graph`: those of NamedTuple cost less so.

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from inspector.errors import InspectError, ReadError
from inspector.graph import Graph
from inspector.symbolic import watch
from inspector.symbolic.program import MAX_BYTES
from inspector.symbolic.wire import Heard
from inspector.symbolic.wiring import Wiring, decoded_wiring

MAJOR = {"keras1": "1", "keras2": "2", "tf_keras": "2", "keras3": "3"}


class Frame(NamedTuple):
    """One call of a function of the program; number 0 is the program itself."""

    number: int
    function: str
    parent: int
    line: int  # of the call; 0 where the program itself never calls it
    first: int  # line of the function
    last: int
    made: int = 0  # calls of layers while it ran


class Taken(NamedTuple):
    """What a call takes; `inputs` only where it has no name of its own."""

    key: tuple[int, int, int]
    class_name: str
    layer: str
    inputs: "tuple[Taken, ...]" = ()


class Binding(NamedTuple):
    """A name bound to a tensor, a layer or a model."""

    line: int
    end: int  # last line of the statement
    frame: int
    variable: str
    version: int  # first, second … binding in one call; 0 for an argument
    kind: str  # tensor, layer, model
    layer: str
    class_name: str
    node: int | None
    tensor: int | None
    shape: tuple[int | None, ...] | None
    code: str
    callee: str  # the function that gave it, where a name was called
    serial: int  # of the layer object
    inputs: tuple[Taken, ...]

    @property
    def key(self) -> tuple[int, int, int]:
        """What it means, whatever it is called: equal for two names of one tensor."""
        return self.serial, -1 if self.node is None else self.node, self.tensor or 0


class Problem(NamedTuple):
    """Something that did not go as written."""

    line: int
    message: str


class Found(NamedTuple):
    """A model that the program made."""

    variable: str  # the name that holds it at the end; empty: none does
    line: int
    serial: int
    inside: frozenset[int]  # the models that are layers of it
    graph: Graph


class Run(NamedTuple):
    """What became of a program."""

    source: str
    dialect: str
    why: str  # what tells the dialect
    notebook: bool
    frames: tuple[Frame, ...]
    bindings: tuple[Binding, ...]
    models: tuple[Found, ...]
    problems: tuple[Problem, ...]
    functions: tuple[str, ...]  # that can be called without an argument
    stopped: str  # why it did not come to its end; empty: it did
    wiring: Wiring = Wiring()  # where it was asked for

    @property
    def keras(self) -> str:
        """The major version of the Keras that the program speaks."""
        return MAJOR.get(self.dialect, self.dialect)

    @property
    def complete(self) -> bool:
        """Whether it ran to its end."""
        return not self.stopped


def run_file(
    path: Path,
    reference: str,
    *,
    name: str = "",
    keras: str | None = None,
    seconds: float = watch.SECONDS,
    memory: int = watch.MEMORY,
) -> Run:
    """Run the program in a file.

    Raises:
        ReadError: it cannot be read, or is no Python.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ReadError(reference, f"cannot be read: {error.strerror}") from error
    folder = str(path.resolve().parent)
    return run_source(
        data, reference, folder=folder, name=name, keras=keras, seconds=seconds, memory=memory
    )


def run_source(
    data: bytes,
    reference: str,
    *,
    folder: str = "",
    name: str = "",
    keras: str | None = None,
    seconds: float = watch.SECONDS,
    memory: int = watch.MEMORY,
    wiring: bool = False,
) -> Run:
    """Run the program in some text.

    Args:
        folder: where modules of its own are looked for, after all others.
        name: a function that is to be called too, or a variable.
        keras: "1", "2" or "3", where it is not to be told by the program.
        wiring: tell every call of a layer too, whether it leads to a model or not.

    Raises:
        ReadError: it is no Python, or its process could not answer.
    """
    request = {
        "source": data.decode("utf-8", "surrogateescape"),
        "where": reference,
        "file": f"<program {Path(reference).name}>",
        "folder": folder,
        "name": name,
        "keras": keras,
        "seconds": seconds,
        "memory": memory,
        "wiring": wiring,
    }
    answer = Answer(reference)
    stopped = watch.asked(request, answer.take)
    if answer.older:  # it does what Keras 3 cannot, and Keras 2 could
        request["older"], answer = answer.older, Answer(reference)
        stopped = watch.asked(request, answer.take)
    return answer.run(_in_words(stopped, seconds, memory))


def _in_words(stopped: str, seconds: float, memory: int) -> str:
    words = {
        "time": f"stopped after {seconds:g} seconds",
        "memory": f"stopped: it took more than {memory >> 20:,} MiB of memory",
    }
    return words.get(stopped, stopped)


class Answer:
    """What a child has said so far."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.dialect, self.why, self.notebook = "keras3", "", False
        self.older = ""  # what tells that it is a program of Keras 2 after all
        self.frames = [Frame(0, "", -1, 0, 1, 0)]
        self.bindings: list[Binding] = []
        self.models: list[Found] = []
        self.problems: list[Problem] = []
        self.functions: tuple[str, ...] = ()
        self.wiring = Wiring()
        self.heard = Heard(source)

    def take(self, message: Mapping[str, Any]) -> None:
        try:
            getattr(self, f"_{message['tell']}")(message)
        except (TypeError, KeyError, ValueError, AttributeError, IndexError) as error:
            raise ReadError(self.source, "its process does not answer as agreed") from error

    def _keras(self, message: Mapping[str, Any]) -> None:
        self.dialect, self.why = str(message["dialect"]), str(message["why"])
        self.notebook = bool(message["notebook"])

    def _older(self, message: Mapping[str, Any]) -> None:
        self.older = str(message["why"])

    def _progress(self, message: Mapping[str, Any]) -> None:
        self.frames.extend(_frame(item) for item in message["frames"])
        for number, made in message["made"]:
            self.frames[int(number)] = self.frames[int(number)]._replace(made=int(made))
        self.bindings.extend(_binding(item) for item in message["bindings"])
        self.problems.extend(Problem(int(line), str(text)) for line, text in message["problems"])

    def _layers(self, message: Mapping[str, Any]) -> None:
        self.heard.take(message["layers"])

    def _model(self, message: Mapping[str, Any]) -> None:
        self.models.append(
            Found(
                variable=str(message["variable"]),
                line=int(message["line"]),
                serial=int(message["serial"]),
                inside=frozenset(int(item) for item in message["inside"]),
                graph=self.heard.graph(message["graph"]),
            )
        )

    def _wiring(self, message: Mapping[str, Any]) -> None:
        self.wiring = decoded_wiring(message, self.heard)

    def _functions(self, message: Mapping[str, Any]) -> None:
        self.functions = tuple(str(name) for name in message["names"])

    def _error(self, message: Mapping[str, Any]) -> None:
        where, problem, received, hint = (str(part) for part in message["parts"])
        raise _Told(where or self.source, problem, received=received, hint=hint)

    def run(self, stopped: str) -> Run:
        return Run(
            source=self.source,
            dialect=self.dialect,
            why=self.why,
            notebook=self.notebook,
            frames=tuple(self.frames),
            bindings=tuple(self.bindings),
            models=tuple(self.models),
            problems=tuple(self.problems),
            functions=self.functions,
            stopped=stopped,
            wiring=self.wiring,
        )


class _Told(ReadError):
    """An error that the child tells."""


def _frame(item: Any) -> Frame:
    number, function, parent, line, first, last = item
    return Frame(int(number), str(function), int(parent), int(line), int(first), int(last))


def _binding(item: Mapping[str, Any]) -> Binding:
    shape = item["shape"]
    return Binding(
        line=int(item["line"]),
        end=int(item["end"]),
        frame=int(item["frame"]),
        variable=str(item["variable"]),
        version=int(item["version"]),
        kind=str(item["kind"]),
        layer=str(item["layer"]),
        class_name=str(item["class_name"]),
        node=None if item["node"] is None else int(item["node"]),
        tensor=None if item["tensor"] is None else int(item["tensor"]),
        shape=None if shape is None else tuple(None if n is None else int(n) for n in shape),
        code=str(item["code"]),
        callee=str(item["callee"]),
        serial=int(item["serial"]),
        inputs=tuple(_taken(taken) for taken in item["inputs"]),
    )


def _taken(item: Any) -> Taken:
    serial, node, place, class_name, layer, inputs = item
    key = (int(serial), int(node), int(place))
    return Taken(key, str(class_name), str(layer), tuple(_taken(inner) for inner in inputs))


__all__ = ["Binding", "Found", "Frame", "InspectError", "Problem", "Run", "run_file", "run_source"]
