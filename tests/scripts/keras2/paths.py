"""Every layer from the module that it lived in, and helpers that nobody has."""

from keras.layers.core import Dense, Dropout, Flatten, Activation
from keras.layers.convolutional import Conv2D, MaxPooling2D
from keras.layers.merge import add, concatenate
from keras.layers.normalization import BatchNormalization
from keras.engine.topology import Input
from keras.models import Model
from keras.utils.vis_utils import plot_model
from keras.utils import np_utils

image = Input(shape=(32, 32, 3))
x = Conv2D(8, 3, 3, activation="relu")(image)
y = Conv2D(8, (1, 1), padding="same")(x)
x = add([x, y])
x = concatenate([x, y], axis=-1)
x = BatchNormalization()(x)
x = Flatten()(x)
model = Model(inputs=image, outputs=Dense(10, activation="softmax")(x))
plot_model(model, to_file="model.png")
