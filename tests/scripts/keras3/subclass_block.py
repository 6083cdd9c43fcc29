"""A residual block as a Model class inside a Functional model."""

import keras
from keras import layers


class ResidualBlock(keras.Model):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.conv_a = layers.Conv2D(filters, 3, padding="same")
        self.norm_a = layers.BatchNormalization()
        self.conv_b = layers.Conv2D(filters, 3, padding="same")
        self.norm_b = layers.BatchNormalization()

    def call(self, x):
        y = keras.activations.relu(self.norm_a(self.conv_a(x)))
        y = self.norm_b(self.conv_b(y))
        return keras.activations.relu(x + y)


inputs = keras.Input((32, 32, 3))
x = layers.Conv2D(16, 3, padding="same")(inputs)
for _ in range(2):
    x = ResidualBlock(16)(x)
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(10)(x))
