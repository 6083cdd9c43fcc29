"""The command line: one file per command; the only room that prints or exits."""

from __future__ import annotations

import os
import re
import sys

from inspector.deep import with_room
from inspector.errors import InspectError

# What a program is called on the command line; whether it is one is found out later.
_PROGRAM = re.compile(r".*\.(?:py|ipynb)(?::\w+)?|--script").fullmatch


def main() -> None:
    """Run the command that `sys.argv` spells, with the exit codes of docs/commands.md."""
    asked = sys.argv[1:] or ["--help"]  # nothing asked is no mistake
    _prepare(asked)
    from inspector.cli.app import app, in_front, spelled_out  # noqa: PLC0415 - typer loads to run

    general, words = in_front(asked)
    arguments = spelled_out(words)
    debug = "--debug" in arguments
    arguments = [word for word in arguments if word != "--debug"]
    command = app(arguments[0] if arguments else "")
    _show_progress(arguments)
    try:
        with_room(lambda: command([*general, *arguments], prog_name="graphinspect"))
    except InspectError as error:
        if debug:
            raise
        from inspector.cli.output import complain  # noqa: PLC0415 - only on errors

        complain(error)
        sys.exit(2)
    except BrokenPipeError:
        _silence()  # the reader of our pipe has gone: nothing is left to say
        sys.exit(0)
    except OSError as error:  # files that are read or written by name tell of themselves
        if debug:
            raise
        sys.exit(_no_room(error))
    except KeyboardInterrupt:
        sys.exit(130)


def _prepare(arguments: list[str]) -> None:
    """Start the process of a program at once: both sides import while the other does."""
    if any(map(_PROGRAM, arguments)):
        from inspector.symbolic import watch  # noqa: PLC0415 - only for programs

        watch.prepare()


def _show_progress(arguments: list[str]) -> None:
    if any("://" in word for word in arguments):
        from inspector.cli.progress import Progress  # noqa: PLC0415 - only for URLs
        from inspector.readers.remote.progress import watch  # noqa: PLC0415

        watch(Progress())


def _silence() -> None:
    """Let what is still in the buffer of stdout go nowhere, also at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _no_room(error: OSError) -> int:
    _silence()
    from inspector.cli.output import complain  # noqa: PLC0415 - only on errors
    from inspector.errors import ReadError  # noqa: PLC0415

    where = str(error.filename or "standard output")
    complain(ReadError(where, "the system refused it", received=error.strerror or str(error)))
    return 2
