"""Records what pasted specs come to in a real Keras, and what an older Keras prints as a summary.

Run it from the root of the project:

    python -m tools.specs              with Keras 3: tests/golden/specs_keras3.jsonl
    python -m tools.specs --tf-keras   with tf_keras: pasted/*.txt and specs_tf_keras.jsonl
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden"
# Specs as people paste them, each with the input that it is asked for.
CASES: tuple[tuple[str, tuple[int | None, ...]], ...] = (
    ("Conv2D(8, 5)", (32, 32, 3)),
    ("Conv2D(32, 3)", (32, 32, 3)),
    ("Conv2D(64, 3, 2, 'same', use_bias=False)", (32, 32, 32)),
    ("Conv2D(64, (3, 3), activation='relu')", (15, 15, 32)),
    ("Conv2D(100, 5)", (300, 300, 3)),
    ("Conv2D(32, 7, strides=2)", (63, 63, 16)),
    ("Conv2D(32, 3, 3)", (32, 32, 3)),
    ("Conv2D(16, 1, strides=1, padding='valid')", (56, 56, 64)),
    ("Conv2D(16, 3, dilation_rate=2)", (20, 20, 4)),
    ("Conv2D(16, 3, groups=2)", (20, 20, 4)),
    ("Conv1D(16, 5, padding='causal')", (100, 8)),
    ("Conv3D(4, 3)", (8, 8, 8, 2)),
    ("Conv2DTranspose(4, 3, 2, 'same')", (8, 8, 16)),
    ("DepthwiseConv2D(3)", (28, 28, 32)),
    ("DepthwiseConv2D((3, 3), depth_multiplier=2)", (28, 28, 8)),
    ("SeparableConv2D(1, 2)", (10, 10, 3)),
    ("Conv2D(1, 2)", (10, 10, 3)),
    ("Dense(100)", (300 * 300 * 3,)),
    ("Dense(64)", (784,)),
    ("Dense(10, use_bias=False)", (7, 64)),
    ("Embedding(10000, 64)", (20,)),
    ("BatchNormalization()", (62, 62, 32)),
    ("BatchNormalization(axis=3)", (7, 7, 512)),
    ("BatchNormalization(scale=False)", (7, 7, 512)),
    ("LayerNormalization()", (10, 64)),
    ("LSTM(128)", (10, 64)),
    ("LSTM(9, return_sequences=True)", (10, 1)),
    ("GRU(32)", (10, 16)),
    ("GRU(32, reset_after=False)", (10, 16)),
    ("Bidirectional(GRU(32))", (10, 16)),
    ("Bidirectional(GRU(32, reset_after=False))", (10, 16)),
    ("Bidirectional(LSTM(64, return_sequences=True), merge_mode='sum')", (10, 16)),
    ("SimpleRNN(20)", (10, 5)),
    ("ConvLSTM2D(4, 3)", (5, 9, 9, 3)),
    ("TimeDistributed(Dense(4))", (10, 16)),
    ("TimeDistributed(Conv2D(4, 3))", (10, 16, 16, 3)),
    ("PReLU(shared_axes=[1, 2])", (10, 10, 8)),
    ("MaxPooling2D(2)", (28, 28, 8)),
    ("MaxPooling2D((3, 3), strides=2, padding='same')", (28, 28, 8)),
    ("GlobalAveragePooling2D()", (7, 7, 512)),
    ("ZeroPadding2D(3)", (64, 64, 3)),
    ("UpSampling2D(2)", (8, 8, 4)),
    ("Flatten()", (4, 4, 64)),
    ("Reshape((7, 7, 16))", (784,)),
    ("RNN(LSTMCell(12))", (10, 5)),
)
SHORT: tuple[tuple[str, str, tuple[int | None, ...]], ...] = (
    ("conv f=5 3->8", "Conv2D(8, 5)", (None, None, 3)),
    ("conv 3x3 64 s2 on 32x32x3", "Conv2D(64, 3, 2)", (32, 32, 3)),
    ("conv 3x3 64 same on 32x32x3", "Conv2D(64, 3, padding='same')", (32, 32, 3)),
    ("conv1d k=5 16 in 8", "Conv1D(16, 5)", (None, 8)),
    ("conv3d 3x3x3 4 in 2", "Conv3D(4, 3)", (None, None, None, 2)),
    ("conv 3x3 16 in 4 g=2 nobias", "Conv2D(16, 3, groups=2, use_bias=False)", (None, None, 4)),
    ("deconv 4x4 16->8 s2 same", "Conv2DTranspose(8, 4, 2, 'same')", (None, None, 16)),
    ("dense 784->64", "Dense(64)", (784,)),
    ("fc 10 in 64 nobias", "Dense(10, use_bias=False)", (64,)),
    ("lstm 128 in 64", "LSTM(128)", (None, 64)),
    ("gru 16->32", "GRU(32)", (None, 16)),
    ("bigru 32 in 16", "Bidirectional(GRU(32))", (None, 16)),
    ("bilstm 16->32", "Bidirectional(LSTM(32))", (None, 16)),
    ("rnn 20 in 5", "SimpleRNN(20)", (None, 5)),
    ("bn 64", "BatchNormalization()", (64,)),
    ("ln 64", "LayerNormalization()", (64,)),
    ("embedding 10000->64", "Embedding(10000, 64)", (None,)),
    ("depthwise 3x3 32", "DepthwiseConv2D(3)", (None, None, 32)),
    ("separable 3x3 16->32", "SeparableConv2D(32, 3)", (None, None, 16)),
    ("maxpool 2x2 on 28x28x8", "MaxPooling2D(2)", (28, 28, 8)),
    ("flatten on 4x4x64", "Flatten()", (4, 4, 64)),
)


def specs(keras: Any, version: str) -> Iterator[dict[str, Any]]:
    """One line for each spec: its parameters and the shape that it gives."""
    names = {**vars(keras.layers)}
    both = [(text, text, shape) for text, shape in CASES]
    for text, code, shape in (*both, *(SHORT if version[0] == "3" else ())):
        door = keras.Input(shape)
        layer = eval(code, names)  # noqa: S307 - our own list
        out = layer(door)
        model = keras.Model(door, out)
        given = None if text != code else list(shape)
        yield {"spec": text, "input": given, "params": model.count_params(),
               "output": list(out.shape), "keras": version}  # fmt: skip


def summaries(keras: Any) -> Iterator[tuple[str, str]]:
    """What Keras 2 prints: chains and graphs, narrow and wide, opened and not."""
    layers = keras.layers
    chain = keras.Sequential(
        [layers.Conv2D(32, 3, activation="relu", input_shape=(32, 32, 3)), layers.MaxPooling2D(),
         layers.Conv2D(64, 3), layers.MaxPooling2D(), layers.Conv2D(64, 3), layers.Flatten(),
         layers.Dense(64), layers.Dense(10)],
        name="chain",
    )  # fmt: skip
    door = keras.Input((32, 32, 3), name="a_long_name_of_an_input")
    x = layers.Conv2D(8, 3, padding="same", name="a_name_that_is_too_long_for_its_column")(door)
    x = layers.Add(name="sum")([x, layers.BatchNormalization(name="norm")(x)])
    inner_door = keras.Input((32, 32, 8), name="inner_door")
    pooled = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 1, name="inside")(inner_door))
    inner = keras.Model(inner_door, pooled, name="inner")
    graph = keras.Model(door, layers.Dense(3, name="head")(inner(x)), name="graph")
    words = keras.Input((20,), name="words")
    y = layers.Bidirectional(layers.LSTM(8, return_sequences=True), name="both")(
        layers.Embedding(50, 8, name="embed")(words)
    )
    y, *_ = layers.GRU(4, return_state=True, return_sequences=True, name="gru")(y)
    text = keras.Model(words, layers.TimeDistributed(layers.Dense(2), name="each")(y), name="text")
    for model in (chain, graph, text):
        for variant, options in (
            ("plain", {}),
            ("wide", {"line_length": 140}),
            ("narrow", {"line_length": 70}),
            ("opened", {"expand_nested": True, "show_trainable": True}),
        ):
            stream = io.StringIO()
            with contextlib.redirect_stdout(stream):
                model.summary(**options)
            yield f"{model.name}.{variant}.txt", stream.getvalue()


def main() -> None:
    """Write the lines of one Keras."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--tf-keras", action="store_true", help="Keras 2, as tf_keras")
    old = parser.parse_args().tf_keras
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if old:
        import tf_keras as keras

        folder = GOLDEN / "pasted"
        folder.mkdir(exist_ok=True)
        for name, text in summaries(keras):
            (folder / name).write_text(text, encoding="utf-8")
    else:
        import keras
    found = "".join(f"{json.dumps(line)}\n" for line in specs(keras, keras.__version__))
    name = "specs_tf_keras.jsonl" if old else "specs_keras3.jsonl"
    (GOLDEN / name).write_text(found, encoding="utf-8")


if __name__ == "__main__":
    main()
