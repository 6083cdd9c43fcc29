"""The recorded signatures: complete, and what the real Keras says where one is installed."""

import inspect

import pytest

from inspector.signatures import DIALECTS, bound, signatures


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_has_the_layers_of_its_time(dialect):
    known = signatures(dialect)
    dense = "output_dim" if dialect == "keras1" else "units"
    assert known["Dense"].parameters[0].name == dense
    assert known["Dense"].parameters[0].required


@pytest.mark.parametrize(
    ("dialect", "kernel", "strides"), [("tf_keras", 3, 3), ("keras3", 3, 3), ("keras2", 3, 3)]
)
def test_the_third_position_of_a_convolution_is_its_stride(dialect, kernel, strides):
    config = bound(signatures(dialect)["Conv2D"], (4, 3, 3), {})
    assert (config["kernel_size"], config["strides"]) == (kernel, strides)


def test_keras_1_counts_rows_and_columns():
    config = bound(signatures("keras1")["Convolution2D"], (4, 3, 5), {})
    assert (config["nb_row"], config["nb_col"], config["subsample"]) == (3, 5, [1, 1])


@pytest.mark.parametrize(("dialect", "expected"), [("keras2", False), ("tf_keras", True)])
def test_the_gru_of_tensorflow_resets_after(dialect, expected):
    assert bound(signatures(dialect)["GRU"], (8,), {})["reset_after"] is expected


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((), {}, "missing required argument 'units'"),
        ((3,), {"units": 4}, "multiple values for argument 'units'"),
        ((3,), {"unit": 4}, "unexpected keyword argument 'unit'"),
    ],
)
def test_what_python_would_refuse(args, kwargs, message):
    with pytest.raises(TypeError, match=message):
        bound(signatures("keras3")["Dense"], args, kwargs)


@pytest.mark.keras
def test_every_public_layer_of_an_installed_keras():
    keras = pytest.importorskip("keras")
    known = signatures("keras3")
    for name in dir(keras.layers):
        cls = getattr(keras.layers, name)
        if not isinstance(cls, type):
            continue
        taken = [
            (param.name, param.default is param.empty)
            for param in list(inspect.signature(cls.__init__).parameters.values())[1:]
            if param.kind not in (param.VAR_KEYWORD, param.VAR_POSITIONAL)
        ]
        assert [(param.name, param.required) for param in known[name].parameters] == taken, name
