"""One layer called twice, one model called twice."""

import keras
from keras import layers

a = keras.Input((128,))
b = keras.Input((128,))
dense = layers.Dense(16, name="shared")
inner_in = keras.Input((16,))
inner = keras.Model(inner_in, layers.Dense(4)(inner_in), name="inner")
left, right = inner(dense(a)), inner(dense(b))
merged = layers.multiply([left, right])
model = keras.Model([a, b], layers.Dense(1)(merged))
half = keras.Model(b, right)
