"""graphinspect: what a Keras model is made of."""
