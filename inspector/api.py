"""The commands as functions: a MODEL in, a frozen answer out; nothing is printed or written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from inspector import loader
from inspector.answers import count as counting
from inspector.answers import params as listing
from inspector.deep import with_room
from inspector.errors import ReadError
from inspector.model import Model

if TYPE_CHECKING:
    import pandas as pd

    from inspector.answers.calc import Calc
    from inspector.answers.classes import ClassExplanation
    from inspector.answers.explain import LayerExplanation
    from inspector.answers.terms import TotalExplanation
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


def explain(
    model: Any, layer: str | None = None, *, by: str | None = None
) -> LayerExplanation | TotalExplanation | ClassExplanation:
    """One number taken apart: a layer's parameters, a model's total, or the rule of a class.

    Args:
        model: a MODEL, as `load` takes it; or, without `layer`, the name of a layer class.
        layer: a layer's path, or its name where no other layer has it.
        by: what a total is taken apart by: "class", "model" (those inside) or "name" (how names
            begin); by default what tells most.

    Raises:
        InspectError: as `load` does, or no layer has this name, or `by` is none of these.

    >>> explain("resnet50", "conv1_conv").calls[0].sizes[0].text
    '⌊(230 − 7) / 2⌋ + 1'
    >>> explain("Conv2D").example.arithmetic
    '5·5·3·8 + 8'
    """
    from inspector.answers import classes, terms  # noqa: PLC0415 - few commands need rules at work
    from inspector.answers.explain import explain_layer  # noqa: PLC0415

    class_name = classes.meant_class(model)
    if class_name is not None and layer is None:
        return classes.explain_class(class_name)
    if class_name is not None:
        raise ReadError(
            class_name,
            "is a class, which has no layers to name",
            received=str(layer),
            hint="leave the second word out, or name a model in front of it",
        )
    try:
        loaded = load(model)
    except ReadError as error:
        raise classes.or_near_class(error, model) from error
    return terms.explain_total(loaded, by) if layer is None else explain_layer(loaded, layer)


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


def calc(
    *specs: str,
    input: str | Sequence[int | None] | None = None,  # noqa: A002 - the command line's word
    keras: int | None = None,
) -> Calc:
    """The parameters of pasted layers: Keras calls, short forms, PyTorch prints, configs.

    The text of a `model.summary()` is understood too, and its rows are checked. Nothing that is
    pasted is evaluated.

    >>> calc("Conv2D(8, 5)", input="32x32x3").totals.params
    608

    Args:
        specs: pasted texts; one without an input takes the output of the one before it.
        input: what flows into the first layer: `"32x32x3"`, or sizes without the batch.
        keras: 1, 2 or 3, where the way in which they are written does not tell.

    Raises:
        ReadError: a spec is not understood; `where` gives its place.
        RuleError: a layer that Keras could not build either.
    """
    from inspector.answers import calc as counting_specs  # noqa: PLC0415 - few programs paste

    return with_room(lambda: counting_specs.calc(specs, input, keras))


def frame(answer: listing.Params) -> pd.DataFrame:
    """One row a layer, as a pandas DataFrame; what nobody knows is missing (`pandas.NA`).

    >>> int(frame(params("resnet50"))["params"].sum())
    25636712
    """
    from inspector.render.frame import frame as made  # noqa: PLC0415 - needs pandas

    return made(answer)


def verify(model: Any, *, timeout: float = 300) -> Verification:
    """Every number compared with a live `model.summary()`, in the Keras that is installed.

    Keras runs in a process of its own, unless `model` is itself a live Keras model.

    Args:
        model: a MODEL, as `load` takes it.
        timeout: seconds that Keras is given.

    Raises:
        KerasError: Keras is not installed, or refuses the model.
        InspectError: as `load` does.
    """
    from inspector import live  # noqa: PLC0415 - only where Keras is wanted
    from inspector.answers import verify as comparing  # noqa: PLC0415

    loaded = load(model)
    if loaded.format == "live":
        return comparing.verify(loaded, live.printed(model))
    answer = live.summary(loader.question(loaded), timeout=timeout)
    return comparing.verify(loaded, answer.printed, notes=answer.notes)
