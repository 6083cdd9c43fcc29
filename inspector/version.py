"""The version, a constant: asking the installed metadata costs 30 ms at every start."""

__version__ = "0.1.0"
