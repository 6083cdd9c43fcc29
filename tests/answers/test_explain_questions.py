"""What students ask in forums, answered by `explain`, `params` and `count`.

Every expected number comes from Keras, from the thread itself or from a published table, never
from our own formulas. The numbers in the names are those of the collection of questions.
"""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from typing import Any

import pytest

import inspector
from inspector.readers.zoo import recorded


def _layer(class_name: str, name: str, **config: Any) -> dict[str, Any]:
    return {
        "class_name": class_name,
        "module": "keras.layers",
        "config": {"name": name, **config},
    }


@pytest.fixture
def sequential(tmp_path):
    """A model of layers one after the other: `sequential((28, 28, 3), layer, …)`."""

    def made(shape: tuple[int | None, ...], *layers: dict[str, Any]) -> str:
        door = _layer("InputLayer", "door", batch_shape=[None, *shape])
        model = {"class_name": "Sequential", "config": {"name": "asked", "layers": [door, *layers]}}
        (tmp_path / "asked.json").write_text(json.dumps(model))
        return str(tmp_path / "asked.json")

    return made


def _conv(name: str, filters: int, size: int, **config: Any) -> dict[str, Any]:
    return _layer("Conv2D", name, filters=filters, kernel_size=[size, size], **config)


def test_what_is_a_parameter_of_a_convolution():
    """The forum: f = 5, 3 to 8 channels: 5 * 5 * 3 * 8 + 8 = 608, all learned."""
    example = inspector.explain("Conv2D").example
    assert (example.arithmetic, example.params) == ("5·5·3·8 + 8", 608)


def test_a_pooling_layer_has_no_parameters():
    assert inspector.explain("MaxPooling2D").weightless
    assert inspector.explain("resnet50", "pool1_pool").row.params == 0


def test_05_resnet50_is_50_or_177():
    answer = inspector.count("resnet50")
    assert (answer.listed, answer.with_weights, answer.kernel, answer.depth) == (177, 107, 54, 50)


def test_06_53_convolutions_in_50_layers():
    answer = inspector.count("resnet50")
    convolutions = {found.class_name: found.layers for found in answer.by_class}["Conv2D"]
    assert (convolutions, len(answer.off_path)) == (53, 4)


def test_11_a_convolution_over_rgb_is_896_not_288(sequential):
    answer = inspector.explain(sequential((32, 32, 3), _conv("conv", 32, 3)), "conv")
    assert (answer.row.params, answer.row.arithmetic) == (896, "3·3·3·32 + 32")


def test_12_the_numbers_of_a_summary(sequential):
    model = sequential(
        (64, 64, 3),
        _conv("one", 32, 3),
        _conv("two", 64, 3),
        _conv("three", 128, 3),
        _layer("GlobalAveragePooling2D", "pool"),
        _layer("Dense", "dense", units=10),
    )
    counts = [
        inspector.explain(model, name).row.params for name in ("one", "two", "three", "dense")
    ]
    assert counts == [896, 18_496, 73_856, 1_290]


def test_13_dense_and_convolution_over_a_large_image(sequential):
    flat = _layer("Flatten", "flat")
    dense = sequential((300, 300, 3), flat, _layer("Dense", "dense", units=100))
    assert inspector.explain(dense, "dense").row.params == 27_000_100
    assert inspector.explain(dense, "flat").calls[0].sizes[0].value == 270_000
    conv = sequential((300, 300, 3), _conv("conv", 100, 5))
    assert inspector.explain(conv, "conv").row.params == 7_600


def test_14_the_volume_after_32_filters_of_7_with_stride_2(sequential):
    model = sequential((63, 63, 16), _conv("conv", 32, 7, strides=[2, 2]))
    (call,) = inspector.explain(model, "conv").calls
    assert call.outputs[0].shape == (None, 29, 29, 32)
    assert (call.sizes[0].text, call.sizes[0].value) == ("⌊(63 − 7) / 2⌋ + 1", 29)


