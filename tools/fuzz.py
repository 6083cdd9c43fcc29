"""Opens model files whose bytes were changed by chance, and tells what came of it.

    python -m tools.fuzz [--count 200000] [--workers 2] [--seed 1] [--keep failing/]

Seeds are the model files of `tests/fixtures`, or those that are named. Every reader, and the audit
of the same file, must end in an answer or in an `InspectError`, within 2 seconds of processor time
and 256 MiB of memory. What does not is written to the folder of `--keep`; the exit code is 1 then.
"""

from __future__ import annotations

import argparse
import copy
import io
import json
import random
import resource
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from inspector import audit, count, load, params
from inspector.errors import InspectError
from inspector.model import Model
from inspector.render.json import dumped, params_document

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "tests" / "fixtures"
SECONDS, MEMORY = 2.0, 256 << 20
BATCH = 250  # files between two reports of a worker
Content = dict[str, bytes]  # a file, or the files of a folder, by their place in it


class Seed(NamedTuple):
    """A model that others are made from."""

    name: str
    content: Content


@dataclass
class Ends:
    """What came of many files."""

    ends: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    memory: int = 0  # bytes, of the largest process
    failed: list[tuple[str, str, Content]] = field(default_factory=list)

    def add(self, other: Ends) -> None:
        """Take in another report."""
        self.ends += other.ends
        self.slowest = max(self.slowest, other.slowest)
        self.memory = max(self.memory, other.memory)
        self.failed += other.failed


def main() -> None:
    """Fuzz every reader, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", nargs="*", type=Path, help="model files; those of the tests")
    parser.add_argument("--count", type=int, default=20_000, help="mutated files in all")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1, help="the same one gives the same files")
    parser.add_argument("--keep", type=Path, help="where to write files that fail")
    options = parser.parse_args()
    readers = by_reader(options.seeds or FIXTURES.iterdir())
    each = options.count // len(readers)
    failed = False
    print("reader       seeds    files  answered  refused  slowest s   MiB")
    for reader, found in readers.items():
        total = run(found, each, options.workers, f"{options.seed}-{reader}")
        report(reader, len(found), total, options.keep)
        failed = failed or bool(total.failed)
    sys.exit(failed)


def by_reader(paths: Iterable[Path]) -> dict[str, list[Seed]]:
    """The models among these files by the format that they are read as."""
    found: dict[str, list[Seed]] = {}
    for path in sorted(paths):
        try:
            model = load(path)
        except InspectError:  # no model, but what tests need besides
            continue
        found.setdefault(model.format, []).append(Seed(path.name, read(path)))
        if model.format == "json":
            found.setdefault("tfjs", []).append(tfjs(path, model))
    return found


def tfjs(path: Path, model: Model) -> Seed:
    """The same model as TensorFlow.js has it, as far as a reader looks."""
    weights = [
        {"name": f"{row.name}/{weight.name}", "shape": list(weight.shape), "dtype": "float32"}
        for row in model.rows
        for weight in row.weights or ()
    ]
    topology = {"keras_version": "2.4.0", "model_config": json.loads(path.read_bytes())}
    manifest = [{"paths": ["group1-shard1of1.bin"], "weights": weights}]
    document = {"format": "layers-model", "modelTopology": topology, "weightsManifest": manifest}
    return Seed(f"{path.stem}.tfjs.json", {"": json.dumps(document).encode()})


def run(seeds: list[Seed], files: int, workers: int, seed: str) -> Ends:
    """Open `files` files made from these."""
    jobs = [(start, min(BATCH, files - start)) for start in range(0, files, BATCH)]
    total = Ends()
    with get_context("spawn").Pool(workers, maxtasksperchild=40) as pool:
        for ends in pool.imap_unordered(partial(batch, seeds, seed), jobs):
            total.add(ends)
    return total


def report(reader: str, seeds: int, total: Ends, keep: Path | None) -> None:
    """Print one line, and what failed."""
    answered, refused = total.ends["answered"], total.ends["refused"]
    print(
        f"{reader:12}{seeds:6}{total.ends.total():9,}{answered:10,}{refused:9,}"
        f"{total.slowest[0]:11.2f}{total.memory >> 20:6}   {total.slowest[1]}",
        flush=True,
    )
    for name, end, content in total.failed:
        print(f"  {name}: {end}")
        if keep is not None:
            write(keep / name, content)


# --- one file -------------------------------------------------------------------------------------


def batch(seeds: list[Seed], seed: str, job: tuple[int, int]) -> Ends:
    """Open some files in this process."""
    report = Ends()
    start, size = job
    with TemporaryDirectory() as folder:
        for number in range(start, start + size):
            chance = random.Random(f"{seed}/{number}")  # noqa: S311 - the same files each time
            found = chance.choice(seeds)
            name = f"{seed}-{number}-{found.name}"
            content = mutated(found.content, chance)
            place = Path(folder) / name
            write(place, content)
            end, seconds = outcome(place)
            report.ends[end if end in {"answered", "refused"} else "failed"] += 1
            report.slowest = max(report.slowest, (seconds, name))
            if end not in {"answered", "refused"}:
                report.failed.append((name, end, content))
    scale = 1 if sys.platform == "darwin" else 1 << 10
    report.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale
    if report.memory > MEMORY:
        report.failed.append((f"{seed}-{start}", f"{report.memory >> 20} MiB", {}))
    return report


def outcome(path: Path) -> tuple[str, float]:
    """How a file is audited, opened, counted and written as JSON, and the processor time of it."""
    start = time.process_time()
    try:
        audit(path)
        model = load(path)
        count(model)
        dumped(params_document(params(model)))
        end = "answered"
    except InspectError as error:
        end = "refused" if error.hint and len(str(error)) < 2_000 else "error without a hint"
    except Exception as error:
        end = f"{type(error).__name__}: {error!s:.200}"
    seconds = time.process_time() - start
    return (end if seconds < SECONDS else f"took {seconds:.1f} s"), seconds


def read(path: Path) -> Content:
    """The bytes of a file, or of the files in a folder."""
    if path.is_file():
        return {"": path.read_bytes()}
    files = sorted(file for file in path.rglob("*") if file.is_file())
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}


def write(path: Path, content: Content) -> None:
    """The opposite."""
    for part, data in content.items():
        place = path / part if part else path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


# --- changes --------------------------------------------------------------------------------------


def mutated(content: Content, chance: random.Random) -> Content:
    """The same with one file changed, or with one member of the archive that it is."""
    part = chance.choice([name for name in content if not name.endswith("data-00000-of-00001")])
    data = content[part]
    if data.startswith(b"PK") and chance.random() < 0.6:
        return {**content, part: repacked(data, chance)}
    return {**content, part: changed(data, chance)}


def repacked(data: bytes, chance: random.Random) -> bytes:
    """An archive that is whole, with a member that is not."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {info: archive.read(info) for info in archive.infolist()}
    victim = chance.choice(list(members))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for info, content in members.items():
            archive.writestr(info, changed(content, chance) if info is victim else content)
    return made.getvalue()


