"""A frozen base under a new head, with the augmentation as a layer."""

import keras
import tensorflow as tf
from keras import layers

IMG_SIZE = (160, 160)


def augmenter():
    augmentation = keras.Sequential()
    augmentation.add(layers.RandomFlip("horizontal"))
    augmentation.add(layers.RandomRotation(0.2))
    return augmentation


preprocess_input = keras.applications.mobilenet_v2.preprocess_input


def alpaca(shape=IMG_SIZE, data_augmentation=augmenter()):
    input_shape = shape + (3,)
    base = keras.applications.MobileNetV2(input_shape=input_shape, include_top=False, weights=None)
    base.trainable = False
    inputs = keras.Input(shape=input_shape)
    x = data_augmentation(inputs)
    x = base(x, training=False)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    return keras.Model(inputs, layers.Dense(1)(x))


model = alpaca()
