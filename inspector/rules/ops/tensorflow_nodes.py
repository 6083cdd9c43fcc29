"""Nodes of a TensorFlow graph as layers: how `tf.keras` of 2.0 to 2.3 kept functions."""
