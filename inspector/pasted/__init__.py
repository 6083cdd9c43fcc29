"""Pasted text to what it says: layer calls, short forms, PyTorch prints, configs, summaries.

Text is parsed, never evaluated: a call of a layer is read as a layer, and nothing is run.
"""
