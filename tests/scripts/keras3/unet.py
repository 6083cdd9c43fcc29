"""A small U-Net: what goes down is kept, and joined on the way up."""

import keras
from keras.layers import Concatenate, Conv2D, Conv2DTranspose, Dropout, Input, MaxPooling2D


def down(x, filters, pool=True):
    x = Conv2D(filters, 3, activation="relu", padding="same")(x)
    x = Conv2D(filters, 3, activation="relu", padding="same")(x)
    skip = x
    if pool:
        x = MaxPooling2D()(x)
    return x, skip


def up(x, skip, filters):
    x = Conv2DTranspose(filters, 3, strides=2, padding="same")(x)
    x = Concatenate(axis=3)([x, skip])
    x = Conv2D(filters, 3, activation="relu", padding="same")(x)
    return Conv2D(filters, 3, activation="relu", padding="same")(x)


def unet(shape=(96, 128, 3), filters=8, classes=23):
    inputs = x = Input(shape)
    skips = []
    for depth in range(3):
        x, skip = down(x, filters * 2**depth)
        skips.append(skip)
    x, _ = down(x, filters * 8, pool=False)
    x = Dropout(0.3)(x)
    for depth, skip in zip(range(2, -1, -1), reversed(skips)):
        x = up(x, skip, filters * 2**depth)
    return keras.Model(inputs, Conv2D(classes, 1, padding="same")(x))


net = unet()
