"""Rules for `keras.layers` of the folder regularization."""
