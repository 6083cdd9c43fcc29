"""The layers of keras2/gru in the words of tf_keras, whose counts are the truth there."""

from tf_keras import Sequential
from tf_keras.layers import GRU, Dense

model = Sequential([GRU(12, reset_after=False, input_shape=(7, 5)), Dense(1)])
