"""A transformer's block from functions, and a mask."""

import keras
from keras import layers

x = keras.Input((16, 48))
attended = layers.MultiHeadAttention(4, 12, dropout=0.1)(x, x)
y = layers.LayerNormalization()(layers.Add()([x, attended]))
ff = layers.Dense(96, activation="gelu")(y)
ff = layers.Dense(48)(ff)
y = layers.LayerNormalization()(layers.add([y, ff]))
model = keras.Model(x, y)
