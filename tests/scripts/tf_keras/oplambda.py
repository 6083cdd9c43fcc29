"""TensorFlow's functions on tensors of a model become layers."""

import tf_keras as keras
import tensorflow as tf
from tf_keras import layers
from tf_keras import backend as K

a = keras.Input((16,))
b = keras.Input((16,))
total = a + b
scaled = total * 2.0 - b
half = scaled[:, :8]
mean = tf.reduce_mean(half, axis=-1, keepdims=True)
joined = tf.concat([half, mean], axis=-1)
model = keras.Model([a, b], layers.Dense(4)(tf.nn.relu(joined)))
