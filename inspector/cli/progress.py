"""What is being read from a URL, on stderr, once it takes longer than a second."""

from __future__ import annotations

import sys
from threading import Timer

from inspector.cli.output import tell

_PATIENCE = 1.0  # seconds before anything is said
_AGAIN = 0.25  # seconds between two looks, at a terminal


class Progress:
    """Says so once; at a terminal, keeps the line up to date and takes it away in the end."""

    def __init__(self) -> None:
        self._where = ""
        self._bytes = 0
        self._timer: Timer | None = None
        self._shown = False

    def started(self, where: str) -> None:
        """Reading begins."""
        self._where, self._bytes = where, 0
        self._wait(_PATIENCE)

    def read(self, count: int) -> None:
        """So many bytes more have come."""
        self._bytes += count

    def ended(self) -> None:
        """Reading is over: nothing more is said, and the line makes room for the answer."""
        while (timer := self._timer) is not None:  # one that speaks just now sets another
            self._timer = None
            timer.cancel()
            timer.join()
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
        self._shown = False

    def _wait(self, seconds: float) -> None:
        self._timer = Timer(seconds, self._show)
        self._timer.daemon = True
        self._timer.start()

    def _show(self) -> None:
        from inspector.render.safe import plain  # noqa: PLC0415 - only where it takes that long

        text = f"reading {plain(self._where)}: {self._bytes / 1e6:.1f} MB"
        if not sys.stderr.isatty():
            tell(f"{text} so far")
            return
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
        self._shown = True
        if self._timer is not None:
            self._wait(_AGAIN)
