"""Residual units as layers that call an activation they were given by name."""

import keras
from keras import layers, models, regularizers
from keras.models import Model

class ResidualUnit(keras.layers.Layer):
    def __init__(self, filters, strides=1, activation="relu", **kwargs):
        super().__init__(**kwargs)
        self.activation = keras.activations.get(activation)
        self.main_layers = [
            layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False),
            layers.BatchNormalization(), layers.Activation(self.activation),
            layers.Conv2D(filters, 3, strides=1, padding="same", use_bias=False), layers.BatchNormalization()]
        self.skip_layers = []
        if strides > 1:
            self.skip_layers = [layers.Conv2D(filters, 1, strides=strides, padding="same", use_bias=False), layers.BatchNormalization()]

    def call(self, inputs):
        Z = inputs
        for layer in self.main_layers:
            Z = layer(Z)
        skip_Z = inputs
        for layer in self.skip_layers:
            skip_Z = layer(skip_Z)
        return self.activation(Z + skip_Z)

model = models.Sequential()
model.add(layers.Conv2D(64, 7, strides=2, input_shape=[64, 64, 3], padding="same", use_bias=False))
model.add(layers.BatchNormalization())
model.add(layers.Activation("relu"))
model.add(layers.MaxPool2D(pool_size=3, strides=2, padding="same"))
prev_filters = 64
for filters in [64] * 2 + [128] * 2 + [256]:
    strides = 1 if filters == prev_filters else 2
    model.add(ResidualUnit(filters, strides=strides))
    prev_filters = filters
model.add(layers.GlobalAvgPool2D())
model.add(layers.Flatten())
model.add(layers.Dense(10, activation="softmax"))

class SE(layers.Layer):
    def __init__(self, ratio=4):
        super().__init__()
        self.ratio = ratio

    def build(self, input_shape):
        c = input_shape[-1]
        self.fc1 = layers.Dense(c // self.ratio, activation="relu")
        self.fc2 = layers.Dense(c, activation="sigmoid")
        self.scale = self.add_weight(shape=(c,), initializer="ones", name="scale")
        super().build(input_shape)

    def call(self, x):
        s = keras.ops.mean(x, axis=[1, 2])
        s = self.fc2(self.fc1(s))
        return x * s[:, None, None, :] * self.scale

def stage(x, f, blocks, stride=2):
    for i in range(blocks):
        y = layers.SeparableConv2D(f, 3, strides=stride if i == 0 else 1, padding="same", pointwise_regularizer=regularizers.l2(1e-4))(x)
        y = SE()(y)
        if x.shape[-1] != f or (i == 0 and stride > 1):
            x = layers.Conv2D(f, 1, strides=stride if i == 0 else 1)(x)
        x = layers.ReLU(6.0)(x + y)
    return x
inp = keras.Input((32, 32, 3))
x = layers.DepthwiseConv2D(3, depth_multiplier=4, padding="same")(inp)
for f, n in [(16, 2), (32, 1)]:
    x = stage(x, f, n)
net = Model(inp, layers.Dense(4)(layers.GlobalAveragePooling2D(keepdims=False)(x)), name="senet")
