"""One block of a transformer as a layer, over tokens and their places."""

import keras
from keras import layers, ops


class TransformerBlock(layers.Layer):
    def __init__(self, dim, heads, width, rate=0.1):
        super().__init__()
        self.attention = layers.MultiHeadAttention(num_heads=heads, key_dim=dim)
        self.ffn = keras.Sequential([layers.Dense(width, activation="relu"), layers.Dense(dim)])
        self.norm1 = layers.LayerNormalization(epsilon=1e-6)
        self.norm2 = layers.LayerNormalization(epsilon=1e-6)
        self.drop1 = layers.Dropout(rate)
        self.drop2 = layers.Dropout(rate)

    def call(self, inputs):
        attended = self.drop1(self.attention(inputs, inputs))
        out1 = self.norm1(inputs + attended)
        return self.norm2(out1 + self.drop2(self.ffn(out1)))


class TokenAndPlace(layers.Layer):
    def __init__(self, maxlen, vocab, dim):
        super().__init__()
        self.token = layers.Embedding(input_dim=vocab, output_dim=dim)
        self.place = layers.Embedding(input_dim=maxlen, output_dim=dim)

    def call(self, x):
        maxlen = ops.shape(x)[-1]
        places = self.place(ops.arange(start=0, stop=maxlen, step=1))
        return self.token(x) + places


inputs = layers.Input(shape=(200,))
x = TokenAndPlace(200, 2000, 32)(inputs)
x = TransformerBlock(32, 2, 32)(x)
x = layers.GlobalAveragePooling1D()(x)
x = layers.Dropout(0.1)(x)
model = keras.Model(inputs, layers.Dense(2, activation="softmax")(x))
