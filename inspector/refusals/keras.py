"""The two Keras that files are loaded with today, and where their loaders differ."""

from __future__ import annotations

from typing import NamedTuple

from inspector.refusals.tables import Table, table


class Keras(NamedTuple):
    """One Keras: what its classes take, and how its loader finds them."""

    name: str
    table: Table
    bare_json: bool  # whether a model in JSON may name no module
    bare_inside: bool  # whether the layer in a wrapper may name no module
    lists: bool  # whether a Sequential may be the bare list of its layers
    folders: bool  # whether it loads a SavedModel
    shapes: bool  # whether every layer takes batch_input_shape, and not only as older files have it
    offset: bool  # whether a Sequential inside counts a call of its own, as a Functional does

    def holds(self, module: str) -> bool:
        """Whether a module is looked for in this Keras."""
        packages = {"keras", "tf_keras"} if self.folders else {"keras"}
        return module.partition(".")[0] in packages

    @property
    def version(self) -> str:
        """As a sentence calls it."""
        return f"{self.name} {self.table.keras}"


def keras3() -> Keras:
    """Keras 3."""
    return Keras("Keras", table("keras3"), False, False, False, False, False, False)


def tf_keras() -> Keras:
    """tf_keras, which is Keras 2."""
    return Keras("tf_keras", table("tf_keras"), True, True, True, True, True, True)
