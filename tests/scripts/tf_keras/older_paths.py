"""The layers of keras2/paths in the words of tf_keras, whose counts are the truth there."""

from tf_keras import Input, Model
from tf_keras.layers import BatchNormalization, Conv2D, Dense, Flatten, add, concatenate

image = Input(shape=(32, 32, 3))
# Three positional numbers are a kernel of 3 by 3, which Keras 2 says as it converts the call.
x = Conv2D(8, (3, 3), activation="relu")(image)
y = Conv2D(8, (1, 1), padding="same")(x)
x = add([x, y])
x = concatenate([x, y], axis=-1)
x = BatchNormalization()(x)
x = Flatten()(x)
model = Model(image, Dense(10, activation="softmax")(x))
