"""The stand-in Keras that a program runs against: shapes and wiring, no numbers."""
