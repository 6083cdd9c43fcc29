"""One tower for two inputs."""

import tf_keras as keras
from tf_keras import layers

tower = keras.Sequential([layers.Dense(8, activation="relu", input_shape=(6,)), layers.Dense(4)])
a, b = keras.Input((6,)), keras.Input((6,))
out = layers.Dot(axes=1)([tower(a), tower(b)])
model = keras.Model([a, b], out)
