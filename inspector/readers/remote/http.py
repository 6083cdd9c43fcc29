"""How web servers are asked: with time-outs, unpacked by nobody, every answer checked at its head.

fsspec takes the body of whatever a server answers. So the head of each answer is looked at first:
a server that gives the whole file where a part was asked for is stopped before a body is read.
"""

from __future__ import annotations

import re
from typing import Any

CONNECT = 10.0  # seconds until a server is reached
SILENT = 20.0  # seconds without a byte
LONGEST = 60.0  # seconds for one answer

_ASKED = re.compile(r"bytes=(\d+)-(\d+)$")
_GIVEN = re.compile(r"bytes (\d+)-(\d+)/")
_OK, _PARTIAL, _BEYOND = 200, 206, 416


class NoRanges(Exception):
    """The server gives whole files only."""


class Refused(Exception):
    """The server answers with a status that is no file, or with other bytes than asked for."""


def settings() -> dict[str, Any]:
    """What fsspec is told about web servers.

    Raises:
        ImportError: aiohttp is not installed.
    """
    import aiohttp  # noqa: PLC0415 - only for http:// and https://

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_look)
    client = {
        "trace_configs": [trace],
        "timeout": aiohttp.ClientTimeout(total=LONGEST, connect=CONNECT, sock_read=SILENT),
        "headers": {"Accept-Encoding": "identity"},  # ranges count the bytes of the file
        "auto_decompress": False,
        "trust_env": True,  # proxies
    }
    return {"client_kwargs": client, "encoded": True, "skip_instance_cache": True}


async def _look(_session: Any, _context: Any, parameters: Any) -> None:
    """Look at the head of an answer; an exception here closes the connection, its body unread."""
    asked = _ASKED.match(parameters.headers.get("Range", ""))
    if asked:
        response = parameters.response
        check(response.status, response.headers, int(asked[1]), int(asked[2]))


def check(status: int, headers: Any, first: int, last: int) -> None:
    """Raise unless an answer holds the bytes from `first` to `last`, and no more than these.

    Raises:
        NoRanges: it is the whole file.
        Refused: it is no file, or another part of it.

    >>> check(206, {"Content-Range": "bytes 0-9/99", "Content-Length": "10"}, 0, 9)
    >>> check(206, {"Content-Range": "bytes 0-98/99", "Content-Length": "99"}, 0, 9)
    Traceback (most recent call last):
    inspector.readers.remote.http.Refused: the server sends other bytes than those asked for
    """
    if status == _OK:
        raise NoRanges
    if status == _BEYOND:
        raise Refused("the file has become shorter while it was read")
    if status != _PARTIAL:
        raise Refused(f"the server answers with status {status}")
    given = _GIVEN.match(headers.get("Content-Range", ""))
    if given is None or int(given[1]) != first or int(given[2]) > last:
        raise Refused("the server sends other bytes than those asked for")
    if headers.get("Content-Length") != str(int(given[2]) - first + 1):
        raise Refused("the server does not say how many bytes it sends")
