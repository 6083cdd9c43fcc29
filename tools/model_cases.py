"""Small models of every kind that people save, each built by the Keras that is handed in.

`K` is `keras` or `tf_keras`; functions are those of `K.ops`, or of TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Build = Callable[[Any], Any]
CASES: dict[str, Build] = {}


def case(build: Build) -> Build:
    """Put a model on the list under the name of its function."""
    CASES[build.__name__] = build
    return build


# ruff: noqa: N803 - K is how Keras is called


@case
def shared(K: Any) -> Any:
    """One layer at two places, and one used twice in a row."""
    left, right = K.Input((6,), name="left"), K.Input((6,), name="right")
    both = K.layers.Dense(6, name="both")
    twice = K.layers.Dense(6, name="twice")
    joined = K.layers.Concatenate(name="joined")([both(left), both(right)])
    half = K.layers.Dense(6, name="half")(joined)
    return K.Model([left, right], twice(twice(half)), name="shared")


@case
def deep(K: Any) -> Any:
    """Models inside one another, three deep, of both kinds."""
    x = K.Input((8, 8, 3), name="x")
    core = K.Sequential(
        [
            K.layers.Conv2D(4, 3, padding="same", name="conv"),
            K.layers.BatchNormalization(name="bn"),
        ],
        name="core",
    )
    a = K.Input((8, 8, 3), name="a")
    middle = K.Model(a, K.layers.ReLU(name="relu")(core(a)), name="middle")
    b = K.Input((8, 8, 3), name="b")
    outer = K.Model(b, K.layers.MaxPooling2D(name="pool")(middle(b)), name="outer")
    flat = K.layers.Flatten(name="flat")(outer(x))
    return K.Model(x, K.layers.Dense(2, name="head")(flat), name="deep")


@case
def siamese(K: Any) -> Any:
    """One model at two places of another."""
    a = K.Input((5,), name="a")
    encoder = K.Model(a, K.layers.Dense(3, name="code")(a), name="encoder")
    left, right = K.Input((5,), name="left"), K.Input((5,), name="right")
    apart = K.layers.Subtract(name="apart")([encoder(left), encoder(right)])
    return K.Model([left, right], K.layers.Dense(1, name="same")(apart), name="siamese")


@case
def outputs(K: Any) -> Any:
    """Several outputs, and a model inside that has several too."""
    a = K.Input((4,), name="a")
    two = K.Model(a, [K.layers.Dense(3, name="p")(a), K.layers.Dense(2, name="q")(a)], name="two")
    x = K.Input((4,), name="x")
    p, q = two(x)
    last = K.layers.Dense(1, name="last")(p)
    return K.Model(x, [last, q, p], name="outputs")


@case
def stateful(K: Any) -> Any:
    """Recurrent layers that keep their state, in a fixed batch."""
    options = {"batch_shape": (2, 5, 3), "name": "x"}
    x = K.Input(**options)
    y = K.layers.LSTM(4, return_sequences=True, stateful=True, name="lstm")(x)
    y = K.layers.GRU(4, return_sequences=True, stateful=True, name="gru")(y)
    y = K.layers.Bidirectional(K.layers.SimpleRNN(3, stateful=True), name="both_ways")(y)
    return K.Model(x, K.layers.Dense(1, name="out")(y), name="stateful")


@case
def states(K: Any) -> Any:
    """An encoder whose states start a decoder."""
    source, target = K.Input((None, 5), name="source"), K.Input((None, 6), name="target")
    _, h, c = K.layers.LSTM(4, return_state=True, name="encoder")(source)
    decoder = K.layers.LSTM(4, return_sequences=True, name="decoder")
    y = decoder(target, initial_state=[h, c])
    out = K.layers.TimeDistributed(K.layers.Dense(6), name="words")(y)
    return K.Model([source, target], out, name="states")


@case
def attention(K: Any) -> Any:
    """Every kind of attention, with keyword arguments."""
    x = K.Input((5,), dtype="int32", name="x")
    y = K.layers.Embedding(11, 8, name="embedding")(x)
    mixed = K.layers.MultiHeadAttention(2, 4, name="heads")(y, y, use_causal_mask=True)
    y = K.layers.LayerNormalization(name="norm")(K.layers.Add(name="add")([y, mixed]))
    dot = K.layers.Attention(use_scale=True, name="dot")([y, mixed])
    added = K.layers.AdditiveAttention(name="added")([y, mixed])
    y = K.layers.Concatenate(name="joined")([dot, added])
    return K.Model(x, K.layers.GlobalAveragePooling1D(name="mean")(y), name="attention")


@case
def functions(K: Any) -> Any:
    """Functions called between layers: `keras.ops`, or those of TensorFlow in Keras 2."""
    x = K.Input((4, 6), name="x")
    y = K.layers.Dense(6, name="dense")(x)
    if hasattr(K, "ops"):
        z = K.ops.transpose(K.ops.relu(x + y), (0, 2, 1))
        z = K.ops.concatenate([z, K.ops.reshape(y, (-1, 6, 4))], axis=-1)
        z = K.ops.mean(z[:, 1:], axis=1) * 2.0
    else:
        import tensorflow as tf

        z = tf.transpose(tf.nn.relu(x + y), (0, 2, 1))
        z = tf.concat([z, tf.reshape(y, (-1, 6, 4))], axis=-1)
        z = tf.reduce_mean(z[:, 1:], axis=1) * 2.0
    return K.Model(x, K.layers.Dense(1, name="out")(z), name="functions")


@case
def convolutions(K: Any) -> Any:
    """Every kind of convolution and pooling, and a mixed policy's float16."""
    x = K.Input((16, 16, 3), name="x")
    y = K.layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False, name="conv")(x)
    y = K.layers.DepthwiseConv2D(3, depth_multiplier=2, name="depthwise")(y)
    y = K.layers.SeparableConv2D(6, 3, name="separable")(y)
    y = K.layers.Conv2DTranspose(4, 3, strides=2, name="transposed")(y)
    y = K.layers.BatchNormalization(scale=False, name="bn")(y)
    y = K.layers.PReLU(shared_axes=[1, 2], name="prelu")(y)
    y = K.layers.GlobalAveragePooling2D(name="mean")(y)
    return K.Model(x, y, name="convolutions")