def test_15_batch_normalization_over_32_channels(sequential):
    model = sequential(
        (64, 64, 3),
        _layer("ZeroPadding2D", "pad", padding=[[3, 3], [3, 3]]),
        _conv("conv", 32, 7),
        _layer("BatchNormalization", "bn", axis=3),
        _layer("ReLU", "relu"),
        _layer("MaxPooling2D", "pool", pool_size=[2, 2]),
        _layer("Flatten", "flat"),
        _layer("Dense", "dense", units=1),
    )
    norm = inspector.explain(model, "bn")
    assert (norm.row.params, norm.row.non_trainable_params) == (128, 64)
    assert norm.row.arithmetic == "4·32"
    total = inspector.explain(model, by="class").total
    assert total.params == 37_633
    assert sorted(term.params or 0 for term in total.children) == [128, 4_736, 32_769]


def test_16_batch_normalization_over_512_channels(sequential):
    row = inspector.explain(
        sequential((4, 4, 512), _layer("BatchNormalization", "bn", axis=-1)), "bn"
    ).row
    assert (row.params, row.non_trainable_params) == (2_048, 1_024)


@pytest.mark.parametrize(("reset_after", "params"), [(True, 9_600), (False, 9_408)])
def test_17_a_bidirectional_gru(sequential, reset_after, params):
    gru = _layer("GRU", "gru", units=32, reset_after=reset_after)
    model = sequential((None, 16), _layer("Bidirectional", "both", layer=gru, merge_mode="concat"))
    assert inspector.explain(model, "both").row.params == params


@pytest.mark.parametrize(("units", "inputs", "params"), [(256, 4_096, 4_457_472), (9, 1, 396)])
def test_18_an_lstm(sequential, units, inputs, params):
    model = sequential((16, inputs), _layer("LSTM", "lstm", units=units))
    answer = inspector.explain(model, "lstm")
    assert answer.row.params == sum(part.params for part in answer.weights) == params


def test_19_a_separable_convolution_beside_a_plain_one(sequential):
    plain = sequential((8, 8, 3), _conv("conv", 1, 2))
    assert inspector.explain(plain, "conv").row.params == 13
    model = sequential((8, 8, 3), _layer("SeparableConv2D", "conv", filters=1, kernel_size=[2, 2]))
    row = inspector.explain(model, "conv").row
    assert (row.params, row.arithmetic) == (16, "2·2·3·1 + 1·1·3·1 + 1")


def test_20_multi_head_attention_over_768(tmp_path):
    attend = _layer("MultiHeadAttention", "attend", num_heads=12, key_dim=64)
    tensor = {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, 9, 768], "dtype": "float32", "keras_history": ["door", 0, 0]},
    }
    attend |= {"name": "attend", "inbound_nodes": [{"args": [tensor, tensor], "kwargs": {}}]}
    door = _layer("InputLayer", "door", batch_shape=[None, 9, 768])
    door |= {"name": "door", "inbound_nodes": []}
    config = {
        "name": "asked",
        "layers": [door, attend],
        "input_layers": ["door", 0, 0],
        "output_layers": ["attend", 0, 0],
    }
    (tmp_path / "asked.json").write_text(json.dumps({"class_name": "Functional", "config": config}))
    assert inspector.explain(str(tmp_path / "asked.json"), "attend").row.params == 2_362_368


def test_21_a_mobile_convolution_costs_one_over_channels_plus_one_over_f_squared(sequential):
    plain = sequential((32, 32, 16), _conv("conv", 64, 3, padding="same", use_bias=False))
    work = inspector.explain(plain, "conv").work.macs
    separable = _layer(
        "SeparableConv2D", "conv", filters=64, kernel_size=[3, 3], padding="same", use_bias=False
    )
    mobile = inspector.explain(sequential((32, 32, 16), separable), "conv").work.macs
    assert Fraction(mobile, work) == Fraction(1, 64) + Fraction(1, 9)


@pytest.mark.parametrize(
    ("key", "params"),
    [("resnet50", 25_557_032), ("resnet101", 44_549_160), ("resnet152", 60_192_808)],
)
def test_22_the_resnets_of_torchvision(key, params):
    """Without running averages, and without the biases that batch normalization cancels."""
    answer = inspector.explain(key)
    assert [other.key for other in answer.otherwise] == ["statistics", "idle_biases"]
    assert answer.otherwise[-1].params == params


