"""The layers of keras1/mnist_cnn in the words of tf_keras, whose counts are the truth there."""

from tf_keras import Sequential
from tf_keras.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D

model = Sequential(
    [
        Conv2D(32, (3, 3), padding="valid", input_shape=(28, 28, 1)),
        Activation("relu"),
        Conv2D(32, (3, 3)),
        Activation("relu"),
        MaxPooling2D(pool_size=(2, 2)),
        Dropout(0.25),
        Flatten(),
        Dense(128),
        Activation("relu"),
        Dropout(0.5),
        Dense(10),
        Activation("softmax"),
    ]
)