@case
def frozen(K: Any) -> Any:
    """A frozen layer, a frozen model, and a layer set free in a frozen Sequential."""
    x = K.Input((4,), name="x")
    base = K.Sequential([K.layers.Dense(3, name="a"), K.layers.Dense(3, name="b")], name="base")
    y = K.layers.Dense(4, name="fixed")(x)
    y = K.layers.BatchNormalization(name="bn")(base(y))
    model = K.Model(x, K.layers.Dense(2, name="head")(y), name="frozen")
    model.get_layer("fixed").trainable = False
    base.trainable = False
    base.layers[-1].trainable = True
    return model


@case
def sequential(K: Any) -> Any:
    """A chain with an input, and one inside that its first call builds."""
    inner = K.Sequential([K.layers.Dense(3, name="a"), K.layers.Dropout(0.5)], name="inner")
    return K.Sequential([K.Input((4,)), inner, K.layers.Dense(1, name="out")], name="sequential")


@case
def custom(K: Any) -> Any:
    """A layer of the user's own, of which a part is frozen, between layers that are known."""
    x = K.Input((4,), name="x")
    y = custom_class(K)(name="mine")(K.layers.Dense(5, name="first")(x))
    return K.Model(x, K.layers.Dense(2, name="last")(y), name="custom")


def custom_class(K: Any) -> Any:
    """The class that `custom` uses; loading it again needs to be told of it."""

    class Mine(K.layers.Layer):  # type: ignore[misc]
        """Two dense layers and a normalization, of which one is frozen."""

        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.first = K.layers.Dense(3, name="inside")
            self.second = K.layers.Dense(3, name="fixed", trainable=False)
            self.bn = K.layers.BatchNormalization(name="bn")

        def get_config(self) -> dict[str, Any]:
            return dict(super().get_config())

        def call(self, inputs: Any) -> Any:
            return self.bn(self.second(self.first(inputs)))

    return Mine
