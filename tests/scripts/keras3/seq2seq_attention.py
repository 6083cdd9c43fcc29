"""Dates from one way of writing to another: attention step by step, with shared layers."""

from keras.layers import (
    LSTM,
    Activation,
    Bidirectional,
    Concatenate,
    Dense,
    Dot,
    Input,
    RepeatVector,
)
from keras.models import Model

Tx, Ty, n_a, n_s = 30, 4, 32, 64
repeator = RepeatVector(Tx)
concatenator = Concatenate(axis=-1)
densor1 = Dense(10, activation="tanh")
densor2 = Dense(1, activation="relu")
activator = Activation("softmax", name="attention_weights")
dotor = Dot(axes=1)


def one_step_attention(a, s_prev):
    s_prev = repeator(s_prev)
    concat = concatenator([a, s_prev])
    e = densor1(concat)
    energies = densor2(e)
    alphas = activator(energies)
    return dotor([alphas, a])


post = LSTM(n_s, return_state=True)
output_layer = Dense(11, activation="softmax")


def build(human=37):
    X = Input(shape=(Tx, human))
    s0 = Input(shape=(n_s,), name="s0")
    c0 = Input(shape=(n_s,), name="c0")
    s, c = s0, c0
    outputs = []
    a = Bidirectional(LSTM(n_a, return_sequences=True))(X)
    for t in range(Ty):
        context = one_step_attention(a, s)
        _, s, c = post(context, initial_state=[s, c])
        outputs.append(output_layer(inputs=s))
    return Model(inputs=[X, s0, c0], outputs=outputs)


model = build()
