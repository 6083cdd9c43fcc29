"""Windows of three widths over words."""

import keras
from keras.layers import Concatenate, Conv1D, Dense, Dropout, Embedding, GlobalMaxPooling1D

words = keras.Input(shape=(200,), dtype="int32")
embedded = Embedding(5000, 50)(words)
pooled = []
for width in (3, 4, 5):
    conv = Conv1D(64, width, activation="relu")(embedded)
    pooled.append(GlobalMaxPooling1D()(conv))
merged = Concatenate()(pooled)
merged = Dropout(0.5)(merged)
model = keras.Model(words, Dense(1, activation="sigmoid")(merged))
