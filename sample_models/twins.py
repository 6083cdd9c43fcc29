"""Two pictures compared: one encoder, frozen, is called on both; its weights exist once."""

from keras import Input, Model, Sequential, layers

encoder = Sequential(
    [
        layers.Input(shape=(28, 28, 1), name="picture"),
        layers.Conv2D(8, 5, activation="relu", name="conv"),
        layers.MaxPooling2D(name="pool"),
        layers.Flatten(name="flatten"),
        layers.Dense(32, name="code"),
    ],
    name="encoder",
)
encoder.trainable = False

left = Input(shape=(28, 28, 1), name="left")
right = Input(shape=(28, 28, 1), name="right")
distance = layers.Subtract(name="difference")([encoder(left), encoder(right)])
same = layers.Dense(1, activation="sigmoid", name="same")(distance)

model = Model(inputs=[left, right], outputs=same, name="twins")
