"""Rules for `keras.layers` of the folder applications."""
