"""Every reader on bytes that were changed by chance: an answer or our own error, and soon.

A longer run of the same changes is a command: `python -m tools.fuzz`.
"""

from __future__ import annotations

import importlib.util
import random
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector import load
from inspector.errors import InspectError

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
READERS = ("h5", "json", "keras", "savedmodel", "tfjs", "weights")
FEW = settings(
    max_examples=40,
    deadline=None,  # the machine may be busy; processor time is what `outcome` looks at
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the command needs POSIX")


@cache
def fuzz():
    """The command, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("fuzz", ROOT / "tools" / "fuzz.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz"] = module
    spec.loader.exec_module(module)
    return module


@cache
def seeds():
    """The models of the tests, by the reader that opens them."""
    return fuzz().by_reader(FIXTURES.iterdir())


def test_there_are_seeds_for_every_reader():
    assert sorted(seeds()) == sorted(READERS)


@pytest.mark.parametrize("reader", READERS)
@FEW
@given(chance=st.randoms(use_true_random=False), data=st.data())
def test_bytes_changed_by_chance(reader, tmp_path_factory, chance, data):
    seed = data.draw(st.sampled_from(seeds()[reader]))
    path = tmp_path_factory.mktemp("fuzz") / seed.name
    fuzz().write(path, fuzz().mutated(seed.content, chance))
    end, _ = fuzz().outcome(path)
    assert end in {"answered", "refused"}


def told(path: Path) -> object:
    """All that a file says of a model, but for where it lies; `None` where it is refused."""
    try:
        model = load(path)
    except InspectError:
        return None
    if not model.totals.complete or any("no stored weights" in note for note in model.notes):
        return None  # said to be less than the whole
    return model.rows, model.totals


@pytest.mark.parametrize("reader", READERS)
def test_a_file_cut_anywhere_gives_no_other_answer(reader, tmp_path):
    chance = random.Random(reader)  # noqa: S311 - the same cuts each time
    for seed in chance.sample(seeds()[reader], 3):
        path = tmp_path / seed.name
        fuzz().write(path, seed.content)
        whole = told(path)
        for part, data in seed.content.items():
            for size in {*chance.sample(range(len(data)), min(len(data), 12)), len(data) - 1}:
                fuzz().write(path, {**seed.content, part: data[:size]})
                assert told(path) in (None, whole), (seed.name, part, size)
