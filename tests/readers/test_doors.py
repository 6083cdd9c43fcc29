"""Sequential models whose input layer is not where, or not what, Keras would have written."""

from __future__ import annotations

import json

import pytest

import inspector


def _sequential(*layers: dict, **config) -> str:
    entries = [{"class_name": name, "config": given} for name, given in map(_named, layers)]
    return json.dumps(
        {"class_name": "Sequential", "config": {"name": "m", "layers": entries, **config}}
    )


def _named(layer: dict) -> tuple[str, dict]:
    given = dict(layer)
    return given.pop("class_name"), given


def test_a_layer_may_have_the_name_that_the_missing_input_layer_would_get(tmp_path):
    layers = (
        {"class_name": "Foreign", "name": "input_layer", "trainable": True, "dtype": "float32"},
        {"class_name": "Dense", "name": "d", "units": 2, "trainable": True},
    )
    path = tmp_path / "model.json"
    path.write_text(_sequential(*layers, build_input_shape=[None, 4]))
    answer = inspector.count(path)
    assert not answer.totals.complete
    assert [row.name for row in answer.model.rows] == ["input_layer", "d"]


def test_an_input_layer_behind_others_is_refused(tmp_path):
    layers = (
        {"class_name": "Dense", "name": "d", "units": 2, "batch_input_shape": [None, 4]},
        {"class_name": "InputLayer", "name": "late", "batch_input_shape": [None, 2]},
    )
    path = tmp_path / "model.json"
    path.write_text(_sequential(*layers))
    with pytest.raises(inspector.ReadError, match="behind other layers"):
        inspector.load(path)
