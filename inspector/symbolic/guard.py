"""What a program may not do, and for how long it may do the rest: a guard rail, not a sandbox."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

_WRITING = frozenset("wax+")
_REFUSED = (
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.link", "os.symlink"),
    *("os.chmod", "os.chown", "os.chflags", "os.utime", "os.setxattr", "os.removexattr"),
    *("os.fork", "os.forkpty", "os.exec", "os.spawn", "os.posix_spawn", "os.system", "os.kill"),
    *("os.killpg", "os.startfile", "os.chroot", "os.chdir", "os.fchdir", "pty.spawn"),
    *("subprocess.Popen", "_winapi.CreateProcess", "_winapi.CreateFile", "_winapi.CreatePipe"),
    *("shutil.", "socket.", "ctypes.", "sqlite3.", "ftplib.", "smtplib.", "urllib.", "http."),
    *("imaplib.", "poplib.", "telnetlib.", "nntplib.", "winreg.", "msvcrt.", "syslog."),
    *("tempfile.", "webbrowser.", "resource.setrlimit", "resource.prlimit", "fcntl."),
    *("signal.pthread_kill", "mmap.", "sys.remote_exec"),
)
_HARMLESS = ("socket.gethostname",)
_BLOCKED_MODULES = frozenset(
    ("ctypes", "_ctypes", "_posixsubprocess", "multiprocessing", "cffi", "_winapi", "pty")
)


class Refused(PermissionError):
    """Something that a program may not do here."""


def refuse(event: str, args: tuple[Any, ...]) -> None:
    """The audit hook: what Python tells of before it does it."""
    if event == "open":
        _check_open(*args)
    elif event == "import":
        if args[0] in _BLOCKED_MODULES:
            raise ImportError(f"{args[0]} may start what nobody watches: refused")
    elif event.startswith(_REFUSED) and event not in _HARMLESS:
        raise Refused(f"refused: {event.rstrip('.')} {_first(args)}".rstrip())


def _first(args: tuple[Any, ...]) -> str:
    return str(args[0])[:80] if args and isinstance(args[0], str) else ""


def _check_open(path: Any, mode: Any, flags: Any) -> None:
    writes = _WRITING & set(mode) if isinstance(mode, str) else set()
    changing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    if writes or (mode is None and isinstance(flags, int) and flags & changing):
        raise Refused(f"refused: writing to {str(path)[:80]}")


def limit_memory(limit: int) -> None:
    """Let the system hold the process to so many bytes, where it can."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    try:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError):
        return  # not every system has the limit; the parent watches too


def disarm() -> None:
    """Take the ways out of the process that Python does not tell of."""

    def leave(*_: Any) -> None:
        raise SystemExit

    for name in ("_exit", "abort"):
        setattr(os, name, leave)
    sys.dont_write_bytecode = True
    sys.addaudithook(refuse)


def watch(seconds: float, late: Callable[[], None]) -> None:
    """Call `late` after so many seconds, whatever the program is at."""

    def wait() -> None:
        time.sleep(seconds)
        late()

    threading.Thread(target=wait, daemon=True).start()
