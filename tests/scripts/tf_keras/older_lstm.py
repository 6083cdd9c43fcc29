"""The layers of keras1/lstm in the words of tf_keras, whose counts are the truth there."""

from tf_keras import Sequential
from tf_keras.layers import LSTM, Dense, TimeDistributed

model = Sequential(
    [
        LSTM(128, input_shape=(40, 57), return_sequences=True),
        TimeDistributed(Dense(57, activation="softmax")),
    ]
)
