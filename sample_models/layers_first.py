"""The same model of three layers: the layers have names, and then they are called."""

from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Dense

first = Dense(64, activation="relu")
second = Dense(64, activation="relu")
third = Dense(10, activation="softmax")
inputs = Input((784,))
model = Model(inputs=inputs, outputs=third(second(first(inputs))))
