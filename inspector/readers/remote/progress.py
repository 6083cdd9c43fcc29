"""Who wants to know how far the reading of a URL is: the command line, or nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Watcher(Protocol):
    """Told of each file that is read from a URL."""

    def started(self, where: str) -> None:
        """Reading begins; `where` names the file."""

    def read(self, count: int) -> None:
        """So many bytes more have come."""

    def ended(self) -> None:
        """Reading is over, well or not."""


_watchers: list[Watcher] = []


def watch(watcher: Watcher) -> None:
    """Tell `watcher` from now on, in place of any before."""
    _watchers[:] = [watcher]


@contextmanager
def reading(where: str) -> Iterator[None]:
    """While the body runs, the file is being read."""
    watchers = list(_watchers)
    for watcher in watchers:
        watcher.started(where)
    try:
        yield
    finally:
        for watcher in watchers:
            watcher.ended()


def came(count: int) -> None:
    """Note that so many bytes have come."""
    for watcher in _watchers:
        watcher.read(count)
