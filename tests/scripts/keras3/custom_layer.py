"""Layers of one's own: with weights, with layers inside, and with neither."""

import keras
from keras import layers, ops


class Linear(layers.Layer):
    def __init__(self, units=32, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True
        )
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return ops.matmul(inputs, self.w) + self.b


class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.first = Linear(16)
        self.second = layers.Dense(8, activation="relu")
        self.norm = layers.BatchNormalization()

    def call(self, inputs):
        return self.norm(self.second(self.first(inputs)))


class Double(layers.Layer):
    def call(self, inputs):
        return inputs * 2


inputs = keras.Input((20,))
x = Linear(10, name="linear_in")(inputs)
x = Block()(x)
x = Double()(x)
model = keras.Model(inputs, layers.Dense(3)(x))
