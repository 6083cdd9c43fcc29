"""Writes the packaged catalogue of `keras.applications`, each with the summary Keras printed.

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
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from inspector.printed import PrintedSummary, parse_summary

ZOO = Path(__file__).resolve().parent.parent / "inspector" / "readers" / "zoo"
WIDTH = 1200  # no cell of any architecture wraps at it
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


def entry(name: str, model: Any, keras_version: str) -> Entry:
    """What the catalogue keeps of one built model."""
    summary = printed(model)
    rows = [[row.name, row.class_name, row.output_shape, row.params] for row in summary.rows]
    return {
        "keras": keras_version,
        "name": name,
        "model": json.loads(model.to_json()),
        "summary": {
            "rows": rows,
            "total": summary.total,
            "trainable": summary.trainable,
            "non_trainable": summary.non_trainable,
        },
    }


def facts(name: str, model: Any, built: Entry) -> Entry:
    """The line of one architecture in the index."""
    summary = built["summary"]
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
        keras.utils.clear_session()
        model = function(weights=None)
        built = entry(name, model, keras.__version__)
        lines.append(facts(name, model, built))
        yield f"{key(name)}.json.gz", compact(built)
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
