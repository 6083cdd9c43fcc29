"""A tag for every word."""

from keras.layers import GRU, LSTM, Bidirectional, Dense, Dropout, Embedding, TimeDistributed
from keras.models import Sequential

model = Sequential()
model.add(Embedding(input_dim=800, output_dim=40, mask_zero=True))
model.add(Bidirectional(LSTM(50, return_sequences=True, recurrent_dropout=0.1)))
model.add(Dropout(0.3))
model.add(GRU(24, return_sequences=True))
model.add(TimeDistributed(Dense(9, activation="softmax")))
model.build((None, 75))
