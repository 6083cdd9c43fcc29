import keras
from keras import layers

a = keras.Input((3,), name="a")
tag, aux = layers.Dense(2, name="tag")(a), layers.Dense(1, name="aux")(a)
model = keras.Model(a, {"tag": tag, "aux": aux})
