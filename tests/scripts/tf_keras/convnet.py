"""A small network for digits."""

from tf_keras.layers import Activation, BatchNormalization, Conv2D, Dense, Flatten, Input, MaxPool2D
from tf_keras.models import Model

x = image = Input(shape=(28, 28, 1))
for filters in (8, 16):
    x = Conv2D(filters, 3, padding="same")(x)
    x = BatchNormalization()(x)
    x = Activation("relu")(x)
    x = MaxPool2D()(x)
x = Flatten()(x)
model = Model(image, Dense(10, activation="softmax")(x))
