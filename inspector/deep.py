"""Room for models nested hundreds deep: the default stack of Python ends at about 150.

Where memory itself ends, that is said too: a file can ask for more than a small machine has.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import copy_context
from typing import TypeVar

from inspector.errors import LimitError

_STACK = 256 << 20  # bytes; the system only hands out what is touched
_LEVELS = 60_000  # the JSON reader refuses text deeper than 5,000, at 12 calls a level at most

Result = TypeVar("Result")


def with_room(work: Callable[[], Result]) -> Result:
    """What `work` returns; done once more on a large stack where the usual one is too small.

    Raises:
        LimitError: even that is not enough, or there is no memory for the answer.
    """
    try:
        try:
            return work()
        except RecursionError:
            return _on_a_large_stack(work)
    except MemoryError:
        raise _out_of_memory() from None


def _out_of_memory() -> LimitError:
    return LimitError(
        "model",
        "needs more memory than this process may have",
        hint="is the file damaged or hostile? else give the process more memory",
    )


def _on_a_large_stack(work: Callable[[], Result]) -> Result:
    import threading  # noqa: PLC0415 - only for what is nested deep

    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except RecursionError:
            errors.append(LimitError("model", "is nested too deep", hint="no Keras model is"))
        except BaseException as error:
            errors.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK)
    sys.setrecursionlimit(_LEVELS)
    try:
        thread = threading.Thread(target=copy_context().run, args=(run,), daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no memory for its stack
            raise _out_of_memory() from None
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    if errors:
        raise errors[0]
    return results[0]
