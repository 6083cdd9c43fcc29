"""Arguments and options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer


def _architectures(incomplete: str) -> list[str]:
    from inspector.readers.zoo import architectures  # noqa: PLC0415 - only for completion

    return [key for key in architectures() if key.startswith(incomplete)]


# The arguments of `keras.applications`, as flags after the name of an architecture.
ARCHITECTURE_FLAGS = frozenset(
    {
        "--alpha", "--classes", "--classifier-activation", "--depth-multiplier", "--dropout",
        "--dropout-rate", "--include-preprocessing", "--include-top", "--input-shape",
        "--input-tensor", "--minimalistic", "--name", "--pooling", "--weights",
    }
)  # fmt: skip
MODEL_HELP = (
    "An architecture's name (with Keras' arguments as flags: --include-top false …), a file or "
    "folder that Keras wrote, its URL, or - for standard input."
)
ModelArgument = Annotated[
    str,
    typer.Argument(
        metavar="MODEL", help=MODEL_HELP, show_default=False, autocompletion=_architectures
    ),
]
ModelsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="MODEL...", help=MODEL_HELP, show_default=False, autocompletion=_architectures
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="Exit 1 also when the answer is not complete.")
]
