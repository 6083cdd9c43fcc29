"""Dilated causal convolutions with gates and skips."""

import keras
from keras import layers

sound = keras.Input((None, 1))
x = layers.Conv1D(16, 2, padding="causal")(sound)
skips = []
for rate in (1, 2, 4, 8):
    gate = layers.Conv1D(16, 2, dilation_rate=rate, padding="causal", activation="sigmoid")(x)
    signal = layers.Conv1D(16, 2, dilation_rate=rate, padding="causal", activation="tanh")(x)
    z = layers.Multiply()([gate, signal])
    skip = layers.Conv1D(16, 1)(z)
    skips.append(skip)
    x = layers.Add()([x, skip])
out = layers.Add()(skips)
out = layers.Activation("relu")(out)
model = keras.Model(sound, layers.Conv1D(256, 1, activation="softmax")(out))
