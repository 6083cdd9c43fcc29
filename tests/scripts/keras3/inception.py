"""Three inception modules under one classifier."""

from keras import Input, Model, layers


def module(x, a, b, c, d, name):
    one = layers.Conv2D(a, (1, 1), activation="relu", name=name + "_1x1")(x)
    three = layers.Conv2D(b[0], (1, 1), activation="relu")(x)
    three = layers.Conv2D(b[1], (3, 3), padding="same", activation="relu")(three)
    five = layers.Conv2D(c[0], (1, 1), activation="relu")(x)
    five = layers.Conv2D(c[1], (5, 5), padding="same", activation="relu")(five)
    pool = layers.MaxPooling2D((3, 3), strides=(1, 1), padding="same")(x)
    pool = layers.Conv2D(d, (1, 1), activation="relu")(pool)
    return layers.concatenate([one, three, five, pool], axis=-1, name=name)


image = Input((64, 64, 3), name="image")
x = layers.Conv2D(32, 7, strides=2, padding="same", activation="relu")(image)
x = layers.MaxPool2D(3, 2, "same")(x)
x = module(x, 16, (16, 32), (4, 8), 8, "mixed_a")
x = module(x, 32, (24, 48), (8, 16), 16, "mixed_b")
x = module(x, 64, (32, 64), (8, 32), 32, "mixed_c")
x = layers.GlobalAvgPool2D()(x)
x = layers.Dropout(0.4)(x)
model = Model(inputs=image, outputs=layers.Dense(5, activation="softmax")(x))
