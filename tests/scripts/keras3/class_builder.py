"""A class that holds settings and builds the model."""

from keras.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Input,
    MaxPooling2D,
)
from keras.models import Model


class Net:
    def __init__(self, classes, width=8):
        self.classes = classes
        self.width = width
        self.inputs = Input((32, 32, 1))
        self.model = self.build()

    def conv(self, x, filters):
        self.last = Conv2D(filters, (3, 3), padding="same", use_bias=False)(x)
        self.last = BatchNormalization()(self.last)
        return Activation("relu")(self.last)

    @staticmethod
    def pool(x):
        return MaxPooling2D(pool_size=2)(x)

    def build(self):
        x = self.inputs
        for power in range(3):
            x = self.conv(x, self.width * 2**power)
            x = self.pool(x)
        x = Flatten()(x)
        x = Dense(self.classes, activation="softmax")(x)
        return Model(self.inputs, x, name="net")


if __name__ == "__main__":
    net = Net(7)
    model = net.model
    model.summary()
