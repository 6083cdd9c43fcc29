"""The layers of keras1/merged in the words of tf_keras, whose counts are the truth there."""

from tf_keras import Input, Model
from tf_keras.layers import Add, Concatenate, Conv2D, Dense, Flatten, MaxPooling2D

image = Input(shape=(32, 32, 3))
a = Conv2D(16, (1, 1), padding="same", activation="relu")(image)
b = Conv2D(16, (3, 3), padding="same", activation="relu")(image)
x = Concatenate(axis=3)([a, b])
y = Conv2D(32, (3, 3), padding="same", strides=(1, 1))(x)
x = Add()([x, y])
x = MaxPooling2D((2, 2))(x)
model = Model(image, Dense(10)(Flatten()(x)))