def changed(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few changes of any kind."""
    if data[:1] in {b"{", b"["} and chance.random() < 0.8:
        return restructured(data, chance)
    for _ in range(chance.choice([1, 1, 1, 1, 2, 4])):
        if data:
            data = chance.choice(_CHANGES)(data, chance)
    return data


def _place(data: bytes, chance: random.Random) -> int:
    """A place in the bytes, seldom in empty space."""
    for _ in range(8):
        place = chance.randrange(len(data))
        if data[place]:
            break
    return place


def _flip(data: bytes, chance: random.Random) -> bytes:
    place = _place(data, chance)
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def _byte(data: bytes, chance: random.Random) -> bytes:
    place = _place(data, chance)
    return data[:place] + bytes([chance.choice([0, 1, 127, 128, 255])]) + data[place + 1 :]


def _number(data: bytes, chance: random.Random) -> bytes:
    """A number in place of another: one that overflows, or that leads to somewhere else."""
    size = chance.choice([1, 2, 4, 8])
    place = _place(data, chance) // size * size
    near = [0, 1, -1, place, len(data), len(data) - 1, _place(data, chance) // 8 * 8]
    value = chance.choice([*near, 1 << (8 * size - 1), 1 << 62, 1 << 40])
    return data[:place] + (value % (1 << 8 * size)).to_bytes(size, "little") + data[place + size :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _piece(data: bytes, chance: random.Random) -> tuple[bytes, int]:
    start = _place(data, chance)
    return data[start : start + chance.choice([1, 4, 16, 100, 2_000])], _place(data, chance)


def _copy(data: bytes, chance: random.Random) -> bytes:
    piece, place = _piece(data, chance)
    return data[:place] + piece + data[place + len(piece) :]


def _insert(data: bytes, chance: random.Random) -> bytes:
    piece, place = _piece(data, chance)
    return data[:place] + piece * chance.choice([1, 1, 2, 50]) + data[place:]


def _drop(data: bytes, chance: random.Random) -> bytes:
    piece, place = _piece(data, chance)
    return data[:place] + data[place + len(piece) :]


# --- changes of JSON ------------------------------------------------------------------------------

_VALUES: list[Any] = [
    *(None, True, False, [], {}, "", "x", -1, 0, 1, 2, 0.5, 1e308, float("nan"), float("inf")),
    *([[]], [None], 10**30, 10**4_299, (1 << 62), "\ud800", "\x1b[2J", [1, 2], "a/b", "../x", "1"),
    *([0] * 9_999, {"class_name": "Dense", "config": {}}, ["in", 0, 0, {}], [None, None, 3]),
]


def restructured(data: bytes, chance: random.Random) -> bytes:
    """JSON that is still JSON, with other values at a few places."""
    try:
        value = json.loads(data)
    except ValueError:
        return _cut(data, chance)
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        slots = list(_slots(value))
        if slots:
            _put(chance.choice(slots), chance.choice(slots), chance)
    return json.dumps(value).encode()


def _slots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document: what holds it, and its key there."""
    stack = [value]
    while stack:
        held = stack.pop()
        keys = held if isinstance(held, dict) else range(len(held))
        for key in list(keys):
            yield held, key
            if isinstance(held[key], dict | list) and held[key]:
                stack.append(held[key])


def _put(place: tuple[Any, Any], other: tuple[Any, Any], chance: random.Random) -> None:
    """Another value for one place: a hostile one, one from elsewhere, or none."""
    held, key = place
    match chance.randrange(5):
        case 0:
            held[key] = copy.deepcopy(other[0][other[1]])
        case 1:
            del held[key]
        case 2 if isinstance(held, list):
            held.insert(chance.randrange(len(held)), copy.deepcopy(held[key]))
        case 3 if isinstance(held, dict) and isinstance(other[1], str):
            held[other[1]] = held.pop(key)
        case _:
            held[key] = copy.deepcopy(chance.choice(_VALUES))


Change = Callable[[bytes, random.Random], bytes]
_CHANGES: list[Change] = [*[_flip] * 3, *[_byte] * 2, *[_number] * 4, _copy, _insert, _drop, _cut]


if __name__ == "__main__":
    main()
