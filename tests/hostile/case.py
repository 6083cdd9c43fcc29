"""What every hostile file says of itself, and where its traps lead."""

from __future__ import annotations

import marshal  # noqa: TID251 - what a Lambda layer carries, for readers that must not open it
from base64 import encodebytes
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens there

ANSWERS, REFUSED, EITHER = "answers", "refused", "either"
SEVERITIES = ("none", "info", "low", "medium", "high", "critical")


class Case(NamedTuple):
    """One hostile file, or a folder of files."""

    name: str
    attack: str
    content: bytes | Mapping[str, bytes]
    outcome: str = ANSWERS  # what `count` and `params` do
    severity: str = "none"  # what `audit` must say at least; of "none" and "info", at most
    rule: str = ""  # the rule of `audit` that finds it


class Trap(NamedTuple):
    """Where the payloads lead: markers that must not appear, a text that must not leak."""

    folder: Path

    @property
    def markers(self) -> Path:
        """The folder that stays empty unless a payload ran."""
        return self.folder / "markers"

    @property
    def canary(self) -> Path:
        """A text file that no model may name with success."""
        return self.folder / "canary.txt"

    @property
    def store(self) -> Path:
        """A name for an HDF5 file that no link may reach."""
        return self.folder / "canary.h5"

    def set(self) -> None:
        """Make the folder of markers and the canaries."""
        self.markers.mkdir(parents=True, exist_ok=True)
        for canary in (self.canary, self.store):
            canary.write_text("CANARY-0001\n" * 64)

    def marker(self, name: str) -> str:
        """The path of a marker."""
        return str(self.markers / name)

    def bytecode(self, name: str) -> str:
        """A function as Keras stores it: bytecode that touches a marker, in base64."""
        source = f"(lambda x: (open({self.marker(name)!r}, 'w').close(), x)[1])"
        function = compile(source, "<lambda>", "eval").co_consts[0]
        return encodebytes(marshal.dumps(function)).decode("ascii")

    def pickled(self, name: str) -> bytes:
        """A pickle that touches a marker when it is opened, spelled in pickle's own commands."""
        return f"cbuiltins\nopen\n(V{self.marker(name)}\nVw\ntR.".encode()
