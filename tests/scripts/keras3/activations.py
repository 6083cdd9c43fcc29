import keras
from keras import activations, layers

NAMES = """relu leaky_relu relu6 softmax celu elu selu softplus softsign silu swish squareplus
soft_shrink sparse_plus gelu glu tanh tanh_shrink hard_tanh hard_shrink sigmoid exponential
hard_sigmoid log_sigmoid sparse_sigmoid linear log_softmax relu""".split()

inputs = keras.Input((4, 6))
x = inputs
for name in NAMES:
    x = activations.get(name)(x)
x = activations.threshold(x, 0.5, 0.1)
x = activations.relu(x, negative_slope=0.1, max_value=6.0)
x = activations.softmax(x, axis=1)
x = layers.Activation(activations.relu)(x)
x = layers.ReLU()(x)
x = keras.ops.relu(x)
model = keras.Model(inputs, layers.Dense(3)(layers.Flatten()(x)))
