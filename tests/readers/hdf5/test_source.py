"""Sources of bytes, and how few of them are asked for."""

from __future__ import annotations

import importlib.util
import random
import struct
from pathlib import Path

import pytest

from inspector.readers.hdf5 import Dataset, Group, LocalFile, Memory, Window, open_file
from inspector.readers.hdf5 import source as module
from inspector.readers.hdf5.source import Blocks

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"


def _made():
    spec = importlib.util.spec_from_file_location("made", ROOT / "hostile" / "hdf5.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


made = _made()


class Watched(Memory):
    """Notes what is asked for, and refuses what lies outside."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.rounds: list[list[tuple[int, int]]] = []

    def read(self, ranges):
        assert all(start >= 0 and 0 < length <= self.size - start for start, length in ranges)
        self.rounds.append(list(ranges))
        return super().read(ranges)


@pytest.mark.parametrize("block", [1, 7, 1024])
@pytest.mark.parametrize("kept", [0, 4_000, 64 << 20])
def test_blocks_give_what_is_there(monkeypatch, block, kept):
    monkeypatch.setattr(module, "_KEPT", kept)
    monkeypatch.setattr(module, "_WHOLE", 3_000)
    chance = random.Random(block + kept)  # noqa: S311 - the same cases each time
    data = chance.randbytes(20_000)
    blocks = Blocks(Watched(data), "some bytes", block)
    for _ in range(300):
        starts = [chance.randrange(20_001) for _ in range(chance.randrange(6))]
        ranges = [(a, min(chance.choice([0, 1, 40, 3_000, 9_000]), 20_000 - a)) for a in starts]
        assert blocks.read(ranges) == [data[a : a + n] for a, n in ranges]


def test_nothing_is_read_twice_and_levels_come_together():
    source = Watched((FIXTURES / "k3_simple.h5").read_bytes())
    file = open_file(source, block=64)
    paths = [path for path, _ in file.walk()]
    asked = [each for each in source.rounds for each in each]
    assert len(set(asked)) == len(asked)
    depth = max(path.count("/") for path in paths)
    assert len(source.rounds) < 6 * depth
    assert file.requests == (len(asked), len(source.rounds))
    assert file.bytes_read == sum(length for _, length in asked)


def test_opening_reads_no_more_than_the_start():
    source = Watched((FIXTURES / "k3_simple.h5").read_bytes())
    file = open_file(source)
    assert source.rounds == [[(0, 1024)]]
    assert isinstance(file.root.members["model_weights"], Group)


def test_contents_are_never_read():
    layout = struct.pack("<BBQQ", 3, 1, 4_096, 1 << 30)
    shape = made.extent(1 << 14, 1 << 14)
    head = made.file(
        lambda at: made.header(made.links(), made.link(b"d", at[1])),
        made.header(made.message(1, shape), made.message(3, made.FLOAT), made.message(8, layout)),
    )
    source = Watched(head.ljust(4_096, b"\0"))
    source.size = 4_096 + (1 << 30)  # what lies behind the head would come out short
    found = dict(open_file(source).walk())
    assert isinstance(found["/d"], Dataset)
    assert found["/d"].storage_size == found["/d"].declared_size == 1 << 30
    assert max(start + length for some in source.rounds for start, length in some) <= 4_096


def test_a_file_on_disk_and_a_part_of_it(tmp_path):
    data = (FIXTURES / "k3_seq.h5").read_bytes()
    path = tmp_path / "inside.bin"
    path.write_bytes(b"before" + data + b"after")
    with open_file(FIXTURES / "k3_seq.h5") as alone:
        paths = [path for path, _ in alone.walk()]
    disk = LocalFile(path, "inside.bin")
    part = open_file(Window(disk, 6, len(data)))
    assert [path for path, _ in part.walk()] == paths
    disk.close()


def test_a_closed_file_says_so():
    file = open_file(FIXTURES / "k3_seq.h5", "k3_seq.h5", block=64)
    file.close()
    with pytest.raises(Exception, match=r"k3_seq\.h5: cannot be read"):
        list(file.walk())
