"""A statement fails, and what it would have bound is not the older value."""

import keras
from keras import layers

x = keras.Input((4,))
model = keras.Model(x, layers.Dense(2)(x))
model = keras.Model(x, layers.Dense(units="two")(x))
after = keras.Input((3,))
