"""The commands by name; what they need is imported when one of them runs."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Annotated

import typer

from inspector.cli.arguments import ARCHITECTURE_FLAGS
from inspector.version import __version__

COMMANDS = (  # in the order of --help
    *("count", "params", "explain", "calc", "summary", "plot", "view", "trace", "lint"),
    *("diff", "transfer", "code", "verify", "audit"),
    "zoo",
)
# What a command means by a flag that architectures have too.
_OWN_FLAGS = {"params": frozenset({"--name"}), "transfer": frozenset({"--classes"})}


def app(first: str = "") -> typer.Typer:
    """The command line; with one command only where that is the first argument.

    Building all of them would take longer than counting a model.
    """
    made = typer.Typer(
        name="graphinspect",
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )
    made.callback(epilog=_EXAMPLES, help=_unfolded(graphinspect.__doc__ or ""))(graphinspect)
    for name in (first,) if first in COMMANDS else COMMANDS:
        made.command(name)(getattr(import_module(f"inspector.cli.{name}"), name))
    return made


def _unfolded(text: str) -> str:
    """The paragraphs of a docstring, each in one line: a terminal folds them where it ends.

    >>> _unfolded("One.\\n\\n    Two\\n    lines.")
    'One.\\n\\nTwo lines.'
    """
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


_EXAMPLES = (
    "Examples:  graphinspect count resnet50   ·   graphinspect params model.keras   ·   "
    "graphinspect model.keras"
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"graphinspect {__version__}")
        raise typer.Exit


def _max_objects(context: typer.Context, limit: int | None) -> None:
    if limit is not None:
        from inspector.readers.hdf5 import raised  # noqa: PLC0415 - few files need it

        context.with_resource(raised(limit))


def graphinspect(
    _asked: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
    _limit: Annotated[
        int | None,
        typer.Option(
            "--max-objects",
            callback=_max_objects,
            min=1,
            help="Groups and arrays that an HDF5 file may hold.",
            show_default="500000",
        ),
    ] = None,
) -> None:
    """What a Keras model is made of: its layers by every count, where each parameter comes from.

    MODEL is an architecture of keras.applications by name (resnet50), a file or folder that Keras
    wrote (.keras, .h5, JSON, SavedModel, weights), the URL of one (https://, s3://, gs://, hf://),
    or - for a file on standard input.

    An architecture takes Keras' own arguments, as flags (resnet50 --include-top false) or in
    quotes ("resnet50(include_top=False)"). Nothing in a model file is ever executed.

    A Python file or a notebook is a MODEL too: script.py, script.py:build, or - with --script.
    It is run, without Keras, in a watched process that is no sandbox.

    Exit codes: 0 answered; 1 answered, and the answer is no; 2 could not be read.
    """


def in_front(arguments: list[str]) -> tuple[list[str], list[str]]:
    """The option that every command has, wherever it stands, and the other arguments.

    >>> in_front(["count", "a.h5", "--max-objects", "9"]), in_front(["--max-objects=9", "a.h5"])
    ((['--max-objects', '9'], ['count', 'a.h5']), (['--max-objects=9'], ['a.h5']))
    """
    for place, word in enumerate(arguments):
        if word.partition("=")[0] == "--max-objects":
            end = place + (1 if "=" in word else 2)
            return arguments[place:end], [*arguments[:place], *arguments[end:]]
    return [], arguments


def spelled_out(arguments: list[str]) -> list[str]:
    """The arguments with `count` in front where a model comes first: `graphinspect model.keras`.

    The flags of an architecture are folded into a call of it, which every command understands.
    """
    if not arguments:
        return arguments
    if arguments[0] not in COMMANDS:
        first = arguments[0]
        if first != "-" and (first.startswith("-") or not _is_model(first)):
            return arguments
        arguments = ["count", *arguments]
    command, *words = arguments
    if "--script" in words:  # what comes through standard input is a program
        words = ["<stdin>.py" if word == "-" else word for word in words if word != "--script"]
        arguments = [command, *words]
    flags = ARCHITECTURE_FLAGS - _OWN_FLAGS.get(command, frozenset())
    if not any(word.partition("=")[0] in flags for word in words):
        return arguments
    from inspector.readers.expression import folded  # noqa: PLC0415 - only where a flag is given

    return [command, *folded(words, flags)]


def _is_model(word: str) -> bool:
    from inspector.readers.zoo import architectures, key_of, near  # noqa: PLC0415 - no command

    looks_like_model = any(sign in word for sign in "./\\(")
    if looks_like_model or os.path.lexists(word) or key_of(word) in architectures():
        return True
    return bool(near(word)) and not near(word, COMMANDS)
