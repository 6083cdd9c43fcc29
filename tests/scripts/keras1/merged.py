"""Branches joined by merge, in the functional words of Keras 1."""

from keras.layers import Input, Dense, Convolution2D, MaxPooling2D, Flatten, merge
from keras.models import Model

image = Input(shape=(32, 32, 3))
a = Convolution2D(16, 1, 1, border_mode="same", activation="relu")(image)
b = Convolution2D(16, 3, 3, border_mode="same", activation="relu")(image)
x = merge([a, b], mode="concat", concat_axis=3)
y = Convolution2D(32, 3, 3, border_mode="same", subsample=(1, 1))(x)
x = merge([x, y], mode="sum")
x = MaxPooling2D((2, 2))(x)
model = Model(input=image, output=Dense(10)(Flatten()(x)))
