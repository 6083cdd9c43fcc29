"""A classifier of short texts: an embedding, a GRU in both directions, a dense layer."""

from keras import Sequential, layers

model = Sequential(
    [
        layers.Input(shape=(40,), dtype="int32", name="words"),
        layers.Embedding(5000, 16, name="embedding"),
        layers.Bidirectional(layers.GRU(32), name="both_ways"),
        layers.Dropout(0.3, name="dropout"),
        layers.Dense(1, activation="sigmoid", name="positive"),
    ],
    name="reviews",
)
