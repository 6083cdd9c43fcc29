"""Architectures called with arguments, against what Keras built of the same calls.

`tools/variants.py` recorded it: for every architecture calls drawn at random, and some that are
known to be hard; with every row of some, and the totals of all.
"""

from __future__ import annotations

import gc
import gzip
import json
from functools import cache

import pytest

import inspector
from inspector.errors import InspectError
from inspector.readers import zoo
from inspector.readers.arguments import settings
from inspector.readers.expression import called
from inspector.readers.variants import variant
from tests.conftest import GOLDEN

FOLDER = GOLDEN / "architectures"


def printed(shape: tuple) -> str:
    """A shape as `summary()` prints it."""
    return f"({', '.join(map(str, shape))})"


@pytest.fixture(autouse=True)
def no_collections():
    """As the command line does: what a model is made of is not worth collecting meanwhile."""
    gc.disable()
    yield
    gc.enable()


@cache
def lines(key: str) -> list[dict]:
    text = gzip.decompress((FOLDER / f"{key}.jsonl.gz").read_bytes()).decode()
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("key", zoo.architectures())
def test_every_call_gives_what_keras_built(key):
    for line in lines(key):
        if "refused" in line:
            with pytest.raises(InspectError):
                inspector.load(line["call"])
            continue
        model = inspector.load(line["call"])
        totals = model.totals
        assert totals.complete, line["call"]
        assert (model.name, totals.params, totals.trainable, totals.non_trainable) == (
            line["name"], line["total"], line["trainable"], line["non_trainable"],
        ), line["call"]  # fmt: skip
        if isinstance(line["rows"], int):
            assert len(model.rows) == line["rows"], line["call"]
            continue
        ours = [
            [row.name, row.class_name, printed(row.output_shape), row.params, flag]
            for row, (*_, flag) in zip(model.rows, line["rows"], strict=True)
        ]
        assert ours == line["rows"], line["call"]
        flags = [row.trainable for row in model.rows if row.params]
        assert flags == [flag for *_, params, flag in line["rows"] if params], line["call"]
        assert not any(row.notes for row in model.walk()), line["call"]


def test_enough_is_recorded():
    known = [line for key in zoo.architectures() for line in lines(key)]
    built = [line for line in known if "refused" not in line]
    assert len(built) >= 6 * 40
    assert sum(isinstance(line["rows"], list) for line in built) >= 2 * 40
    assert sum("refused" in line for line in known) >= 40


@pytest.mark.parametrize("key", zoo.architectures())
def test_the_recorded_call_is_the_recorded_model_with_its_witness(key):
    bare, call = inspector.load(key), inspector.load(f"{key}(weights=None)")
    assert call.totals == bare.totals
    assert call.rows == bare.rows
    assert call.totals.summary == bare.totals.params


def test_other_calls_have_no_witness():
    model = inspector.load("resnet50(weights=None, classes=6, input_shape=(64, 64, 3))")
    assert model.totals.params == 23_600_006  # the course's own number
    assert model.totals.summary is None
    assert all(row.summary is None for row in model.rows)
    assert model.source == (
        "keras.applications.ResNet50(weights=None, classes=6, input_shape=(64, 64, 3))"
    )


def test_the_body_of_the_course():
    model = inspector.load("mobilenetv2(input_shape=(160, 160, 3), include_top=False)")
    assert (model.name, model.totals.params) == ("mobilenetv2_1.00_160", 2_257_984)
    assert model.rows[-1].output_shape == (None, 5, 5, 1280)


def test_positions_follow_the_signature_of_each_architecture():
    by_position = inspector.load("vgg16(False, None, None, (64, 64, 3), 'avg')")
    by_name = inspector.load("vgg16(include_top=False, input_shape=(64, 64, 3), pooling='avg')")
    assert by_position.rows == by_name.rows
    assert inspector.load("mobilenetv2((64, 64, 3), 0.5, False)").name == "mobilenetv2_0.50_224"


def test_imagenet_weights_bring_efficientnet_a_layer():
    names = [row.name for row in inspector.load("efficientnetb0()").rows]
    assert names[1:4] == ["rescaling", "normalization", "rescaling_1"]
    assert len(names) == 241
    assert "rescaling_1" in inspector.load("efficientnetb0").notes[0]


def test_inner_models_are_told_the_shapes_they_are_built_with():
    model = inspector.load("convnexttiny(weights=None, include_top=False, input_shape=(66, 99, 1))")
    stems = [row for row in model.rows if row.layers]
    assert [row.layers[0].output_shape for row in stems] == [
        (None, 16, 24, 96), (None, 16, 24, 96), (None, 8, 12, 192), (None, 4, 6, 384),
    ]  # fmt: skip
    assert stems[0].layers[0].params == 4 * 4 * 1 * 96 + 96


def test_nothing_recorded_is_changed_in_place():
    record = zoo.recorded("mobilenetv2")
    before = json.dumps(record)
    call = called(
        "mobilenetv2(alpha=0.1, weights=None, include_top=False, input_shape=(33, 45, 1))"
    )
    variant(record, settings(call, record))
    assert json.dumps(record) == before
