"""Letters, one after the other."""

from keras.layers import LSTM, Dense, TimeDistributed
from keras.models import Sequential

model = Sequential()
model.add(LSTM(128, input_shape=(40, 57), return_sequences=True, consume_less="gpu"))
model.add(TimeDistributed(Dense(output_dim=57, activation="softmax")))
