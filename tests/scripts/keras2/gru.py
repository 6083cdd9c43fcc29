"""GRU does not reset after, here."""

from keras.layers.recurrent import GRU
from keras.layers import Dense
from keras.models import Sequential

model = Sequential()
model.add(GRU(12, input_shape=(7, 5)))
model.add(Dense(1))
