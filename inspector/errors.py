"""The ways in which an answer can fail: one base that the command line turns into one line."""

from __future__ import annotations

import reprlib

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60
_SHORT.maxlevel = 3
_LONGEST = 1_000  # characters of each part of a message


def shown(value: object) -> str:
    """`value` for an error message: short whatever its size, and never deep.

    >>> shown("x" * 10_000)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxxxxxxxxxxxx'"
    """
    return _SHORT.repr(value)


def _cut(text: str) -> str:
    """What a person can read of a text, into which a file may have put a name of megabytes."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST // 2]}...{text[-_LONGEST // 2 :]}"


class InspectError(Exception):
    """Input that cannot be answered: where it is, what is wrong, what was received, what to do.

    >>> print(ReadError("a.json", "not JSON", received="'hello'", hint="name a model file"))
    a.json: not JSON; received 'hello'
    """

    def __init__(self, where: str, problem: str, *, received: str = "", hint: str = "") -> None:
        self.where = where
        self.problem = problem
        self.received = received
        self.hint = hint
        super().__init__(where, problem, received, hint)

    def inside(self, source: str) -> InspectError:
        """The same error, with the file or reference it came from in front."""
        if self.where.startswith(source):
            return self
        where = f"{source}: {self.where}"
        return type(self)(where, self.problem, received=self.received, hint=self.hint)

    def __str__(self) -> str:
        received = f"; received {_cut(self.received)}" if self.received else ""
        return f"{_cut(self.where)}: {_cut(self.problem)}{received}"


class ReadError(InspectError):
    """A reference or a file that is not what it says it is."""


class RuleError(InspectError):
    """A layer's config, or what flows into it, that Keras could not build either."""


class LimitError(ReadError):
    """A file that asks for more time or memory than the reader grants."""


class KerasError(InspectError):
    """The live Keras of `verify` is missing, or refused the model."""


class Unknown(Exception):
    """Raised by a rule when nobody can know the answer from here; the walk turns it into a `?`.

    Never leaves the library: the row shows `?` and the reason given here. `partly` is what the
    rule could say all the same: a `Spec` in which some sizes are open.
    """

    def __init__(self, reason: str, partly: object = None) -> None:
        super().__init__(reason)
        self.partly = partly
