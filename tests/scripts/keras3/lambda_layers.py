"""Lambda layers: slices, a closure, an argument, a list."""

import keras
from keras import layers, ops

x_in = keras.Input((30, 8))
step = layers.Lambda(lambda z: z[:, 3, :])(x_in)
scaled = layers.Lambda(lambda z, by: z * by, arguments={"by": 3.0})(step)
both = layers.Lambda(lambda z: ops.concatenate(z, axis=-1))([step, scaled])
last = layers.Lambda(lambda z: ops.expand_dims(z, 1), name="expand")(both)
model = keras.Model(x_in, layers.Dense(2)(last))
