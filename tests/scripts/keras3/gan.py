"""A generator, a discriminator, and both with the second one frozen."""

import keras
from keras.layers import Conv2D, Conv2DTranspose, Dense, Dropout, Flatten, LeakyReLU, Reshape
from keras.models import Model, Sequential


def generator(noise=100):
    net = Sequential(name="generator")
    net.add(keras.Input((noise,)))
    net.add(Dense(7 * 7 * 16))
    net.add(LeakyReLU(negative_slope=0.2))
    net.add(Reshape((7, 7, 16)))
    net.add(Conv2DTranspose(8, 4, strides=2, padding="same"))
    net.add(LeakyReLU(negative_slope=0.2))
    net.add(Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"))
    return net


def discriminator():
    net = Sequential(name="discriminator")
    net.add(keras.Input((28, 28, 1)))
    net.add(Conv2D(16, 3, strides=2, padding="same"))
    net.add(LeakyReLU(negative_slope=0.2))
    net.add(Dropout(0.4))
    net.add(Flatten())
    net.add(Dense(1, activation="sigmoid"))
    return net


g, d = generator(), discriminator()
d.trainable = False
z = keras.Input((100,))
gan = Model(z, d(g(z)), name="gan")
