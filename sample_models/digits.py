"""A classifier for handwritten digits; every step has a name of its own."""

from keras import Input, Model, layers

pixels = Input(shape=(784,), name="pixels")
edges = layers.Dense(64, activation="relu", name="edges")(pixels)
strokes = layers.Dense(64, activation="relu", name="strokes")(edges)
digit = layers.Dense(10, activation="softmax", name="digit")(strokes)

model = Model(inputs=pixels, outputs=digit, name="digits")
