"""Alpacas or not: a frozen MobileNetV2 with a new head, as courses teach it."""

import keras
from keras import Input, Model, layers

base = keras.applications.MobileNetV2(input_shape=(160, 160, 3), include_top=False, weights=None)
base.trainable = False

photo = Input(shape=(160, 160, 3), name="photo")
X = base(photo, training=False)
X = layers.GlobalAveragePooling2D(name="pool")(X)
X = layers.Dropout(0.2, name="dropout")(X)
X = layers.Dense(1, name="alpaca")(X)

model = Model(inputs=photo, outputs=X, name="transfer")
