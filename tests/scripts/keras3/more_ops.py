"""Attention by hand, from functions."""

import keras
from keras import layers, ops

x = keras.Input((12, 32))
q = layers.Dense(16, use_bias=False, name="q")(x)
k = layers.Dense(16, use_bias=False, name="k")(x)
v = layers.Dense(16, use_bias=False, name="v")(x)
scores = ops.matmul(q, ops.transpose(k, (0, 2, 1)))
weights = ops.softmax(scores / 4.0, axis=-1)
mixed = ops.einsum("bij,bjd->bid", weights, v)
pooled = ops.max(mixed, axis=1)
doubled = ops.tile(pooled, (1, 2))
model = keras.Model(x, layers.Dense(1)(ops.squeeze(ops.expand_dims(doubled, 1), 1)))
