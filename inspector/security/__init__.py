"""What in a model file would run or reach out if Keras loaded it: pure rules over facts.

The rules KI001 to KI050 are in `catalogue`; `walk` meets them with a file, `alarm` with a config
that has been read anyway. Nothing is imported here: most commands need the alarm alone.
"""
