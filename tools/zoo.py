"""Writes the packaged catalogue of `keras.applications`, each with the summary Keras printed.

Beside each model stands what its variants differ in: the layers after the body without the top,
which paddings follow the size of the input, and the bodies that no rule can derive.

Run it from the root of the project, in an environment with Keras:

    python -m tools.zoo                   write inspector/readers/zoo/ anew
    python -m tools.zoo --only resnet50   write these alone, and leave the index as it is
    python -m tools.zoo --check           rebuild, and report what differs from the packaged files

The counts of `summary` are read off the printed text, so that they owe nothing to our rules nor
to `count_params()`.
"""

from __future__ import annotations

import argparse
import gzip
import inspect
import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from inspector.printed import PrintedSummary, parse_summary

ZOO = Path(__file__).resolve().parent.parent / "inspector" / "readers" / "zoo"
WIDTH = 1200  # no cell of any architecture wraps at it
POOLINGS = {"none": None, "avg": "avg", "max": "max"}
# Two sizes of which every half is even, or odd: for a stem that pads, and for one that does not.
PROBES = ((512, 449), (513, 451))
Entry = dict[str, Any]


def architectures() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every model function that `keras.applications` offers, by the name Keras gives it."""
    import keras

    for name, member in sorted(vars(keras.applications).items()):
        if inspect.isfunction(member) and "weights" in inspect.signature(member).parameters:
            yield name, member


def key(name: str) -> str:
    """The file name of an architecture.

    >>> key("EfficientNetV2B0"), key("MobileNet_v2")
    ('efficientnetv2b0', 'mobilenetv2')
    """
    return "".join(mark for mark in name.lower() if mark.isalnum())


def printed(model: Any) -> PrintedSummary:
    """What Keras prints for `model`, read back."""
    texts: list[str] = []
    model.summary(print_fn=texts.append, line_length=WIDTH)
    return parse_summary("\n".join(texts))


def built(function: Callable[..., Any], **arguments: Any) -> Any:
    """A model of Keras, its layers numbered from the start."""
    import keras

    keras.utils.clear_session(free_memory=True)
    return function(**{"weights": None, **arguments})


def layers(model: Any) -> list[Entry]:
    """The layers of a model as its `to_json()` writes them."""
    entries: list[Entry] = json.loads(model.to_json())["config"]["layers"]
    return entries


def signature(function: Callable[..., Any]) -> dict[str, Any]:
    """The arguments of an architecture with their defaults, in Keras' order."""
    parameters = inspect.signature(function).parameters.values()
    return {parameter.name: parameter.default for parameter in parameters}


def heads(function: Callable[..., Any], top: Any, **arguments: Any) -> tuple[int, Entry]:
    """How many layers are the body of a model, and what stands after it for each pooling."""
    shape = top.input_shape[1:]
    others = {
        name: layers(
            built(function, include_top=False, pooling=pooling, input_shape=shape, **arguments)
        )
        for name, pooling in POOLINGS.items()
    }
    columns = zip(layers(top), *others.values(), strict=False)
    same = [all(entry == column[0] for entry in column) for column in columns]
    body = same.index(False) if False in same else len(same)
    return body, {name: entries[body:] for name, entries in others.items()}


def halvings(function: Callable[..., Any], **arguments: Any) -> dict[str, int]:
    """The paddings that follow the size of the input, and how often it is halved before them."""
    found: dict[str, int] = {}
    for even, odd in PROBES:
        one, other = (
            built(function, include_top=False, input_shape=(size, size, 3), **arguments)
            for size in (even, odd)
        )
        for layer, twin in zip(one.layers, other.layers, strict=True):
            if layer.get_config().get("padding") != twin.get_config().get("padding"):
                found[layer.name] = round(math.log2(even / layer.input.shape[1]))
    return found


def pads_by_size(function: Callable[..., Any]) -> bool:
    """Whether a padding of the architecture follows the size of the input."""
    module = sys.modules[function.__module__]
    return "correct_pad" in Path(str(module.__file__)).read_text("utf-8")


def parts(function: Callable[..., Any], top: Any, **arguments: Any) -> Entry:
    """What else has to be known of a model to tell its variants from it."""
    body, after = heads(function, top, **arguments)
    sized = halvings(function, **arguments) if pads_by_size(function) else {}
    return {"body": body, "heads": after, "halvings": sized}


