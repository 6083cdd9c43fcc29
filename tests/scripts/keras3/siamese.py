"""Two images, one tower, the distance of what it makes of them."""

import keras
from keras import layers, ops


def tower():
    net = keras.Sequential(name="tower")
    net.add(layers.Input((28, 28, 1)))
    net.add(layers.Conv2D(16, 5, activation="tanh"))
    net.add(layers.AveragePooling2D(2))
    net.add(layers.Flatten())
    net.add(layers.Dense(10, activation="tanh"))
    return net


embed = tower()
left = layers.Input((28, 28, 1), name="left")
right = layers.Input((28, 28, 1), name="right")
a, b = embed(left), embed(right)
distance = layers.Lambda(
    lambda pair: ops.sqrt(ops.sum(ops.square(pair[0] - pair[1]), axis=1, keepdims=True)),
    output_shape=(1,),
)([a, b])
out = layers.Dense(1, activation="sigmoid")(layers.BatchNormalization()(distance))
siamese = keras.Model([left, right], out)
