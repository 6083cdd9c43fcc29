"""Depthwise and separable convolutions, with inverted residuals."""

import keras
from keras import layers


def inverted(x, filters, stride, expand=4):
    channels = x.shape[-1]
    y = layers.Conv2D(channels * expand, 1, use_bias=False)(x)
    y = layers.BatchNormalization()(y)
    y = layers.ReLU(6.0)(y)
    y = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    y = layers.ReLU(6.0)(y)
    y = layers.Conv2D(filters, 1, use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    return layers.Add()([x, y]) if stride == 1 and channels == filters else y


image = keras.Input((96, 96, 3))
x = layers.SeparableConv2D(16, 3, strides=2, padding="same")(image)
for filters, stride in [(16, 1), (24, 2), (24, 1), (32, 2)]:
    x = inverted(x, filters, stride)
model = keras.Model(image, layers.Dense(10)(layers.GlobalMaxPooling2D()(x)))
