"""An encoder and a decoder, and both in a row."""

import keras
from keras import layers

image = keras.Input(shape=(28, 28, 1))
x = layers.Conv2D(16, (3, 3), activation="relu", padding="same")(image)
x = layers.MaxPooling2D((2, 2), padding="same")(x)
x = layers.Conv2D(8, (3, 3), activation="relu", padding="same")(x)
code = layers.MaxPooling2D((2, 2), padding="same")(x)
encoder = keras.Model(image, code, name="encoder")
code_in = keras.Input(shape=(7, 7, 8))
x = layers.UpSampling2D((2, 2))(code_in)
x = layers.Conv2D(16, (3, 3), activation="relu", padding="same")(x)
x = layers.UpSampling2D((2, 2))(x)
x = layers.Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x)
decoder = keras.Model(code_in, x, name="decoder")
autoencoder = keras.Model(image, decoder(encoder(image)), name="autoencoder")
