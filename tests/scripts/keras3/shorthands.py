"""Functions of keras.ops that only call another one, casts and paddings."""

import keras
from keras import ops, layers
i = keras.Input((4, 6))
a = ops.abs(i); a = ops.cast(a, "float32"); a = ops.pad(a, ((0,0),(1,1),(2,2))); a = ops.swish(a); a=ops.hard_swish(a)
a = keras.activations.get("relu")(a); a = keras.activations.linear(a); a = keras.activations.swish(a)
a = ops.pad(a, [[0,0],[0,1],[0,0]], mode="reflect")
a = layers.Dense(3, activation=keras.activations.get("tanh"))(layers.Flatten()(a))
model = keras.Model(i, a)
