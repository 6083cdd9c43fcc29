"""The commands as functions: a MODEL in, a frozen answer out; nothing is printed or written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from inspector import loader, shown
from inspector.answers import count as counting
from inspector.answers import params as listing
from inspector.deep import with_room
from inspector.errors import ReadError
from inspector.model import Model

if TYPE_CHECKING:
    import pandas as pd

    from inspector.answers.blocks import Blocks
    from inspector.answers.calc import Calc
    from inspector.answers.classes import ClassExplanation
    from inspector.answers.diff import Diff
    from inspector.answers.explain import LayerExplanation
    from inspector.answers.terms import TotalExplanation
    from inspector.answers.transfer import Transfer
    from inspector.answers.verify import Verification
    from inspector.render.plot import Plot
    from inspector.security.findings import Audit


def _screen(answer: object) -> shown.Bundle:
    from inspector.render.notebook import bundle  # noqa: PLC0415 - only where a notebook asks

    return bundle(answer)


shown.draw_with(_screen)


def load(model: Any, *, max_objects: int | None = None) -> Model:
    """The model that a reference names, taken apart; nothing in it is executed.

    Args:
        model: the name of an architecture of `keras.applications`, the path or the URL of a file or
            folder that Keras wrote, `-` for standard input, or a live Keras model.
        max_objects: how many groups and arrays an HDF5 file may hold; by default 500,000.

    Raises:
        ReadError: it names nothing, or a file that cannot be understood.
        RuleError: a layer that Keras could not build either.

    >>> load("resnet50").totals.params
    25636712
    """
    if max_objects is None:
        return loader.load(model)
    from inspector.readers.hdf5 import raised  # noqa: PLC0415 - few files need it

    with raised(max_objects):
        return loader.load(model)


def count(model: Any) -> counting.Count:
    """The layers of a model by every convention, and its parameters by type and by layer.

    Raises:
        InspectError: as `load` does.

    >>> answer = count("resnet50")
    >>> answer.depth, answer.kernel, answer.with_weights, answer.listed
    (50, 54, 107, 177)
    """
    return with_room(lambda: counting.count(load(model)))


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
    return with_room(
        lambda: listing.params(load(model), classes=classes, names=names, sort=sort, nested=nested)
    )


def explain(
    model: Any, layer: str | None = None, *, by: str | None = None
) -> LayerExplanation | TotalExplanation | ClassExplanation:
    """One number taken apart: a layer's parameters, a model's total, or the rule of a class.

    Args:
        model: a MODEL, as `load` takes it; or, without `layer`, the name of a layer class.
        layer: a layer's path, or its name where no other layer has it.
        by: what a total is taken apart by: "class", "model" (those inside), "name" (how names
            begin) or "block" (stages and repeated blocks); by default what tells most.

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
        raise ReadError(class_name, "is a class, which has no layers to name", received=str(layer),
                        hint="leave the second word out, or name a model in front")  # fmt: skip
    try:
        loaded = load(model)
    except ReadError as error:
        raise classes.or_near_class(error, model) from error
    return terms.explain_total(loaded, by) if layer is None else explain_layer(loaded, layer)


def blocks(model: Any) -> Blocks:
    """The repeated blocks of a model, found by the structure of its graph, as a tree of regions.

    Args:
        model: a MODEL, as `load` takes it.

    Raises:
        InspectError: as `load` does.

    >>> found = blocks("resnet50")
    >>> found.count, found.stages
    (16, (('bottleneck', (3, 4, 6, 3)),))
    """
    from inspector.answers.blocks import blocks as folded  # noqa: PLC0415 - loads when asked

    return folded(load(model))


def diff(left: Any, right: Any, *, everything: bool = False) -> Diff:
    """Whether two models are the same graph, whatever their layers are called, and where they part.

    Args:
        left: a MODEL, as `load` takes it.
        right: another one.
        everything: settings count that cannot change what an untrained graph computes.

    Raises:
        InspectError: as `load` does.

    >>> diff("resnet50", "resnet50(weights=None)").same_graph
    True
    """
    from inspector.answers import diff as comparing  # noqa: PLC0415 - loads when asked
    from inspector.answers.lines import located  # noqa: PLC0415

    (one, ours), (two, theirs) = located(left), located(right)
    return with_room(lambda: comparing.diff(one, two, everything=everything, lines=(ours, theirs)))


