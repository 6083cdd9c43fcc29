"""The child process and its keeper: time, memory, and how much it may say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inspector.errors import LimitError, ReadError

SECONDS = 20.0
MEMORY = 2 << 30  # bytes of address space; a program that wires a model needs a tenth of it
_ANSWER = 256 << 20  # bytes that it may say
_LAST = {"end": "end", "late": "time", "older": "end"}  # the last messages, and what they mean
_GRACE = 1.5  # seconds in which it may tell what it found
_START = (
    "import sys; root = sys.argv.pop(1); sys.path.insert(0, root); "
    "from inspector.symbolic.child import main; sys.path.remove(root); sys.path.append(root); "
    "main()"
)
_ROOT = str(Path(__file__).resolve().parent.parent.parent)


_ready: list[tuple[Path, subprocess.Popen[bytes]]] = []  # a child that waits, and its folder


def prepare() -> None:
    """Start a child now, for a request to come: it imports while the command line is read.

    One that is never asked ends with this process, as its standard input does.
    """
    if not _ready:
        _ready.append((Path.cwd(), _started()))


def _waiting() -> subprocess.Popen[bytes] | None:
    """The child that was started before; one that stands in another folder is let go."""
    if not _ready:
        return None
    folder, child = _ready.pop()
    if folder == Path.cwd() and child.poll() is None:
        return child
    child.communicate(timeout=_GRACE)
    return None


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own program, in this very Python
        [sys.executable, "-I", "-X", "utf8", "-c", _START, _ROOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
    )


def asked(request: dict[str, Any], take: Callable[[dict[str, Any]], None]) -> str:
    """Run a child; each message of it goes to `take`. Gives why it ended early, if it did."""
    child = _waiting() or _started()
    keeper = _Keeper(child, request["seconds"] + _GRACE, request["memory"])
    try:
        text = json.dumps(request).encode("ascii")
        _feed(child, text)
        ended = _read(child, take)
    finally:
        keeper.stop()
        child.kill()
        child.wait()
        said = child.stderr.read(2000).decode("utf-8", "replace") if child.stderr else ""
        for stream in (child.stdout, child.stderr):
            if stream is not None:
                stream.close()
    if ended:
        return ended if ended != "end" else ""
    if keeper.reason:
        return keeper.reason
    last = said.strip().splitlines()[-1:] or [f"exit code {child.returncode}"]
    return f"its process ended without an answer ({last[0][:200]})"


def _environment() -> dict[str, str]:
    kept = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL", "HOME", "USERPROFILE")
    return {**{key: os.environ[key] for key in kept if key in os.environ}, "OMP_NUM_THREADS": "1"}


def _feed(child: subprocess.Popen[bytes], text: bytes) -> None:
    assert child.stdin is not None  # noqa: S101 - a pipe was asked for
    try:
        child.stdin.write(text)
        child.stdin.close()
    except OSError:
        return  # it is gone already; what it said tells why


def _read(child: subprocess.Popen[bytes], take: Callable[[dict[str, Any]], None]) -> str:
    """Hand on the messages; gives "end" at the last one, a reason where time was over."""
    left = _ANSWER
    stream = child.stdout
    line = stream.readline(left + 1) if stream is not None else b""
    while line:
        left -= len(line)
        if left < 0:
            raise LimitError("program", f"tells more than {_ANSWER >> 20} MiB")
        message = _message(line)
        if message is None:
            return ""
        if message["tell"] == "older":
            take(message)
        if message["tell"] in _LAST:
            return _LAST[message["tell"]]
        take(message)
        line = stream.readline(left + 1) if stream is not None else b""
    return ""


def _message(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None  # cut off: the process ended in the middle of it
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ReadError("program", "its process does not answer in JSON") from error
    if not isinstance(message, dict) or not isinstance(message.get("tell"), str):
        raise ReadError("program", "its process does not answer as agreed")
    return message


class _Keeper:
    """Ends a process that takes too long or too much, whatever the system enforces."""

    def __init__(self, child: subprocess.Popen[bytes], seconds: float, memory: int) -> None:
        self.child = child
        self.deadline = time.monotonic() + seconds
        self.memory = memory
        self.reason = ""
        self.done = threading.Event()
        threading.Thread(target=self._keep, daemon=True).start()

    def stop(self) -> None:
        self.done.set()

    def _keep(self) -> None:
        while not self.done.wait(0.2):
            if time.monotonic() > self.deadline:
                self.reason = "time"
            elif resident(self.child.pid) > self.memory:
                self.reason = "memory"
            if self.reason:
                self.child.kill()
                return


def resident(pid: int) -> int:
    """How many bytes of memory a process holds; 0 where the system does not tell."""
    try:
        text = Path(f"/proc/{pid}/statm").read_text("ascii")
        return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0 if sys.platform == "linux" else _told_by_system(pid)


def _told_by_system(pid: int) -> int:
    if sys.platform == "win32":
        command = ["tasklist", "/FI", f"PID eq {pid}", "/FO", "CSV", "/NH"]
    else:
        command = ["ps", "-o", "rss=", "-p", str(pid)]
    try:
        said = subprocess.run(command, capture_output=True, timeout=5, check=False).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return 0
    last = said.decode("ascii", "ignore").strip().split('","')[-1]
    digits = "".join(sign for sign in last if sign.isdigit())
    return int(digits) * 1024 if digits else 0
