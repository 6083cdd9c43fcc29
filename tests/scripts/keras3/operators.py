"""Operators and functions on tensors, which become nodes."""

import keras
from keras import layers, ops

a = keras.Input((16,), name="a")
b = keras.Input((16,), name="b")
total = a + b
gap = (a - b) ** 2
gate = 1.0 - ops.sigmoid(total)
mixed = gate * gap / 2.0 + (-a)
cut = mixed[:, :8]
mean = ops.mean(cut, axis=-1, keepdims=True)
stacked = ops.stack([cut, cut], axis=1)
flat = ops.reshape(stacked, (-1, 16))
joined = ops.concatenate([flat, mean], axis=-1)
model = keras.Model([a, b], layers.Dense(4)(ops.relu(joined)))
