"""The same model of three layers, with a name for each tensor."""

from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Dense

inputs = Input((784,))
hidden_1 = Dense(64, activation="relu")(inputs)
hidden_2 = Dense(64, activation="relu")(hidden_1)
outputs = Dense(10, activation="softmax")(hidden_2)
model = Model(inputs=inputs, outputs=outputs)
