"""A model with a layer of one's own and a Lambda: nobody but Keras can run them, and we do not."""

import keras
from keras import Input, Model, layers


@keras.saving.register_keras_serializable(package="sample")
class Scale(layers.Layer):
    """Multiplies every feature by a learned factor."""

    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1],), name="factor")

    def call(self, inputs):
        return inputs * self.factor


inputs = Input(shape=(12,), name="measurements")
hidden = layers.Dense(8, activation="relu", name="hidden")(inputs)
scaled = Scale(name="scale")(hidden)
doubled = layers.Lambda(lambda x: 2 * x, output_shape=(8,), name="double")(scaled)
answer = layers.Dense(3, name="answer")(doubled)

model = Model(inputs=inputs, outputs=answer, name="custom")
