"""The layers of keras1/channels_first in the words of tf_keras, whose counts are the truth."""

from tf_keras import Sequential
from tf_keras.layers import Conv2D, Dense, Flatten, MaxPooling2D, ZeroPadding2D

FIRST = "channels_first"
model = Sequential(
    [
        ZeroPadding2D((1, 1), data_format=FIRST, input_shape=(3, 64, 64)),
        Conv2D(8, (3, 3), activation="relu", data_format=FIRST),
        MaxPooling2D((2, 2), strides=(2, 2), data_format=FIRST),
        Flatten(data_format=FIRST),
        Dense(4, activation="softmax"),
    ]
)
