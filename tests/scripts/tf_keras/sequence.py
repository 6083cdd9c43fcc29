"""GRU resets after, here; a Sequential takes its shape from the first layer."""

from tf_keras.layers import GRU, LSTM, Bidirectional, ConvLSTM2D, Dense, Embedding
from tf_keras.models import Sequential

model = Sequential()
model.add(Embedding(500, 32, input_length=40))
model.add(Bidirectional(LSTM(16, return_sequences=True)))
model.add(GRU(12))
model.add(Dense(3, activation="softmax"))
film = Sequential([ConvLSTM2D(4, 3, input_shape=(5, 16, 16, 1))])
