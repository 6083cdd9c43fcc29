"""The model of digits.py once more, with everything called X, as course notebooks do."""

from keras import Input, Model, layers

X_input = Input(shape=(784,), name="pixels")
X = layers.Dense(64, activation="relu", name="edges")(X_input)
X = layers.Dense(64, activation="relu", name="strokes")(X)
X = layers.Dense(10, activation="softmax", name="digit")(X)

model = Model(inputs=X_input, outputs=X, name="digits")
