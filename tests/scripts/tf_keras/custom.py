"""Attention as a layer of one's own, as it was written in 2019."""

import tf_keras as keras
from tf_keras import backend as K
from tf_keras.layers import LSTM, Dense, Embedding, Input, Layer


class WordAttention(Layer):
    def build(self, input_shape):
        self.W = self.add_weight(name="att_weight", shape=(input_shape[-1], 1))
        self.b = self.add_weight(name="att_bias", shape=(input_shape[1], 1))
        super().build(input_shape)

    def call(self, x):
        e = K.squeeze(K.tanh(K.dot(x, self.W) + self.b), axis=-1)
        alpha = K.expand_dims(K.softmax(e), axis=-1)
        return K.sum(x * alpha, axis=1)


words = Input((30,))
x = Embedding(200, 16)(words)
x = LSTM(8, return_sequences=True)(x)
x = WordAttention()(x)
model = keras.Model(words, Dense(1, activation="sigmoid")(x))
