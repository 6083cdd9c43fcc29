"""Files that are damaged or made to harm: only our own errors, soon, and without much memory."""

from __future__ import annotations

import random
import time
import tracemalloc
from pathlib import Path

import pytest
from hostile import hdf5 as made

from inspector.errors import InspectError, LimitError
from inspector.readers.hdf5 import (
    Again,
    Dataset,
    ExternalLink,
    Group,
    Hdf5Error,
    Limits,
    Memory,
    SoftLink,
    Unread,
    open_file,
)

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
SECONDS = 2.0


def everything(data: bytes, limits: Limits | None = None) -> list[tuple[str, object]]:
    """All that can be asked of a file; its size is the most that a range may reach."""
    file = open_file(Memory(data), "some.h5", limits)
    found = []
    for path, what in file.walk():
        found.append((path, type(what).__name__))
        if isinstance(what, Dataset):
            found.append((what.shape, what.dtype.name, what.storage_size, what.declared_size))
        if not isinstance(what, SoftLink | ExternalLink | Again) and hasattr(what, "attributes"):
            found.extend(what.attributes.items())
    return found


def outcome(data: bytes) -> str:
    """How reading ends, which must be soon: `ok`, or the name of our error."""
    start = time.process_time()
    failed: InspectError | None = None
    try:
        everything(data)
    except (Hdf5Error, LimitError) as error:
        failed = error
    assert time.process_time() - start < SECONDS
    if failed is None:
        return "ok"
    assert failed.hint
    assert len(str(failed)) < 300
    return type(failed).__name__


def traced(data: bytes) -> int:
    """The most memory that reading takes; told apart, for watching it takes half of the time."""
    tracemalloc.start()
    try:
        everything(data)
    except (Hdf5Error, LimitError):
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return peak


@pytest.mark.parametrize("name", made.CASES)
def test_made_by_hand(name):
    end = outcome(made.CASES[name])
    assert traced(made.CASES[name]) < 64 << 20
    if name in made.WELL:
        assert end == "ok"
    elif name in made.LIMITED:
        assert end == "LimitError"
    else:
        assert end != "ok"


def test_a_loop_of_hard_links_is_named_not_entered():
    found = dict(open_file(Memory(made.CASES["a ladder of 64 steps"])).walk())
    assert found["/b"] == Again("/a")
    assert len(found) == 64 + 63
    loop = open_file(Memory(made.CASES["one group under 5,000 names"]))
    assert {what for path, what in loop.walk() if path != "/"} == {Again("/")}
    inside = loop.root.members["000001"]
    assert isinstance(inside, Group)
    assert inside.members["000002"] is inside


def test_a_size_that_is_only_claimed_is_told_as_it_is():
    found = dict(open_file(Memory(made.CASES["dataset of 2 to the power of 99"])).walk())
    assert found["/d"].declared_size == 4 << 99
    assert found["/d"].storage_size == 0


def test_a_long_array_is_named_not_unpacked():
    data = made.file(
        made.header(made.links(), made.attribute(b"a", made.BYTE, made.extent(5), b"12345"))
    )
    assert open_file(Memory(data)).root.attributes["a"] == tuple(b"12345")
    value = open_file(Memory(data), limits=Limits(elements=4)).root.attributes["a"]
    assert isinstance(value, Unread)
    assert (value.dtype.name, value.shape) == ("uint8", (5,))


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        (Limits(objects=20), "holds more than 20 objects"),
        (Limits(depth=2), "has groups nested too deep"),
        (Limits(heap_bytes=8), "has a group whose names take unusual space"),
        (Limits(header_bytes=8), "has an object header of unusual size"),
        (Limits(attribute_bytes=999), "holds attributes that unfold to more than the file has"),
        (Limits(read_bytes=9_999), "makes a reader look at the same bytes again and again"),
    ],
)
def test_every_limit_holds_and_can_be_moved(limits, problem):
    data = (FIXTURES / "k3_simple.h5").read_bytes()
    assert everything(data)
    with pytest.raises(LimitError, match=problem) as caught:
        everything(data, limits)
    assert "limits can be raised" in caught.value.hint


def test_asking_for_a_name_decodes_nothing():
    data = made.CASES["string longer than its heap object"]
    root = open_file(Memory(data)).root
    assert "t" in root.attributes
    assert "x" not in root.attributes
    assert root.attributes.get("x") is None
    with pytest.raises(Hdf5Error, match="longer than its place"):
        root.attributes["t"]
    broken = open_file(Memory(made.CASES["link to the middle of something"])).root
    assert "a" in broken.members
    with pytest.raises(Hdf5Error, match="no object header"):
        broken.members["a"]


def test_bytes_that_are_no_text_stay_visible():
    name = b"\xff\xfe"
    data = made.file(
        made.header(
            made.links(),
            made.link(name, 48),
            made.attribute(name, made.BYTE, made.extent(), b"7"),
        )
    )
    root = open_file(Memory(data)).root
    assert list(root.members) == [r"\xff\xfe"]
    assert dict(root.attributes) == {r"\xff\xfe": 55}


def test_a_source_that_gives_too_little():
    class Shrunk(Memory):
        def read(self, ranges):
            return [blob[:-1] for blob in super().read(ranges)]

    with pytest.raises(Hdf5Error, match="gave fewer bytes than it has"):
        open_file(Shrunk((FIXTURES / "k3_seq.h5").read_bytes()))


def test_what_is_no_file_is_said_in_one_line(tmp_path):
    for path in (tmp_path, tmp_path / "nothing.h5", "a\0b"):
        with pytest.raises(Hdf5Error, match=r"is no regular file|cannot be read"):
            open_file(path)
    text = tmp_path / "text.h5"
    text.write_text("hello")
    with pytest.raises(InspectError) as caught:
        open_file(text, "text.h5")
    assert str(caught.value) == "text.h5: is no HDF5 file"


# --- chance ---------------------------------------------------------------------------------------

SEEDS = ["k3_seq.h5", "k2.1.6_nested.h5", "k3_simple.weights.h5", "written.h5"]


@pytest.mark.parametrize("name", SEEDS)
def test_a_file_cut_anywhere_gives_no_other_answer(name):
    data = (FIXTURES / name).read_bytes()
    whole = everything(data)
    for size in random.Random(name).sample(range(len(data)), 150):  # noqa: S311
        try:
            assert everything(data[:size]) == whole
        except Hdf5Error:
            continue


@pytest.mark.parametrize("name", SEEDS)
def test_bytes_changed_by_chance(name):
    data = (FIXTURES / name).read_bytes()
    chance = random.Random(name)  # noqa: S311 - the same cases each time
    ends = {outcome(_changed(data, chance)) for _ in range(500)}
    assert ends >= {"ok", "Hdf5Error"}


def _changed(data: bytes, chance: random.Random) -> bytes:
    """Some bytes replaced: any, or a number by one that is likely to hurt."""
    changed = bytearray(data)
    used = [number for number, byte in enumerate(data) if byte]  # metadata, not empty space
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        place = chance.choice(used)
        if chance.random() < 0.5:
            changed[place] = chance.randrange(256)
        else:
            size = chance.choice([1, 2, 4, 8])
            place -= place % size
            hurting = [0, 1, -1, place, len(data) - 1, 1 << (8 * size - 1), chance.choice(used)]
            number = chance.choice(hurting) % (1 << 8 * size)
            changed[place : place + size] = number.to_bytes(size, "little")
    return bytes(changed[: len(data)])
