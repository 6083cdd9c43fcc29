"""Frames of a film, every one through the same small network."""

import keras
from keras import layers

frame = keras.Sequential(
    [keras.Input((32, 32, 3)), layers.Conv2D(4, 3), layers.GlobalMaxPooling2D()], name="frame"
)
film = keras.Input((10, 32, 32, 3))
x = layers.TimeDistributed(frame)(film)
x = layers.LSTM(12)(x)
y = layers.ConvLSTM2D(3, 3, padding="same")(film)
y = layers.Flatten()(y)
model = keras.Model(film, layers.Dense(4)(layers.Concatenate()([x, y])))