def transfer(
    model: Any,
    *,
    freeze: Sequence[str] = (),
    unfreeze: Sequence[str] = (),
    head: str = "",
    classes: int | None = None,
    training: bool = False,
    keras: int | None = None,
) -> Transfer:
    """What is frozen, what is trained, and where the data enters, with a new head.

    Args:
        model: a MODEL, as `load` takes it; an architecture comes with its ImageNet weights, unless
            it says `weights=None`.
        freeze: what gets `trainable=False`: "all", "first=120", "until=block5_conv1", "conv5_*" …
        unfreeze: what gets `trainable=True`, after that.
        head: layers of Keras on top, parted by `;`; parsed, never evaluated.
        classes: a short head with so many outputs, instead.
        training: call the base in training mode, instead of in inference mode.
        keras: 2 or 3, whose rules hold; by default those of the Keras that wrote the model.

    Raises:
        InspectError: as `load` does, or a word means no layer, or the head fits nowhere.

    >>> plan = transfer("mobilenetv2(include_top=False, input_shape=(160, 160, 3))", classes=1)
    >>> plan.total.params, plan.trained.params
    (2259265, 1281)
    """
    from inspector.answers import transfer as transferring  # noqa: PLC0415 - loads when asked

    loaded = load(model)
    if loaded.format == "zoo" and "(" not in loaded.source:
        loaded = load(f"{loaded.source}()")
    return with_room(
        lambda: transferring.transfer(
            loaded,
            freeze=freeze,
            unfreeze=unfreeze,
            head_text=head,
            classes=classes,
            training=training,
            keras=keras,
        )
    )


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

    options = {"expand_nested": expand_nested, "show_trainable": show_trainable}
    return summary_text(load(model), line_length=line_length, **options)


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


def plot(
    model: Any,
    *,
    expand: Sequence[str] = (),
    start: str = "",
    end: str = "",
    direction: str = "down",
    show: Sequence[str] = (),
    highlight: str = "",
    theme: str = "light",
) -> Plot:
    """A model as a picture, which a notebook shows; `.svg` is its text, `.to("png")` its bytes.

    Args:
        model: a MODEL, as `load` takes it; or what `transfer` answers, drawn by what is frozen.
        expand: "all", "stage", or names or letters of what is to be opened; by default repeated
            blocks of a model of more than 40 layers are drawn once.
        start: the layer where the picture begins; by default the inputs.
        end: the layer where it ends; by default the outputs.
        direction: "down" or "right".
        show: of "shapes", "params", "share", "formula", "dtype", "names"; by default all but dtype.
        highlight: "frozen", "params" or "names" instead of the kinds of layers.
        theme: "light", "dark" or "print".

    Raises:
        InspectError: as `load` does, or something is asked for that there is none of.

    >>> plot("resnet50").svg.startswith("<svg")
    True
    """
    from inspector.answers.mentions import named  # noqa: PLC0415 - only where a picture is wanted
    from inspector.answers.transfer import Transfer  # noqa: PLC0415
    from inspector.render import plot as drawing  # noqa: PLC0415
    from inspector.render.drawing.picture import Wish, picture  # noqa: PLC0415

    wish = Wish(tuple(expand), start, end, direction, tuple(show), highlight, theme)
    if isinstance(model, Transfer):
        from inspector.render.transfer_plot import transfer_plot  # noqa: PLC0415

        return transfer_plot(model, wish)
    loaded, said = named(model)
    return drawing.Plot(loaded, wish, said, picture(loaded, wish, said))


def view(model: Any) -> str:
    """The interactive page of a model: the text of one HTML file that fetches nothing.

    Args:
        model: a MODEL, as `load` takes it.

    Raises:
        InspectError: as `load` does, or the model has no graph to show.

    >>> view("resnet50").startswith("<!doctype html>")
    True
    """
    from inspector.answers.mentions import named  # noqa: PLC0415 - only where a page is wanted
    from inspector.render.page import page  # noqa: PLC0415

    return page(*named(model))


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


def audit(file: str | os.PathLike[str]) -> Audit:
    """What in a file would run or reach out if Keras loaded it, the most serious first.

    The whole file is walked, every level of every container in it; nothing in it is executed,
    imported, followed or unpacked to disk. That nothing is found does not make a file safe.

    Args:
        file: the path or the URL of a model file or of a SavedModel folder, or `-` for standard
            input.

    Raises:
        ReadError: there is no such file, or it is of a kind that is looked at elsewhere.
    """
    return loader.audited(file)
