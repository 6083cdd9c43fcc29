"""Sizes that hang on data that nobody has."""

import keras
from keras import layers
from helper_of_the_course import *
import pandas as pd

table = pd.read_csv("words.csv")
vocab = len(table)
words = keras.Input((12,))
x = layers.Embedding(vocab, 16)(words)
x = layers.GlobalAveragePooling1D()(x)
x = layers.Dense(8)(x)
model = keras.Model(words, layers.Dense(vocab + 1)(x))
model.compile("adam")
history = model.fit(table, epochs=2)
while history.epoch < 3:
    history = model.fit(table)
