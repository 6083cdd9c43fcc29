"""The head of an application replaced, and its last block trained."""

from keras.applications import ResNet50
from keras.layers import Dense, Flatten
from keras.models import Model

base = ResNet50(weights=None, include_top=False, input_shape=(64, 64, 3))
for layer in base.layers:
    layer.trainable = layer.name.startswith("conv5")
x = Flatten()(base.output)
x = Dense(128, activation="relu")(x)
model = Model(base.input, Dense(6, activation="softmax", name="fc6")(x))
