"""The files of a SavedModel folder: regular ones only, and only those that are asked for."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from inspector.errors import LimitError, ReadError

_LINK_HINT = "copy the folder with its links resolved (cp -rL) and name the copy"


@contextmanager
def opened(folder: Path, *parts: str) -> Iterator[BinaryIO | None]:
    """A file inside the folder, or `None` where there is none.

    Raises:
        ReadError: it is a link or anything else than a regular file, or may not be read.
    """
    path = folder
    for part in parts:
        path /= part
        if not _present(path, last=part is parts[-1]):
            yield None
            return
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise _unreadable(path, error) from error
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ReadError(str(path), "is no regular file", hint="copy it to a file first")
        yield stream


def content(stream: BinaryIO, limit: int, where: str) -> bytes:
    """All bytes of a file.

    Raises:
        LimitError: there are more than `limit`.
    """
    try:
        data = stream.read(limit + 1)
    except OSError as error:
        raise _unreadable(Path(where), error) from error
    if len(data) > limit:
        raise LimitError(
            where, f"is larger than {limit >> 20} MiB", hint="no Keras model needs that"
        )
    return data


def _present(path: Path, *, last: bool) -> bool:
    try:
        kind = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if stat.S_ISLNK(kind):
        raise ReadError(str(path), "is a link inside a SavedModel", hint=_LINK_HINT)
    if not (stat.S_ISREG(kind) if last else stat.S_ISDIR(kind)):
        expected = "regular file" if last else "folder"
        raise ReadError(str(path), f"is no {expected}", hint="is the SavedModel folder complete?")
    return True


def _unreadable(path: Path, error: Exception) -> ReadError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else error
    return ReadError(
        str(path), f"cannot be read: {reason}", hint="check that you may read the folder"
    )
