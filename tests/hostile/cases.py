"""All hostile files: made in memory, or written to a folder with their traps set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from hostile import archives, code, graphs, hdf5, names, saved, stores
from hostile.case import ANSWERS, EITHER, REFUSED, Case, Trap
from hostile.models import GOOD, text


def cases(trap: Trap) -> Iterator[Case]:
    """Every case; what would run, or be read, is in the folder of the trap."""
    yield from code.controls()
    yield from code.cases(trap)
    yield from stores.cases(trap)
    yield from graphs.cases()
    yield from archives.cases(trap)
    yield from names.cases()
    yield from saved.cases(trap)
    for name, data in hdf5.CASES.items():
        outcome = EITHER if name in hdf5.WELL else REFUSED
        yield Case(f"hdf5_{name.replace(' ', '_')}.h5", name, data, outcome)


def written(folder: Path) -> list[tuple[Path, Case]]:
    """The same as files in `folder/files`."""
    trap = Trap(folder)
    trap.set()
    places = []
    for case in cases(trap):
        path = folder / "files" / case.name
        for part, data in _parts(case).items():
            (path / part).parent.mkdir(parents=True, exist_ok=True)
            (path / part).write_bytes(data)
        places.append((path, case))
    return places


def _parts(case: Case) -> dict[str, bytes]:
    return {"": case.content} if isinstance(case.content, bytes) else dict(case.content)


def places(folder: Path) -> list[tuple[Path, str]]:
    """What a file system itself can hold against a reader, as far as this one can; and outcomes."""
    folder.mkdir(parents=True, exist_ok=True)
    good = text(GOOD)
    made: list[tuple[Path, str]] = []

    def add(name: str | bytes, outcome: str, data: bytes = good) -> Path:
        path = folder / os.fsdecode(name)
        path.write_bytes(data)
        made.append((path, outcome))
        return path

    add("esc\x1b[31m\nname=cmd|x.json", ANSWERS)
    add(b"bad\xff.json", ANSWERS)
    sparse = add("sparse.h5", REFUSED, b"")
    os.truncate(sparse, 1 << 40)  # a tebibyte that takes no room
    for name, target in (
        ("loop.h5", "loop.h5"),
        ("zero.h5", "/dev/zero"),
        ("away.keras", "nowhere"),
    ):
        (folder / name).symlink_to(target)
        made.append((folder / name, REFUSED))
    os.mkfifo(folder / "pipe.h5")
    made.append((folder / "pipe.h5", REFUSED))
    return made
