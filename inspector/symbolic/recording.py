"""What names came to mean while a program ran, whichever Keras it ran against."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from inspector.symbolic.rewriting import Site

_MOST = 200_000  # bindings that are kept
Described = dict[str, Any]


class Frame(NamedTuple):
    """One call of a function of the program; number 0 is the program itself."""

    number: int
    function: str
    parent: int
    line: int  # of the call; 0 where the program itself calls it never
    first: int  # line of the function
    last: int


class Recorder:
    """Takes down each binding of a name to a tensor, a layer or a model.

    Args:
        describe: what a value is to the Keras that runs, or None where it is no such thing.
        files: the file names of the program's code.
        counted: how many calls of layers there were until now.
    """

    def __init__(
        self,
        describe: Callable[[Any], Described | None],
        files: Mapping[str, str],
        counted: Callable[[], int],
    ) -> None:
        self.describe = describe
        self.counted = counted
        self.starts: dict[int, int] = {}
        self.made: list[tuple[int, int]] = []  # number of a call, and the layers it called
        self.files = files
        self.sites: dict[str, list[Site]] = {}
        self.frames = [Frame(0, "", -1, 0, 1, 0)]
        self.stack = [0]
        self.bindings: list[Described] = []
        self.versions: dict[tuple[int, str], int] = {}
        self.held: list[Any] = []  # what is described stays alive, so that no number is used twice

    def bound(self, file: str, place: int, frame: int, *pairs: tuple[str, Any]) -> None:
        """A statement has bound these names."""
        site = self.sites[file][place]
        for name, value in dict(pairs).items():  # `y, _, _ = …` leaves one `_`
            self._note(name, value, frame, site)

    def entered(self, where: tuple[str, int, int], *pairs: tuple[str, Any]) -> int:
        """A function was called, with these arguments; gives the number of the call."""
        name, first, last = where
        frame = Frame(len(self.frames), name, self.stack[-1], self._caller(), first, last)
        self.frames.append(frame)
        self.stack.append(frame.number)
        self.starts[frame.number] = self.counted()
        site = Site(first, first, "")
        for argument, value in pairs:
            self._note(argument, value, frame.number, site, version=0)
        return frame.number

    def left(self, number: int) -> None:
        """A function has returned, or has raised."""
        if number in self.stack[1:]:
            self.stack.remove(number)
            self.made.append((number, self.counted() - self.starts.pop(number)))

    def _caller(self) -> int:
        """The line of the program that calls the function being entered."""
        frame = sys._getframe(3)
        while frame is not None:
            if frame.f_code.co_filename in self.files:
                return frame.f_lineno
            frame = frame.f_back  # type: ignore[assignment]
        return 0

    def _note(
        self, name: str, value: Any, frame: int, site: Site, version: int | None = None
    ) -> None:
        found = self.describe(value)
        if found is None or len(self.bindings) >= _MOST:
            return
        if version is None:
            version = self.versions[frame, name] = self.versions.get((frame, name), 0) + 1
        self.held.append(value)
        self.bindings.append(
            {
                "line": site.line,
                "end": site.end,
                "frame": frame,
                "variable": name,
                "version": version,
                "code": site.code,
                "callee": site.callee,
                **found,
            }
        )
