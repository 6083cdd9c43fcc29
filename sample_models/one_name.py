"""A model of three layers, with one name for every tensor."""

from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Dense

X_input = Input((784,))
X = Dense(64, activation="relu")(X_input)
X = Dense(64, activation="relu")(X)
X = Dense(10, activation="softmax")(X)
model = Model(inputs=X_input, outputs=X)
