"""Channels in front, as Theano had them."""

from keras import backend as K

K.set_image_dim_ordering("th")
from keras.models import Sequential
from keras.layers.convolutional import Convolution2D, MaxPooling2D, ZeroPadding2D
from keras.layers.core import Dense, Flatten

model = Sequential()
model.add(ZeroPadding2D((1, 1), input_shape=(3, 64, 64)))
model.add(Convolution2D(8, 3, 3, activation="relu"))
model.add(MaxPooling2D((2, 2), strides=(2, 2)))
model.add(Flatten())
model.add(Dense(4, activation="softmax"))
