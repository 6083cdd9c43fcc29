"""Holds the architectures called with arguments to a live Keras, and records what it built.

Run it from the root of the project, in an environment with Keras:

    python -m tools.variants                   write tests/golden/architectures/ anew
    python -m tools.variants --only resnet50   these architectures alone
    python -m tools.variants --check           compare, and write nothing

For each architecture some calls are fixed and some drawn at random, always the same ones. Keras
builds each or refuses it; we must do the same, down to the config of every layer. No weights are
fetched: `weights="imagenet"` is built as Keras builds it, and then left without them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from inspector import live, loader
from inspector.answers.verify import verify
from inspector.errors import InspectError
from inspector.printed import PrintedSummary
from inspector.readers import zoo
from inspector.readers.arguments import settings
from inspector.readers.entries import configured, joined
from inspector.readers.expression import Call
from inspector.readers.variants import variant

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden" / "architectures"
LEGAL = 6  # calls drawn at random that Keras builds, for each architecture
WITH_ROWS = 2  # calls drawn at random whose rows are recorded; totals are for all
PUBLISHED = "published.h5"
MADE_UP = ("mine", "my model")  # names of models
Line = dict[str, Any]

NO_TOP = {"include_top": False, "weights": None}
FIXED: dict[str, Sequence[Mapping[str, Any]]] = {
    "mobilenetv2": (
        {"input_shape": (160, 160, 3), "include_top": False},
        {**NO_TOP, "alpha": 0.1, "input_shape": (96, 97, 4)},
        {**NO_TOP, "input_shape": (64, None, 3)},
        {**NO_TOP, "input_shape": (None, 65, 3)},
        {"alpha": 0.9},
    ),
    "mobilenet": (
        {"weights": None, "dropout": 0, "alpha": 0.3, "depth_multiplier": 2},
        {**NO_TOP, "alpha": 0.01},
        {"depth_multiplier": 2},
        {"input_shape": (160, 160, 3)},
    ),
    "mobilenetv3small": (
        {"weights": None, "dropout_rate": 0, "include_preprocessing": False, "alpha": 1.7},
        {"weights": None, "minimalistic": True, "alpha": 0.6, "input_shape": (65, 77, 2)},
        {"weights": None, "input_shape": (None, 16, 3)},
        {"weights": None, "name": None},
        {"minimalistic": True, "alpha": 0.75},
    ),
    "mobilenetv3large": (
        {"weights": None, "alpha": 0.4, "input_shape": (224, 224, 3)},
        {"weights": None, "minimalistic": True, "classifier_activation": "sigmoid"},
    ),
    "efficientnetb0": ({}, {"name": "mine"}, {"weights": None, "name": None}),
    "efficientnetv2b0": (
        {"weights": None, "input_shape": (64, 64, 1)},
        {**NO_TOP, "include_preprocessing": False},
        {**NO_TOP, "name": "efficientnetv2-b1"},
        {"weights": None, "name": "mine"},
    ),
    "efficientnetv2s": ({**NO_TOP, "input_shape": (64, 64, 1)},),
    "convnexttiny": (
        {"weights": None, "name": "mine", "classes": 5},
        {**NO_TOP, "input_shape": (33, 99, 1), "pooling": "max"},
        {"weights": None, "include_preprocessing": False},
        {"name": "mine"},
        {"weights": None, "name": None},
    ),
    "nasnetmobile": (
        NO_TOP,
        {**NO_TOP, "input_shape": (None, None, 3), "pooling": "avg"},
        {**NO_TOP, "input_shape": (None, 66, 3)},
        {**NO_TOP, "input_shape": (None, 64, 3)},
        {**NO_TOP, "input_shape": (32, 32, 3), "name": None},
        {"include_top": False, "input_shape": (None, None, 3)},
    ),
    "nasnetlarge": ({**NO_TOP, "pooling": "max"},),
    "resnet50": (
        {},
        {"classes": 10},
        {"weights": None, "classes": 6, "input_shape": (64, 64, 3)},
        {"weights": None, "include_top": False, "classes": None, "classifier_activation": 7},
        {"weights": None, "input_shape": (None, None, 3)},
        {"input_shape": (64, 64, 3)},
        {"include_top": False, "input_shape": (64, 64, 1)},
        {"classifier_activation": "sigmoid"},
        {"classifier_activation": None},
        {"weights": "imagnet"},
        {"weights": None, "clases": 3},
        {"weights": None, "name": "a/b"},
        {"weights": None, "classes": 0},
        {"weights": None, "classifier_activation": "none"},
        {"weights": None, "include_top": False, "input_shape": (64, 64)},
    ),
}


def drawn(key: str, names: Mapping[str, Any], source: random.Random) -> dict[str, Any]:
    """Arguments of an architecture at random: mostly legal, sometimes not."""
    top = source.random() < 0.4
    widths = [0.25, 0.35, 0.5, 0.75, 1, 1.3, 1.4, round(source.uniform(0.1, 2), 3)]
    likely: dict[str, tuple[float, Sequence[Any]]] = {
        "weights": (0.75, [None]),
        "input_shape": (0.8, [drawn_shape(key, top, source)]),
        "pooling": (0.5, [None, "avg", "max"]),
        "classes": (0.4, [2, 10, 1000, 1203]),
        "classifier_activation": (0.3, [None, "softmax", "sigmoid", "swish"]),
        "name": (0 if key.startswith("efficientnetv2") else 0.25, [*MADE_UP, None]),
        "alpha": (0.5, widths),
        "depth_multiplier": (0.5, [1, 1, 1, 2, 3]),
        "dropout": (0.5, [0, 0.001, 0.5]),
        "dropout_rate": (0.5, [0, 0.2, 1, -1]),
        "minimalistic": (0.5, [False, True]),
        "include_preprocessing": (0.5, [False, True]),
    }
    given = [
        (name, source.choice(values))
        for name, (chance, values) in likely.items()
        if name in names and source.random() < chance
    ]
    given.append(("include_top", top))
    source.shuffle(given)
    return dict(given)


def drawn_shape(key: str, top: bool, source: random.Random) -> tuple[int | None, ...] | None:
    """An input shape at random; small where VGG flattens it into a dense layer."""
    widest = 100 if key.startswith("vgg") and top else 260
    smallest = 68 if key.startswith(("inception", "xception")) else 30
    rows, columns = (source.randint(smallest, widest) for _ in range(2))
    square = source.choice([96, 128, 160, 192, 224]) if widest > 200 else 96
    channels = source.choice([3, 3, 3, 1, 4])
    shapes: list[tuple[int | None, ...] | None] = [
        (rows, columns, channels),
        (rows, rows, channels),
        (square, square, 3),
        (None, None, channels),
        (None, columns, 3),
        (rows, None, 3),
        None,
    ]
    return source.choices(shapes, weights=[5, 3, 4, 2, 1, 1, 1])[0]


def calls(key: str) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """The arguments to try, without end: those fixed, then those drawn, and which it is."""
    for arguments in FIXED.get(key, ()):
        yield arguments, True
    names = zoo.recorded(key)["arguments"]
    source = random.Random(key)  # noqa: S311 - the same every time is what is wanted
    while True:
        yield drawn(key, names, source), False


def without_weights() -> None:
    """Let Keras build models for ImageNet weights without fetching or loading any.

    What it would refuse then is refused still: names that nobody published weights under, and
    models whose layers those weights cannot fit.
    """
    import keras
    from keras.src.utils import file_utils

    def fetched(name: str, *_: Any, **__: Any) -> str:
        if name.startswith((*MADE_UP, "None")):
            raise OSError(f"nobody published {name}")
        return PUBLISHED

    def loaded(model: Any, path: str, **_: Any) -> None:
        *_, width, channels = model.input_shape
        if path == PUBLISHED and (channels != 3 or (width is None and "nasnet" in model.name)):
            raise ValueError("the weights do not fit")

    file_utils.get_file = fetched
    keras.Model.load_weights = loaded


def theirs(key: str, arguments: Mapping[str, Any]) -> Any:
    """The model that Keras builds, or the error that it raises."""
    import keras

    keras.utils.clear_session(free_memory=True)
    function = getattr(keras.applications, zoo.architectures()[key].name)
    try:
        with warnings.catch_warnings(action="ignore"):
            return function(**arguments)
    except Exception as error:  # whatever Keras raises is its answer
        return error


def problems(call: Call, built: Any, printed: PrintedSummary | None) -> Iterator[str]:
    """In what we differ from what Keras built, or refused to build."""
    try:
        model = loader.load(str(call))
    except InspectError as error:
        if printed is not None:
            yield f"we refuse it: {error}"
        return
    if printed is None:
        yield f"Keras refuses it: {type(built).__name__}: {str(built)[:200]}"
        return
    for difference in verify(model, printed).differences:
        yield f"{difference.layer} {difference.field}: {difference.ours}, not {difference.theirs}"
    record = zoo.recorded(call.key)
    ours = bare(variant(record, settings(call, record)))
    saved = bare(json.loads(built.to_json()))
    if ours != saved:
        yield from config_problems(ours["config"], saved["config"])


def config_problems(ours: Any, saved: Any, path: str = "") -> Iterator[str]:
    """Where two configs differ first, in each layer."""
    if isinstance(ours, dict) and isinstance(saved, dict) and ours.keys() == saved.keys():
        for key in ours:
            yield from config_problems(ours[key], saved[key], f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(saved, list) and len(ours) == len(saved):
        for place, (one, other) in enumerate(zip(ours, saved, strict=True)):
            yield from config_problems(one, other, f"{path}[{place}]")
    elif ours != saved:
        yield f"config{path}: {str(ours)[:150]}, not {str(saved)[:150]}"


def bare(model: dict[str, Any]) -> dict[str, Any]:
    """A saved model without the shapes that Keras wrote beside its layers."""
    config = model["config"]
    return {
        **model,
        "config": {**config, "layers": [emptied(e) for e in joined(config["layers"], {})]},
    }


def emptied(entry: dict[str, Any]) -> dict[str, Any]:
    """A layer whose inner layers, if any, carry no shapes either."""
    if "layers" not in entry["config"]:
        return entry
    inner = [
        {key: value for key, value in item.items() if key != "build_config"}
        for item in entry["config"]["layers"]
    ]
    return configured(entry, layers=inner)


def line(call: Call, built: Any, printed: PrintedSummary | None, with_rows: bool) -> Line:
    """What is recorded of one call."""
    if printed is None:
        return {"call": str(call), "refused": type(built).__name__}
    rows = [
        [row.name, row.class_name, row.output_shape, row.params, row.trainable]
        for row in printed.rows
    ]
    return {
        "call": str(call),
        "name": printed.name,
        "rows": rows if with_rows else len(rows),
        "total": printed.total,
        "trainable": printed.trainable,
        "non_trainable": printed.non_trainable,
    }


def compared(key: str) -> tuple[list[Line], int]:
    """The lines of one architecture, and how many of its calls we disagree on."""
    lines: list[Line] = []
    legal = wrong = 0
    for arguments, fixed in calls(key):
        call = Call(key, (), tuple(arguments.items()))
        built = theirs(key, arguments)
        printed = None if isinstance(built, Exception) else live.printed(built)
        found = list(problems(call, built, printed))
        wrong += bool(found)
        for problem in found[:5]:
            print(f"{call}: {problem}", file=sys.stderr)
        lines.append(line(call, built, printed, fixed or legal < WITH_ROWS))
        legal += printed is not None and not fixed
        if legal == LEGAL:
            break
    return lines, wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, and write the golden files unless asked not to; 1 where we disagree with Keras."""
    parser = argparse.ArgumentParser(prog="python -m tools.variants", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--only", nargs="+", default=[], metavar="KEY", help="these alone")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    without_weights()
    GOLDEN.mkdir(parents=True, exist_ok=True)
    disagreements = 0
    for key in options.only or zoo.architectures():
        lines, wrong = compared(key)
        disagreements += wrong
        built = sum("refused" not in item for item in lines)
        print(f"{key}: {built} built, {len(lines) - built} refused, {wrong} disagree", flush=True)
        if not options.check:
            text = "".join(json.dumps(item, separators=(",", ":")) + "\n" for item in lines)
            data = gzip.compress(text.encode(), compresslevel=9, mtime=0)
            (GOLDEN / f"{key}.jsonl.gz").write_bytes(data)
    return 1 if disagreements else 0


if __name__ == "__main__":
    raise SystemExit(main())