def other_bodies(name: str, function: Callable[..., Any]) -> Entry:
    """The bodies that are wired otherwise, by what makes them so."""
    if name.startswith("MobileNetV3"):
        model = built(function, minimalistic=True)
        lean = parts(function, model, minimalistic=True)
        return {"minimalistic": {"model": json.loads(model.to_json()), **lean}}
    if name.startswith("NASNet"):  # where the width is not known, it takes all widths for equal
        model = built(function, include_top=False, input_shape=(None, None, 3))
        body, after = heads(function, model)
        config = json.loads(model.to_json())
        return {"unknown_width": {"model": config, "body": body, "heads": after}}
    return {}


def entry(name: str, function: Callable[..., Any], model: Any, keras_version: str) -> Entry:
    """What the catalogue keeps of one built model."""
    summary = printed(model)
    rows = [[row.name, row.class_name, row.output_shape, row.params] for row in summary.rows]
    return {
        "keras": keras_version,
        "name": name,
        "arguments": signature(function),
        "model": json.loads(model.to_json()),
        "summary": {
            "rows": rows,
            "total": summary.total,
            "trainable": summary.trainable,
            "non_trainable": summary.non_trainable,
        },
        **parts(function, model),
        "others": other_bodies(name, function),
    }


def facts(name: str, model: Any, kept: Entry) -> Entry:
    """The line of one architecture in the index."""
    summary = kept["summary"]
    return {
        "key": key(name),
        "name": name,
        "input_shape": list(model.input_shape[1:]),
        "listed": len(model.layers),
        "params": summary["total"],
        "trainable": summary["trainable"],
        "non_trainable": summary["non_trainable"],
    }


def compact(value: Entry) -> str:
    """JSON without spaces, keys in the order given."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def index(keras_version: str, lines: Sequence[Entry]) -> str:
    """The index as JSON, one architecture a line."""
    listed = ",\n".join(json.dumps(line) for line in lines)
    return f'{{"keras": {json.dumps(keras_version)}, "architectures": [\n{listed}\n]}}\n'


def files(wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """File names and their text: each wanted architecture, and the index when all are wanted."""
    import keras

    known = dict(architectures())
    unknown = set(wanted) - {key(name) for name in known}
    if unknown:
        raise SystemExit(f"error: no architecture is called {', '.join(sorted(unknown))}")
    lines = []
    for name, function in known.items():
        if wanted and key(name) not in wanted:
            continue
        model = built(function)
        kept = entry(name, function, model, keras.__version__)
        lines.append(facts(name, model, kept))
        yield f"{key(name)}.json.gz", compact(kept)
    if not wanted:
        yield "index.json", index(keras.__version__, lines)


def write(name: str, text: str) -> None:
    """Write one file of the catalogue; the same text gives the same bytes."""
    data = text.encode()
    if name.endswith(".gz"):
        data = gzip.compress(data, compresslevel=9, mtime=0)
    (ZOO / name).write_bytes(data)
    print(f"{name}: {len(data):,} bytes")


def difference(name: str, text: str) -> str:
    """What differs from the packaged file, in words; empty when nothing does."""
    path = ZOO / name
    if not path.exists():
        return "is not packaged"
    data = path.read_bytes()
    packaged = json.loads(gzip.decompress(data) if name.endswith(".gz") else data)
    fresh = json.loads(text)
    changed = [part for part in fresh if fresh[part] != packaged.get(part)]
    return f"differs in {', '.join(changed)}" if changed else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the catalogue; 1 when a check found a difference."""
    parser = argparse.ArgumentParser(prog="python -m tools.zoo", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--only", nargs="+", default=[], metavar="KEY", help="these alone")
    parser.add_argument("--check", action="store_true", help="report differences, write nothing")
    options = parser.parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["COLUMNS"] = str(WIDTH)  # rich crops what is wider than the screen
    ZOO.mkdir(parents=True, exist_ok=True)
    found = 0
    for name, text in files(options.only):
        if not options.check:
            write(name, text)
        elif problem := difference(name, text):
            found += 1
            print(f"{name} {problem}", file=sys.stderr)
    if not options.check:
        size = sum(path.stat().st_size for path in ZOO.iterdir())
        print(f"{size:,} bytes in all")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
