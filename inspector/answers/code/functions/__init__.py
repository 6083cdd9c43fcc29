"""Repeated blocks as functions: what a block does once, and what each use of it is told.

The blocks are those of `answers/blocks`. The largest of a family is the form of the others, which
may leave out some of its calls; a function is written only when going through its statements with
the arguments of each use makes exactly the calls of that use.
"""

from inspector.answers.code.functions.functions import Folded, Function, folded, functions
from inspector.answers.code.functions.loops import Use, statements

__all__ = ["Folded", "Function", "Use", "folded", "functions", "statements"]
