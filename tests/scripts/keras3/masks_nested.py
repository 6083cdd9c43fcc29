import keras
from keras import layers, ops
s1 = keras.Sequential()
s1.add(keras.Input((7,)))
s1.add(layers.Embedding(9, 4, mask_zero=True))
s1.add(layers.LSTM(4, return_sequences=True))
s1.add(layers.Dropout(0.1))
s1.add(layers.GRU(3))
s1.add(layers.Dense(1))
s2 = keras.Sequential([layers.Embedding(9, 4, mask_zero=True), layers.LSTM(4)])
s2.add(layers.Dense(2))
w = keras.Input((7,))
s2(w)
class Pooled(layers.Layer):
    def __init__(self, **kw):
        super().__init__(**kw)
        self.supports_masking = True
        self.d = layers.Dense(4)
    def call(self, x, mask=None):
        x = self.d(x)
        if mask is not None:
            x = x * ops.cast(ops.expand_dims(mask, -1), "float32")
        return x
class Same(layers.Layer):
    def call(self, x):
        return x * 2.0
    def compute_mask(self, x, mask=None):
        return None if mask is None else ops.logical_not(mask)
class Lost(layers.Layer):
    def call(self, x, mask=None):
        return x
class Own(layers.LSTM):
    pass
e = layers.Embedding(9, 4, mask_zero=True)(w)
x = Pooled()(e)
x = Own(4, return_sequences=True)(x)
y = layers.LSTM(3)(Same()(x))
z = layers.LSTM(3)(Lost()(x))
v = s1(w)
two = keras.Input((7, 4)); three = keras.Input((7, 4))
inn = keras.Model([two, three], layers.Add()([layers.Masking()(two), three]))
u = layers.GRU(2)(inn([x, e]))
ne = ops.not_equal(w, 3)
ne = ops.cast(ne, "float32")
ct = ops.convert_to_tensor(ne)
masked = layers.Masking(0.5)(keras.Input((5, 3)))
model = keras.Model(w, layers.concatenate([y, z, v, u, ne, ct]))
