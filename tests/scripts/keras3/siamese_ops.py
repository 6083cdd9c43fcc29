"""One embedding, compared by a Lambda, by functions and as a triplet."""

import keras
from keras.models import Sequential, Model
from keras.layers import *
from keras import ops

def initialize_base_network(input_shape):
    seq = Sequential([Conv2D(32, (3, 3), activation="relu"), MaxPool2D(), Flatten(), Dense(128, activation="relu"), Dropout(0.1), Dense(64)])
    return seq

def euclid(vects):
    x, y = vects
    return ops.sqrt(ops.maximum(ops.sum(ops.square(x - y), axis=1, keepdims=True), keras.config.epsilon()))

base = initialize_base_network((28, 28, 1))
a = Input(shape=(28, 28, 1), name="left")
b = Input(shape=(28, 28, 1), name="right")
pa, pb = base(a), base(b)
distance = Lambda(euclid, output_shape=lambda s: (s[0][0], 1))([pa, pb])
absolute = ops.abs(pa - pb)
model = Model(inputs=[a, b], outputs=distance)
scored = Model([a, b], Dense(1, activation="sigmoid")(Concatenate()([absolute, pa * pb])))
triplet_in = [Input((28, 28, 1), name=n) for n in ("anchor", "positive", "negative")]
embedded = [base(one) for one in triplet_in]
triplet = Model(triplet_in, Concatenate(axis=1, name="stack")(embedded))
