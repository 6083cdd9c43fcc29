"""Models inside models, three deep, one of them without an input of its own."""

import keras
from keras import layers

core = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(4)], name="core")
middle = keras.Sequential([keras.Input((10,)), layers.Dense(6), core], name="middle")
x = keras.Input((10,))
outer = keras.Model(x, layers.Dense(2)(middle(x)), name="outer")
