"""Rules for `keras.ops`."""
