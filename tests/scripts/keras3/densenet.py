"""Every layer sees all that came before it."""

import keras
from keras import layers

inputs = keras.Input((32, 32, 3))
x = layers.Conv2D(16, 3, padding="same", use_bias=False)(inputs)
for block in range(2):
    for _ in range(3):
        y = layers.BatchNormalization()(x)
        y = layers.ReLU()(y)
        y = layers.Conv2D(12, 3, padding="same", use_bias=False)(y)
        x = layers.Concatenate()([x, y])
    if not block:
        x = layers.Conv2D(int(x.shape[-1] * 0.5), 1)(x)
        x = layers.AveragePooling2D(2)(x)
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
