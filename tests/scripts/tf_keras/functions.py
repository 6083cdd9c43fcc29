import tensorflow as tf
from tensorflow import keras

x = keras.Input((8, 6, 4))
y = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])
y = tf.transpose(y, [0, 2, 1, 3])
y = tf.squeeze(tf.expand_dims(y, -1), -1)
y = tf.gather(y, [0, 2, 3], axis=1)
y = tf.divide(y, 2.0) // 3.0 % 5.0
y = tf.nn.max_pool(y, 2, 1, "SAME")
n = tf.norm(y, axis=-1)
m = tf.linalg.norm(y, axis=-1, keepdims=True)
b = tf.boolean_mask(y, [True, False, True], axis=1)
f = tf.reduce_mean(b, axis=1)
r = tf.reshape(f, (-1, 32))
out = keras.layers.Dense(3)(tf.nn.swish(r))
model = keras.Model(x, [out, n, m])
