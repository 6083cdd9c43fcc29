"""An encoder's states start a decoder; both are models of their own too."""

from keras.layers import LSTM, Dense, Embedding, Input
from keras.models import Model

latent, source, target = 64, 100, 120
encoder_inputs = Input(shape=(None,))
x = Embedding(source, latent)(encoder_inputs)
encoder_outputs, state_h, state_c = LSTM(latent, return_state=True)(x)
states = [state_h, state_c]
decoder_inputs = Input(shape=(None,))
embedded = Embedding(target, latent)(decoder_inputs)
decoder = LSTM(latent, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder(embedded, initial_state=states)
dense = Dense(target, activation="softmax")
decoder_outputs = dense(decoder_outputs)
training = Model([encoder_inputs, decoder_inputs], decoder_outputs)
encoding = Model(encoder_inputs, states)
h, c = Input((latent,)), Input((latent,))
step, h2, c2 = decoder(embedded, initial_state=[h, c])
decoding = Model([decoder_inputs, h, c], [dense(step), h2, c2])
