"""The commands as functions: a MODEL in, a frozen answer out; nothing is printed or written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from inspector import loader
from inspector.answers import count as counting
from inspector.answers import params as listing
from inspector.model import Model

if TYPE_CHECKING:
    import pandas as pd

    from inspector.answers.verify import Verification


def load(model: Any) -> Model:
    """The model that a reference names, taken apart; nothing in it is executed.

    Args:
        model: the name of an architecture of `keras.applications`, the path of a `.keras` file or
            of `to_json()` text, `-` for standard input, or a live Keras model.

    Raises:
        ReadError: it names nothing, or a file that cannot be understood.
        RuleError: a layer that Keras could not build either.

    >>> load("resnet50").totals.params
    25636712
    """
    return loader.load(model)


def count(model: Any) -> counting.Count:
    """The layers of a model by every convention, and its parameters by type and by layer.

    Raises:
        InspectError: as `load` does.

    >>> answer = count("resnet50")
    >>> answer.depth, answer.kernel, answer.with_weights, answer.listed
    (50, 54, 107, 177)
    """
    return counting.count(load(model))


def params(
    model: Any,
    *,
    classes: Sequence[str] = (),
    names: Sequence[str] = (),
    sort: str | None = None,
    nested: bool = False,
) -> listing.Params:
    """Every layer with its formula and its parameters, in `summary()` order or as asked for.

    Args:
        model: a MODEL, as `load` takes it.
        classes: class names to keep; `*` and `?` match anything, case is ignored.
        names: layer names or paths to keep; `*` and `?` match anything.
        sort: "params", "trainable" or "macs": largest first.
        nested: put the rows of models inside in line, after the row of their model.

    Raises:
        InspectError: as `load` does, or `sort` is no column.

    >>> params("resnet50").layers[2].arithmetic
    '7·7·3·64 + 64'
    """
    return listing.params(load(model), classes=classes, names=names, sort=sort, nested=nested)


def summary(
    model: Any,
    *,
    line_length: int | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
) -> str:
    """The very text that Keras' own `model.summary()` prints for a model.

    Args:
        model: a MODEL, as `load` takes it.
        line_length: columns of the table; by default as Keras chooses it.
        expand_nested: open the models inside.
        show_trainable: add the column Trainable.

    Raises:
        InspectError: as `load` does.
    """
    from inspector.render.summary import summary_text  # noqa: PLC0415 - needs rich

    return summary_text(
        load(model),
        line_length=line_length,
        expand_nested=expand_nested,
        show_trainable=show_trainable,
    )


def frame(answer: listing.Params) -> pd.DataFrame:
    """One row a layer, as a pandas DataFrame; what nobody knows is missing (`pandas.NA`).

    >>> int(frame(params("resnet50"))["params"].sum())
    25636712
    """
    from inspector.render.frame import frame as made  # noqa: PLC0415 - needs pandas

    return made(answer)


def verify(model: Any) -> Verification:
    """Every number compared with a live `model.summary()`, in the Keras that is installed.

    Keras runs in a process of its own, unless `model` is itself a live Keras model.

    Raises:
        KerasError: Keras is not installed, or refuses the model.
        InspectError: as `load` does.
    """
    from inspector.checked import verified  # noqa: PLC0415 - only where Keras is wanted

    return verified(model)
