"""A residual network from a class with a method per block, with two depths."""

from tensorflow.keras import Input, Model, regularizers
from tensorflow.keras import layers as L


class ResNetBuilder(object):
    @staticmethod
    def shortcut(x, y):
        if x.shape[-1] != y.shape[-1] or x.shape[1] != y.shape[1]:
            stride = int(round(x.shape[1] / y.shape[1]))
            x = L.Conv2D(y.shape[-1], 1, strides=stride, kernel_regularizer=regularizers.l2(1e-4))(
                x
            )
        return L.add([x, y])

    @classmethod
    def block(cls, x, filters, stride):
        y = L.BatchNormalization()(x)
        y = L.Activation("relu")(y)
        y = L.Conv2D(filters, 3, strides=stride, padding="same")(y)
        y = L.BatchNormalization()(y)
        y = L.Activation("relu")(y)
        y = L.Conv2D(filters, 3, padding="same")(y)
        return cls.shortcut(x, y)

    @classmethod
    def build(cls, shape, outputs, repetitions):
        inputs = Input(shape=shape)
        x = L.Conv2D(16, 3, padding="same")(inputs)
        filters = 16
        for stage, count in enumerate(repetitions):
            for place in range(count):
                x = cls.block(x, filters, 2 if stage and not place else 1)
            filters *= 2
        x = L.GlobalAveragePooling2D()(x)
        return Model(inputs=inputs, outputs=L.Dense(outputs, activation="softmax")(x))


model = ResNetBuilder.build((32, 32, 3), 10, [2, 2, 2])