@pytest.mark.parametrize(
    ("key", "params"),
    [("densenet121", 7_978_856), ("densenet169", 14_149_480), ("efficientnetb0", 5_288_548)],
)
def test_22_where_others_print_what_keras_calls_trainable(key, params):
    answer = inspector.explain(key)
    assert answer.total.trainable == answer.otherwise[-1].params == params


@pytest.mark.parametrize(
    ("key", "published"), [("resnet152", 11.28), ("vgg16", 15.47), ("vgg19", 19.63)]
)
def test_23_a_resnet_of_152_layers_costs_less_than_vgg(key, published):
    assert round(inspector.count(key).totals.macs / 1e9, 2) == published


def test_24_a_valid_window_of_1_does_not_shrink():
    (call,) = inspector.explain("resnet50", "conv2_block2_1_conv").calls
    assert (call.sizes[0].text, call.sizes[0].value) == ("56 − 1 + 1", 56)
    assert call.inputs[0].shape[1:3] == call.outputs[0].shape[1:3]


# --- the transfer learning model of the course --------------------------------------------------


@pytest.fixture
def alpaca(tmp_path):
    """MobileNetV2 without its head, frozen up to a layer, pooled, dropped out, one output."""

    def made(trained_from: int) -> str:
        base = copy.deepcopy(recorded("mobilenetv2")["model"])
        layers = base["config"]["layers"][:-2]  # without average pooling and classifier
        layers[0]["config"]["batch_shape"] = [None, 160, 160, 3]
        for place, layer in enumerate(layers):
            layer["config"]["trainable"] = place >= trained_from
            layer.pop("build_config", None)
            for node in layer["inbound_nodes"]:
                for tensor in _tensors(node["args"]):
                    tensor["config"].pop("shape", None)
        last = layers[-1]["config"]["name"]
        base["config"] |= {"name": "base", "layers": layers, "output_layers": [[last, 0, 0]]}
        head = [_layer("GlobalAveragePooling2D", "pool"), _layer("Dropout", "drop", rate=0.2)]
        head.append(_layer("Dense", "answer", units=1))
        door = _layer("InputLayer", "door", batch_shape=[None, 160, 160, 3])
        config = {"name": "alpaca", "layers": [door, base, *head]}
        file = tmp_path / "alpaca.json"
        file.write_text(json.dumps({"class_name": "Sequential", "config": config}))
        return str(file)

    return made


def _tensors(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [tensor for item in value for tensor in _tensors(item)]
    return [value] if isinstance(value, dict) else []


def test_25_a_layer_can_be_a_model_of_154_layers(alpaca):
    answer = inspector.explain(alpaca(1_000), "base")
    assert answer.row.class_name == "Functional"
    assert len(answer.row.layers) == 154


def test_34_the_alpaca_model(alpaca):
    answer = inspector.explain(alpaca(1_000))
    assert (answer.total.params, answer.total.trainable) == (2_259_265, 1_281)
    assert answer.frozen == 2_257_984
    assert [term.params for term in answer.total.children] == [2_257_984, 1_281]


def test_26_and_30_unfrozen_from_layer_120_on(alpaca):
    answer = inspector.explain(alpaca(120))
    assert (answer.total.params, answer.total.trainable) == (2_259_265, 1_626_177)


def test_28_what_of_a_frozen_normalization_can_change(alpaca):
    answer = inspector.explain(alpaca(120), "Conv_1_bn")
    assert answer.row.trainable_params == answer.row.non_trainable_params == 2 * 1_280
    held = inspector.explain(alpaca(1_000), "Conv_1_bn")
    assert {part.changed for part in held.weights} == {"frozen"}


def test_33_the_resnet_of_the_course(tmp_path):
    model = copy.deepcopy(recorded("resnet50")["model"])
    layers = model["config"]["layers"]
    layers[0]["config"]["batch_shape"] = [None, 64, 64, 3]
    layers[-1]["config"]["units"] = 6
    (tmp_path / "course.json").write_text(json.dumps(model))
    answer = inspector.explain(str(tmp_path / "course.json"))
    assert (answer.total.params, answer.total.trainable) == (23_600_006, 23_546_886)
    assert answer.otherwise[0].less == 53_120
