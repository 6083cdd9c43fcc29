"""Functions of the backend inside Lambda layers."""

import tf_keras as keras
from tf_keras import backend as K
from tf_keras import layers

left = layers.Input((10, 4))
right = layers.Input((10, 4))
gap = layers.Lambda(lambda t: K.abs(t[0] - t[1]))([left, right])
pooled = layers.Lambda(lambda t: K.sum(t, axis=1))(gap)
normal = layers.Lambda(lambda t: K.l2_normalize(t, axis=-1), name="unit")(pooled)
model = keras.Model(inputs=[left, right], outputs=layers.Dense(1)(normal))
