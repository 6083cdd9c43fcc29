"""A copy of a model, with layers of its own."""

import keras
from keras import layers

first = keras.Sequential(
    [keras.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)], name="first"
)
second = keras.models.clone_model(first)
third = keras.models.clone_model(keras.Model(first.inputs[0], first.outputs[0], name="third"))
x = keras.Input((8,))
both = keras.Model(x, layers.Average()([first(x), third(x)]))
