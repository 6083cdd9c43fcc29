"""What one run of a program has come to: its Keras, the names given, where it stands."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from inspector.signatures import Signature, signatures

_MOST_EVENTS = 100_000
MAJOR = {"keras1": 1, "keras2": 2, "tf_keras": 2, "keras3": 3}


class Problem(NamedTuple):
    """Something of the program that did not go as written."""

    line: int
    message: str


class Older(BaseException):
    """The program does what only Keras 2 can: it is to be run again, as one for that."""


class Session:
    """The state of one run; `current` is the only one there is in a process."""

    def __init__(self) -> None:
        self.dialect = "keras3"
        self.sure = True  # else a program that only Keras 2 could run is one of Keras 2
        self.used: Counter[str] = Counter()
        self.inside = 0  # how deep in the `call` of a layer
        self.serial = 0
        self.made = 0  # calls of layers that are nodes of the graph
        self.image_data_format = "channels_last"
        self.files: dict[str, str] = {}  # file name of the code to its name for people
        self.problems: list[Problem] = []
        self.models: list[Any] = []
        self.calls: list[tuple[Any, int]] = []  # of layers, each with the call of a function
        self.failures: list[tuple[Any, ...]] = []  # layer, tensors, line, function, message
        self.events: list[tuple[str, int, bool, int]] = []  # what, serial, value, line
        self.frame: Callable[[], int] = lambda: 0  # the call of a function that is running

    @property
    def major(self) -> int:
        """The major version of the Keras that the program speaks."""
        return MAJOR[self.dialect]

    @property
    def signatures(self) -> dict[str, Signature]:
        """The layer classes of its Keras."""
        return dict(signatures(self.dialect))

    def numbered(self) -> int:
        """The next serial number of an object."""
        self.serial += 1
        return self.serial

    def automatic(self, stem: str, *, door: bool = False) -> str:
        """A name for a layer that was given none, as this Keras counts them.

        Standalone Keras starts at `conv2d_1`; that of TensorFlow and Keras 3 at `conv2d`.
        """
        used = self.used[stem]
        self.used[stem] += 1
        if self.major < 3 and (door or self.dialect != "tf_keras"):
            return f"{stem}_{used + 1}"
        return f"{stem}_{used}" if used else stem

    def line(self) -> int:
        """The line of the program that is being run; 0 where none is."""
        frame = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename in self.files:
                return frame.f_lineno
            frame = frame.f_back  # type: ignore[assignment]
        return 0

    def report(self, message: str, line: int | None = None) -> None:
        """Note something, once for each line."""
        problem = Problem(self.line() if line is None else line, message)
        if problem not in self.problems and len(self.problems) < 1000:
            self.problems.append(problem)

    @contextmanager
    def within(self) -> Iterator[None]:
        """Inside the `call` of a layer: what is called there is no part of the graph around it."""
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    def wired(self, call: Any) -> None:
        """A layer was called, and its call is a node of the graph."""
        self.made += bool(call.inputs)
        call.layer._calls.append(call)
        self.calls.append((call, self.frame()))

    @contextmanager
    def calling(self, layer: Any, taken: list[Any]) -> Iterator[None]:
        """While a layer is called on these tensors; that it could not be is kept."""
        try:
            yield
        except ValueError as error:
            if not self.inside:
                self.failures.append((layer, taken, self.line(), self.frame(), str(error)))
            raise

    def flagged(self, layer: Any, value: Any) -> bool:
        """The new flag of a layer."""
        self.happened("trainable", layer._serial, bool(value))
        return bool(value)

    def happened(self, what: str, serial: int, value: bool = True) -> None:
        """Something that changes no graph, and that training hangs on."""
        if len(self.events) < _MOST_EVENTS:
            self.events.append((what, serial, value, self.line()))

    def cleared(self) -> None:
        """Count names from the beginning, as `clear_session` does."""
        self.used.clear()


current = Session()
