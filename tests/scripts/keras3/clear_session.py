"""Names begin anew after the session is cleared."""

import keras
from keras import layers

old = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2)])
keras.backend.clear_session()
x = keras.Input((4,))
new = keras.Model(x, layers.Dense(2)(layers.Dense(3)(x)))
