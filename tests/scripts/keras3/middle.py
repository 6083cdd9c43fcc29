"""Rows of layers in lists and dictionaries, chosen by a flag and a recursion."""

import keras
from keras import layers

CONFIG = {"stem": 8, "body": [(16, True), (16, False), (32, True)], "head": 5}


def descend(x, body):
    if not body:
        return x
    (filters, pool), *rest = body
    x = layers.Conv2D(filters, 3, padding="same", activation="elu")(x)
    return descend(layers.MaxPooling2D()(x) if pool else x, rest)


pixels = keras.Input((40, 40, 3), batch_size=2)
x = layers.Conv2D(filters=CONFIG["stem"], kernel_size=5, padding="same")(pixels)
x = descend(x, CONFIG["body"])
heads = {name: layers.Dense(CONFIG["head"], name=name)(layers.Flatten()(x)) for name in "ab"}
model = keras.Model(pixels, list(heads.values()))
