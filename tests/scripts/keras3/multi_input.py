"""Text and numbers in, two answers out."""

import keras
from keras.layers import LSTM, Dense, Embedding, Input, concatenate

title = Input(shape=(None,), name="title", dtype="int32")
body = Input(shape=(None,), name="body", dtype="int32")
tags = Input(shape=(12,), name="tags")
shared = Embedding(1000, 64)
title_features = LSTM(128)(shared(title))
body_features = LSTM(32)(shared(body))
x = concatenate([title_features, body_features, tags])
priority = Dense(1, name="priority", activation="sigmoid")(x)
department = Dense(4, name="department")(x)
model = keras.Model(inputs=[title, body, tags], outputs=[priority, department])
